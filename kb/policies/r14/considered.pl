% What is considered for reimbursement (document lines 45-65).

:- predicate(approved_use(claim: text, line: number), "line {line} is for an approved indication and no benefit exclusion is on file", "nothing on file says that line {line} is for an approved indication without a benefit exclusion").
approved_use(C, L) :- evidence(C, L, fda_approved_indication, yes), \+ evidence(C, L, benefit_exclusion, yes).

:- predicate(published_support(claim: text, line: number), "a compendium or at least two controlled studies support the use on line {line}", "no compendium and no two controlled studies on file support the use on line {line}").
published_support(C, L) :- evidence(C, L, compendium_support, yes).
published_support(C, L) :- evidence_number(C, L, controlled_studies, N), N >= 2.

:- predicate(supported_off_label_use(claim: text, line: number), "the off-label use on line {line} is necessary, well dosed and supported", "nothing on file says that an off-label use on line {line} is necessary, well dosed and supported").
supported_off_label_use(C, L) :- evidence(C, L, fda_approved_indication, no), evidence(C, L, medically_necessary, yes), evidence(C, L, dosing_appropriate, yes), published_support(C, L).

:- predicate(found_unnecessary(claim: text, line: number), "line {line} is found not medically necessary", "nothing on file says that line {line} is not medically necessary").
found_unnecessary(C, L) :- evidence(C, L, medically_necessary, no).

applies(C, L, 'R14-COV-1', supports) :- evidence(C, L, coverage_criteria_met, yes), drug_or_infusion(C, L).
applies(C, L, 'R14-COV-2', supports) :- approved_use(C, L), drug_or_infusion(C, L).
applies(C, L, 'R14-COV-3', supports) :- supported_off_label_use(C, L), drug_or_infusion(C, L).
applies(C, L, 'R14-COV-4', supports) :- procedure(C, L, X), code_in(X, blood_product), \+ found_unnecessary(C, L).
applies(C, L, 'R14-COV-4', supports) :- revenue_code(C, L, R), code_in(R, blood_revenue), \+ found_unnecessary(C, L).
applies(C, L, 'R14-COV-5', supports) :- evidence(C, L, line_inserted_for_infusion, yes), procedure(C, L, X), code_in(X, line_insertion), \+ found_unnecessary(C, L).
applies(C, L, 'R14-COV-6a', supports) :- evidence(C, L, tpn_component, specialty_amino_acid_renal), \+ found_unnecessary(C, L).
applies(C, L, 'R14-COV-6b', supports) :- evidence(C, L, tpn_component, specialty_amino_acid_hepatic), \+ found_unnecessary(C, L).
applies(C, L, 'R14-COV-6c', supports) :- evidence(C, L, tpn_component, specialty_amino_acid_high_stress), \+ found_unnecessary(C, L).
applies(C, L, 'R14-COV-6d', supports) :- evidence(C, L, tpn_component, specialty_amino_acid_15_percent), evidence(C, L, medically_necessary, yes), evidence(C, L, fluid_restricted, yes).
applies(C, L, 'R14-COV-6e', supports) :- evidence(C, L, tpn_component, lipid), \+ found_unnecessary(C, L).
applies(C, L, 'R14-COV-6f', supports) :- evidence(C, L, tpn_component, added_trace_element), \+ found_unnecessary(C, L).
applies(C, L, 'R14-COV-6g', supports) :- evidence(C, L, tpn_component, added_vitamin), \+ found_unnecessary(C, L).
applies(C, L, 'R14-COV-6h', supports) :- evidence(C, L, tpn_component, non_nutritional), \+ found_unnecessary(C, L).

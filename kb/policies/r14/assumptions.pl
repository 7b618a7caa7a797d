% What is taken for granted in the line's favour where nothing is on file (readings 28 and 31).

:- predicate(medical_item(claim: text, line: number), "line {line} is a drug, a biological or an infusion service", "line {line} is neither a drug, a biological nor an infusion service").
medical_item(C, L) :- drug_line(C, L).
medical_item(C, L) :- infusion_service(C, L).
medical_item(C, L) :- tpn_line(C, L).
medical_item(C, L) :- procedure(C, L, X), code_in(X, enteral).
medical_item(C, L) :- per_diem(C, L).
medical_item(C, L) :- transfused(C, L).

assumes(C, L, coverage_criteria_met) :- medical_item(C, L), \+ evidence(C, L, coverage_criteria_met, _), \+ approved_use(C, L), \+ supported_off_label_use(C, L), counts(C, L, 'R14-NOT-1').
assumes(C, L, physician_order) :- medical_item(C, L), \+ evidence(C, L, physician_order, _), counts(C, L, 'R14-NOT-4').
assumes(C, L, administration_documented) :- medical_item(C, L), \+ evidence(C, L, administration_documented, _), counts(C, L, 'R14-NOT-4').
assumes(C, L, general_improvement) :- transfused(C, L), \+ evidence(C, L, general_improvement, _), counts(C, L, 'R14-NOT-9').
assumes(C, L, mismatched_transfusion) :- transfused(C, L), facility_setting(C, L), \+ evidence(C, L, mismatched_transfusion, _), \+ evidence(C, L, present_on_admission, yes), counts(C, L, 'R14-FAC-5').

% What is not reimbursed, wherever it is given (document lines 67-90).

:- predicate(medical_denial(claim: text, line: number, clause: text), "the medical condition of {clause} holds for line {line}", "the medical condition of {clause} does not hold for line {line}").
medical_denial(C, L, 'R14-NOT-1') :- evidence(C, L, coverage_criteria_met, no), drug_or_infusion(C, L), \+ approved_use(C, L), \+ supported_off_label_use(C, L).
medical_denial(C, L, K) :- off_label_without_criteria(C, L), off_label_fault(C, L, K).

:- predicate(off_label_fault(claim: text, line: number, clause: text), "what {clause} finds wrong with an off-label use is on file for line {line}", "nothing on file for line {line} is what {clause} finds wrong with an off-label use").
off_label_fault(C, L, 'R14-NOT-2a') :- evidence(C, L, medically_necessary, no).
off_label_fault(C, L, 'R14-NOT-2b') :- evidence(C, L, dosing_appropriate, no).
off_label_fault(C, L, 'R14-NOT-2c') :- evidence(C, L, compendium_support, no), evidence_number(C, L, controlled_studies, N), N < 2.

:- predicate(off_label_without_criteria(claim: text, line: number), "line {line} is an off-label use of a drug or an infusion and nothing on file says that the coverage criteria are met", "line {line} is not an off-label use of a drug or an infusion, or the coverage criteria are met").
off_label_without_criteria(C, L) :- evidence(C, L, fda_approved_indication, no), drug_or_infusion(C, L), \+ evidence(C, L, coverage_criteria_met, yes).

applies(C, L, K, denied) :- medical_denial(C, L, K).

:- predicate(medically_denied(claim: text, line: number), "line {line} is denied for a medical reason", "line {line} is not denied for a medical reason").
medically_denied(C, L) :- medical_denial(C, L, K), counts(C, L, K).

:- predicate(standing_drug(claim: text, line: number), "line {line} is a drug that is not denied for a medical reason", "line {line} is not a drug that stands").
standing_drug(C, L) :- drug_line(C, L), \+ medically_denied(C, L).

:- predicate(with_standing_drug(claim: text, line: number), "a drug that is not denied for a medical reason stands on the same claim and service date as line {line}", "no drug that still stands is on the same claim and service date as line {line}").
with_standing_drug(C, L) :- standing_drug(C, O), same_day(C, O, L).

:- predicate(goes_with_a_drug(claim: text, line: number), "line {line} is a supply or an infusion service", "line {line} is neither a supply nor an infusion service").
goes_with_a_drug(C, L) :- supply(C, L).
goes_with_a_drug(C, L) :- infusion_service(C, L).

applies(C, L, 'R14-NOT-3', denied) :- evidence_number(C, L, related_to, O), O =\= L, medically_denied(C, O).
applies(C, L, 'R14-NOT-3', denied) :- goes_with_a_drug(C, L), beside_denied_drugs(C, L).

:- predicate(beside_denied_drugs(claim: text, line: number), "every drug on the same claim and service date as line {line} is denied for a medical reason", "no drug on the same claim and service date as line {line} is denied for a medical reason, or one stands").
beside_denied_drugs(C, L) :- medically_denied(C, O), drug_line(C, O), same_day(C, O, L), \+ with_standing_drug(C, L).

applies(C, L, 'R14-NOT-4', denied) :- evidence(C, L, physician_order, no), drug_or_infusion(C, L).
applies(C, L, 'R14-NOT-4', denied) :- evidence(C, L, administration_documented, no), drug_or_infusion(C, L).

applies(C, L, 'R14-NOT-5', bundled) :- item_kind(C, L, flush).

applies(C, L, 'R14-NOT-6', bundled) :- item_kind(C, L, admixture_or_diluent), setting(diluent_volume_cc, any).
applies(C, L, 'R14-NOT-6', bundled) :- item_kind(C, L, admixture_or_diluent), setting(diluent_volume_cc, '100'), above_100_cc(C, L).

:- predicate(above_100_cc(claim: text, line: number), "more than 100 cc are on file for line {line}", "no amount on file for line {line} tells of more than 100 cc").
above_100_cc(C, L) :- evidence_number(C, L, administered_amount, V), V > 100, \+ counts_something_else(C, L).

:- predicate(counts_something_else(claim: text, line: number), "an amount given of line {line} counts something else than cc", "an amount given of line {line} counts cc").
counts_something_else(C, L) :- procedure(C, L, X), code_in(X, enteral).
counts_something_else(C, L) :- procedure(C, L, X), code_in(X, counted_otherwise).

applies(C, L, 'R14-NOT-7', bundled) :- supply(C, L), with_infusion(C, L).

:- predicate(iv_insertion(claim: text, line: number), "line {line} is the insertion of a peripheral line", "line {line} is not the insertion of a peripheral line").
iv_insertion(C, L) :- procedure(C, L, X), code_in(X, iv_insertion).
iv_insertion(C, L) :- item_kind(C, L, iv_insertion).

applies(C, L, 'R14-NOT-8', bundled) :- iv_insertion(C, L), with_infusion(C, L).
applies(C, L, 'R14-NOT-8', bundled) :- iv_insertion(C, L), with_drug(C, L).

applies(C, L, 'R14-NOT-9', denied) :- evidence(C, L, general_improvement, yes), transfusion_fee(C, L).

applies(C, L, 'R14-NOT-10', bundled) :- transfusion_fee(C, L), dialysis(C, O), same_day(C, O, L).
applies(C, L, 'R14-NOT-10', bundled) :- transfusion_fee(C, L), bill_class(C, L, B), code_in(B, dialysis_bill).

:- predicate(earlier_fee(claim: text, line: number), "a transfusion fee with a lower line number stands before line {line}", "no transfusion fee with a lower line number stands before line {line}").
earlier_fee(C, L) :- setting(transfusion_fee_per, claim_and_date), transfusion_fee(C, O), same_day(C, O, L), O < L.
earlier_fee(C, L) :- setting(transfusion_fee_per, claim), transfusion_fee(C, O), same_claim(C, O, L), O < L.

applies(C, L, 'R14-NOT-11', denied) :- transfusion_fee(C, L), outpatient(C, L), earlier_fee(C, L).
reduces(C, L, 'R14-NOT-11', 1) :- transfusion_fee(C, L), outpatient(C, L), \+ earlier_fee(C, L), units(C, L, U), U > 1.

:- predicate(with_tpn(claim: text, line: number), "parenteral nutrition stands on the same claim and service date as line {line}", "no parenteral nutrition stands on the same claim and service date as line {line}").
with_tpn(C, L) :- tpn_line(C, O), same_day(C, O, L).

applies(C, L, 'R14-NOT-12a', bundled) :- evidence(C, L, tpn_component, nonspecialty_amino_acid), with_tpn(C, L).
applies(C, L, 'R14-NOT-12b', bundled) :- evidence(C, L, tpn_component, concentrated_dextrose), with_tpn(C, L).
applies(C, L, 'R14-NOT-12c', bundled) :- evidence(C, L, tpn_component, sterile_water), with_tpn(C, L).
applies(C, L, 'R14-NOT-12d', bundled) :- evidence(C, L, tpn_component, electrolyte), with_tpn(C, L).
applies(C, L, 'R14-NOT-12e', bundled) :- evidence(C, L, tpn_component, standard_trace_elements), with_tpn(C, L).
applies(C, L, 'R14-NOT-12f', bundled) :- evidence(C, L, tpn_component, standard_multivitamin), with_tpn(C, L).

% How drugs and nutrition must be billed, in all places of service (document lines 92-100).

:- predicate(waste_line(claim: text, line: number), "line {line} reports wasted drug (modifier JW)", "line {line} does not carry modifier JW").
waste_line(C, L) :- modifier(C, L, 'JW').

reduces(C, L, 'R14-BIL-1', A) :- evidence_number(C, L, administered_units, A), units(C, L, U), U > A, \+ waste_line(C, L).

:- predicate(drug_charge(claim: text, line: number), "line {line} is a drug charge", "line {line} is not a drug charge").
drug_charge(C, L) :- drug_line(C, L).
drug_charge(C, L) :- revenue_code(C, L, R), code_in(R, drug_revenue).

:- predicate(units_billed(claim: text, line: number), "line {line} bills units above zero", "line {line} bills no units above zero").
units_billed(C, L) :- units(C, L, U), U > 0.

lacks(C, L, 'R14-BIL-2', procedure_code_or_ndc) :- drug_charge(C, L), \+ procedure(C, L, _), \+ ndc(C, L, _).
lacks(C, L, 'R14-BIL-2', units) :- drug_charge(C, L), \+ units_billed(C, L).

:- predicate(unnamed_drug(claim: text, line: number), "line {line} bills an unlisted drug code without a national drug code", "line {line} does not bill an unlisted drug code without a national drug code").
unnamed_drug(C, L) :- unlisted_drug(C, L), \+ ndc(C, L, _).

lacks(C, L, 'R14-BIL-3', N) :- unnamed_drug(C, L), lacks_detail(C, L, N).

:- predicate(lacks_detail(claim: text, line: number, name: text), "line {line} bills an unlisted drug without its {name}", "line {line} bills no unlisted drug without its {name}").
lacks_detail(C, L, description) :- unlisted_drug(C, L), \+ description(C, L, _).
lacks_detail(C, L, drug_name) :- unlisted_drug(C, L), \+ evidence(C, L, drug_name, _).
lacks_detail(C, L, dosage) :- unlisted_drug(C, L), \+ evidence(C, L, dosage, _).
lacks_detail(C, L, route) :- unlisted_drug(C, L), \+ evidence(C, L, route, _).
lacks_detail(C, L, units) :- unlisted_drug(C, L), \+ units_billed(C, L).

reduces(C, L, 'R14-BIL-4', A) :- evidence_number(C, L, administered_dose, Dose), procedure(C, L, X), code_amount(X, dose_per_unit, Per), A is ceiling(Dose / Per), units(C, L, U), U > A, \+ waste_line(C, L).

reduces(C, L, 'R14-BIL-5a', A) :- evidence_number(C, L, wasted_units, W), W > 0, drug_line(C, L), units(C, L, U), A is max(0, U - W), \+ waste_line(C, L).

:- predicate(administered_line(claim: text, line: number, code: text), "line {line} bills {code} as administered (no modifier JW)", "line {line} does not bill {code} as administered").
administered_line(C, L, X) :- procedure(C, L, X), \+ waste_line(C, L).

:- predicate(with_administered_line(claim: text, line: number), "a line without modifier JW bills the same code on the same claim and service date as line {line}", "no line without modifier JW bills the same code on the same claim and service date as line {line}").
with_administered_line(C, L) :- procedure(C, L, X), administered_line(C, O, X), same_day(C, O, L).

applies(C, L, 'R14-BIL-5b', denied) :- waste_line(C, L), drug_line(C, L), \+ with_administered_line(C, L).

:- predicate(billed_daily(claim: text, line: number), "line {line} is billed once a day", "line {line} is not billed once a day").
billed_daily(C, L) :- evidence(C, L, billing_basis, daily).
billed_daily(C, L) :- procedure(C, L, X), code_in(X, tpn_daily).

reduces(C, L, 'R14-BIL-6', A) :- evidence(C, L, billing_basis, hourly), tpn_line(C, L), service_days(C, L, Days), A is 24 * Days, units(C, L, U), U > A.
reduces(C, L, 'R14-BIL-6', A) :- billed_daily(C, L), tpn_line(C, L), service_days(C, L, A), units(C, L, U), U > A.

reduces(C, L, 'R14-BIL-7', A) :- evidence_number(C, L, administered_amount, V), procedure(C, L, X), code_in(X, amount_coded), code_amount(X, amount_per_unit, Per), A is ceiling(V / Per), units(C, L, U), U > A.

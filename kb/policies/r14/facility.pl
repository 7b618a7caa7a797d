% Facility (document lines 102-113, 162, 188-220, 379-403).

:- predicate(facility_professional(claim: text, line: number), "line {line} bills an administration code that professionals do not report in a facility", "line {line} bills no administration code that professionals do not report in a facility").
facility_professional(C, L) :- procedure(C, L, X), code_in(X, facility_professional).
facility_professional(C, L) :- procedure(C, L, X), code_in(X, cms1500_facility).

applies(C, L, 'R14-FAC-1', denied) :- facility_professional(C, L), claim_form(C, L, cms1500), facility_place(C, L).

:- predicate(blood_collection(claim: text, line: number), "line {line} is the collection of blood", "line {line} is not the collection of blood").
blood_collection(C, L) :- procedure(C, L, X), code_in(X, blood_collection).
blood_collection(C, L) :- item_kind(C, L, blood_collection).

applies(C, L, 'R14-FAC-2', denied) :- blood_collection(C, L), facility_setting(C, L), \+ evidence(C, L, autologous_for_scheduled_surgery, yes).

:- predicate(inpatient_supply(claim: text, line: number), "line {line} is a supply by its code or revenue code", "line {line} is not a supply by its code or revenue code").
inpatient_supply(C, L) :- listed_supply(C, L).
inpatient_supply(C, L) :- revenue_code(C, L, R), code_in(R, inpatient_supply_revenue).

:- predicate(infusion_on_claim(claim: text, line: number), "line {line} is an infusion service or carries an intravenous therapy revenue code", "line {line} is neither an infusion service nor of an intravenous therapy revenue code").
infusion_on_claim(C, L) :- infusion_service(C, L).
infusion_on_claim(C, L) :- revenue_code(C, L, R), code_in(R, iv_therapy_revenue).

applies(C, L, 'R14-FAC-3', bundled) :- inpatient_supply(C, L), inpatient(C, L), with_infusion_on_claim(C, L).

:- predicate(with_infusion_on_claim(claim: text, line: number), "an infusion service or intravenous therapy stands on the same claim as line {line}", "no infusion service and no intravenous therapy stands on the same claim as line {line}").
with_infusion_on_claim(C, L) :- infusion_on_claim(C, O), same_claim(C, O, L).

applies(C, L, 'R14-FAC-4', bundled) :- transfusion_fee(C, L), inpatient(C, L).

:- predicate(not_present_on_admission(indicator: text), "indicator {indicator} means not known to be present on admission", "indicator {indicator} does not mean absent on admission").
not_present_on_admission('N').
not_present_on_admission('U').

applies(C, L, 'R14-FAC-5', denied) :- evidence(C, L, mismatched_transfusion, yes), \+ evidence(C, L, present_on_admission, yes), transfused(C, L), facility_setting(C, L).
applies(C, L, 'R14-FAC-5', denied) :- diagnosis_indicator(C, L, X, I), not_present_on_admission(I), code_in(X, mismatched_transfusion_diagnosis), transfused(C, L), facility_setting(C, L).

applies(C, L, 'R14-FAC-6', bundled) :- item_kind(C, L, pharmacy_service), facility_setting(C, L).

applies(C, L, 'R14-FAC-7', bundled) :- incidental(C, L), beside_main_service(C, L), \+ evidence(C, L, primary_reason_for_visit, yes).

:- predicate(incidental(claim: text, line: number), "line {line} bills a code of the UB-04 table", "line {line} bills no code of the UB-04 table").
incidental(C, L) :- procedure(C, L, X), code_in(X, ub04_incidental).

:- predicate(beside_main_service(claim: text, line: number), "line {line} is on a UB-04 of a facility, with a primary service on the same claim and service date", "line {line} is not on a UB-04 of a facility with a primary service on the same claim and service date").
beside_main_service(C, L) :- claim_form(C, L, ub04), facility_setting(C, L), primary_service(C, O), same_day(C, O, L).

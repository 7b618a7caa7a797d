% The kinds of lines that clauses speak of: sets of codes, settings of care, item kinds.

:- predicate(infusion_service(claim: text, line: number), "line {line} is an infusion service", "line {line} is not an infusion service").
infusion_service(C, L) :- procedure(C, L, X), code_in(X, infusion_service).

:- predicate(injection(claim: text, line: number), "line {line} is an injection", "line {line} is not an injection").
injection(C, L) :- procedure(C, L, X), code_in(X, injection).

:- predicate(drug_line(claim: text, line: number), "line {line} is a drug", "line {line} is not a drug").
drug_line(C, L) :- procedure(C, L, X), code_in(X, drug).

:- predicate(drug_or_infusion(claim: text, line: number), "line {line} is a drug, a biological or an infusion service", "line {line} is neither a drug, a biological nor an infusion service").
drug_or_infusion(C, L) :- procedure(C, L, X), code_in(X, T), drug_or_infusion_table(T).
drug_or_infusion(C, L) :- blood_product(C, L).
drug_or_infusion(C, L) :- revenue_code(C, L, R), code_in(R, drug_revenue).
drug_or_infusion(C, L) :- revenue_code(C, L, R), code_in(R, iv_therapy_revenue), \+ procedure(C, L, _).

:- predicate(drug_or_infusion_table(name: text), "table {name} names drugs, biologicals or infusion services", "table {name} names neither drugs, biologicals nor infusion services").
drug_or_infusion_table(drug).
drug_or_infusion_table(infusion_service).
drug_or_infusion_table(facility_professional).
drug_or_infusion_table(per_diem_table).
drug_or_infusion_table(per_diem_prose).
drug_or_infusion_table(tpn).
drug_or_infusion_table(enteral).

:- predicate(unlisted_drug(claim: text, line: number), "line {line} bills an unlisted drug code", "line {line} does not bill an unlisted drug code").
unlisted_drug(C, L) :- procedure(C, L, X), code_in(X, unlisted_drug).

:- predicate(tpn_line(claim: text, line: number), "line {line} is parenteral nutrition", "line {line} is not parenteral nutrition").
tpn_line(C, L) :- procedure(C, L, X), code_in(X, tpn).

:- predicate(per_diem(claim: text, line: number), "line {line} bills a home per diem code", "line {line} does not bill a home per diem code").
per_diem(C, L) :- procedure(C, L, X), code_in(X, per_diem_table).
per_diem(C, L) :- procedure(C, L, X), code_in(X, per_diem_prose).

:- predicate(transfusion_fee(claim: text, line: number), "line {line} is a transfusion fee", "line {line} is not a transfusion fee").
transfusion_fee(C, L) :- procedure(C, L, X), code_in(X, transfusion_fee).
transfusion_fee(C, L) :- revenue_code(C, L, R), code_in(R, transfusion_fee_revenue), \+ procedure(C, L, _).

:- predicate(blood_product(claim: text, line: number), "line {line} is a blood product", "line {line} is not a blood product").
blood_product(C, L) :- procedure(C, L, X), code_in(X, blood_product).
blood_product(C, L) :- revenue_code(C, L, R), code_in(R, blood_product_revenue).

:- predicate(transfused(claim: text, line: number), "line {line} is a transfusion fee or a blood product", "line {line} is neither a transfusion fee nor a blood product").
transfused(C, L) :- transfusion_fee(C, L).
transfused(C, L) :- blood_product(C, L).

:- predicate(dialysis(claim: text, line: number), "line {line} is dialysis", "line {line} is not dialysis").
dialysis(C, L) :- procedure(C, L, X), code_in(X, dialysis).
dialysis(C, L) :- revenue_code(C, L, R), code_in(R, dialysis_revenue).

:- predicate(primary_service(claim: text, line: number), "line {line} is a primary medical or surgical service", "line {line} is not a primary medical or surgical service").
primary_service(C, L) :- procedure(C, L, X), code_in(X, primary_service), \+ code_in(X, primary_service_excluded).
primary_service(C, L) :- revenue_code(C, L, R), code_in(R, primary_service_revenue).

:- predicate(listed_supply(claim: text, line: number), "line {line} bills a supply code of the office or home table", "line {line} bills no supply code of the office or home table").
listed_supply(C, L) :- procedure(C, L, X), code_in(X, office_supplies).
listed_supply(C, L) :- procedure(C, L, X), code_in(X, home_supplies).

:- predicate(uncoded(claim: text, line: number), "line {line} has no code of its own", "line {line} has a code of its own").
uncoded(C, L) :- line(C, L), \+ procedure(C, L, _).
uncoded(C, L) :- unlisted_drug(C, L).

:- predicate(item_kind(claim: text, line: number, kind: text), "the item of line {line} is of the kind {kind}", "nothing tells that the item of line {line} is of the kind {kind}").
item_kind(C, L, K) :- evidence(C, L, item_kind, K).
item_kind(C, L, K) :- described_kind(C, L, K).

:- predicate(described_kind(claim: text, line: number, kind: text), "the description of line {line} names the kind {kind}", "the description of line {line} does not name the kind {kind}").
described_kind(C, L, K) :- description(C, L, T), mentions(T, item_kind_words, K), uncoded(C, L).

:- predicate(supply(claim: text, line: number), "line {line} is a supply or equipment", "line {line} is neither a supply nor equipment").
supply(C, L) :- listed_supply(C, L).
supply(C, L) :- item_kind(C, L, supply).
supply(C, L) :- item_kind(C, L, equipment).

:- predicate(home_setting(claim: text, line: number), "line {line} is in the home setting", "line {line} is not in the home setting").
home_setting(C, L) :- claim_form(C, L, ub04), bill_class(C, L, B), code_in(B, home_bill).
home_setting(C, L) :- claim_form(C, L, cms1500), place_of_service(C, L, P), code_in(P, home_place_of_service).

:- predicate(office(claim: text, line: number), "line {line} is in the office setting", "line {line} is not in the office setting").
office(C, L) :- claim_form(C, L, cms1500), place_of_service(C, L, '11').

:- predicate(facility_place(claim: text, line: number), "the place of service of line {line} is a facility", "the place of service of line {line} is not a facility").
facility_place(C, L) :- place_of_service(C, L, P), code_in(P, facility_place_of_service).

:- predicate(facility_setting(claim: text, line: number), "line {line} is in a facility setting", "line {line} is not in a facility setting").
facility_setting(C, L) :- claim_form(C, L, ub04), \+ home_setting(C, L).
facility_setting(C, L) :- claim_form(C, L, cms1500), facility_place(C, L).

:- predicate(inpatient(claim: text, line: number), "line {line} is inpatient", "line {line} is not inpatient").
inpatient(C, L) :- claim_form(C, L, ub04), bill_class(C, L, B), code_in(B, inpatient_bill).
inpatient(C, L) :- claim_form(C, L, cms1500), place_of_service(C, L, P), code_in(P, inpatient_place_of_service).

:- predicate(outpatient(claim: text, line: number), "line {line} is outpatient", "line {line} is not outpatient").
outpatient(C, L) :- claim_form(C, L, ub04), bill_class(C, L, B), code_in(B, outpatient_bill).
outpatient(C, L) :- claim_form(C, L, cms1500), place_of_service(C, L, P), code_in(P, outpatient_place_of_service).

:- predicate(same_claim(claim: text, other: number, line: number), "line {other} is another line of the claim of line {line}", "line {other} is not another line of the claim of line {line}").
same_claim(C, O, L) :- in_scope(C, O), line(C, L), O =\= L.

% Days of two lines are the same where their spans share a day (reading 39).
:- predicate(same_day(claim: text, other: number, line: number), "line {other} is another line of the same claim and service date as line {line}", "line {other} is not another line of the same claim and service date as line {line}").
same_day(C, O, L) :- in_scope(C, O), service_date(C, O, OtherFirst), last_day(C, O, OtherLast), service_date(C, L, First), last_day(C, L, Last), OtherFirst @=< Last, First @=< OtherLast, O =\= L.

:- predicate(with_infusion(claim: text, line: number), "an infusion service stands on the same claim and service date as line {line}", "no infusion service stands on the same claim and service date as line {line}").
with_infusion(C, L) :- infusion_service(C, O), same_day(C, O, L).

:- predicate(with_drug(claim: text, line: number), "a drug stands on the same claim and service date as line {line}", "no drug stands on the same claim and service date as line {line}").
with_drug(C, L) :- drug_line(C, O), same_day(C, O, L).

:- predicate(with_per_diem(claim: text, line: number), "a per diem code stands on the same claim and service date as line {line}", "no per diem code stands on the same claim and service date as line {line}").
with_per_diem(C, L) :- per_diem(C, O), same_day(C, O, L).

:- predicate(precertified(claim: text, line: number), "precertification of line {line} is on file or not required", "nothing on file says that line {line} was precertified or need not be").
precertified(C, L) :- prior_authorization(C, L, _).
precertified(C, L) :- evidence(C, L, precertification, yes).
precertified(C, L) :- evidence(C, L, precertification, not_required).

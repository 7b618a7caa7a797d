% What contested readings (readings.toml) would make of a line if they were read otherwise.

% The condition of a clause that would hold; the clause is in force as it is.
:- predicate(alternative(claim: text, line: number, number: number, clause: text, effect: text), "with reading {number} read otherwise, the condition of {clause} would hold of line {line}", "with reading {number} read otherwise, the condition of {clause} would not hold of line {line}").
otherwise(N, C, L, K, E) :- alternative(C, L, N, K, E), in_force(C, L, K).

% 2: A6219 stands in the tables, not A9219.
:- predicate(bills_a6219(claim: text, line: number), "line {line} bills A6219", "line {line} does not bill A6219").
bills_a6219(C, L) :- procedure(C, L, 'A6219').
alternative(C, L, 2, 'R14-NOT-3', denied) :- bills_a6219(C, L), beside_denied_drugs(C, L).
alternative(C, L, 2, 'R14-NOT-7', bundled) :- bills_a6219(C, L), with_infusion(C, L).
alternative(C, L, 2, 'R14-FAC-3', bundled) :- bills_a6219(C, L), inpatient(C, L), with_infusion_on_claim(C, L).
alternative(C, L, 2, 'R14-OFF-2', bundled) :- bills_a6219(C, L), office(C, L), with_infusion(C, L).
alternative(C, L, 2, 'R14-HOM-4', bundled) :- bills_a6219(C, L), home_setting(C, L), with_per_diem(C, L).

% 5: chemotherapy is incidental too.
alternative(C, L, 5, 'R14-FAC-7', bundled) :- infusion_service(C, L), beside_main_service(C, L), \+ evidence(C, L, primary_reason_for_visit, yes).

% 6: 96523 is a flush and a port access.
alternative(C, L, 6, 'R14-NOT-5', bundled) :- procedure(C, L, '96523').
alternative(C, L, 6, 'R14-OFF-2', bundled) :- procedure(C, L, '96523'), office(C, L), with_infusion(C, L).

% 8: catheter care and supplies by the day are therapies.
:- predicate(day_rate(claim: text, line: number), "line {line} bills a per diem at home that is not for a side effect", "line {line} bills no per diem at home, or one for a side effect").
day_rate(C, L) :- per_diem(C, L), home_setting(C, L), \+ evidence(C, L, therapy_role, side_effect).
:- predicate(earlier_day_rate(claim: text, line: number, other: number), "line {other} bills an earlier per diem of the same claim and service date as line {line}", "no earlier per diem of the same claim and service date stands before line {line}").
earlier_day_rate(C, L, O) :- day_rate(C, O), same_day(C, O, L), O < L.
:- predicate(earlier_day_rates(claim: text, line: number, count: number), "earlier per diems before line {line}: {count}", "the number of earlier per diems before line {line} is not {count}").
earlier_day_rates(C, L, N) :- day_rate(C, L), aggregate_all(count, earlier_day_rate(C, L, _), N).
alternative(C, L, 8, 'R14-HOM-3', denied) :- earlier_day_rates(C, L, N), N >= 1, \+ modifier(C, L, '59').
alternative(C, L, 8, 'R14-HOM-3', denied) :- earlier_day_rates(C, L, 1), \+ modifier(C, L, 'SH').
alternative(C, L, 8, 'R14-HOM-3', denied) :- earlier_day_rates(C, L, N), N >= 2, \+ modifier(C, L, 'SJ').

% 11: modifier JW is required two days earlier.
:- predicate(waste_clause(clause: text), "{clause} is about waste", "{clause} is not about waste").
waste_clause('R14-BIL-5a').
waste_clause('R14-BIL-5b').
otherwise(11, C, L, K, E) :- waste_clause(K), applies(C, L, K, E), in_scope(C, L), basis_date(C, L, D), D @>= '2016-10-01'.

% 12: the main reason of a visit excepts from its own day on.
alternative(C, L, 12, 'R14-FAC-7', bundled) :- incidental(C, L), beside_main_service(C, L), basis_date(C, L, D), D @< '2018-09-18'.

% 13: the other date tells whether a clause is in force.
:- predicate(other_basis_date(claim: text, line: number, date: date), "the date that would count for line {line} otherwise is {date}", "no date would count for line {line} otherwise").
other_basis_date(C, L, D) :- setting(effective_basis, processed_date), service_date(C, L, D).
other_basis_date(C, L, D) :- setting(effective_basis, service_date), processed_date(C, L, D).
otherwise(13, C, L, K, E) :- applies(C, L, K, E), in_scope(C, L), other_basis_date(C, L, D), clause_from(K, From), From @=< D.

% 15: every off-label use is denied.
alternative(C, L, 15, 'R14-NOT-2a', denied) :- evidence(C, L, fda_approved_indication, no), drug_or_infusion(C, L).

% 16: the routes to payment are no alternatives.
alternative(C, L, 16, 'R14-NOT-1', denied) :- evidence(C, L, coverage_criteria_met, no), drug_or_infusion(C, L).
alternative(C, L, 16, K, denied) :- evidence(C, L, fda_approved_indication, no), drug_or_infusion(C, L), off_label_fault(C, L, K).

% 17: the placing of a line is an IV start.
:- predicate(places_line(claim: text, line: number), "line {line} places a central or arterial line", "line {line} places no central or arterial line").
places_line(C, L) :- procedure(C, L, X), code_in(X, line_insertion).
alternative(C, L, 17, 'R14-NOT-8', bundled) :- places_line(C, L), with_infusion(C, L).
alternative(C, L, 17, 'R14-NOT-8', bundled) :- places_line(C, L), with_drug(C, L).

% 21: any volume of a diluent is included; where the switch says so, the other reading fires nothing more.
alternative(C, L, 21, 'R14-NOT-6', bundled) :- setting(diluent_volume_cc, '100'), item_kind(C, L, admixture_or_diluent).

% 22: one transfusion fee is paid for each claim; where the switch says so, the other reading fires nothing more.
alternative(C, L, 22, 'R14-NOT-11', denied) :- setting(transfusion_fee_per, claim_and_date), transfusion_fee(C, L), outpatient(C, L), transfusion_fee(C, O), same_claim(C, O, L), O < L.

% 23: the first of several therapies needs 59 as well.
alternative(C, L, 23, 'R14-HOM-3', denied) :- earlier_therapies(C, L, 0), therapy(C, O), same_day(C, O, L), \+ modifier(C, L, '59').

% 24: a drug charge needs its code and its NDC.
alternative(C, L, 24, 'R14-BIL-2', pended) :- drug_charge(C, L), \+ procedure(C, L, _).
alternative(C, L, 24, 'R14-BIL-2', pended) :- drug_charge(C, L), \+ ndc(C, L, _).

% 25: a visit is included in an injection in a facility too.
alternative(C, L, 25, 'R14-GEN-2', bundled) :- visit_on_injection_day(C, L).

% 32: J1642 was a flush before its own date.
:- predicate(early_heparin(claim: text, line: number), "line {line} bills J1642 before its own date", "line {line} does not bill J1642 before its own date").
early_heparin(C, L) :- procedure(C, L, 'J1642'), basis_date(C, L, D), D @< '2018-04-15'.
alternative(C, L, 32, 'R14-NOT-5', bundled) :- early_heparin(C, L).
alternative(C, L, 32, 'R14-OFF-2', bundled) :- early_heparin(C, L), office(C, L), with_infusion(C, L).

% 33: words of the description tell the item kind of every line.
:- predicate(kind_in_words(claim: text, line: number, kind: text), "the description of line {line} names the kind {kind}, whatever its code", "the description of line {line} does not name the kind {kind}").
kind_in_words(C, L, K) :- description(C, L, T), mentions(T, item_kind_words, K).
alternative(C, L, 33, 'R14-NOT-5', bundled) :- kind_in_words(C, L, flush).
alternative(C, L, 33, 'R14-NOT-6', bundled) :- kind_in_words(C, L, admixture_or_diluent), setting(diluent_volume_cc, any).
alternative(C, L, 33, 'R14-NOT-6', bundled) :- kind_in_words(C, L, admixture_or_diluent), setting(diluent_volume_cc, '100'), above_100_cc(C, L).
alternative(C, L, 33, 'R14-NOT-8', bundled) :- kind_in_words(C, L, iv_insertion), with_infusion(C, L).
alternative(C, L, 33, 'R14-NOT-8', bundled) :- kind_in_words(C, L, iv_insertion), with_drug(C, L).
alternative(C, L, 33, 'R14-OFF-2', bundled) :- kind_in_words(C, L, K), office_kind(K), office(C, L), with_infusion(C, L).

% 35: office and home were in the scope from the beginning.
otherwise(35, C, L, K, E) :- before_office_and_home(C, L), service_date(C, L, S), S @>= '2010-07-15', applies(C, L, K, E), basis_date(C, L, D), clause_from(K, From), From @=< D.

% 36: an unlisted code needs its description whatever the NDC.
alternative(C, L, 36, 'R14-BIL-3', pended) :- lacks_detail(C, L, _).

% 37: an amount is compared with 100 cc whatever it counts.
alternative(C, L, 37, 'R14-NOT-6', bundled) :- setting(diluent_volume_cc, '100'), item_kind(C, L, admixture_or_diluent), evidence_number(C, L, administered_amount, V), V > 100.

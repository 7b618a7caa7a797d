% Where a reading of an unclear place of the document mattered to a citation (readings.toml).

:- predicate(only_in_per_diem_table(claim: text, line: number), "the per diem code of line {line} stands in the table and not in the prose", "the per diem code of line {line} does not stand in the table alone").
only_in_per_diem_table(C, L) :- procedure(C, L, X), code_in(X, per_diem_table), \+ code_in(X, per_diem_prose).
:- predicate(only_in_per_diem_prose(claim: text, line: number), "the per diem code of line {line} stands in the prose and not in the table", "the per diem code of line {line} does not stand in the prose alone").
only_in_per_diem_prose(C, L) :- procedure(C, L, X), code_in(X, per_diem_prose), \+ code_in(X, per_diem_table).

:- predicate(per_diem_clause(clause: text), "{clause} turns on per diem codes", "{clause} does not turn on per diem codes").
per_diem_clause('R14-HOM-1').
per_diem_clause('R14-HOM-2').
per_diem_clause('R14-HOM-3').
reading(C, L, K, 1) :- only_in_per_diem_table(C, L), per_diem_clause(K).
reading(C, L, K, 1) :- only_in_per_diem_prose(C, L), per_diem_clause(K).

:- predicate(supply_clause(clause: text), "{clause} turns on supply codes", "{clause} does not turn on supply codes").
supply_clause('R14-NOT-3').
supply_clause('R14-NOT-7').
supply_clause('R14-FAC-3').
supply_clause('R14-OFF-2').
supply_clause('R14-HOM-4').
reading(C, L, K, 2) :- procedure(C, L, 'A9219'), supply_clause(K).

reading(C, L, 'R14-FAC-1', 3) :- procedure(C, L, X), code_in(X, facility_professional), \+ code_in(X, cms1500_facility).

reading(C, L, 'R14-OFF-1', 4) :- procedure(C, L, X), code_in(X, infusion_service), \+ code_in(X, office_infusion).

reading(C, L, 'R14-OFF-1', 6) :- procedure(C, L, '96523').

reading(C, L, 'R14-HOM-4', 8) :- home_material(C, L), nursing_per_diem(C, O), same_day(C, O, L).
:- predicate(nursing_per_diem(claim: text, line: number), "line {line} bills a per diem code of catheter care, which is not a therapy", "line {line} bills no per diem code of catheter care").
nursing_per_diem(C, L) :- procedure(C, L, X), code_in(X, per_diem_table), code_in(X, not_therapy_per_diem).

reading(C, L, 'R14-FAC-3', 9) :- revenue_code(C, L, '0279').
reading(C, L, 'R14-SCP-5', 9) :- revenue_code(C, L, '0279').

reading(C, L, 'R14-SCP-4', 10) :- list_loaded(hcpcs_release), line(C, L).

:- predicate(in_force_by_other_date(claim: text, line: number, clause: text), "{clause} is in force for line {line} by one of the two dates and not by the other", "both dates of line {line} tell the same of {clause}").
in_force_by_other_date(C, L, K) :- processed_date(C, L, P), service_date(C, L, D), D @< P, clause_from(K, From), D @< From, From @=< P.
in_force_by_other_date(C, L, K) :- processed_date(C, L, P), service_date(C, L, D), P @< D, clause_from(K, From), P @< From, From @=< D.
reading(C, L, K, 13) :- in_force_by_other_date(C, L, K).

reading(C, L, 'R14-COD-1', 14) :- procedure(C, L, 'J1642').
reading(C, L, 'R14-NOT-8', 17) :- procedure(C, L, X), code_in(X, iv_insertion).
reading(C, L, 'R14-COV-5', 17) :- procedure(C, L, X), code_in(X, line_insertion).
reading(C, L, 'R14-FAC-7', 18) :- procedure(C, L, X), code_in(X, ub04_incidental).
reading(C, L, 'R14-BIL-7', 20) :- procedure(C, L, X), code_in(X, enteral).
reading(C, L, 'R14-NOT-6', 21) :- item_kind(C, L, admixture_or_diluent).
reading(C, L, 'R14-NOT-11', 22) :- transfusion_fee(C, L).
reading(C, L, 'R14-HOM-3', 23) :- therapy(C, L).
reading(C, L, 'R14-GEN-2', 25) :- procedure(C, L, X), code_in(X, evaluation_and_management).
reading(C, L, 'R14-NOT-7', 27) :- procedure(C, L, X), code_in(X, home_supplies), \+ code_in(X, office_supplies).

:- predicate(excepting(clause: text, evidence: text), "{clause} would not stand if {evidence} were on file", "nothing on file could except a line from {clause}").
excepting('R14-FAC-2', autologous_for_scheduled_surgery).
excepting('R14-FAC-7', primary_reason_for_visit).
excepting('R14-HOM-1', precertification).
excepting('R14-GEN-3', precertification).
reading(C, L, K, 31) :- excepting(K, Name), line(C, L), \+ evidence(C, L, Name, _).

reading(C, L, K, 33) :- described_kind(C, L, Kind), kind_clause(Kind, K), \+ evidence(C, L, item_kind, Kind).
:- predicate(kind_clause(kind: text, clause: text), "{clause} turns on the item kind {kind}", "{clause} does not turn on the item kind {kind}").
kind_clause(flush, 'R14-NOT-5').
kind_clause(flush, 'R14-OFF-2').
kind_clause(admixture_or_diluent, 'R14-NOT-6').
kind_clause(iv_insertion, 'R14-NOT-8').
kind_clause(iv_insertion, 'R14-OFF-2').
kind_clause(local_anesthesia, 'R14-OFF-2').
kind_clause(line_access, 'R14-OFF-2').
kind_clause(supply, 'R14-NOT-7').
kind_clause(supply, 'R14-OFF-2').
kind_clause(supply, 'R14-HOM-4').
kind_clause(equipment, 'R14-NOT-7').
kind_clause(equipment, 'R14-HOM-4').
kind_clause(pharmacy_service, 'R14-FAC-6').
kind_clause(pharmacy_service, 'R14-HOM-4').
kind_clause(administrative_service, 'R14-HOM-4').
kind_clause(care_coordination, 'R14-HOM-4').
kind_clause(blood_collection, 'R14-FAC-2').
kind_clause(routine_clinical_service, 'R14-GEN-1').

reading(C, L, 'R14-SCP-1', 35) :- before_office_and_home(C, L), service_date(C, L, D), D @>= '2010-07-15'.

reading(C, L, 'R14-NOT-6', 37) :- setting(diluent_volume_cc, '100'), item_kind(C, L, admixture_or_diluent).

% Which lines the policy speaks of (document lines 33-39, 173-186).

:- predicate(known_form(form: text), "{form} is a claim form of the policy", "{form} is not a claim form of the policy").
known_form(cms1500).
known_form(ub04).

excludes(C, L, 'R14-SCP-1') :- claim_form(C, L, Form), \+ known_form(Form).
excludes(C, L, 'R14-SCP-1') :- service_date(C, L, D), D @< '2010-07-15'.
excludes(C, L, 'R14-SCP-1') :- before_office_and_home(C, L).

:- predicate(before_office_and_home(claim: text, line: number), "line {line} is in the office or home setting before 2014-07-22, when these came into the scope", "line {line} is not in the office or home setting before 2014-07-22").
before_office_and_home(C, L) :- service_date(C, L, D), D @< '2014-07-22', office(C, L).
before_office_and_home(C, L) :- service_date(C, L, D), D @< '2014-07-22', home_setting(C, L).

overriding(plan, 'R14-SCP-2').
overriding(contract, 'R14-SCP-3').

:- predicate(in_release(claim: text, line: number), "the HCPCS release has the code of line {line} on its service date", "the HCPCS release lacks the code of line {line} on its service date").
in_release(C, L) :- procedure(C, L, X), release_code(X, Added, Terminated), service_date(C, L, D), Added @=< D, D @=< Terminated.

applies(C, L, 'R14-SCP-4', denied) :- list_loaded(hcpcs_release), procedure(C, L, X), X @>= 'A', X @< '[', \+ in_release(C, L).

applies(C, L, 'R14-SCP-5', scope) :- revenue_code(C, L, R), code_in(R, associated_revenue_codes).

:- predicate(addressing(name: text), "table {name} names codes that the policy addresses", "table {name} does not make a line addressed").
addressing(cms1500_facility).
addressing(office_infusion).
addressing(office_supplies).
addressing(per_diem_table).
addressing(per_diem_prose).
addressing(home_supplies).
addressing(not_separately_reimbursed).
addressing(ub04_incidental).
addressing(infusion_service).
addressing(facility_professional).
addressing(tpn).
addressing(enteral).
addressing(drug).
addressing(line_insertion).
addressing(blood_collection).

addressed(C, L) :- procedure(C, L, X), code_in(X, T), addressing(T).
addressed(C, L) :- transfusion_fee(C, L).
addressed(C, L) :- blood_product(C, L).
addressed(C, L) :- revenue_code(C, L, R), code_in(R, associated_revenue_codes).

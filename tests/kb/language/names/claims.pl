% What no claim has, or nobody can supply: warnings, since another source may differ.
a(C, L) :- claim_form(C, L, ub40).
a(C, L) :- claim_form(C, L, ub04), claim_form(C, L, 'UB04').
a(C, L) :- procedure(C, L, j1642), procedure(C, L, 'J1642').
a(C, L) :- modifier(C, L, '590'), modifier(C, L, '59').
a(C, L) :- place_of_service(C, L, '1'), place_of_service(C, L, '01').
a(C, L) :- revenue_code(C, L, '258'), revenue_code(C, L, '0258').
a(C, L) :- type_of_bill(C, L, '0131'), type_of_bill(C, L, '131').
a(C, L) :- bill_class(C, L, '131'), bill_class(C, L, '13').
a(C, L) :- diagnosis(C, L, 'T80.30'), diagnosis(C, L, 'T8030').
lacks(C, L, 'R14-NOT-11', dosages) :- line(C, L).
lacks(C, L, 'R14-NOT-11', procedure_code_or_ndc) :- line(C, L).
lacks(C, L, 'R14-NOT-11', procedure_code_or_nothing) :- line(C, L).
assumes(C, L, nothing) :- line(C, L).
reading(C, L, 'R14-NOT-11', 7) :- line(C, L).
reading(C, L, 'R14-NOT-11', 22) :- line(C, L).

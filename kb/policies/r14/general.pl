% General background and the codes that are never paid on their own (document lines 158-167, 373-377).

:- predicate(room_or_observation(claim: text, line: number), "line {line} carries a room or observation revenue code", "line {line} carries no room or observation revenue code").
room_or_observation(C, L) :- revenue_code(C, L, R), code_in(R, room_and_observation_revenue).

applies(C, L, 'R14-GEN-1', bundled) :- item_kind(C, L, routine_clinical_service), room_or_observation(C, O), same_claim(C, O, L).

applies(C, L, 'R14-GEN-2', bundled) :- visit_on_injection_day(C, L), \+ facility_place(C, L).

:- predicate(visit_on_injection_day(claim: text, line: number), "line {line} is a visit on a CMS-1500 without modifier 25, with an injection by the same provider on the same claim and service date", "line {line} is no visit on a CMS-1500 without modifier 25 with an injection by the same provider on the same claim and service date").
visit_on_injection_day(C, L) :- procedure(C, L, X), code_in(X, evaluation_and_management), claim_form(C, L, cms1500), \+ modifier(C, L, '25'), rendering_provider(C, L, R), injection(C, O), rendering_provider(C, O, R), same_day(C, O, L).

applies(C, L, 'R14-GEN-3', denied) :- list_loaded(precertification_list), procedure(C, L, X), code_in(X, precertification_list), \+ precertified(C, L).

applies(C, L, 'R14-COD-1', bundled) :- procedure(C, L, 'J1642').
applies(C, L, 'R14-COD-2', bundled) :- procedure(C, L, 'J7050').

% Office (document lines 115-127, 222-289).

:- predicate(office(claim: text, line: number), "line {line} is in the office", "line {line} is not in the office").
office(C, L) :- place_of_service(C, L, '11').

applies(C, L, 'R14-OFF-1', supports) :- infusion_service(C, L), office(C, L).

:- predicate(office_material(claim: text, line: number), "line {line} is a material or step that an office infusion includes", "line {line} is not a material or step that an office infusion includes").
office_material(C, L) :- procedure(C, L, X), code_in(X, office_supplies).
office_material(C, L) :- item_kind(C, L, local_anesthesia).
office_material(C, L) :- item_kind(C, L, iv_insertion).
office_material(C, L) :- item_kind(C, L, line_access).
office_material(C, L) :- item_kind(C, L, flush).
office_material(C, L) :- item_kind(C, L, supply).

applies(C, L, 'R14-OFF-2', bundled) :- office_material(C, L), claim_form(C, L, cms1500), office(C, L), with_infusion(C, L).

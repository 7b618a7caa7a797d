% Office (document lines 115-127, 222-289).

applies(C, L, 'R14-OFF-1', supports) :- infusion_service(C, L), office(C, L), \+ found_unnecessary(C, L).

:- predicate(office_material(claim: text, line: number), "line {line} is a material or step that an office infusion includes", "line {line} is not a material or step that an office infusion includes").
office_material(C, L) :- procedure(C, L, X), code_in(X, office_supplies).
office_material(C, L) :- item_kind(C, L, K), office_kind(K).

:- predicate(office_kind(kind: text), "an office infusion includes the item kind {kind}", "an office infusion does not include the item kind {kind}").
office_kind(local_anesthesia).
office_kind(iv_insertion).
office_kind(line_access).
office_kind(flush).
office_kind(supply).

applies(C, L, 'R14-OFF-2', bundled) :- office_material(C, L), office(C, L), with_infusion(C, L).

% Home (document lines 129-150, 165-167, 291-371).

applies(C, L, 'R14-HOM-1', denied) :- home_setting(C, L), home_therapy(C, L), \+ precertified(C, L).

:- predicate(home_therapy(claim: text, line: number), "line {line} bills a per diem code or an infusion service", "line {line} bills neither a per diem code nor an infusion service").
home_therapy(C, L) :- per_diem(C, L).
home_therapy(C, L) :- infusion_service(C, L).

applies(C, L, 'R14-HOM-2', bundled) :- evidence(C, L, therapy_role, side_effect), per_diem(C, L), home_setting(C, L).

:- predicate(therapy(claim: text, line: number), "line {line} is the per diem of a therapy at home", "line {line} is not the per diem of a therapy at home").
therapy(C, L) :- per_diem(C, L), home_setting(C, L), procedure(C, L, X), \+ code_in(X, not_therapy_per_diem), \+ evidence(C, L, therapy_role, side_effect).

:- predicate(earlier_therapy(claim: text, line: number, other: number), "line {other} is the per diem of an earlier therapy of the same claim and service date as line {line}", "no earlier therapy of the same claim and service date stands before line {line}").
earlier_therapy(C, L, O) :- therapy(C, O), same_day(C, O, L), O < L.

:- predicate(earlier_therapies(claim: text, line: number, count: number), "per diems of earlier therapies before line {line}: {count}", "the number of earlier therapies before line {line} is not {count}").
earlier_therapies(C, L, N) :- therapy(C, L), aggregate_all(count, earlier_therapy(C, L, _), N).

applies(C, L, 'R14-HOM-3', denied) :- earlier_therapies(C, L, N), N >= 1, \+ modifier(C, L, '59').
applies(C, L, 'R14-HOM-3', denied) :- earlier_therapies(C, L, 1), \+ modifier(C, L, 'SH').
applies(C, L, 'R14-HOM-3', denied) :- earlier_therapies(C, L, N), N >= 2, \+ modifier(C, L, 'SJ').

:- predicate(home_material(claim: text, line: number), "line {line} is a supply or service that a home per diem includes", "line {line} is not a supply or service that a home per diem includes").
home_material(C, L) :- procedure(C, L, X), code_in(X, home_supplies).
home_material(C, L) :- item_kind(C, L, administrative_service).
home_material(C, L) :- item_kind(C, L, care_coordination).
home_material(C, L) :- item_kind(C, L, supply).
home_material(C, L) :- item_kind(C, L, equipment).
home_material(C, L) :- item_kind(C, L, pharmacy_service).

applies(C, L, 'R14-HOM-4', bundled) :- home_material(C, L), home_setting(C, L), with_per_diem(C, L).

:- predicate(applies(claim: text, line: number, clause: text, effect: text), "{line} {clause}").
applies(C, L, 'R14-FAC-1', denied) :- procedure(C, L, X), code_in(X, drug).
applies(C, L, 'R14-FAX-1', denied) :- procedure(C, L, X), code_in(X, drugs).
applies(C, L, r14_fac_2, denied) :- procedure(C, L, X), code_amount(X, 'drug ', A), A > 1.
applies(C, L, 'zzz', denied) :- description(C, L, X), mentions(X, words, _).
next(C) :- applies(C, _, 'R14-FAC-3', _), \+ clause_effect('R14-FAC-4', denied).

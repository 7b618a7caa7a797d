% Over the input predicates.
:- predicate(applies(claim: text, line: number, clause: text, effect: text), "the condition of {clause} holds for line {line}").
applies(C, L, 'R14-FAC-1', denied) :- procedure(C, L, X), code_in(X, drug), service_date(C, L, D), D @>= '2010-07-15', \+ modifier(C, L, 'JW').
applies(C, L, 'R14-FAC-2', bundled) :- bill_class(C, L, B), code_in(B, home_bill), units(C, L, U), U > 1.5.
cutoff('2012-02-29').
late(C, L) :- service_date(C, L, D), cutoff(From), D @> From.

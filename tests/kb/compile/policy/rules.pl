:- predicate(drug(claim: text, line: number), "line {line} is a drug", "line {line} is no drug").
drug(C, L) :- procedure(C, L, X), code_in(X, drug), \+ flush(C, L).

:- predicate(flush(claim: text, line: number), "line {line} is a flush; it isn't */ a drug", "line {line} is no flush").
flush(C, L) :- evidence(C, L, kind, flush).
flush(C, L) :- description(C, L, T), mentions(T, words, flush), \+ modifier(C, L, 'JW').

addressed(C, L) :- drug(C, L).

applies(C, L, 'T1-A', denied) :- drug(C, L), diagnosis(C, L, D), code_in(D, bad_diagnosis).
reduces(C, L, 'T1-B', A) :- drug(C, L), evidence_number(C, L, dose, Dose), procedure(C, L, X), code_amount(X, per_unit, Per), A is ceiling(Dose / Per), units(C, L, U), U > A.

:- predicate(day_before(claim: text, line: number, other: number), "line {other} is of an earlier day", "no line is of an earlier day").
day_before(C, L, O) :- service_date(C, L, D), service_date(C, O, E), E @< D.
day_before(C, L, O) :- day_before(C, L, M), service_date(C, M, D), service_date(C, O, E), E @< D.

:- predicate(earlier(claim: text, line: number, count: number), "{count} lines are of earlier days", "not so many lines are of earlier days").
earlier(C, L, N) :- line(C, L), aggregate_all(count, day_before(C, L, _), N).

:- predicate(p(claim: text, line: number), "line {lime} of {claim}", "{} or {other").
:- predicate(p(claim: text), "again").
:- predicate(procedure(claim: text, line: number, code: text), "mine").
:- predicate(length(a: text), "{a}").
procedure(C, L, 'J7050') :- line(C, L).
line('C1', 1).
write(X) :- p(X, _).
p(C, L) :- line(C, L), p(C).
p(C) :- line(C, _).

p(C, L) :- procedre(C, L, _).
p(C, L) :- line(C, L), \+ evidense(C, L, yes, no).
p(C, L) :- line(C, L, 1).
p(C, L, 1) :- line(C, L).
p(C, L) :- line(C, L), quite_another(C).
p(C, L) :- line(C, L), aggregate_all(count, (p(C, L), unit(C, L)), N), N > 1.
p(C, L) :- line(C, L), member(L, C).
p(C, L) :- line(C, L), q(C).
q(C) :- line(C, L), L > .

a(C) :- line(C, L).
a(C) :- line(C, _L).
a(C) :- line(C, _).
a(C) :- line(C, L), aggregate_all(count, line(C, O), N).
a(C) :- line(C, L), aggregate_all(sum(O), line(C, O), N), N > L.
a(C) :- line(C, L), X is L + 1.

:- predicate(on(claim: text, day: date), "{claim} on {day}").
on('C1', '2010-02-30').
on('C1', '2010-2-3').
on('C1', 20100203).
on(1, '2010-02-03').
a(C, L) :- line(C, L), L @< 'A'.
a(C, L) :- line(C, L), C > 1.
a(C, L) :- line(C, L), L = C.
a(C, L) :- line(C, L), L \= '1'.
a(C, L) :- units(C, L, U), service_date(C, L, U).
a(C, L) :- line(C, L), X is C + 1, X > 0.
a(C, L) :- line(C, L), L > '1'.
a(C, L) :- units(C, L, U), U @>= 2.
a(C, L) :- service_date(C, L, D), D @< 'July'.
a(C, L) :- service_date(C, L, D), D < 2010.
a(C, L) :- line(C, L), L = 1 + 1.
a(C, L) :- line(C, L), procedure(C, '1', _).
a(C, L) :- line(C, L), aggregate_all(max(D), service_date(C, L, D), M), M > 1.
a(C, L) :- line(C, L), aggregate_all(count, line(C, _), N), procedure(C, L, N).
a(C, L) :- line(C, L), procedure(C, L, 7050).
a(C, L) :- line(C, L), 1 = a.
edge(1, 2).
edge(b, 3).
edge(3, X) :- procedure(_, _, X).
back(Y, X) :- edge(X, Y).
far(X) :- back(X, _), X @> a.
cutoff('2010-07-15').
late(C, L) :- service_date(C, L, D), cutoff(From), From @=< D.
cutoff(never).

p(N) :- aggregate_all(avg(X), q(X), N).
p(N) :- aggregate_all(bag, q(_), N).
p(N) :- aggregate_all(count, q(_), 3), N = 1.
p(N) :- aggregate_all(count, \+ q(1), N).
p(N) :- aggregate_all(count, (q(X), aggregate_all(count, q(X), M), M > 1), N).
p(N) :- aggregate_all(count, q(_)), N = 1.
p(N) :- aggregate_all(q(_), N).
p(N) :- aggregate_all(count, q(X), q(X), N).
p(N) :- \+ aggregate_all(count, q(_), N).
p(N) :- N is aggregate_all(count, q(_)).
p(N) :- N is sqrt(2).
p(N) :- N is max(2).
p(N) :- N is 2 + .
p(N) :- 2 is N.
p(N) :- q(N), \+ (q(N), q(N)).
p(N) :- q(N), \+ N > 2.
p(N) :- q(N), \+ \+ q(N).
p(N) :- q(N), \+ q.
q(1).

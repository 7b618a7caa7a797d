% Mutual and nonlinear recursion, and negation below it.
edge(1, 2). edge(2, 3). edge(3, 1).
reach(X, Y) :- edge(X, Y).
reach(X, Z) :- reach(X, Y), reach(Y, Z).
even(X, X) :- edge(X, _).
even(X, Z) :- odd(X, Y), edge(Y, Z).
odd(X, Z) :- even(X, Y), edge(Y, Z).
acyclic(X) :- edge(X, _), \+ reach(X, X).
far(X, N) :- edge(X, _), aggregate_all(count, reach(X, _), N).

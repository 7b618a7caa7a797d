f(X).
f(_).
f(1).
g(X, Y) :- f(X).
g(X, _) :- f(X).
g(X, X) :- \+ f(X).
g(X, X) :- f(X), \+ g(X, Y).
g(X, X) :- f(X), \+ g(X, _).
g(X, X) :- X > 1, f(X).
g(X, X) :- f(X), _ > 1.
g(X, Y) :- f(X), Y is X + Z.
g(X, Y) :- f(X), Y = Z.
g(X, Y) :- f(X), Y = X.
g(X, Y) :- f(X), X = Y.
g(X, Y) :- f(X), Y \= X.
g(X, N) :- f(X), aggregate_all(sum(V), f(X), N).
g(X, N) :- f(X), aggregate_all(count, (f(Y), Y > Z), N).
g(Y, N) :- aggregate_all(count, f(Y), N).
g(Y, N) :- aggregate_all(count, f(Y), N), f(Y).
g(N, N) :- aggregate_all(count, g(N, _), N).
result_inside(N) :- f(N), aggregate_all(sum(N), f(_), N).
result_inside(N) :- f(N), aggregate_all(count, (f(M), M > N), N).

move(a, b).
win(X) :- move(X, Y), \+ win(Y).

p(X) :- move(X, _), \+ q(X).
q(X) :- r(X).
r(X) :- move(X, _), \+ p(X).

total(X, N) :- move(X, _), aggregate_all(count, (move(X, Y), share(Y, _)), N).
share(X, N) :- total(X, N).

even(X) :- move(X, X).
even(X) :- move(X, Y), odd(Y).
odd(X) :- move(X, Y), even(Y).
alone(X) :- move(X, _), \+ even(X).

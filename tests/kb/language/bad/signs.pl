p(X) :- q(X), X == 1.
p(X) :- q(X), X \== 1.
p(X) :- q(X), X <= 1.
p(X) :- q(X), X => 1.
p(X) :- q(X), X != 1.
p(X) :- q(X), X <> 1.
p(X) :- q(X), X @<= a.
p(X) :- q(X), X=-1.
p(X) :- q(X), X=\+1.
p(X) :- q(X), X > 1=.
p(X) :- q(X), X # 1.
p(X) :- q(X), X < 1 < 2.
p(X) :- q(X), X is + 1.
p(X) :- q(X),, q(X).
p(X) :- q(X), .
p(X) :- .
p(X) :- q(X) q(X).
p(X) :- q(X)).
p(X :- q(X).
p(X) :- q(X, ).
p(X) :- q(X) > 1.
p(X) :- q(X) :- q(X).
p(X) :- q (X).
P(X) :- q(X).
'p q'(X) :- q(X).
X :- q(X).
\+ p(X) :- q(X).
p(X) = 1.
.
p(X) :- q(X), X @ 1.
q(1).

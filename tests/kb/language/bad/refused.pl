% What Prolog has and the rule language has not.
p(X) :- q(X), !.
p(X) :- q(X); r(X).
p(X) :- q(X) -> r(X).
p(X) :- q(X) | r(X).
p(X) --> q(X).
p(X) :- q(f(X)).
p(X) :- q(X, predicate(X)).
p(X) :- q([X]).
p(X) :- q({X}).
p(X) :- (q(X), r(X)).
p(X) :- (\+ q(X)).
p(X), q(X) :- r(X).
p(X) :- X =.. Y.
p(X) :- findall(X, q(X), L), assert(L).
p(X) :- call(X), X.
p(X) :- q.
p.
q :- p(1).
p().
p(X) :- X ^ 2 > 3, X ** 2 > 3.
?- p(X).
q(1) :- true.
member(X) :- q(X).
q(1).
q(X, Y) :- p(X), p(Y).

p(X) :- q(X)
q(1).
q(2)
:- predicate(r(a: number), "{a}").
r(X) :- q(X),
    p(X)
s(X) :- r(X).
p(3).q(3).
t(X) :- s(X

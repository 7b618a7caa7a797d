:- dynamic p/1.
:- dynamic(p/1).
:- use_module(library(lists)).
:- initialization(main).
:- predicate(p(a: integer), "{a}").
:- predicate(p(a: text, a: text), "{a}").
:- predicate(p(A: text), "s").
:- predicate(p('a b': text), "s").
:- predicate(p(table: text), "s").
:- predicate(p(a), "s").
:- predicate(p(a: text), 's').
:- predicate(p(a: text)).
:- predicate(p(a: text), "a", "b", "c").
:- predicate(p, "s").
:- predicate(p(a: text), "s") :- q(1).
p(X) :- predicate(X).

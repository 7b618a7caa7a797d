% Every construct of the language.
:- predicate(path(from: text, to: text), "{from} leads to {to}", "{from} does not lead to {to}").
:- predicate(cost(item: text, amount: number), "{item} costs \"{amount}\"").
/* A comment
   over two rows. */
edge(a, b). edge(b, c).
edge('it''s', 'back\\slash').
edge('tab\there', 'new\nrow').
edge('\x41\\xe9\', '').
edge('é', 'table').

path(X, Y) :- edge(X, Y).
path(X, Z) :-
    edge(X, Y),  % a comment behind
    path(Y, Z).

cost(small, 1).
cost(negative, -1).
cost(exact, 0.25).
cost(ratio, 1r3).
total(Item, Sum) :- edge(Item, _), aggregate_all(sum(A + 1), (cost(I, A), I \= Item, \+ same(I, Item), A > 0), Sum).

same(X, X) :- edge(X, _).
unreached(X) :- edge(X, _), \+ path(a, X), X \= a.
sums(A, B, C) :- amount(X), amount(Y), A is -X + Y * 2 - 3 / 4, B is (A - (1 - 2)) // 2 mod 3, C is max(abs(-1), min(A, ceiling(B / 2))) - floor(-(X + 1)).
amount(1). amount(2.50).
compared(X) :- amount(X), X < 3, X =< 3, X > -3, X >= - 3, X =:= 2, X =\= 1.
ordered(X) :- edge(X, Y), X @< Y, X @=< Y, Y @> X, Y @>= 'A', X = a, b \= X.
extremes(Low, High, N) :- aggregate_all(min(X), amount(X), Low), aggregate_all(max(X), amount(X), High), aggregate_all(count, edge(_, _), N).
spaced( X ):-edge( X , _ ),\+path( X,X ),X@<b .
same_name(X) :- X = edge, edge(X, edge).

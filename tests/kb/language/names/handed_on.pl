% An effect or a clause that a variable hands on is followed to the rules that name it.
applies(C, L, 'R14-OFF-2', E) :- line(C, L), hard(E).
hard(bundled).
hard(denyed).
hard(E) :- softer(E).
softer('').
softer(E) :- hard(E).
applies(C, L, K, bundled) :- charged(C, L, K).
charged(C, L, 'R14-OF-2') :- line(C, L).
applies(C, L, 'R14-OFF-2', E) :- description(C, L, E).
applies(C, L, K, E) :- line(C, L), clause_effect(K, E).
applies(C, L, 'R14-OFF-2', E) :- line(C, L), F = reducd, E = F.
applies(C, L, 'R14-OFF-2', E) :- description(C, L, E), clause_effect(_, E).
excludes(C, L, K) :- procedure(C, L, K).
addressed(C, L) :- procedure(C, L, X), code_in(X, T), addressing(T).
addressing(drug).
addressing(drugs).
addressing(T) :- code_in('J1200', T).

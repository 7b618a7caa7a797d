% Which readings keep an adverse clause away from a line. Read where they are asked for alone.
%
% A policy says in its own alternatives.pl what a contested reading, read otherwise, would make of a
% line: otherwise/5, where the condition of a clause would hold and the clause would be in force.
% These rules leave what an override waives, and what counts of the clause already.

:- predicate(otherwise(number: number, claim: text, line: number, clause: text, effect: text), "with reading {number} read otherwise, {clause} would hold of line {line}: {effect}", "with reading {number} read otherwise, {clause} would not hold of line {line}").

:- predicate(at_least(effect: text, other: text), "{effect} is no weaker than {other}", "{effect} is weaker than {other}").
at_least(denied, denied).
at_least(denied, bundled).
at_least(denied, reduced).
at_least(denied, pended).
at_least(bundled, bundled).
at_least(bundled, reduced).
at_least(bundled, pended).
at_least(reduced, reduced).
at_least(reduced, pended).
at_least(pended, pended).

:- predicate(counts_already(claim: text, line: number, clause: text, effect: text), "{clause} counts for line {line} with no weaker effect than {effect}", "{clause} does not count for line {line} with the effect {effect} or a stronger one").
counts_already(C, L, K, E) :- cites(C, L, K, Now), at_least(Now, E).

:- predicate(in_favour(claim: text, line: number, number: number, clause: text, effect: text), "reading {number} keeps {clause} away from line {line}, which would be {effect}", "reading {number} does not keep {clause} away from line {line}").
in_favour(C, L, N, K, E) :- otherwise(N, C, L, K, E), at_least(E, pended), \+ waived(C, L, K), \+ counts_already(C, L, K, E).

:- predicate(reading_in_favour(claim: text, line: number, number: number), "reading {number} keeps an adverse clause away from line {line}", "reading {number} keeps no adverse clause away from line {line}").
reading_in_favour(C, L, N) :- in_favour(C, L, N, _, _).

% Makes the rule language load in SWI-Prolog: consult this file before any file of rules.

:- set_prolog_flag(iso, false).
:- set_prolog_flag(prefer_rationals, true).

predicate(Columns, _Sentence) :- declare(Columns).
predicate(Columns, _Sentence, _Absence) :- declare(Columns).

declare(Columns) :-
    functor(Columns, Name, Arity),
    discontiguous(Name/Arity),
    multifile(Name/Arity),
    dynamic(Name/Arity).

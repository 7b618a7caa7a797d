% Answers queries over claims, a case at a time, for tests/oracle/swi.py.
%
%   swipl -q -f none -g clausewise_oracle:main -t halt driver.pl -- CASES FILE...
%
% CASES holds terms case(Id, Facts, Queries) with Queries a list of query(Id, Columns, Goal).

:- module(clausewise_oracle, []).
:- use_module(library(aggregate)).
:- use_module(library(lists)).
:- set_prolog_flag(prefer_rationals, true).
:- set_prolog_flag(iso, false).
:- set_prolog_flag(autoload, explicit).
:- set_prolog_flag(program:unknown, fail).
:- program:use_module(library(aggregate), [aggregate_all/3]).

% Declarations of the rule language say nothing to Prolog.
program:predicate(_, _).
program:predicate(_, _, _).

main :-
    current_prolog_flag(argv, [Cases | Files]),
    style_check(-singleton),
    style_check(-discontiguous),
    style_check(-no_effect),
    forall(( member(File, Files), rule_in(File, Rule), head(Rule, Head) ), declare(Head)),
    forall(member(File, Files), program:consult(File)),
    setup_call_cleanup(open(Cases, read, Stream, [encoding(utf8)]), answer_all(Stream), close(Stream)).

% Every predicate that rules derive is tabled: its answers are a set, and recursion ends.
declare(Head) :-
    predicate_property(program:Head, tabled),
    !.
declare(Head) :-
    functor(Head, Name, Arity),
    dynamic(program:(Name/Arity)),
    multifile(program:(Name/Arity)),
    table(program:(Name/Arity)).

rule_in(File, Rule) :-
    setup_call_cleanup(open(File, read, Stream, [encoding(utf8)]), read_rules(Stream, Rules), close(Stream)),
    member(Rule, Rules).

read_rules(Stream, Rules) :-
    read_term(Stream, Term, [module(program)]),
    (   Term == end_of_file
    ->  Rules = []
    ;   Rules = [Term | Rest],
        read_rules(Stream, Rest)
    ).

head((:- _), _) :- !, fail.
head((Head :- _), Head) :- !.
head(Head, Head).

answer_all(Stream) :-
    repeat,
    read_term(Stream, Term, []),
    (   Term == end_of_file
    ->  !
    ;   answer_case(Term),
        fail
    ).

answer_case(case(Case, Facts, Queries)) :-
    abolish_all_tables,
    forall(member(Fact, Facts), assert_fact(Fact)),
    forall(member(query(Query, Columns, Goal), Queries), answer(Case, Query, Columns, Goal)),
    forall(member(Fact, Facts), (retract(program:Fact) -> true ; true)).

assert_fact(Fact) :-
    functor(Fact, Name, Arity),
    dynamic(program:(Name/Arity)),
    assertz(program:Fact).

answer(Case, Query, Columns, Goal) :-
    (   catch(findall(Columns, program:Goal, Found), Error, true)
    ->  true
    ),
    (   nonvar(Error)
    ->  format("error\t~w\t~w\t~q~n", [Case, Query, Error])
    ;   sort(Found, Rows),
        forall(member(Row, Rows), print_row(Case, Query, Row))
    ).

print_row(Case, Query, Row) :-
    format("row\t~w\t~w", [Case, Query]),
    forall(member(Value, Row), print_value(Value)),
    nl.

% Numbers as n:NUMERATOR/DENOMINATOR, text as t: and its character codes.
print_value(Value) :-
    rational(Value, Numerator, Denominator),
    !,
    format("\tn:~d/~d", [Numerator, Denominator]).
print_value(Value) :-
    atom(Value),
    !,
    atom_codes(Value, Codes),
    atomic_list_concat(Codes, ' ', Text),
    format("\tt:~w", [Text]).
print_value(Value) :-
    format("\tx:~q", [Value]).

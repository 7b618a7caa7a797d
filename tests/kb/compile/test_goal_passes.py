"""The passes that a goal over many claims goes through, on small programs."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlglot")

from kb.compile.rewrite.apart import Codes, NotApart, rules_apart
from kb.compile.rewrite.narrow import narrow
from kb.language.ast import Program
from kb.language.parser import parse_program
from kb.language.printer import print_rule

NARROWED = {
    "constants go down": (
        "goal(L) :- has(L, red). has(L, E) :- cites(L, E). other(L) :- cites(L, blue).\n"
        "cites(L, red) :- line(L, 1). cites(L, blue) :- line(L, 2). cites(L, E) :- marks(L, E).",
        ["goal", "has 1", "cites 1", "cites 1"],
    ),
    "a wider one serves for both": (
        "goal(L) :- cites(L, red), cites(L, E), \\+ cites(L, E). cites(L, red) :- line(L, L).",
        ["goal", "cites"],
    ),
    "two constants, two parts": (
        "goal(L) :- has(L, red), \\+ has(L, blue).\n"
        "has(L, red) :- line(L, 1). has(L, blue) :- line(L, 2).",
        ["goal", "has 1", "has 2"],
    ),
    "in an aggregate too": (
        "goal(N) :- aggregate_all(count, has(_, red), N).\n"
        "has(L, red) :- line(L, 1). has(L, blue) :- line(L, 2).",
        ["goal", "has 1"],
    ),
    "recursion stays whole": (
        "goal(L) :- tied(L, 2). tied(A, B) :- line(A, B). tied(A, C) :- tied(A, B), line(B, C).",
        ["goal", "tied", "tied"],
    ),
    "many constants, the whole": (
        "goal(L) :- has(L, a), has(L, b), has(L, c), has(L, d). has(L, E) :- marks(L, E, _).\n"
        "marks(L, E, 1) :- line(L, E).",
        ["goal", "has", "marks"],
    ),
    "what no rule can say has none": (
        "goal(L) :- has(L, red). has(L, blue) :- line(L, 2).",
        ["goal"],
    ),
}


@pytest.mark.parametrize("name", NARROWED)
def test_a_program_is_narrowed_to_what_is_asked_for(name: str) -> None:
    text, heads = NARROWED[name]
    program, faults = parse_program(text, "a.pl")
    assert not faults
    arity = program.rules[0].head.arity
    found = narrow(program, [("goal", arity)])
    assert sorted(rule.head.predicate for rule in found.rules) == sorted(heads)
    assert all(copy[0].partition(" ")[0] == base[0] for copy, base in found.copies.items())


CODES = Codes({"drug": "procedure", "home_bill": "bill_class"}, {"procedure": False}.get)  # type: ignore[arg-type]
APART = {
    "a code of the line": ("procedure(C, L, X), code_in(X, drug)", "code_in(X, drug)"),
    "a code of the line in any table": ("procedure(C, L, X), code_in(X, T)", "code_in(X, T)"),
    "a code of nowhere": ("line(C, L), code_in(X, drug)", "code_in of claim(C, X, drug)"),
    "a constant": ("line(C, L), code_in('J1', drug)", "code_in of claim(C, 'J1', drug)"),
    "a code of another column": ("modifier(C, L, X), code_in(X, T)", "code_in of claim(C, X, T)"),
    "a code that is denied": (
        "line(C, L), \\+ code_in('J1', drug)",
        "\\+ code_in of claim(C, 'J1', drug)",
    ),
    "a text": ("description(C, L, X), mentions(X, T, V)", "mentions(X, T, V)"),
    "a text of nowhere": ("line(C, L), mentions(X, T, V)", "mentions of claim(C, X, T, V)"),
    "a release": ("procedure(C, L, X), release_code(X, A, B)", "release_code(X, A, B)"),
    "a release of another column": (
        "ndc(C, L, X), release_code(X, A, B)",
        "release_code of claim(C, X, A, B)",
    ),
}


@pytest.mark.parametrize("name", APART)
def test_a_code_names_its_claim_where_it_could_be_of_another(name: str) -> None:
    body, said = APART[name]
    goal = _program(f"goal(C, L) :- {body}.").rules[0]
    rules, made = rules_apart([], goal, CODES)
    assert rules == ()
    assert said in print_rule(made)


REFUSED = {
    "two claims": "p(C, L) :- line(C, L), line(D, L). ",
    "a claim that is lost": "p(L, L) :- line(C, L). ",
    "a code without a claim": "p(X, T) :- code_in(X, T). ",
    "a claim of a fact": "p(C, L) :- line(C, L). p('A', 1). ",
    "a code before its claim": "p(C, L) :- \\+ code_in('J1', drug), line(C, L). ",
}


@pytest.mark.parametrize("name", REFUSED)
def test_rules_that_tie_claims_are_refused(name: str) -> None:
    program = _program(f"{REFUSED[name]} goal(C, L) :- p(C, L), line(C, L).")
    *rules, goal = program.rules
    with pytest.raises(NotApart):
        rules_apart(rules, goal, CODES)


def _program(text: str) -> Program:
    program, faults = parse_program(text, "a.pl")
    assert not faults
    return program

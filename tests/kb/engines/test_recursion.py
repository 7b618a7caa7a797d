"""Recursion answers whatever its form, and one that never ends is refused."""

from __future__ import annotations

import pytest

from facts.diagnostic import QueryError
from kb.checks.checked import check
from kb.engines.pydatalog import PyDatalogEngine
from kb.language.parser import parse_program, parse_query
from kb.language.values import Row


def answers(text: str, goal: str) -> list[Row]:
    program, faults = parse_program(text, "rules.pl")
    assert not faults
    return PyDatalogEngine().open(check(program), {}).answers(parse_query(goal))


FORMS = {
    "right": "reaches(X, Z) :- edge(X, Y), reaches(Y, Z).",
    "left": "reaches(X, Z) :- reaches(X, Y), edge(Y, Z).",
    "both": "reaches(X, Z) :- reaches(X, Y), reaches(Y, Z).",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [1, 2, 3, 4, 7])
def test_a_ring_is_reached_from_everywhere(form: str, size: int) -> None:
    edges = " ".join(f"edge({each}, {(each + 1) % size})." for each in range(size))
    text = f"{edges} reaches(X, Y) :- edge(X, Y). {FORMS[form]}"
    everywhere = [(each,) for each in range(size)]
    assert answers(text, "reaches(0, Y)") == everywhere
    assert answers(text, "reaches(X, 0)") == everywhere
    assert len(answers(text, "reaches(X, Y)")) == size * size


@pytest.mark.parametrize("size", [2, 3, 4, 9])
def test_predicates_that_call_each_other_in_a_ring(size: int) -> None:
    rules = " ".join(f"q{each}(X) :- q{(each + 1) % size}(X)." for each in range(size))
    for start in range(size):
        assert answers(f"{rules} q{start}(a).", "q0(X)") == [("a",)]
    assert answers(f"{rules} q1(X) :- missing(X). missing(b).", "q0(a)") == []


def test_even_and_odd() -> None:
    text = (
        "next(0, 1). next(1, 2). next(2, 3). next(3, 4). "
        "even(0). even(X) :- next(Y, X), odd(Y). odd(X) :- next(Y, X), even(Y)."
    )
    assert answers(text, "even(X)") == [(0,), (2,), (4,)]


def test_negation_above_a_ring() -> None:
    text = (
        "edge(a, b). edge(b, c). edge(c, a). edge(d, a). node(X) :- edge(X, _). "
        "reaches(X, Y) :- edge(X, Y). reaches(X, Z) :- edge(X, Y), reaches(Y, Z). "
        "lost(X, Y) :- node(X), node(Y), \\+ reaches(X, Y)."
    )
    assert answers(text, "lost(X, Y)") == [("a", "d"), ("b", "d"), ("c", "d"), ("d", "d")]


def test_a_chain_of_a_thousand() -> None:
    edges = " ".join(f"edge({each}, {each + 1})." for each in range(1000))
    text = f"{edges} reaches(X, Y) :- edge(X, Y). {FORMS['left']}"
    assert len(answers(text, "reaches(0, Y)")) == 1000


def test_a_recursion_that_calculates_ends_at_its_bound() -> None:
    assert answers("n(0). n(X) :- n(Y), X is Y + 1, X < 300.", "n(N), N > 297") == [(298,), (299,)]


ENDLESS = {
    "n(0). n(X) :- n(Y), X is Y + 1.": "the calculation is part of a recursion that finds new",
    "n(2). n(X) :- n(Y), X is Y * Y.": "the result has more than a thousand digits",
}


@pytest.mark.parametrize("text", ENDLESS)
def test_a_recursion_without_end_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.engines.pydatalog.recursion.MOST_GROWTH", 2_000)
    with pytest.raises(QueryError) as caught:
        answers(text, "n(5)")
    [fault] = caught.value.diagnostics
    assert fault.message.startswith(ENDLESS[text])
    assert str(fault.place) in ("rules.pl:1:21", "rules.pl:1:26")

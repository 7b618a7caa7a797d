"""Numbers are exact, and what has no exact decimal is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from tests.kb.engines.programs import unchecked

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

from facts.diagnostic import QueryError
from kb.engines.duckdb.session import DuckDBEngine
from kb.engines.pydatalog import PyDatalogEngine
from kb.language.parser import parse_program, parse_query

ENGINE = DuckDBEngine(threads=1)
BIG = Decimal("10000000000000000000000000000.123456789")
BIG_AND_HALF = Decimal("10000000000000000000000000000.623456789")


def answers(goal: str, *values: object, engine=ENGINE, rules: str = "none(0).", **bound):
    program, _ = parse_program(rules, "p.pl")
    session = engine.open(unchecked(program), {"n": {(value,): () for value in values}})
    return session.answers(parse_query(goal), bound)


@pytest.mark.parametrize(
    ("goal", "values", "expected"),
    [
        ("n(X), Y is X * X", [Decimal("0.1")], [(Decimal("0.1"), Decimal("0.01"))]),
        ("aggregate_all(sum(X), n(X), S)", [Decimal("0.1"), Decimal("0.2")], [(Decimal("0.3"),)]),
        ("n(X), X / 3 =:= 1 / 3", [1, 2], [(1,)]),
        ("n(X), Y is X / 3 * 3", [1], [(1, 1)]),
        ("n(X), Y is ceiling(X / 3)", [6, 7, -7], [(-7, -2), (6, 2), (7, 3)]),
        ("n(X), Y is floor(X / 3)", [6, 7, -7], [(-7, -3), (6, 2), (7, 2)]),
        ("n(X), Y is X // 2", [7, -7], [(-7, -3), (7, 3)]),
        ("n(X), Y is X mod 3", [7, -7], [(-7, 2), (7, 1)]),
        ("n(X), Y is X mod -3", [7, -7], [(-7, -1), (7, -2)]),
        ("n(X), Y is 2 / -4 - X", [0], [(0, Decimal("-0.5"))]),
        ("n(X), Y is 100000 * 100000 * X", [1], [(1, 10**10)]),
        ("n(X), Y is 1000000000000000000 + X", [1], [(1, 10**18 + 1)]),
        ("n(X), Y is X + 0.5", [BIG], [(BIG, BIG_AND_HALF)]),
        ("n(X), X > 10000000000000000000000000000.123456788", [BIG], [(BIG,)]),
        ("n(X), X =:= 10000000000000000000000000000.123456788", [BIG], []),
        ("n(X), Y is max(X, 1 / X)", [2, Decimal("0.5")], [(Decimal("0.5"), 2), (2, 2)]),
        ("n(X), X > 0, Y is 1 / X", [0, 4], [(4, Decimal("0.25"))]),
        ("n(X), aggregate_all(count, (n(Y), X > 0, 8 / X > Y), N)", [0, 4], [(0, 0), (4, 1)]),
    ],
)
def test_exact(goal: str, values: list[object], expected: list[tuple[object, ...]]) -> None:
    assert answers(goal, *values) == expected
    assert answers(goal, *values, engine=PyDatalogEngine()) == expected


@pytest.mark.parametrize(
    ("goal", "values"),
    [
        ("n(X), Y is 1 / X", [0, 4]),
        ("n(X), 1 / X > 0", [0, 4]),
        ("n(X), Y is 1 + 3 // X", [0]),
        ("n(X), Y is X // 2", [Decimal("0.5")]),
        ("n(X), Y is min(1 / X, 2)", [0]),
        ("aggregate_all(sum(1 / X), n(X), S)", [0, 1]),
        ("n(X), Y is 1 / X", [3]),
        ("n(X), Y is X * X", [Decimal("0.00001")]),
        ("n(X), Y is X * X * X", [10**11]),
        ("n(X)", [Fraction(1, 3)]),
    ],
)
def test_refused(goal: str, values: list[object]) -> None:
    with pytest.raises(QueryError) as caught:
        answers(goal, *values)
    assert len(caught.value.diagnostics) == 1


def test_the_refusal_says_why() -> None:
    with pytest.raises(QueryError) as caught:
        answers("n(X), Y is 1 / X", 0)
    (fault,) = caught.value.diagnostics
    assert fault.message == "a number of this query cannot be computed exactly by DuckDB"
    assert fault.help == "it divides by zero, or needs more than 9 digits after the point"


def test_a_refused_predicate_is_refused_again_and_others_are_answered() -> None:
    program, _ = parse_program("half(X, Y) :- n(X), Y is 1 / X. all(X) :- n(X).", "p.pl")
    session = ENGINE.open(unchecked(program), {"n": {(0,): ()}})
    for _ in range(2):
        with pytest.raises(QueryError):
            session.answers(parse_query("half(X, Y)"))
    assert session.answers(parse_query("all(X)")) == [(0,)]


def test_text_and_numbers_are_never_equal_and_text_comes_last() -> None:
    for goal, holds in {"a = 1": 0, "a \\= 1": 1, "1 @< a": 1, "a @< 1": 0, "a @>= 1": 1}.items():
        assert answers(f"X = 0, {goal}") == [(0,)] * holds, goal
        assert answers(f"X = 0, {goal}", engine=PyDatalogEngine()) == [(0,)] * holds, goal


def test_values_given_for_variables_are_bound() -> None:
    assert answers("n(X), Y is X + 1", 1, 2, X=2) == [(2, 3)]
    assert answers("n(X), Y is X + 1", 1, 2, Y=2) == [(1, 2)]
    assert answers("none(X), Z = T", X=0, T="'; DROP TABLE none --") == [
        (0, "'; DROP TABLE none --", "'; DROP TABLE none --")
    ]
    assert answers("none(X), T \\= b", X=0, T="a\x00\\'b\n") == [(0, "a\x00\\'b\n")]


def test_predicates_that_differ_in_case_or_arity_alone_are_told_apart() -> None:
    rules = "pA(1). pa(2). pa(3, 4). pa_2(5). q(X) :- pA(X). q(Y) :- pa(_, Y). q(X) :- pa_2(X)."
    assert answers("q(X)", rules=rules) == [(1,), (4,), (5,)]
    assert answers("pa(X)", rules=rules) == [(2,)]

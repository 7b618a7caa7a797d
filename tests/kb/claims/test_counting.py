"""Counts, sums and groups over answers, as people type them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from facts.diagnostic import QueryError
from kb.claims.counting import read_counted_goal
from kb.knowledge_base import KnowledgeBase

KB = KnowledgeBase.load("r14")


def line(claim: str, number: int, code: str, charge: str | None, **more: Any) -> dict[str, Any]:
    made = {
        "claim_id": claim,
        "line_number": number,
        "claim_form": "cms1500",
        "service_date": "2018-06-01",
        "place_of_service": "22",
        "procedure_code": code,
        **more,
    }
    return made if charge is None else {**made, "charge": charge}


KNOWN = KB.with_claims(
    [
        line("A", 1, "96365", "100.10", rendering_provider="P"),
        line("A", 2, "J7050", "20"),
        line("B", 1, "96365", "50.20", rendering_provider="P"),
        line("B", 2, "96366", None, rendering_provider="Q"),
    ]
)


def ask(text: str) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    counted = read_counted_goal(text, KB.policy.program)
    assert counted is not None
    return counted.columns, counted.answers(lambda goal: KNOWN.query(goal).rows)


@pytest.mark.parametrize(
    "text",
    [
        "count(denied(C, L, K))",
        "count: denied(C, L, K)",
        "denied(C, L, K), count",
        "count, denied(C, L, K)",
        "COUNT(*), denied(C, L, K).",
        "count :- denied(C, L, K)",
        "?- count(denied(C, L, K)).",
    ],
)
def test_ways_to_count(text: str) -> None:
    assert ask(text) == (("count",), [(3,)])


@pytest.mark.parametrize(
    "text",
    [
        "count, sum(charge) by Clause: denied(C, L, Clause)",
        "count, sum(charge): denied(C, L, Clause) group by clause",
        "denied(C, L, Clause), count, sum charge by CLAUSE",
    ],
)
def test_ways_to_group(text: str) -> None:
    assert ask(text) == (("Clause", "count", "sum(charge)"), [("R14-FAC-1", 3, Decimal("150.3"))])


def test_a_charge_counts_once_for_each_line() -> None:
    """A line with several answers has one charge; a variable is added up over the answers."""
    goal = "cites(C, L, K, E), charge(C, L, X)"
    rows = KNOWN.query(goal).rows
    lines = {row[:2] for row in rows}
    assert len(lines) < len(rows)
    (_, [(of_lines, of_answers)]) = ask(f"sum(charge), sum(X): {goal}")
    assert of_lines == Decimal("170.3")
    assert of_answers == sum(row[-1] for row in rows)


def test_values_of_lines_group_too() -> None:
    columns, rows = ask("count(C), max(charge), count(charge) by provider: denied(C, L, K)")
    assert columns == ("rendering_provider", "count(C)", "max(charge)", "count(charge)")
    assert rows == [("P", 2, Decimal("100.1"), 2)]


def test_nothing_counts_zero_and_has_no_greatest() -> None:
    assert ask("count, sum(charge): reduced(C, L, K)") == (("count", "sum(charge)"), [(0, 0)])
    assert ask("max(charge): reduced(C, L, K)")[1] == []


def test_a_claim_that_is_named() -> None:
    assert ask("sum(charge): denied('A', L, K)")[1] == [(Decimal("100.1"),)]


@pytest.mark.parametrize(
    "text",
    [
        "denied(C, L, K)",
        "aggregate_all(count, denied(C, L, K), N)",
        "denied(C, L, 'a by b')",
        "denied('x, count', L, K)",
        "description(C, L, 'a: b')",
    ],
)
def test_plain_goals_stay_plain(text: str) -> None:
    assert read_counted_goal(text, KB.policy.program) is None


@pytest.mark.parametrize(
    ("text", "message", "help"),
    [
        ("cuont, denied(C, L, K)", "`cuont` is no condition", "did you mean `count`?"),
        ("denied(C, L, K), summ(charge)", "`summ(charge)` is no condition", "mean `sum`?"),
        ("denied(C, L, K), avg(charge)", "`avg(charge)` is no condition", "mean `sum`?"),
        ("sum(chrge): denied(C, L, K)", "`chrge` cannot be added up", "mean `charge`?"),
        ("count by Claus: denied(C, L, Clause)", "`Claus` cannot be grouped", "mean `Clause`?"),
        ("count", "nothing says what is counted", "write it as in"),
        ("sum, denied(C, L, K)", "`sum` does not say of what", "write it as in"),
        ("select count(*) from claims", "not in SQL", "write it as in"),
        ("sum(charge): denied(C, L, K), denied(C, M, K)", "is not clear", "charge(Claim, Line, X)"),
    ],
)
def test_near_misses_are_helped(text: str, message: str, help: str) -> None:
    with pytest.raises(QueryError) as found:
        ask(text)
    (told,) = found.value.diagnostics
    assert message in told.message
    assert help in told.help

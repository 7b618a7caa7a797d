"""Rules about lines as formulas: what is bound before is compared, not bound anew."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlglot")

from kb.compile.formulas.line_script import NotFusable
from kb.compile.formulas.line_tests import Compared, RowTest
from kb.compile.formulas.plan import LinePlan, plan_lines
from kb.language.parser import parse_program

REST = """
cites(C, L, k, e) :- line(C, L). mattered(C, L, k, n) :- line(C, L).
missing(C, L, n) :- line(C, L). assumption(C, L, n) :- line(C, L).
allowed(C, L, U) :- line(C, L), aggregate_all(min(V), units(C, L, V), U).
"""


def planned(body: str) -> LinePlan:
    program, faults = parse_program(f"outcome(C, L, denied) :- {body}.{REST}", "p.pl")
    assert not faults
    return plan_lines(program, {})


def test_an_assignment_to_a_column_is_a_comparison() -> None:
    plan = planned("units(C, L, U), charge(C, L, X), U is X * 2")
    (row,) = (test for _, test in plan.rows)
    assert isinstance(row, RowTest)
    assert row.comparison.operator == "=:="
    plan = planned("units(C, L, U), U is 2 * 3")
    assert plan.rows or any(isinstance(test, Compared) for _, test in plan.columns["units"])


def test_a_second_assignment_is_a_comparison() -> None:
    plan = planned("units(C, L, U), charge(C, L, X), Y is U * 2, Y is X * 3")
    assert len(plan.rows) == 1


def test_a_count_that_is_known_before_has_no_formula() -> None:
    with pytest.raises(NotFusable):
        planned("units(C, L, N), aggregate_all(count, (line(C, M), M \\= L), N)")

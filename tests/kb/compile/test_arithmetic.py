"""Arithmetic in each warehouse: the exact number, or it is told, or the run stops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

from kb.compile.script.script import FAULTS, ScriptSource, ScriptStatement, script, script_text
from kb.compile.sql.dialects import dialect
from kb.compile.sql.number_types import decimal_of
from kb.language.ast import Program
from kb.language.parser import parse_program
from tests.kb.compile.warehouse import Warehouse, rows_of
from tests.kb.engines.reference import Undefined, evaluate_program

Pair = tuple[Decimal, Decimal]
Rows = set[tuple[Fraction, ...]]
INPUT = ':- predicate(n(id: number, x: number, y: number), "", "").\n'

VALUES = {
    "sum": "X + Y",
    "difference": "X - Y - 1",
    "product": "X * Y",
    "triple": "X * 3",
    "long_factor": "X * 10000000001",
    "square": "X * X * Y",
    "quotient": "X / Y",
    "third": "X / 3",
    "half": "X / (-2)",
    "per": "1 / Y",
    "share": "X / Y * Y",
    "added": "X / Y + 1",
    "nested": "(X / Y) / (Y / 4)",
    "packages": "ceiling(X / Y)",
    "whole_packages": "floor(X / Y)",
    "up": "ceiling(X)",
    "down": "floor(X)",
    "down_third": "floor(-X / 3)",
    "up_product": "ceiling(X * Y)",
    "whole": "X // Y",
    "whole_seven": "X // 7",
    "whole_negative": "X // (-7)",
    "rest": "X mod Y",
    "rest_seven": "X mod 7",
    "rest_negative": "X mod (-7)",
    "rest_half": "(X / 2) mod 5",
    "size": "abs(X - Y)",
    "negative": "-(X * 2)",
    "least": "min(X, Y)",
    "greatest": "max(X * 2, Y + 1)",
    "least_quotient": "min(X / Y, Y)",
}
TESTS = {
    "more": "X / Y > 1 / 3",
    "less": "X * Y < X + Y",
    "equal": "X / Y =:= Y / X",
    "unequal": "X * 2 =\\= Y",
    "crosswise": "X / Y =< Y / 7",
    "scaled": "X * 0.5 >= Y",
}
GROUPS = {
    "total": "aggregate_all(sum(X), n(_, X, _), Z)",
    "total_product": "aggregate_all(sum(X * Y), n(_, X, Y), Z)",
    "smallest": "aggregate_all(min(X - Y), n(_, X, Y), Z)",
    "largest": "aggregate_all(max(X / 2), n(_, X, _), Z)",
    "number": "aggregate_all(count, (n(_, X, Y), X > Y), Z)",
}


def pairs(text: str) -> list[Pair]:
    return [(Decimal(one), Decimal(other)) for one, other in map(str.split, text.split(","))]


PLAIN = pairs(
    "7 2, -7 2, 7 -2, -7 -2, 0 5, 1 4, 2.5 0.5, -2.5 0.5, 0.75 3, 100 8, 12.25 -0.25, 1 1, -0.5 2"
)
"""Every engine has to be exact here where there is a result."""

LARGE = pairs(
    "123456789 12345.678, 99999999.99 0.01, 1000000000 1000000000, 12345678901234 1.000000001,"
    "0.000000001 0.000000001, 0.123456789 1000000, 3 0.000000003, 999999999.999999999 1,"
    "999999999999999999 1, -999999999999999999 2, 123456789012345678 0.000000001,"
    "0.33333 0.0003, 1.234567891 9.876543219, 5000000000 0.7, 98765432.123456789 -1.5,"
    "4 0.0001, 170141183460469231 3, 0.1 0.3, 1 0, 0 0, -0.000000001 7, 33.3333 0.0003"
)
HUGE = pairs(
    "99999999999999999999999999999 1, 12345678901234567890123456789.123456789 1,"
    "-99999999999999999999999999999 0.5, 10000000000000000000 10000000000000000000,"
    "1000000000000000000000000000 1000, 123456789012345678901 0.000000007"
)
EVERY = [*PLAIN, *LARGE, *HUGE]


@dataclass(frozen=True)
class Asked:
    """A rule over pairs of numbers."""

    name: str
    text: str
    arity: int

    def __str__(self) -> str:
        return self.text

    def program(self) -> Program:
        return _parsed(self.text)

    def statements(self, dialect_name: str) -> tuple[ScriptStatement, ...]:
        return _compiled(self.text, dialect_name)

    def expected(self, numbers: Sequence[tuple[int, Pair]]) -> Rows | None:
        """The rows, or None where a number has no result or none that a column holds."""
        facts = {"n": {(i, *pair): () for i, pair in numbers}}
        try:
            rows = evaluate_program(self.program(), facts)[self.name, self.arity]
        except Undefined:
            return None
        return rows if all(decimal_of(item) is not None for row in rows for item in row) else None


@cache
def _parsed(text: str) -> Program:
    program, faults = parse_program(INPUT + text, "a.pl")
    assert not faults
    return program


@cache
def _compiled(text: str, dialect_name: str) -> tuple[ScriptStatement, ...]:
    return script(ScriptSource(_parsed(text)), dialect(dialect_name))


RULES = [
    *(Asked(name, f"{name}(I, Z) :- n(I, X, Y), Z is {each}.", 2) for name, each in VALUES.items()),
    *(Asked(name, f"{name}(I) :- n(I, X, Y), {each}.", 1) for name, each in TESTS.items()),
]
OF_ALL = [Asked(name, f"{name}(Z) :- {each}.", 1) for name, each in GROUPS.items()]


def test_plain_numbers_are_exact(warehouse: Warehouse) -> None:
    wrong = []
    for one in RULES:
        good = [item for item in enumerate(PLAIN) if one.expected([item]) is not None]
        found = Trial(warehouse, one, wrong).run(good)
        if found and warehouse.decimals:
            wrong.append(f"{one}: {found}")
    assert not wrong, "\n".join(wrong)


def test_more_digits_are_exact_or_told(warehouse: Warehouse) -> None:
    wrong: list[str] = []
    for one in RULES:
        Trial(warehouse, one, wrong).run(list(enumerate(fitting(warehouse, EVERY))))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("numbers", [PLAIN, LARGE, HUGE, EVERY])
def test_groups_are_exact_or_told(numbers: list[Pair], warehouse: Warehouse) -> None:
    wrong: list[str] = []
    for one in OF_ALL:
        found = Trial(warehouse, one, wrong, apart=False).run(
            list(enumerate(fitting(warehouse, numbers)))
        )
        if found and numbers is PLAIN:
            wrong.append(f"{one}: {found}")
    assert not wrong, "\n".join(wrong)


def fitting(warehouse: Warehouse, numbers: Sequence[Pair]) -> list[Pair]:
    """The pairs that an engine says that it is exact for."""
    return [pair for pair in numbers if all(map(warehouse.holds, map(Fraction, pair)))]


@dataclass
class Trial:
    """Runs a rule over numbers: all at once, and in halves where something is told or stops."""

    warehouse: Warehouse
    asked: Asked
    wrong: list[str]
    apart: bool = True

    def run(self, numbers: list[tuple[int, Pair]]) -> str:
        """Note what is silently wrong, and return what is told."""
        told, rows = self._answer(numbers)
        if rows is not None:
            if self.apart:
                self._compare(numbers, rows, told)
            else:
                self._compare_all(numbers, rows, told)
        stopped = rows is None
        if told and self.apart and len(numbers) > 1 and (stopped or self.warehouse.quick):
            middle = len(numbers) // 2
            self.run(numbers[:middle])
            self.run(numbers[middle:])
        return told

    def _compare(self, numbers: list[tuple[int, Pair]], rows: Rows, told: str) -> None:
        """Compare the rows of each pair, but for results that the engine promises nothing of."""
        right: Rows = set()
        for item in numbers:
            own = self.asked.expected([item])
            if own is None and not told:
                self.wrong.append(f"{self.asked} {show([item])} has no result, and nothing tells")
            elif own is not None and all(self.warehouse.holds(x) for row in own for x in row):
                right |= own
            else:
                rows = {row for row in rows if own is None or row[0] != item[0]}
        if rows != right and not (told and rows <= right):
            self.wrong.append(f"{self.asked} {show(numbers)}: {rows - right}, not {right - rows}")

    def _compare_all(self, numbers: list[tuple[int, Pair]], rows: Rows, told: str) -> None:
        right = self.asked.expected(numbers)
        beyond = right and not all(self.warehouse.holds(x) for row in right for x in row)
        if not told and not beyond and rows != right:
            self.wrong.append(f"{self.asked} {show(numbers)} gives {rows}, not {right}")

    def _answer(self, numbers: list[tuple[int, Pair]]) -> tuple[str, Rows | None]:
        rows = ", ".join(f"({i}, {x:f}, {y:f})" for i, (x, y) in numbers)
        texts = []
        for item in self.asked.statements(self.warehouse.name):
            texts.append(item)
            if item.name == "n":
                name = item.sql.split()[2]
                texts.append(ScriptStatement("n", (), f"INSERT INTO {name} VALUES\n  {rows}"))
        try:
            connection = self.warehouse.run({}, script_text(texts))
            told: list[tuple[str]] = []
            if texts[-1].name == FAULTS:
                told = connection.execute(f"SELECT * FROM {FAULTS}").fetchall()
            return str(told or ""), set(rows_of(connection, self.asked.name, self.asked.arity))
        except self.warehouse.errors() as stop:
            return str(stop), None


def show(numbers: list[tuple[int, Pair]]) -> str:
    return ", ".join(f"{x:f} {y:f}" for _, (x, y) in numbers)

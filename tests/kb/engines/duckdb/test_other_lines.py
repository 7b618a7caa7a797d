"""Tests of other lines: compared one by one, counted in groups, and counted in Python."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.compile.formulas.line_script import OtherTest
from kb.engines.duckdb.lines import other_lines
from kb.engines.duckdb.lines.other_lines import find_contexts

CHECKS = {"> 0": lambda n: n > 0, ">= 2": lambda n: n >= 2, "= 1": lambda n: n == 1}
CHECKS |= {"< 2": lambda n: n < 2, "= 0": lambda n: n == 0}
ORDERS = {
    "any": lambda own, other: True,
    "other": lambda own, other: other != own,
    "earlier": lambda own, other: other < own,
    "later": lambda own, other: other > own,
}
TESTS = [
    OtherTest(keys, order, check, check != "> 0")
    for keys in ((), ("day",), ("code", "day"))
    for order in ORDERS
    for check in CHECKS
]
"""Sixty tests: each set of keys, order and check."""

Line = tuple[str, int, str | None, str | None, int]
"""Claim, number, day, code, signature."""

lines = st.lists(
    st.tuples(
        st.sampled_from("AB"),
        st.integers(1, 9),
        st.sampled_from(["d", "e", None]),
        st.sampled_from(["x", "y", None]),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda line: line[:2],
)
words = st.lists(st.integers(0, (1 << len(TESTS)) - 1), min_size=4, max_size=4)


def found(made: list[Line], answers: list[int], asks: list[int], most: int) -> dict[int, int]:
    """Return the contexts that are not 0, by the place of the line."""
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE signed (line BIGINT, claim_id TEXT, line_number INTEGER, day TEXT, "
        "code TEXT, signature BIGINT)"
    )
    rows: list[tuple[Any, ...]] = [(place, *line) for place, line in enumerate(made)]
    connection.executemany("INSERT INTO signed VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.execute(
        "CREATE TABLE asked (id BIGINT, signature BIGINT, answers BIGINT, asks BIGINT)"
    )
    connection.executemany(
        "INSERT INTO asked VALUES (?, ?, ?, ?)",
        [(number, number, answers[number], asks[number]) for number in range(4)],
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(other_lines, "_MOST_PAIRS", most)
        find_contexts(connection, TESTS, False, 1)
    return dict(connection.execute("SELECT line, context FROM contexts").fetchall())


def expected(made: list[Line], answers: list[int], asks: list[int]) -> dict[int, int]:
    contexts = {}
    for place, (claim, number, day, code, signature) in enumerate(made):
        own = {"day": day, "code": code}
        context = 0
        for bit, test in enumerate(TESTS):
            total = sum(
                answers[other[4]] >> bit & 1
                and other[0] == claim
                and ORDERS[test.order](number, other[1])
                and all(
                    own[key] is not None and own[key] == {"day": other[2], "code": other[3]}[key]
                    for key in test.keys
                )
                for other in made
            )
            context |= int(CHECKS[test.check](total)) << bit
        if context & asks[signature]:
            contexts[place] = context & asks[signature]
    return contexts


@given(lines, words, words)
@settings(max_examples=40)
def test_both_ways_count_what_python_counts(
    made: list[Line], answers: list[int], asks: list[int]
) -> None:
    right = expected(made, answers, asks)
    assert found(made, answers, asks, 40) == right
    assert found(made, answers, asks, 0) == right

"""What holds of the other lines of a claim, by comparing each line with each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kb.compile.formulas.line_script import OtherTest, mask_of

_ORDERS = {"other": "<>", "earlier": "<", "later": ">"}
"""The relation of the other line's number to that of the line, unless any line will do."""


def count_pairs(connection: Any, tests: Sequence[OtherTest]) -> tuple[list[str], list[str]]:
    """Count the other lines that meet each test.

    This is quick where claims are short: a claim of n lines has n * n pairs.

    Parameters
    ----------
    connection : DuckDB connection
        It has the tables ``signed``, ``asked`` and ``asking``.
    tests : sequence of OtherTest

    Returns
    -------
    (list of str, list of str)
        Over ``asking l`` as SQL: the bits of the tests as numbers to be added, and what ``l`` is
        joined with for them.
    """
    asked = [position for position, test in enumerate(tests) if not test.evidence]
    counted = [position for position in asked if tests[position].counted]
    found = mask_of(set(asked) - set(counted))
    kinds: dict[tuple[tuple[str, ...], str], int] = {}
    for position in asked:
        kind = (tests[position].keys, tests[position].order)
        kinds[kind] = kinds.get(kind, 0) | 1 << position
    if not kinds:
        return [], []
    masks = [_mask(keys, order, mask) for (keys, order), mask in sorted(kinds.items())]
    counts = "".join(
        f", count(*) FILTER (matched & {1 << position} <> 0) AS c{position}" for position in counted
    )
    connection.execute(
        f"CREATE TABLE paired AS SELECT line, bit_or(matched) AS found{counts} FROM "
        f"(SELECT l.line, s.answers & l.asks & ({' | '.join(masks)}) AS matched FROM asking l "
        "JOIN signed o ON o.claim_id = l.claim_id JOIN asked s ON s.signature = o.signature) "
        "WHERE matched <> 0 GROUP BY line"
    )
    bits = [f"(coalesce(paired.found, 0) & {found})"] if found else []
    for position in counted:
        total = f"coalesce(paired.c{position}, 0)"
        check = f"{total} {tests[position].check}"
        bits.append(f"CASE WHEN {check} THEN {1 << position} ELSE 0 END")
    return bits, ["LEFT JOIN paired ON paired.line = l.line"]


def _mask(keys: Sequence[str], order: str, mask: int) -> str:
    """SQL of the tests that a pair of lines is of, by what the lines share and by their order."""
    ties = [f"o.{key} = l.{key}" for key in keys]
    if order in _ORDERS:
        ties.append(f"o.line_number {_ORDERS[order]} l.line_number")
    return f"CASE WHEN {' AND '.join(ties)} THEN {mask} ELSE 0 END" if ties else str(mask)

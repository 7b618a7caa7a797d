"""What holds of the other lines of a claim, by counting those of each group of equal keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kb.compile.formulas.line_script import OtherTest, mask_of

_ORDERED = ("earlier", "later")


@dataclass(frozen=True, slots=True)
class _Scope:
    """The tests of other lines that share columns with a line: of its claim and date, say.

    Parameters
    ----------
    keys : tuple of str
        Columns in addition to the claim that have to be equal.
    counted, ordered : tuple of int
        Tests of any of these lines, and of those before or after.
    """

    keys: tuple[str, ...]
    counted: tuple[int, ...]
    ordered: tuple[int, ...]


def count_groups(connection: Any, tests: Sequence[OtherTest]) -> tuple[list[str], list[str]]:
    """Count the other lines that meet each test.

    The work grows with the lines, however long the claims are: of the lines before or after, the
    nearest one says how many there are.

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
    scopes: dict[tuple[str, ...], tuple[list[int], list[int]]] = {}
    for position, test in enumerate(tests):
        if not test.evidence:
            counted, ordered = scopes.setdefault(test.keys, ([], []))
            (ordered if test.order in _ORDERED else counted).append(position)
    columns = "".join(f", l.{key}" for key in sorted({key for keys in scopes for key in keys}))
    connection.execute(
        f"CREATE TABLE others AS SELECT l.claim_id, l.line_number{columns}, s.answers "
        "FROM signed l JOIN asked s USING (signature) "
        "JOIN (SELECT claim_id, bit_or(asks) AS wanted FROM asking GROUP BY claim_id) a "
        "USING (claim_id) WHERE s.answers & a.wanted <> 0"
    )
    longest = connection.execute("SELECT max(line_number) FROM signed").fetchone()[0] or 1
    width = max(2, int(longest).bit_length())
    bits: list[str] = []
    joins: list[str] = []
    for number, (keys, (counted, ordered)) in enumerate(sorted(scopes.items())):
        scope = _Scope(keys, tuple(counted), tuple(ordered))
        joins += _join(connection, number, scope, tests, width, bits)
    return bits, joins


def _join(
    connection: Any,
    number: int,
    scope: _Scope,
    tests: Sequence[OtherTest],
    width: int,
    bits: list[str],
) -> list[str]:
    """Make the tables of a scope; return their joins and add to the bits."""
    keys = "".join(f", l.{key}" for key in scope.keys)
    asking = mask_of((*scope.counted, *scope.ordered))
    claim = f"CASE WHEN l.asks & {asking} <> 0 THEN l.claim_id END"
    joins = []
    if scope.counted:
        per_word = 62 // width
        sums: list[list[str]] = []
        for place, position in enumerate(scope.counted):
            word, field = divmod(place, per_word)
            if field == 0:
                sums.append([])
            sums[word].append(f"({_own(position)} << {field * width})")
            total = f"((scope{number}.w{word} >> {field * width}) & {(1 << width) - 1})"
            if tests[position].order == "other":
                total = f"({total} - {_own(position)})"
            bits.append(_bit(tests[position], total, position))
        totals = ", ".join(
            f"sum({' + '.join(parts)})::BIGINT AS w{word}" for word, parts in enumerate(sums)
        )
        mask = mask_of(scope.counted)
        connection.execute(
            f"CREATE TABLE scope{number} AS SELECT l.claim_id{keys}, {totals} "
            f"FROM others l WHERE l.answers & {mask} <> 0 GROUP BY l.claim_id{keys}"
        )
        joins.append(_left_join(f"scope{number}", claim, scope.keys))
    for position in scope.ordered:
        name = f"scope{number}_{position}"
        side, direction = ("<", "") if tests[position].order == "earlier" else (">", " DESC")
        connection.execute(
            f"CREATE TABLE {name} AS SELECT l.claim_id{keys}, l.line_number, "
            "row_number() OVER "
            f"(PARTITION BY l.claim_id{keys} ORDER BY l.line_number{direction}) AS n "
            f"FROM others l WHERE l.answers & {1 << position} <> 0"
        )
        nearest = f"{name}.line_number {side} l.line_number"
        joins.append(f"ASOF {_left_join(name, claim, scope.keys)} AND {nearest}")
        bits.append(_bit(tests[position], f"{name}.n", position))
    return joins


def _own(position: int) -> str:
    return f"((l.answers >> {position}) & 1)"


def _bit(test: OtherTest, total: str, position: int) -> str:
    return f"CASE WHEN coalesce({total}, 0) {test.check} THEN {1 << position} ELSE 0 END"


def _left_join(name: str, claim: str, keys: Sequence[str]) -> str:
    ties = "".join(f" AND {name}.{key} = l.{key}" for key in keys)
    return f"LEFT JOIN {name} ON {name}.claim_id = {claim}{ties}"

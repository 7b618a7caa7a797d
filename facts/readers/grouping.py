"""Gather the rows of a claim, whatever their order, without keeping the whole file.

A first look at the claim ids finds the claims whose rows are not adjacent. Only the rows of these
are put aside, in a temporary database on disk.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping

from facts.claim import ClaimLine
from facts.diagnostic import Diagnostic
from facts.readers.batch import Claim, RejectedClaim
from facts.readers.line_table import RawRow, build_line
from facts.values import quoted

Restore = Callable[[int, int, Mapping[str, str]], RawRow]
"""Makes a row again of the number of its file, its own number and its fields."""


def returning_claims(claim_ids: Iterable[str]) -> frozenset[str]:
    """Return the claims whose rows are not adjacent.

    Examples
    --------
    >>> sorted(returning_claims(["A", "A", "B", "A", "C"]))
    ['A']
    """
    seen: set[int] = set()
    returning: set[str] = set()
    last = None
    for claim_id in claim_ids:
        if claim_id == last:
            continue
        last = claim_id
        key = hash(claim_id)
        if key in seen:
            returning.add(claim_id)
        else:
            seen.add(key)
    return frozenset(returning)


def group_rows(
    rows: Iterable[tuple[int, RawRow]],
    returning: frozenset[str],
    restore: Restore,
    notes: list[Diagnostic],
) -> Iterator[Claim | RejectedClaim]:
    """Yield claims, those with adjacent rows in the order of the file, then the others.

    Parameters
    ----------
    rows : iterable of (int, RawRow)
        Each with the number of its file.
    returning : frozenset of str
        Claims whose rows are put aside.
    restore : callable
    notes : list of Diagnostic
        Gathers warnings and notes on lines that were read.
    """
    aside = _Aside() if returning else None
    current: str | None = None
    gathered: list[RawRow] = []
    for file_number, row in rows:
        claim_id = row.fields.get("claim_id", "").strip()
        if not claim_id:
            _, found = build_line(row)
            yield RejectedClaim(None, 1, tuple(found))
            continue
        if aside is not None and claim_id in returning:
            aside.put(claim_id, file_number, row)
            continue
        if claim_id != current:
            if gathered:
                yield gather(current or "", gathered, notes)
            current, gathered = claim_id, []
        gathered.append(row)
    if gathered:
        yield gather(current or "", gathered, notes)
    if aside is not None:
        for claim_id, kept in aside.claims(restore):
            yield gather(claim_id, kept, notes)
        aside.close()


def gather(claim_id: str, rows: list[RawRow], notes: list[Diagnostic]) -> Claim | RejectedClaim:
    """Make one claim of its rows, or reject it with everything that is wrong in it."""
    lines: dict[int, ClaimLine] = {}
    found: list[Diagnostic] = []
    for row in rows:
        line, faults = build_line(row)
        found.extend(faults)
        if line is None:
            continue
        other = lines.get(line.line_number)
        if other is not None and other.trace is not None:
            found.append(
                Diagnostic(
                    "error",
                    f"line {line.line_number} of claim {quoted(claim_id)} stands twice",
                    row.trace.origin("line_number"),
                    f"the other stands in {other.trace.origin('line_number')}",
                )
            )
        lines[line.line_number] = line
    if any(diagnostic.severity == "error" for diagnostic in found):
        return RejectedClaim(claim_id, len(rows), (*found, *_held_back(claim_id, len(rows))))
    notes.extend(found)
    return Claim(claim_id, tuple(lines[number] for number in sorted(lines)))


def _held_back(claim_id: str, count: int) -> tuple[Diagnostic, ...]:
    if count == 1:
        return ()
    return (
        Diagnostic(
            "note",
            f"claim {quoted(claim_id)} is rejected with all of its {count} lines",
            None,
            "clauses look at the other lines of a claim, so a claim is read whole or not at all",
        ),
    )


class _Aside:
    """Rows on disk, by claim."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute(
            "CREATE TABLE kept (claim TEXT, file INTEGER, number INTEGER, fields TEXT)"
        )
        self._order: dict[str, None] = {}
        self._faulty: dict[str, list[RawRow]] = {}

    def put(self, claim_id: str, file_number: int, row: RawRow) -> None:
        self._order[claim_id] = None
        if row.faults:
            self._faulty.setdefault(claim_id, []).append(row)
            return
        self._database.execute(
            "INSERT INTO kept VALUES (?, ?, ?, ?)",
            (claim_id, file_number, row.number, json.dumps(row.fields)),
        )

    def claims(self, restore: Restore) -> Iterator[tuple[str, list[RawRow]]]:
        self._database.execute("CREATE INDEX by_claim ON kept (claim)")
        for claim_id in self._order:
            kept = self._database.execute(
                "SELECT file, number, fields FROM kept WHERE claim = ? ORDER BY file, number",
                (claim_id,),
            ).fetchall()
            rows = [restore(file, number, json.loads(text)) for file, number, text in kept]
            yield claim_id, rows + self._faulty.get(claim_id, [])

    def close(self) -> None:
        self._database.close()

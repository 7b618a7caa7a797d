"""Gather the rows of a claim, whatever their order, without keeping the whole file.

A first look at the claim ids finds the claims whose rows are not adjacent. Only the rows of these
are stored, in a temporary database on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from facts.claim import ClaimLine
from facts.diagnostic import Diagnostic
from facts.readers.batch import Claim, RejectedClaim
from facts.readers.identity import content_of, note_on_superseded, part_of_lines, with_part
from facts.readers.line_table import RawRow, build_line
from facts.readers.notes import Counted, Notes
from facts.readers.stored_rows import StoredRows
from facts.spoiled import without_point
from facts.values import quoted

Restore = Callable[[int, int, Mapping[str, str]], RawRow]
"""Makes a row again of the number of its file, its own number and its fields."""


def returning_claims(claim_ids: Iterable[str]) -> frozenset[int]:
    """Return the hashes of the claims whose rows are not adjacent.

    Parameters
    ----------
    claim_ids : iterable of str
        The claim of each row; empty where it has none.

    Examples
    --------
    >>> returning_claims(["A", "A", "B", "", "A", "C"]) == {hash("A")}
    True
    """
    seen: set[int] = set()
    returning: set[int] = set()
    last = None
    for claim_id in claim_ids:
        if claim_id == last or not claim_id:
            continue
        last = claim_id
        key = hash(claim_id)
        if key in seen:
            returning.add(key)
        else:
            seen.add(key)
    return frozenset(returning)


def group_rows(
    rows: Iterable[tuple[int, RawRow]],
    returning: frozenset[int],
    restore: Restore,
    notes: Notes,
) -> Iterator[Claim | RejectedClaim]:
    """Yield claims, those with adjacent rows in the order of the file, then the others.

    Parameters
    ----------
    rows : iterable of (int, RawRow)
        Each with the number of its file.
    returning : frozenset of int
        Hashes of the claims whose rows are stored.
    restore : callable
        Makes a row again of what was stored.
    notes : Notes
        Gathers warnings and notes on lines that were read.
    """
    stored = StoredRows() if returning else None
    current = ""
    gathered: list[RawRow] = []
    try:
        for file_number, row in rows:
            claim_id = row.claim_id
            if not claim_id:
                yield gather("", [row], notes)
            elif stored is not None and hash(claim_id) in returning:
                stored.put(claim_id, file_number, row)
            else:
                if claim_id != current:
                    yield from claims_of(current, gathered, notes)
                    current, gathered = claim_id, []
                gathered.append(row)
        yield from claims_of(current, gathered, notes)
        if stored is not None:
            for claim_id, kept in stored.claims(restore):
                yield from claims_of(claim_id, kept, notes)
    finally:
        if stored is not None:
            stored.close()


def claims_of(
    claim_id: str, rows: Sequence[RawRow], notes: Notes, counting: bool = True
) -> Iterator[Claim | RejectedClaim]:
    """Yield the claims of the rows of one claim id: several where a line is in several files.

    Parameters
    ----------
    claim_id : str
        The claim id.
    rows : sequence of RawRow
        All rows that have it, of all files.
    notes : Notes
        Gathers warnings and notes on lines that were read.
    counting : bool, optional
        Whether it counts the lines of those notes that have their number.
    """
    if not rows:
        return
    by_file = _by_file(rows)
    if len(by_file) == 1:
        yield gather(claim_id, rows, notes, counting)
        return
    items = [gather(claim_id, of_file, notes, counting) for of_file in by_file.values()]
    used: dict[str, int] = {}
    for item in sorted(items, key=_content):
        if isinstance(item, Claim):
            part = part_of_lines(item)
            count = used[part] = used.get(part, 0) + 1
            item = with_part(item, part if count == 1 else f"{part}#{count}")
        yield item


def _by_file(rows: Sequence[RawRow]) -> dict[str, list[RawRow]]:
    """Return rows by their files; as if of one, unless two of them have a line of one number."""
    files: dict[str, str] = {}
    numbers = [_number_text(row) for row in rows]
    if len(set(numbers)) == len(numbers):
        return {"": list(rows)}
    found: dict[str, list[RawRow]] = {}
    again = False
    for number, row in zip(numbers, rows, strict=True):
        file = row.file or row.trace.origin("").source
        again = again or files.setdefault(number, file) != file
        found.setdefault(file, []).append(row)
    return found if again else {"": list(rows)}


def _number_text(row: RawRow) -> str:
    """Return the text of a line number, the same for the same number."""
    return without_point(row.fields.get("line_number", "").strip()).lstrip("0")


def _content(item: Claim | RejectedClaim) -> str:
    """Return all that a claim says, without its places."""
    if isinstance(item, Claim):
        return content_of(item)
    return repr([each.message for each in item.diagnostics])


def gather(
    claim_id: str, rows: Sequence[RawRow | ClaimLine], notes: Notes, counting: bool = True
) -> Claim | RejectedClaim:
    """Make one claim of its rows, or reject it with everything that is wrong in it.

    Parameters
    ----------
    claim_id : str
        Empty for a row without one, which is rejected by itself.
    rows : sequence of RawRow or ClaimLine
        All rows of the claim.
    notes : Notes
        Gathers warnings and notes on lines that were read.
    counting : bool, optional
        Whether it counts the lines of those notes that have their number.
    """
    lines: dict[int, ClaimLine] = {}
    found: list[Diagnostic] = []
    for row in rows:
        line, faults = build_line(row) if isinstance(row, RawRow) else (row, [])
        found.extend(faults)
        if line is None:
            continue
        other = lines.setdefault(line.line_number, line)
        if other is not line:
            found.append(_twice(claim_id, line, other))
    rejected = any(diagnostic.severity == "error" for diagnostic in found)
    if rejected or not counting:
        found = [each for each in found if not isinstance(each, Counted)]
    if rejected:
        return RejectedClaim(
            claim_id or None, len(rows), (*found, *_held_back(claim_id, len(rows)))
        )
    notes.once(found)
    return Claim(
        claim_id, tuple(lines[number] for number in sorted(lines)), _superseded(lines.values())
    )


def _superseded(lines: Iterable[ClaimLine]) -> Diagnostic | None:
    """Return the note on a claim of which a line names what supersedes it, if one does."""
    for line in lines:
        if line.superseded_by:
            place = line.trace.origin("superseded_by") if line.trace is not None else None
            return note_on_superseded(line.claim_id, line.superseded_by, place)
    return None


def _twice(claim_id: str, line: ClaimLine, other: ClaimLine) -> Diagnostic:
    places = [
        each.trace.origin("line_number") if each.trace is not None else None
        for each in (line, other)
    ]
    return Diagnostic(
        "error",
        f"line {line.line_number} of claim {quoted(claim_id)} occurs twice",
        places[0],
        f"the other is in {places[1]}" if places[1] is not None else "",
    )


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

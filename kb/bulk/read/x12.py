"""837 and FHIR files as a table of DuckDB: read claim by claim, stored column by column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facts.claim import ClaimLine
from facts.diagnostic import Diagnostic
from facts.readers.batch import Claim, RejectedClaim, Tally
from facts.readers.column_values import PARSERS
from facts.readers.detect import DocumentReader, Documents, document_reader
from facts.readers.frames import Frame, TablePath
from facts.readers.parquet import is_parquet
from facts.readers.text_file import look
from kb.bulk.read.columns import KINDS, exact, written
from kb.bulk.read.files import Source
from kb.engines.duckdb.connection import identifier

if TYPE_CHECKING:
    from facts.extras import Connection

_TABLE = "x12_lines"
_AT_ONCE = 20_000
"""Lines that go between Python and DuckDB at once."""

_BEHIND = 1 << 59
"""Lines of 837 and FHIR files come behind those of Parquet files."""


@dataclass(slots=True)
class X12Lines:
    """The lines of 837 and FHIR files in a table, and what could not be read.

    Parameters
    ----------
    source : Source
        The table; its values are read and checked already.
    tally : Tally
        Claims and lines that were read and rejected.
    rejected : list of RejectedClaim
        Claims that could not be read.
    diagnostics : list of Diagnostic
        What concerns no rejected claim.
    left_out : list of str
        Numbers of claims that are not in the table.
    """

    source: Source
    tally: Tally = field(default_factory=Tally)
    rejected: list[RejectedClaim] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def reader_of(path: TablePath) -> DocumentReader | None:
    """Return what reads an 837 or a FHIR file; None for a table.

    Parameters
    ----------
    path : path
        The file; one that cannot be read is none.
    """
    if isinstance(path, Frame) or is_parquet(Path(path)):
        return None
    return document_reader(look(Path(path))[0])


def read_x12(
    connection: Connection, files: Sequence[tuple[str | Path, DocumentReader]]
) -> X12Lines:
    """Read 837 and FHIR files into a table; claims that others supersede are left out.

    Parameters
    ----------
    connection : Connection
        Where the table is made.
    files : sequence of (path, DocumentReader)
        The files, one after the other, each with what reads it.

    Returns
    -------
    X12Lines
    """
    kinds = {name: KINDS.get(name, "VARCHAR") for name in PARSERS}
    columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in kinds.items())
    connection.execute(
        f"CREATE TABLE {_TABLE} "
        f"(file TEXT, row BIGINT, place BIGINT, broken BOOLEAN DEFAULT false, {columns})"
    )
    found = X12Lines(Source(_TABLE, kinds, True))
    texts = Texts()
    held: list[ClaimLine] = []
    stored = 0
    for path, item in _claims(files, found):
        found.tally.claims_read += 1
        item = exact(item) if isinstance(item, Claim) else item
        if isinstance(item, RejectedClaim):
            found.rejected.append(item)
            found.tally.claims_rejected += 1
            found.tally.lines_read += item.lines_read
            found.tally.lines_rejected += item.lines_read
            if item.claim_id is not None:
                found.left_out.append(item.claim_id)
            continue
        if item.superseded is not None:
            found.tally.lines_superseded += len(item.lines)
            found.diagnostics.append(item.superseded)
            found.left_out.append(item.number)
            continue
        found.tally.lines_read += len(item.lines)
        held += item.lines
        if len(held) >= _AT_ONCE:
            _store(connection, path, held, stored, texts)
            stored += len(held)
            held.clear()
    if held:
        _store(connection, str(files[-1][0]), held, stored, texts)
    return found


def _claims(
    files: Sequence[tuple[str | Path, DocumentReader]], found: X12Lines
) -> Iterator[tuple[str, Claim | RejectedClaim]]:
    documents = Documents(files)
    for path, stream in documents.streams():
        for item in stream.items:
            yield str(path), item
        found.diagnostics += stream.diagnostics


class Texts:
    """Values of columns as texts that DuckDB reads, each distinct one made once."""

    def __init__(self) -> None:
        self._known: dict[Any, str | None] = {None: None}

    def of(self, values: Sequence[Any]) -> list[str | None]:
        """Return the texts of some ``values``."""
        known = self._known
        if len(known) > 1_000_000:
            known.clear()
        for value in {*values} - known.keys():
            known[value] = written(value)[0] or None
        return [known[value] for value in values]


def _store(
    connection: Connection, path: str, lines: Sequence[ClaimLine], stored: int, texts: Texts
) -> None:
    """Add lines to the table."""
    by_name = dict(zip(ClaimLine._fields, zip(*lines, strict=True), strict=True))
    names, picks, given = [], [], list[list[str | None]]()
    for name in PARSERS:
        values = texts.of(by_name[name])
        if not any(values):
            continue
        names.append(identifier(name))
        given.append(values)
        kind = KINDS.get(name)
        picks.append(f"unnest(${len(given)}::TEXT[])" + (f"::{kind}" if kind else ""))
    places = f"unnest(range({stored}, {stored + len(lines)})) + {_BEHIND}"
    connection.execute(
        f"INSERT INTO {_TABLE} (place, file, row, {', '.join(names)}) "
        f"SELECT {places}, ${len(given) + 1}, 0, {', '.join(picks)}",
        [*given, path],
    )

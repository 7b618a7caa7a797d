"""Claims of CSV and JSONL files: one claim at a time, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from facts.diagnostic import Diagnostic
from facts.readers.batch import Claim, ClaimStream, RejectedClaim
from facts.readers.delimited import DelimitedFile, RowTrace, open_delimited
from facts.readers.grouping import group_rows, returning_claims
from facts.readers.jsonl import PathTrace, jsonl_rows
from facts.readers.line_table import PARSERS, RawRow
from facts.readers.text_file import look


def read_claim_tables(paths: Sequence[str | Path]) -> ClaimStream:
    """Read claims from CSV and JSONL files; a claim may stand in several of them.

    Parameters
    ----------
    paths : sequence of path
        Files whose names end in ``.jsonl``, ``.ndjson`` or ``.json``, or whose first character is
        a brace, hold JSON objects; the others are CSV with a header.

    Returns
    -------
    ClaimStream
    """
    notes: list[Diagnostic] = []
    files = [_open(Path(path), notes) for path in paths]
    readable = [(number, file) for number, file in enumerate(files) if file is not None]
    return ClaimStream(_claims(dict(readable), notes), notes)


def is_jsonl(path: Path, head: str) -> bool:
    """Tell whether a file holds JSON objects."""
    return path.suffix.lower() in (".jsonl", ".ndjson", ".json") or head.lstrip().startswith("{")


class _JsonlFile:
    def __init__(self, path: Path, notes: list[Diagnostic]) -> None:
        self.path = path
        self._notes = notes
        self._warned: set[str] = set()

    def rows(self) -> Iterator[RawRow]:
        return jsonl_rows(self.path, tuple(PARSERS), self._warned, self._notes)


_File = DelimitedFile | _JsonlFile


def _open(path: Path, notes: list[Diagnostic]) -> _File | None:
    head, fault = look(path)
    if fault is not None:
        notes.append(fault)
        return None
    if is_jsonl(path, head):
        return _JsonlFile(path, notes)
    file = open_delimited(path)
    notes.extend(file.diagnostics)
    return file if file.readable else None


def _claims(files: dict[int, _File], notes: list[Diagnostic]) -> Iterator[Claim | RejectedClaim]:
    def numbered(number: int) -> Iterator[tuple[int, RawRow]]:
        return ((number, row) for row in files[number].rows())

    def rows() -> Iterator[tuple[int, RawRow]]:
        return chain.from_iterable(map(numbered, files))

    def restore(file_number: int, number: int, fields: Mapping[str, str]) -> RawRow:
        file = files[file_number]
        source = str(file.path)
        trace = (
            PathTrace(source, number) if isinstance(file, _JsonlFile) else RowTrace(source, number)
        )
        return RawRow(number, fields, trace)

    returning = returning_claims(row.fields.get("claim_id", "").strip() for _, row in rows())
    yield from group_rows(rows(), returning, restore, notes)

"""Claims of CSV, JSONL and Parquet files: one claim at a time, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from facts.outputs import cannot_be_read
from facts.readers.batch import Claim, ClaimStream, RejectedClaim
from facts.readers.forms_of_file import FormsOfFile
from facts.readers.frames import TablePath
from facts.readers.grouping import group_rows, returning_claims
from facts.readers.layout import layout_of
from facts.readers.line_table import RawRow
from facts.readers.notes import Notes
from facts.readers.parquet import ParquetFile
from facts.readers.table_file import TableFile, open_table, without_rows


def read_claim_tables(paths: Sequence[TablePath], only: str | None = None) -> ClaimStream:
    """Read claims from CSV, JSONL and Parquet files; a claim may stand in several of them.

    A claim of which a line stands in two files is a claim of each file.

    Parameters
    ----------
    paths : sequence of path
        ``is_parquet`` and ``is_jsonl`` tell which of them hold what; the others are CSV with a
        header.
    only : str, optional
        Of Parquet files, read this claim alone.

    Returns
    -------
    ClaimStream
    """
    notes, layout = Notes(), layout_of(paths)
    files = {
        number: file
        for number, path in enumerate(paths)
        if (file := open_table(path, notes, only=only, layout=layout))
    }
    return ClaimStream(_claims(files, notes), notes)


def ids_of_tables(paths: Sequence[TablePath]) -> Iterator[str]:
    """Yield the claim ids of the tables of some paths, each once, and read nothing else."""
    notes = Notes()
    seen: set[int] = set()
    with suppress(OSError):
        for path in paths:
            file = open_table(path, notes, layout=layout_of(paths))
            for claim_id in file.claim_ids() if file is not None else ():
                key = hash(claim_id)
                if claim_id and key not in seen:
                    seen.add(key)
                    yield claim_id


def _claims(files: dict[int, TableFile], notes: Notes) -> Iterator[Claim | RejectedClaim]:
    broken: set[int] = set()

    forms = {number: FormsOfFile(str(file.path)) for number, file in files.items()}

    def claim_ids() -> Iterator[str]:
        for number, file in files.items():
            try:
                yield from file.claim_ids()
            except OSError as fault:
                broken.add(number)
                notes.once([cannot_be_read(file.path, fault)])

    def rows() -> Iterator[tuple[int, RawRow]]:
        for number, file in files.items():
            row = None
            if number in broken:
                continue
            try:
                for row in file.rows():
                    forms[number].add(row.fields.get("claim_form"))
                    yield number, row
            except OSError as fault:
                notes.once([cannot_be_read(file.path, fault)])
            if row is None and not (isinstance(file, ParquetFile) and file.only is not None):
                notes.once([without_rows(file.path)])
            notes.once(file.notes())

    def restore(file_number: int, number: int, fields: Mapping[str, str]) -> RawRow:
        return RawRow(number, fields, files[file_number].trace(number))

    yield from group_rows(rows(), returning_claims(claim_ids()), restore, notes)
    for each in forms.values():
        notes.once(each.warnings())
    notes.close()

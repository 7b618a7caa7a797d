"""The choice of the reader of a claim file, by its content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from facts.claim import numbers_asked
from facts.diagnostic import Diagnostic
from facts.readers.batch import Claim, ClaimStream, RejectedClaim, Tally
from facts.readers.claim_tables import ids_of_tables, read_claim_tables
from facts.readers.fhir.documents import is_fhir
from facts.readers.frames import Frame, TablePath
from facts.readers.identity import RepeatedNumbers, part_of_lines, with_part
from facts.readers.layout import LaidOutFiles, Layout, layout_of
from facts.readers.opening import packing
from facts.readers.parquet import is_parquet
from facts.readers.text_file import look

LARGE = 1_000_000
"""Bytes of a file from which on it is not read whole for one claim."""


def is_x12(head: str) -> bool:
    """Tell whether the head of a file is that of an X12 interchange."""
    return head.lstrip().startswith("ISA")


class DocumentReader(NamedTuple):
    """What reads the claims of a file that is no table.

    Parameters
    ----------
    ids : callable or None
        Yields the claim ids of a path; None for an 837, whose claims have more to go by.
    read : callable
        Reads the claims of a path, given who they are among others.
    """

    ids: Callable[[str | Path], Iterator[str]] | None
    read: Callable[[str | Path, Any], ClaimStream]


def document_reader(head: str) -> DocumentReader | None:
    """Return what reads a file of claims that is no table: an 837 or FHIR; None for a table.

    Parameters
    ----------
    head : str
        The first characters of the file.
    """
    if is_x12(head):
        from facts.readers.x12.claims import read_837

        return DocumentReader(None, read_837)
    if is_fhir(head):
        from facts.readers.fhir.claims import ids_of_fhir, read_fhir

        return DocumentReader(ids_of_fhir, read_fhir)
    return None


class Documents:
    """Files of claims that are no tables, and who their claims are among each other.

    Parameters
    ----------
    files : sequence of (path, DocumentReader)
        The files, each with what reads it.
    elsewhere : iterable of str, optional
        Claim ids of tables.
    asked : collection of str, optional
        Numbers of the claims of 837 files that are read; the others are passed over.
    """

    def __init__(
        self,
        files: Sequence[tuple[str | Path, DocumentReader]],
        elsewhere: Iterable[str] = (),
        asked: Collection[str] | None = None,
    ) -> None:
        from facts.readers.x12.heads import IdentitiesOf837

        self._files = files
        of_tables = list(elsewhere)
        of_others = [each for path, reader in files if reader.ids for each in reader.ids(path)]
        of_837 = [path for path, reader in files if reader.ids is None]
        self._of_837 = IdentitiesOf837(of_837, [*of_tables, *of_others], asked)
        known = {*self._of_837.numbers, *map(hash, of_tables)}
        counted = Counter(map(hash, of_others))
        again = {each for each, count in counted.items() if count > 1 or each in known}
        self._others = RepeatedNumbers(again)
        self.numbers = frozenset({*self._of_837.numbers, *counted})
        """Hashes of the numbers of all claims."""

    def streams(self) -> Iterator[tuple[str | Path, ClaimStream]]:
        """Yield each file with its claims."""
        for path, reader in self._files:
            yield path, reader.read(path, self._others if reader.ids else self._of_837)


def open_claims(
    paths: TablePath | Sequence[TablePath],
    only: str | None = None,
    layout: Layout | None = None,
) -> ClaimStream:
    """Read claims from CSV, JSONL, Parquet, 837P, 837I and FHIR files, in any mixture.

    Parameters
    ----------
    paths : path or sequence of path
        The files; data frames as ``Frame`` too.
    only : str, optional
        Of Parquet files, read this claim alone; the other files are read whole.
    layout : Layout, optional
        Which columns of tables stand for which, and how dates are written; that of ``paths``, where
        they are ``LaidOutFiles``, if absent.

    Returns
    -------
    ClaimStream
        What is wrong with a file as a whole is in its ``diagnostics``, complete when the
        stream is at its end.

    See Also
    --------
    facts.readers.evidence.read_evidence, facts.readers.overrides.read_overrides
    kb.KnowledgeBase.adjudicate : determines the claims.
    """
    if isinstance(paths, (str, Path, Frame)):
        paths = [paths]
    notes: list[Diagnostic] = []
    files: list[tuple[str | Path, DocumentReader]] = []
    tables: list[TablePath] = []
    for path in dict.fromkeys(paths):
        if isinstance(path, Frame) or is_parquet(Path(path)):
            tables.append(path)
            continue
        head, fault = look(Path(path))
        if fault is not None:
            notes.append(fault)
        elif (reader := document_reader(head)) is not None:
            files.append((path, reader))
        else:
            tables.append(path)
    laid_out = LaidOutFiles(tables).laid_out(layout or layout_of(paths))
    tally = Tally()
    return ClaimStream(_one_after_another(files, laid_out, notes, only), notes, tally)


def _of_one_claim(
    files: Sequence[tuple[str | Path, DocumentReader]], only: str
) -> Documents | None:
    """Return the claims of a number in large 837 files; None where there are none, or others."""
    if any(reader.ids for _, reader in files) or not any(is_large(path) for path, _ in files):
        return None
    documents = Documents(files, asked=frozenset(numbers_asked(only)))
    return documents if documents.numbers else None


def is_large(path: str | Path) -> bool:
    """Return whether the file of a path is of a megabyte and more, or packed."""
    try:
        return Path(path).stat().st_size >= LARGE or bool(packing(Path(path)))
    except OSError:
        return False


def reads_one_claim(paths: Sequence[str | Path]) -> bool:
    """Return whether of the files of some paths one claim can be read without all the others."""
    if any(is_parquet(Path(path)) for path in paths):
        return True
    readers = [document_reader(look(Path(path))[0]) for path in paths if is_large(path)]
    return any(reader is not None and reader.ids is None for reader in readers)


def _one_after_another(
    files: list[tuple[str | Path, DocumentReader]],
    tables: LaidOutFiles[TablePath],
    notes: list[Diagnostic],
    only: str | None,
) -> Iterator[Claim | RejectedClaim]:
    """Yield claims of 837 and FHIR files, then of tables; ids that repeat get a part."""
    numbers: Collection[int] = ()
    if files:
        documents = _of_one_claim(files, only) if only is not None and not tables else None
        if documents is None:
            documents = Documents(files, ids_of_tables(tables) if tables else ())
        numbers = documents.numbers
        for _, stream in documents.streams():
            yield from stream.items
            notes.extend(stream.diagnostics)
    if tables:
        stream = read_claim_tables(tables, only)
        for item in stream.items:
            if isinstance(item, Claim) and hash(item.claim_id) in numbers:
                item = with_part(item, f"{part_of_lines(item)}/table")
            yield item
        notes.extend(stream.diagnostics)

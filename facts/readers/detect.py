"""The choice of the reader of a claim file, by its content."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.batch import Claim, ClaimStream, RejectedClaim, Tally
from facts.readers.claim_tables import ids_of_tables, read_claim_tables
from facts.readers.fhir.documents import is_fhir
from facts.readers.parquet import is_parquet
from facts.readers.repeated import IdSource, RepeatedClaims, rejected, repeated_claims
from facts.readers.text_file import look


def is_x12(head: str) -> bool:
    """Tell whether the head of a file is that of an X12 interchange."""
    return head.lstrip().startswith("ISA")


class DocumentReader(NamedTuple):
    """What reads the claims of a file that is no table.

    Parameters
    ----------
    ids : callable
        Returns what reads the claim ids of a path.
    read : callable
        Reads the claims of a path; those of repeated ids are rejected.
    """

    ids: Callable[[str | Path], IdSource]
    read: Callable[[str | Path, RepeatedClaims | None], ClaimStream]


def document_reader(head: str) -> DocumentReader | None:
    """Return what reads a file of claims that is no table: an 837 or FHIR; None for a table.

    Parameters
    ----------
    head : str
        The first characters of the file.
    """
    if is_x12(head):
        from facts.readers.x12.claims import ids_of_837, read_837

        return DocumentReader(ids_of_837, read_837)
    if is_fhir(head):
        from facts.readers.fhir.claims import ids_of_fhir, read_fhir

        return DocumentReader(ids_of_fhir, read_fhir)
    return None


def open_claims(paths: str | Path | Sequence[str | Path], only: str | None = None) -> ClaimStream:
    """Read claims from CSV, JSONL, Parquet, 837P, 837I and FHIR files, in any mixture.

    Parameters
    ----------
    paths : path or sequence of path
        The files.
    only : str, optional
        Of Parquet files, read this claim alone; the other files are read whole.

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
    if isinstance(paths, (str, Path)):
        paths = [paths]
    notes: list[Diagnostic] = []
    files: list[tuple[str | Path, DocumentReader]] = []
    tables: list[str | Path] = []
    for path in dict.fromkeys(paths):
        if is_parquet(Path(path)):
            tables.append(path)
            continue
        head, fault = look(Path(path))
        if fault is not None:
            notes.append(fault)
        elif (reader := document_reader(head)) is not None:
            files.append((path, reader))
        else:
            tables.append(path)
    tally = Tally()
    return ClaimStream(_one_after_another(files, tables, notes, only), notes, tally)


def _one_after_another(
    files: list[tuple[str | Path, DocumentReader]],
    tables: list[str | Path],
    notes: list[Diagnostic],
    only: str | None,
) -> Iterator[Claim | RejectedClaim]:
    """Yield claims of 837 and FHIR files, then of tables; ids that repeat are rejected."""
    repeated = RepeatedClaims()
    if files:
        sources = [reader.ids(path) for path, reader in files]
        if tables:
            sources.append(ids_of_tables(tables))
        repeated = repeated_claims(sources)
        for path, reader in files:
            stream = reader.read(path, repeated)
            yield from stream.items
            notes.extend(stream.diagnostics)
    if tables:
        stream = read_claim_tables(tables, only)
        names = frozenset(map(str, tables))
        for item in stream.items:
            yield _once(item, repeated, names)
        notes.extend(stream.diagnostics)


def _once(
    item: Claim | RejectedClaim, repeated: RepeatedClaims, tables: Collection[str]
) -> Claim | RejectedClaim:
    """Return a claim of the tables, rejected where its id is in another file too."""
    place = repeated.place_in(item.claim_id, tables)
    if place is None and isinstance(item, Claim) and item.lines[0].trace is not None:
        place = item.lines[0].trace.origin("claim_id")
    fault = repeated.fault(item.claim_id, place or Origin("claims"))
    return item if fault is None else rejected(item, fault)

"""Choose the reader of a claim file by what stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.batch import Claim, ClaimStream, RejectedClaim, Tally
from facts.readers.claim_tables import read_claim_tables
from facts.readers.parquet import is_parquet
from facts.readers.text_file import look
from facts.values import quoted


def is_x12(head: str) -> bool:
    """Tell whether a file begins as an X12 interchange does."""
    return head.lstrip().startswith("ISA")


def open_claims(paths: str | Path | Sequence[str | Path], only: str | None = None) -> ClaimStream:
    """Read claims from CSV, JSONL, Parquet, 837P and 837I files, in any mixture.

    Parameters
    ----------
    paths : path or sequence of path
    only : str, optional
        Of Parquet files, read this claim alone; the other files are read whole.

    Returns
    -------
    ClaimStream
        What is wrong with a file as a whole stands in its ``diagnostics``, complete when the
        stream is at its end.
    """
    if isinstance(paths, (str, Path)):
        paths = [paths]
    notes: list[Diagnostic] = []
    streams: list[ClaimStream] = []
    tables: list[str | Path] = []
    for path in dict.fromkeys(paths):
        if is_parquet(Path(path)):
            tables.append(path)
            continue
        head, fault = look(Path(path))
        if fault is not None:
            notes.append(fault)
        elif is_x12(head):
            from facts.readers.x12_claims import read_837

            streams.append(read_837(path))
        else:
            tables.append(path)
    if tables:
        streams.append(read_claim_tables(tables, only))
    tally = Tally()
    return ClaimStream(_one_after_another(streams, notes), notes, tally)


def _one_after_another(
    streams: list[ClaimStream], notes: list[Diagnostic]
) -> Iterator[Claim | RejectedClaim]:
    """Yield the claims of every stream; a claim id that an earlier file had is rejected."""
    if len(streams) < 2:
        for stream in streams:
            yield from stream.items
            notes.extend(stream.diagnostics)
        return
    seen: dict[str | None, int] = {}
    for number, stream in enumerate(streams):
        for item in stream.items:
            again = bool(item.claim_id) and seen.setdefault(item.claim_id, number) != number
            yield _rejected(item) if again and isinstance(item, Claim) else item
        notes.extend(stream.diagnostics)


def _rejected(claim: Claim) -> RejectedClaim:
    trace = claim.lines[0].trace
    origin = trace.origin("claim_id") if trace is not None else Origin("claims")
    fault = Diagnostic(
        "error",
        f"claim {quoted(claim.claim_id)} stands in an earlier file too",
        origin,
        "claim ids have to be unique; adjudicate the files one at a time",
    )
    return RejectedClaim(claim.claim_id, len(claim.lines), (fault,))

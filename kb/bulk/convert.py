"""Claims of any files as one Parquet file, with the place of every value."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from facts.claim import ClaimLine, claim_number
from facts.outputs import OutputFile, hold_existing
from facts.readers.batch import Claim
from facts.readers.column_values import PARSERS
from facts.readers.detect import open_claims
from facts.readers.stored_places import SOURCE_FILE, SOURCE_PLACES, WHOLE_LINE
from facts.whole_file import whole_file
from kb.bulk.faults import room_faults
from kb.bulk.read.columns import KINDS, exact
from kb.bulk.read.x12 import Texts
from kb.bulk.result import BulkResult, Meter
from kb.bulk.session import BulkSession
from kb.engines.duckdb.connection import identifier, interruptible, literal

if TYPE_CHECKING:
    from facts.extras import Connection

_TABLE = "converted"
_AT_ONCE = 10_000
"""Lines that go between Python and DuckDB at once."""

_FIELDS = (*PARSERS, WHOLE_LINE)


def convert_files(
    claims: Sequence[str | Path],
    output: str | Path | OutputFile,
    *,
    memory_limit: str | None = None,
    threads: int | None = None,
    meter: Meter | None = None,
) -> BulkResult:
    """Write the claim lines of files as Parquet: what was read, with the place of every value.

    Superseded claims are written too, with what supersedes them; rejected ones are not.

    Parameters
    ----------
    claims : sequence of path
        CSV, JSONL, Parquet, 837 and FHIR files, in any mixture.
    output : path or OutputFile
        It is written whole or not at all.
    memory_limit : str, optional
        As in ``4GB``; what does not fit is put on disk.
    threads : int, optional
        As many as DuckDB takes by itself if absent.
    meter : Meter, optional
        Tells another thread how far the run is.

    Returns
    -------
    BulkResult
        Its ``tally`` counts the lines; none is determined.

    Raises
    ------
    UsageError
        If the output cannot be written, the room does not suffice, an option is wrong, or the
        extra ``clausewise[bulk]`` is not installed.

    See Also
    --------
    kb.bulk.adjudicate.adjudicate_files : determines the lines, of the converted file as of these.

    Examples
    --------
    >>> import tempfile
    >>> claims = Path(tempfile.mkdtemp()) / "claims.csv"
    >>> _ = claims.write_text("claim_id,line_number,claim_form,service_date\\n"
    ...                       "C1,1,cms1500,2018-06-01\\n")
    >>> convert_files([claims], claims.with_name("lines.parquet")).tally.lines_read
    1
    """
    file, meter = OutputFile.of(output), meter or Meter()
    hold_existing(file.path, Path(os.path.realpath(file.path)), claims)
    result = BulkResult()
    meter.enter("claims")

    def keep() -> bool:
        if file.takes(result.tally.lines_read):
            return True
        result.diagnostics.append(file.not_written())
        return False

    with (
        interruptible(),
        room_faults(str(file.path)),
        BulkSession([], threads, memory_limit) as session,
        whole_file(file.path, keep=keep) as target,
    ):
        _gather(session.connection, claims, result, meter)
        fields = ", ".join(
            f"{identifier(name)} := {identifier(f'{name} place')}" for name in _FIELDS
        )
        columns = ", ".join(map(identifier, (*PARSERS, SOURCE_FILE)))
        session.connection.execute(
            f"COPY (SELECT {columns}, struct_pack({fields}) AS {SOURCE_PLACES} FROM {_TABLE} "
            f"ORDER BY rowid) TO {literal(target.name)} (FORMAT parquet, USE_TMP_FILE false)"
        )
    return result


def _gather(
    connection: Connection, claims: Sequence[str | Path], result: BulkResult, meter: Meter
) -> None:
    """Read all lines into a table, in the order of the claims."""
    kinds = {name: KINDS.get(name, "TEXT") for name in PARSERS}
    kinds |= {SOURCE_FILE: "TEXT"} | {f"{name} place": "TEXT" for name in _FIELDS}
    columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in kinds.items())
    connection.execute(f"CREATE TABLE {_TABLE} ({columns})")
    stream = open_claims(claims)
    stream.with_superseded = True
    result.tally = stream.tally
    texts = Texts()
    held: list[ClaimLine] = []
    for read in stream:
        claim = exact(read) if isinstance(read, Claim) else read
        if not isinstance(claim, Claim):
            if isinstance(read, Claim):
                stream.tally.claims_rejected += 1
                stream.tally.lines_rejected += claim.lines_read
            result.rejected.append(claim)
            result.diagnostics += claim.diagnostics
            continue
        held += claim.lines
        meter.done += len(claim.lines)
        if len(held) >= _AT_ONCE:
            _store(connection, held, texts)
            held.clear()
    if held:
        _store(connection, held, texts)
    result.diagnostics += stream.diagnostics


def _store(connection: Connection, lines: Sequence[ClaimLine], texts: Texts) -> None:
    """Add lines to the table, with the places of their values."""
    columns = dict(zip(ClaimLine._fields, zip(*lines, strict=True), strict=True))
    columns["claim_id"] = tuple(claim_number(line.claim_id, line.claim_part) for line in lines)
    given = {name: texts.of(columns[name]) for name in PARSERS}
    traces = columns["trace"]
    for name, values in list(given.items()):
        given[f"{name} place"] = [
            trace.origin(name).place if value is not None and trace is not None else None
            for value, trace in zip(values, traces, strict=True)
        ]
    wholes = [trace.origin("") if trace is not None else None for trace in traces]
    given[f"{WHOLE_LINE} place"] = [whole and whole.place for whole in wholes]
    given[SOURCE_FILE] = [whole and whole.source for whole in wholes]
    filled = {name: values for name, values in given.items() if any(values)}
    picks = [
        f"unnest(${place}::TEXT[])" + (f"::{KINDS[name]}" if name in KINDS else "")
        for place, name in enumerate(filled, 1)
    ]
    connection.execute(
        f"INSERT INTO {_TABLE} ({', '.join(map(identifier, filled))}) SELECT {', '.join(picks)}",
        list(filled.values()),
    )

"""``clausewise convert``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from explain.cli.bounded import BoundedDiagnostics
from explain.cli.in_bulk import about_lines, counted_noun, write_rejects
from explain.cli.loaded import expanded
from explain.cli.options import ClaimFiles, DatesOption, MapOption
from explain.cli.output import message, report
from explain.cli.progress import progress
from explain.cli.running import BAD_INPUT, DONE
from explain.cli.writing import check_target
from facts.outputs import OutputFile, format_by_ending
from facts.readers.layout import LaidOutFiles, Layout
from kb.bulk.result import Meter

_ENDINGS = {".parquet": "parquet", ".pq": "parquet"}


@dataclass(slots=True)
class ConvertOptions:
    """The options of the engine that writes, and of tables that are read."""

    maps: MapOption = None
    dates: DatesOption = None
    memory_limit: Annotated[
        str | None,
        typer.Option(
            "--memory-limit", metavar="SIZE", help="As in 4GB; what does not fit goes to disk."
        ),
    ] = None
    threads: Annotated[
        int | None, typer.Option("--threads", metavar="N", min=1, help="Threads of DuckDB.")
    ] = None


def convert(
    files: ClaimFiles,
    *,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="OUT", help="Write to a file that ends in .parquet."
        ),
    ],
    by: ConvertOptions,
    rejects: Annotated[
        str | None,
        typer.Option("--rejects", metavar="FILE", help="Write the rejected claims to a CSV file."),
    ] = None,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Write the file where no line was read too.")
    ] = False,
) -> int:
    """Write the lines of some claims as Parquet, with the place of every value.

    What is read of 837, FHIR, CSV, JSONL and Parquet files becomes one table, as docs/input.md
    describes it. Its values are normalised; source_file and source_places tell where each was
    read, so that `why` on the Parquet cites segment and element. Needs pip install
    'clausewise[bulk]'.

    \b
    clausewise convert claims.837 -o lines.parquet
    clausewise convert 'claims/*.837.gz' more.csv -o lines.parquet --rejects rejects.csv
    """
    from kb.bulk.convert import convert_files

    format_by_ending(output, _ENDINGS)
    claims = LaidOutFiles(expanded(files)).laid_out(Layout.of(by.maps or (), by.dates))
    check_target(output, claims)
    if rejects is not None:
        check_target(rejects, [*claims, output])
    meter = Meter("claims", total=about_lines(claims))
    with progress(meter):
        result = convert_files(
            claims,
            OutputFile(Path(output), allow_empty),
            memory_limit=by.memory_limit,
            threads=by.threads,
            meter=meter,
        )
    told = BoundedDiagnostics(result.diagnostics)
    report(told)
    if rejects is not None:
        write_rejects(rejects, claims, result.rejected)
    tally = result.tally
    written = tally.lines_read - tally.lines_rejected
    superseded = f", {tally.lines_superseded} of them superseded" if tally.lines_superseded else ""
    message(
        f"{counted_noun(tally.lines_read, 'line')} read = {written} written{superseded}"
        f" + {tally.lines_rejected} rejected"
    )
    return BAD_INPUT if told.has_errors else DONE

"""``clausewise export``: explanations as documents, one or a folder of them."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explain.cli.loaded import about_line
from explain.cli.options import (
    ClaimOption,
    DocumentOption,
    InputOptions,
    JsonOption,
    read_document,
)
from explain.cli.output import data, message, report
from explain.cli.output_folder import OutputFolder, write_bytes
from explain.cli.progress import progress
from explain.cli.running import BAD_INPUT, DONE, NO_ANSWER
from explain.cli.stopping import interrupted_code
from explain.exports import FORMATS, Format, format_of
from explain.exports.document import DEFAULT_PROFILE, Document, LetterFields
from explain.exports.profiles import profile_of
from facts.diagnostic import UsageError
from facts.values import ValueFault, one_line, parse_date, quoted
from facts.whole_file import unwritable
from kb.bulk.result import Meter

if TYPE_CHECKING:
    from explain.exports.making import Wishes


@dataclass(slots=True)
class DocumentOptions:
    """The options that say what a document has and what a letter fills its blanks with."""

    profile: Annotated[
        str,
        typer.Option(
            "--profile",
            metavar="PROFILE",
            help="explanation, provider-dispute or member-notice.",
        ),
    ] = DEFAULT_PROFILE
    mask: Annotated[
        bool,
        typer.Option(
            "--mask", help="Withhold claim id, dates of service, provider, charges and file names."
        ),
    ] = False
    document: DocumentOption = None
    date: Annotated[
        str, typer.Option("--date", metavar="YYYY-MM-DD", help="Date of the document.")
    ] = ""
    deadline: Annotated[
        str, typer.Option("--deadline", metavar="TEXT", help="Until when a review is asked for.")
    ] = ""
    review_procedure: Annotated[
        str, typer.Option("--review-procedure", metavar="TEXT", help="How a review is asked for.")
    ] = ""
    rights: Annotated[
        str, typer.Option("--rights", metavar="TEXT", help="Rights that follow a review.")
    ] = ""
    copies: Annotated[
        str, typer.Option("--copies", metavar="TEXT", help="How to ask for copies of the rules.")
    ] = ""
    sender: Annotated[
        str, typer.Option("--sender", metavar="TEXT", help="Who sends the document.")
    ] = ""
    recipient: Annotated[
        str, typer.Option("--recipient", metavar="TEXT", help="Whom it goes to.")
    ] = ""

    appendix: Annotated[
        bool,
        typer.Option(
            "--appendix/--no-appendix", help="The proof behind a provider-dispute, or no proof."
        ),
    ] = True

    def wishes(self, kind: Format) -> Wishes:
        """Return what is asked of the documents of a format.

        Parameters
        ----------
        kind : Format
            The format.
        """
        from explain.exports.making import Wishes

        if not self.appendix and not profile_of(self.profile).has_appendix:
            raise UsageError.of(
                f"a {self.profile} has no appendix to leave out",
                "leave out --no-appendix, or use --profile provider-dispute",
            )
        filled = LetterFields(
            _date(self.date),
            self.deadline,
            self.review_procedure,
            self.rights,
            self.copies,
            self.sender,
            self.recipient,
        )
        copy = read_document(self.document)
        certificates = kind.name == "json"
        return Wishes(self.profile, filled, self.mask, copy, certificates, self.appendix)


def export(
    claims: ClaimOption,
    claim: Annotated[
        str | None, typer.Argument(metavar="CLAIM", help="Claim id; none with --all-adverse.")
    ] = None,
    line: Annotated[
        int | None,
        typer.Argument(metavar="LINE", help="Line number; all adverse lines of the claim if none."),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help=f"{', '.join(FORMATS)}; by default the ending of -o decides.",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="PATH", help="File; a folder with --all-adverse."),
    ] = None,
    *,
    wanted: DocumentOptions,
    all_adverse: Annotated[
        bool,
        typer.Option(
            "--all-adverse", help="One document for each claim with an adverse line, in a folder."
        ),
    ] = False,
    queue: Annotated[
        str,
        typer.Option("--queue", metavar="csv|xlsx", help="The queue beside --all-adverse."),
    ] = "csv",
    given: InputOptions,
    as_json: JsonOption = False,
) -> int:
    """Export self-contained explanations.

    A document holds the outcome, the clause, the reasons, the facts with their places, the
    exceptions that were tried and what would change the outcome. What a letter needs and is
    not given (date, deadline, review procedure) stays a marked blank and is never made up. With
    --all-adverse a folder gets one document for each claim, an index and a queue.

    \b
    clausewise export CLM1 2 -c claims.837 --format html -o clm1.html
    clausewise export CLM1 -c claims.837 -o clm1.docx --profile provider-dispute --mask
    clausewise export --all-adverse -c claims.837 --format pdf -o letters --queue xlsx
    """
    from explain.exports.making import document_of

    kind = _format(format, output, as_json, all_adverse)
    wishes = wanted.wishes(kind)
    if all_adverse:
        if claim is not None:
            raise UsageError.of(
                "`--all-adverse` takes no claim", "leave out the claim or the option"
            )
        return _export_all(claims, given, wishes, kind, output, queue)
    if claim is None:
        raise UsageError.of("a claim is asked for", "name one, or use --all-adverse")
    if output is not None:
        _hold_apart(output, [*claims, *given.files])
    elif sys.stdout.isatty():
        output = _unused("explanation" if wanted.mask else claim, line, kind)
    loaded = given.one_claim(claims, claim)
    with about_line(loaded):
        made = document_of(loaded.kb.claim(loaded.asked), wishes, line)
    report(loaded.diagnostics)
    if made is None:
        message(f"claim {quoted(claim)} has no adverse line; name a line to explain it anyway")
        return BAD_INPUT if loaded.has_errors else NO_ANSWER
    _note_not_adverse(made, line)
    _write(made, kind, output)
    if output is not None and sys.stdout.isatty():
        message(f"{one_line(output)} written")
    return BAD_INPUT if loaded.has_errors else DONE


def _unused(claim: str, line: int | None, kind: Format) -> str:
    """Return the name of a file that is not there yet: on a terminal a document is no use."""
    from explain.exports.file_names import file_names

    base = file_names([claim], ())[claim] + ("" if line is None else f"-{line}")
    name, number = f"{base}{kind.suffix}", 2
    while Path(name).exists():
        name, number = f"{base}-{number}{kind.suffix}", number + 1
    return name


def _export_all(
    claims: list[str],
    given: InputOptions,
    wishes: Wishes,
    kind: Format,
    output: str | None,
    queue: str,
) -> int:
    from explain.cli.adverse_claims import document_names, write_all

    if output is None:
        raise UsageError.of("`--all-adverse` needs a folder", "name one with -o FOLDER")
    _hold_queue(queue)
    loaded = given.loaded(claims)
    report(loaded.diagnostics)
    folder = OutputFolder(output)
    if not wishes.masked:
        names = document_names(loaded.kb, masked=False).values()
        folder.hold_masked([f"{name}{kind.suffix}" for name in names])
    try:
        meter = Meter("claims", total=len(loaded.kb.claims), noun="claims", exact=True)
        with progress(meter):
            summary = write_all(loaded.kb, wishes, kind, queue, folder.write, meter.advance)
    except KeyboardInterrupt:
        written = len(folder.written)
        message(
            f"interrupted: {written} {'file is' if written == 1 else 'files are'} in {folder.name},"
            " each of them whole; the index and the queue are not complete: run it again"
        )
        return interrupted_code()
    message(summary)
    others = folder.others(kind.suffix)
    if others:
        noun = "file was" if others == 1 else "files were"
        message(f"note: {others} other {kind.suffix} {noun} in {folder.name} before")
    return BAD_INPUT if loaded.has_errors else DONE


def _format(format: str | None, output: str | None, as_json: bool, all_adverse: bool) -> Format:
    """Return the format that the options or the ending of the output ask for."""
    if as_json:
        if format not in (None, "json"):
            raise UsageError.of(f"`--json` contradicts `--format {format}`", "choose one of them")
        return FORMATS["json"]
    if format is not None:
        return format_of(format)
    if all_adverse or output is None:
        return FORMATS["html"]
    ending = Path(output).suffix.lower()
    for each in FORMATS.values():
        if each.suffix == ending:
            return each
    raise UsageError.of(
        f"the ending of `{one_line(output)}` names no format",
        f"give --format, or end it in {', '.join(each.suffix for each in FORMATS.values())}",
    )


def _date(text: str) -> str:
    if not text:
        return ""
    try:
        return parse_date(text).isoformat()
    except ValueFault as fault:
        raise UsageError.of(f"`--date` {fault.message}", fault.help) from None


def _hold_queue(kind: str) -> None:
    from explain.exports.queue import KINDS
    from facts.extras import report_module

    if kind not in KINDS:
        raise UsageError.of(f"there is no queue {quoted(kind)}", "csv or xlsx")
    if kind == "xlsx":
        report_module("xlsxwriter")


def _hold_apart(output: str, inputs: list[str]) -> None:
    what = f"`{one_line(output)}`"
    path = Path(output)
    if path.is_dir():
        raise UsageError.of(f"{what} is a folder", "name a file in it, or use --all-adverse")
    if os.path.realpath(output) in {os.path.realpath(name) for name in inputs}:
        raise UsageError.of(f"{what} is one of the files to read", "write to another file")


def _note_not_adverse(document: Document, line: int | None) -> None:
    first = document.narratives[0]
    if line is not None and not first.is_adverse:
        message(f"note: line {line} is {first.headline.outcome_text}, not adverse")


def _write(document: Document, kind: Format, output: str | None) -> None:
    content = kind.render(document)
    if output is not None:
        write_bytes(Path(output), content, f"`{one_line(output)}`")
    elif kind.is_text:
        data(content.decode("utf-8").removesuffix("\n"))
    else:
        try:
            sys.stdout.buffer.write(content)
        except BrokenPipeError:
            raise
        except OSError as fault:
            raise unwritable("the output", fault) from None

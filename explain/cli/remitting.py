"""``clausewise remit``."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from explain.cli.bounded import BoundedDiagnostics
from explain.cli.in_bulk import (
    Task,
    adjudicate_in_bulk,
    counted_noun,
    reading_ahead,
    reconciled,
)
from explain.cli.loaded import expanded, read_supplements
from explain.cli.options import ClaimOption, EngineOptions, InputOptions
from explain.cli.output import message, report
from explain.cli.running import BAD_INPUT, DONE
from explain.cli.writing import destination
from facts.claim import Party
from facts.diagnostic import Diagnostic, UsageError
from facts.outputs import format_by_ending
from facts.readers.batch import Tally
from facts.remittance import ZERO
from facts.values import ValueFault, parse_date, quoted
from kb.bulk.engine import choose_engine

if TYPE_CHECKING:
    from kb.policy.loader import Policy
    from kb.remit.determined import Determined
    from kb.remit.payment import Fees
    from kb.remit.write_835 import Sender

_ENDINGS = {".835": "835", ".edi": "835", ".json": "json", ".ndjson": "ndjson"}
_NPI = re.compile(r"\d{10}", re.ASCII)
_PARTS = {"address": 4, "contact": 2}


@dataclass(slots=True)
class SenderOptions:
    """The options that say who pays whom, by which check, and when."""

    date: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="The day of the payment.")
    ] = None
    check: Annotated[
        str | None,
        typer.Option(
            "--check", metavar="NUMBER", help="Number of the check; by itself made of the date."
        ),
    ] = None
    payer: Annotated[
        str, typer.Option("--payer", metavar="NAME", help="Who pays, instead of whom claims name.")
    ] = ""
    payer_id: Annotated[
        str, typer.Option("--payer-id", metavar="ID", help="Its tax number, or another id.")
    ] = ""
    payer_address: Annotated[
        str | None,
        typer.Option("--payer-address", metavar="'STREET, CITY, STATE, ZIP'", help="Where it is."),
    ] = None
    payer_contact: Annotated[
        str | None,
        typer.Option("--payer-contact", metavar="'NAME, TELEPHONE'", help="Whom to ask there."),
    ] = None
    payee: Annotated[
        str, typer.Option("--payee", metavar="NAME", help="Who is paid, where claims name nobody.")
    ] = ""
    payee_npi: Annotated[
        str, typer.Option("--payee-npi", metavar="NPI", help="Its provider identifier.")
    ] = ""

    def sender(self) -> Sender:
        """Return who pays whom, by which check.

        Raises
        ------
        UsageError
            With the first option that is wrong.
        """
        from kb.remit.write_835 import Sender

        if self.date is None:
            help = "give the day of the payment, as in --date 2018-07-01"
            raise UsageError.of("`--date` is missing", help)
        try:
            day = parse_date(self.date)
        except ValueFault as fault:
            raise UsageError.of(f"`--date` {fault.message}", fault.help) from None
        if self.payee_npi and _NPI.fullmatch(self.payee_npi) is None:
            message = f"`--payee-npi` is not a provider identifier: {quoted(self.payee_npi)}"
            raise UsageError.of(message, "ten digits")
        if self.payer_id and not self.payer:
            raise UsageError.of("`--payer-id` comes with `--payer`", "name the payer too")
        return Sender(
            self.check or f"CW{day:%Y%m%d}",
            day,
            Party(self.payer, self.payer_id),
            Party(self.payee, self.payee_npi),
            _parts("address", self.payer_address),
            _parts("contact", self.payer_contact),
        )


def remit(
    claims: ClaimOption,
    *,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="OUT", help="A file that ends in .835, .json or .ndjson."
        ),
    ],
    fees: Annotated[
        str | None,
        typer.Option(
            "--fees", metavar="FILE", help="What is allowed for one unit: procedure_code, fee."
        ),
    ] = None,
    sent: SenderOptions,
    given: InputOptions,
    by: EngineOptions,
) -> int:
    """Write what determinations pay of some claims: as an 835, or as ClaimResponse of FHIR R4.

    A denied, bundled or pended line pays nothing, a reduced one the part of the allowed units;
    what is left of the charge is allowed up to the fee, where --fees has one. Every line, claim and
    check balances to the cent. An 835 (X12 005010X221A1) has the clause in REF 0K and its remark
    codes in LQ HE, a ClaimResponse in its process notes, with the lines of the document.

    Payer, billing provider and patient are those that an 837 or a FHIR claim names; tables name
    none, so --payer, --payee and --payee-npi do. Each payer and payee have a check of their own.

    \b
    clausewise remit -c claims.837 --date 2018-07-01 -o out.835
    clausewise remit -c claims.837 --date 2018-07-01 --fees fees.csv --payer ACME -o out.835
    clausewise remit -c claims.ndjson --date 2018-07-01 --payer ACME -o out.ndjson
    """
    kind, sender = format_by_ending(output, _ENDINGS), sent.sender()
    if given.remittances:
        raise UsageError.of("`--remittance` is for `audit`", "remit writes a remittance")
    files, evidence = expanded(claims), expanded(given.evidence or ())
    inputs = [*files, *given.files, *filter(None, (fees,))]
    chosen = choose_engine(by.engine, files)
    task = Task(files, evidence, None, kind, inputs, chosen)
    found = BoundedDiagnostics()
    if kind == "835" and not (sender.address and sender.contact):
        sentence = "an 835 names the address of the payer (N3, N4) and whom to ask (PER)"
        help = "give --payer-address and --payer-contact; other programs may want them"
        found.append(Diagnostic("note", sentence, None, help))
    allowed = _fees(fees, found)
    with destination(output, inputs) as write:
        with _determined(task, given, by, found) as determined:
            written = _gathered(determined, kind, sender, allowed, found)
        if not written.claims:
            report(found)
            report([Diagnostic("error", "no claim can be written", None, "see what is above")])
            raise typer.Exit(BAD_INPUT)
        for text in written.rows:
            write(text)
    report(found)
    message(reconciled(determined.tally, determined.outcomes))
    message(written.summary)
    return BAD_INPUT if found.has_errors else DONE


@dataclass(slots=True)
class _DeterminedClaims:
    """Claims with their determinations, the policy, and what came of the run at their end."""

    claims: Iterable[Determined]
    policy: Policy
    tally: Tally = field(default_factory=Tally)
    outcomes: Counter[str] = field(default_factory=Counter)


class _Remitted(NamedTuple):
    """The rows of the file, and the sums of what they say."""

    claims: int
    rows: Iterator[str]
    summary: str


@contextmanager
def _determined(
    task: Task, given: InputOptions, by: EngineOptions, found: BoundedDiagnostics
) -> Iterator[_DeterminedClaims]:
    """Give claims with their determinations, made by the engine that the task names."""
    from kb.claims.result import Adjudication
    from kb.remit.determined import determined_in_file, determined_one_by_one

    if task.engine == "duckdb":
        with tempfile.TemporaryDirectory(prefix="clausewise-") as folder:
            target = Path(folder, "determinations.jsonl")
            with reading_ahead(task.files, "duckdb", by.memory_limit, by.threads) as session:
                rules = given.rules.rules()
                if session is not None:
                    session.start_evidence(task.evidence, rules.evidence_types)
                changes = given.changes(rules, found)
                output = task._replace(output=str(target), kind="jsonl")
                result = adjudicate_in_bulk(output, rules, changes, by, session)
            found.extend(result.diagnostics)
            claims = determined_in_file(task.files, target)
            made = _DeterminedClaims(claims, rules.kb.policy, result.tally)
            yield made
            made.outcomes.update(result.outcomes)
        return
    kb = given.rules.knowledge_base()
    supplements = read_supplements(kb, task.evidence, given.overrides)
    gathered = Adjudication(diagnostics=found)
    found.extend(supplements.notes)
    claims = determined_one_by_one(
        kb, task.files, supplements.evidence, supplements.overrides, gathered
    )
    made = _DeterminedClaims(claims, kb.policy)
    made.claims = _counted(claims, made.outcomes)
    yield made
    made.tally = gathered.tally


def _counted(claims: Iterable[Determined], outcomes: Counter[str]) -> Iterator[Determined]:
    for claim, made in claims:
        outcomes.update(each.outcome for each in made)
        yield claim, made


def _gathered(
    determined: _DeterminedClaims,
    kind: str,
    sender: Sender,
    fees: Fees | None,
    found: BoundedDiagnostics,
) -> _Remitted:
    """Return the rows of all claims, and what is charged and paid of those that are written."""
    from kb.remit.claim_response import ClaimResponses
    from kb.remit.paid_claim import paid_claim
    from kb.remit.write_835 import Remittance835

    policy = determined.policy
    remittance = Remittance835(sender)
    responses = ClaimResponses(sender.paid_on, sender.payer, policy.clauses, policy.policy_id)
    count, charge, paid, left_out = 0, ZERO, ZERO, 0
    for claim, made in determined.claims:
        claim_paid = paid_claim(claim, made, fees)
        fault = remittance.add(claim_paid) if kind == "835" else responses.add(claim_paid)
        if fault is not None:
            found.append(fault)
            left_out += 1
            continue
        count += 1
        charge += claim_paid.charge
        paid += claim_paid.paid
    text = (
        f"{counted_noun(count, 'claim')} written, {left_out} left out: "
        f"charge {charge:.2f} = paid {paid:.2f} + adjusted {charge - paid:.2f}"
    )
    if kind == "835":
        return _Remitted(
            count, remittance.texts(), f"{text}, {counted_noun(remittance.checks, 'check')}"
        )
    return _Remitted(count, responses.rows() if kind == "ndjson" else responses.texts(), text)


def _fees(path: str | None, found: BoundedDiagnostics) -> Fees | None:
    if path is None:
        return None
    from facts.readers.fees import read_fees

    return read_fees(path, found)


def _parts(name: str, text: str | None) -> tuple[str, ...]:
    """Return the parts of an address or a contact, which are separated by commas."""
    if text is None:
        return ()
    count = _PARTS[name]
    parts = tuple(part.strip() for part in text.rsplit(",", count - 1))
    if len(parts) != count or not all(parts):
        shown = {"address": "'STREET, CITY, STATE, ZIP'", "contact": "'NAME, TELEPHONE'"}[name]
        raise UsageError.of(f"`--payer-{name}` has not {count} parts", f"write it as {shown}")
    return parts

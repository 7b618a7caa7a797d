"""Paid claims as an 835: one interchange for each payer and payee. Source: X12 005010X221A1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from facts.claim import UNKNOWN, ClaimLine, Party
from facts.diagnostic import Diagnostic
from facts.remittance import DENIED, ZERO, Adjustment
from facts.values import format_number, quoted
from kb.model.clause import ADVERSE_EFFECTS
from kb.remit.paid_claim import PaidClaim
from kb.remit.payment import LinePayment, strongest
from kb.remit.spool import Spool

VERSION = "005010X221A1"
_PROCESSED = "1"
"""Claim status of a claim that is processed as primary. Source: X12 code list 1029."""

_SIGNS = {"*": " ", "~": " ", ":": " ", "^": " "}
_LONGEST_ID = 20
"""Characters of CLP01; a longer claim id cannot be sent."""

_NPI = re.compile(r"\d{10}", re.ASCII)
_LONGEST_NAME = 60
_COMPANY = 10
"""Characters of TRN03."""

_ENVELOPES = 2
"""Segments before ST."""

_TRIPLETS = 6
"""Reasons that one CAS segment holds."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who pays, by which check; what a claim names is used for what is not given.

    Parameters
    ----------
    check : str
        Number of the check or transfer.
    paid_on : date
        Its date.
    payer, payee : Party, optional
        The payer takes the place of the one that a claim names; the payee is that of claims that
        name none.
    address : tuple of str, optional
        Street, city, state and postal code of the payer.
    contact : tuple of str, optional
        Name and telephone of whom to ask.
    """

    check: str
    paid_on: date
    payer: Party = UNKNOWN
    payee: Party = UNKNOWN
    address: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()

    def of(self, claim: PaidClaim) -> tuple[Party, Party]:
        """Return who pays a claim, and who is paid."""
        payer, payee = claim.parties.payer, claim.parties.payee
        return (
            Party(
                self.payer.name or payer.name,
                self.payer.identifier or ("" if self.payer.name else payer.identifier),
            ),
            payee if payee.identifier else self.payee,
        )


@dataclass(slots=True)
class _Check:
    """What one payer pays one payee."""

    paid: Decimal = ZERO
    segments: int = 0


class Remittance835:
    """Gathers paid claims, and gives the 835 that says what is paid, and why no more.

    Every line balances (charge less adjustments is paid), every claim and every check too. The
    clause stands in REF 0K, its remark codes in LQ HE. Claims stand in the order of their ids, so
    that the order of the input makes no difference.

    Parameters
    ----------
    sender : Sender
        Who pays, by which check. Where there are several payers or payees, each pair has a check
        of its own, its number with ``-1``, ``-2`` behind it.

    See Also
    --------
    facts.readers.x12.remittances.read_835 : reads it back.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._checks: dict[tuple[Party, Party], _Check] = {}
        self._claims = Spool()

    def add(self, claim: PaidClaim) -> Diagnostic | None:
        """Add a claim.

        Parameters
        ----------
        claim : PaidClaim
            What is paid of it.

        Returns
        -------
        Diagnostic or None
            Why it cannot be sent, if so; it is left out then.
        """
        payer, payee = self._sender.of(claim)
        fault = _unsendable(claim, payer, payee)
        if fault is not None:
            return fault
        check = self._checks.setdefault((payer, payee), _Check())
        segments = list(_claim(claim))
        check.paid += claim.paid
        check.segments += len(segments)
        key = (payer, payee, claim.claim_id)
        self._claims.put(key, "\n".join(f"{segment}~" for segment in segments))
        return None

    def texts(self) -> Iterator[str]:
        """Yield the file in rows of one or more segments, each segment on a row of its own."""
        name = self._sender.check
        with self._claims:
            by_check = groupby(self._claims.items(), key=lambda item: item[0][:2])
            for number, ((payer, payee), claims) in enumerate(by_check, 1):
                trace = f"{name}-{number}" if len(self._checks) > 1 else name
                check = self._checks[payer, payee]
                head = list(self._head(number, trace, payer, payee, check.paid))
                yield "\n".join(f"{segment}~" for segment in head)
                yield from (text for _, text in claims)
                count = len(head) - _ENVELOPES + check.segments + 1
                end = (f"SE*{count}*0001", f"GE*1*{number}", f"IEA*1*{number:09}")
                yield "\n".join(f"{segment}~" for segment in end)

    @property
    def checks(self) -> int:
        """How many checks there are."""
        return len(self._checks)

    def _head(
        self, number: int, trace: str, payer: Party, payee: Party, paid: Decimal
    ) -> Iterator[str]:
        """Yield the segments of an interchange up to its first claim."""
        day = f"{self._sender.paid_on:%Y%m%d}"
        company = _company(payer.identifier)
        sender, receiver = (_text(each.identifier or each.name)[:15] for each in (payer, payee))
        yield "*".join(
            (
                *("ISA", "00", " " * 10, "00", " " * 10, "ZZ", f"{sender:15}", "ZZ"),
                *(f"{receiver:15}", day[2:], "0000", "^", "00501", f"{number:09}", "0", "P", ":"),
            )
        )
        yield f"GS*HP*{sender.strip()}*{receiver.strip()}*{day}*0000*{number}*X*{VERSION}"
        yield "ST*835*0001"
        handling, method = ("I", "CHK") if paid else ("H", "NON")
        yield f"BPR*{handling}*{_amount(paid)}*C*{method}************{day}"
        yield f"TRN*1*{_text(trace)[:50]}*{company}"
        yield f"DTM*405*{day}"
        yield f"N1*PR*{_text(payer.name)[:_LONGEST_NAME]}"
        yield from self._address()
        if payer.identifier not in ("", company):
            yield f"REF*2U*{_text(payer.identifier)}"
        yield from self._contact()
        payee_name = _text(payee.name or payee.identifier)[:_LONGEST_NAME]
        yield f"N1*PE*{payee_name}*XX*{payee.identifier}"
        yield "LX*1"

    def _address(self) -> Iterator[str]:
        if self._sender.address:
            street, city, state, code = map(_text, self._sender.address)
            yield f"N3*{street}"
            yield f"N4*{city}*{state}*{code}"

    def _contact(self) -> Iterator[str]:
        if self._sender.contact:
            name, telephone = self._sender.contact
            digits = "".join(filter(str.isdigit, telephone))
            yield f"PER*BL*{_text(name)}*TE*{digits}"


def _unsendable(claim: PaidClaim, payer: Party, payee: Party) -> Diagnostic | None:
    """Return why a claim has no place in an 835."""
    claim_id = claim.claim_id
    trace = claim.lines[0].line.trace
    help, field = "", "claim_id"
    if len(claim.number) > _LONGEST_ID or _text(claim_id) != claim_id:
        reason = "its id does not fit"
        help = f"CLP01 has at most {_LONGEST_ID} characters, none of * ~ : ^"
    elif not (payer.name and payer.identifier):
        reason, help = "it names no payer with an id", "give --payer and --payer-id"
    elif _NPI.fullmatch(payee.identifier) is None:
        reason, help = "it names no payee with an NPI", "give --payee and --payee-npi"
    else:
        unnamed = next((each.line for each in claim.lines if not _service_code(each.line)), None)
        if unnamed is None:
            return None
        trace, field = unnamed.trace, ""
        reason = f"line {unnamed.line_number} has neither a procedure code nor a revenue code"
    place = trace.origin(field) if trace is not None else None
    message = f"claim {quoted(claim_id)} cannot be sent in an 835: {reason}"
    return Diagnostic("error", message, place, help)


def _claim(claim: PaidClaim) -> Iterator[str]:
    status = DENIED if claim.denied else _PROCESSED
    owes = _amount(claim.patient_owes) if claim.patient_owes else ""
    facility, frequency = _facility(claim)
    elements = (
        *("CLP", claim.number, status, _amount(claim.charge), _amount(claim.paid), owes, "ZZ"),
        *(claim.claim_id, facility, frequency),
    )
    yield "*".join(elements).rstrip("*")
    patient = claim.parties.patient
    last, _, first = map(str.strip, patient.name.partition(","))
    named = ("NM1", "QC", "1", _text(last)[:_LONGEST_NAME], _text(first)[:35], "", "", "")
    member = ("MI", _text(patient.identifier)) if patient.identifier else ()
    yield "*".join((*named, *member)).rstrip("*")
    for each in claim.lines:
        yield from _service(each)


def _facility(claim: PaidClaim) -> tuple[str, str]:
    """Return CLP08 and CLP09: the type of bill, or the place of service of all lines."""
    lines = [each.line for each in claim.lines]
    bill = lines[0].type_of_bill
    if bill is not None:
        return bill[:2], bill[2:]
    places = {line.place_of_service for line in lines}
    return (places.pop() or "") if len(places) == 1 else "", ""


def _service(payment: LinePayment) -> Iterator[str]:
    line = payment.line
    units = "" if line.units is None else format_number(line.units)
    paid_units = format_number(payment.units_paid) if payment.units_paid != line.units else units
    elements = [
        "SVC",
        _service_code(line),
        _amount(payment.charge),
        _amount(payment.paid),
        line.revenue_code or "" if line.procedure_code else "",
        paid_units,
        "",
        units if units != paid_units else "",
    ]
    yield "*".join(elements).rstrip("*")
    yield from _days(line)
    yield from _adjustments(payment.adjustments)
    yield f"REF*6R*{line.line_number}"
    cited = strongest(payment.determination)
    adverse = cited is not None and payment.determination.outcome in ADVERSE_EFFECTS
    if cited is not None and adverse:
        yield f"REF*0K*{_text(cited.clause_id)[:50]}"
    if payment.allowed:
        yield f"AMT*B6*{_amount(payment.allowed)}"
    if cited is not None and adverse:
        for rarc in cited.rarcs:
            yield f"LQ*HE*{_text(rarc)}"


def _days(line: ClaimLine) -> Iterator[str]:
    last = line.service_date_to or line.service_date
    if last == line.service_date:
        yield f"DTM*472*{line.service_date:%Y%m%d}"
    else:
        yield f"DTM*150*{line.service_date:%Y%m%d}"
        yield f"DTM*151*{last:%Y%m%d}"


def _adjustments(adjustments: tuple[Adjustment, ...]) -> Iterator[str]:
    """Yield a CAS of each group, with all of its reasons."""
    by_group: dict[str, list[Adjustment]] = {}
    for each in adjustments:
        by_group.setdefault(each.group_code, []).append(each)
    for group, found in by_group.items():
        for start in range(0, len(found), _TRIPLETS):
            reasons = (
                f"{_text(each.carc)}*{_amount(each.amount)}"
                for each in found[start : start + _TRIPLETS]
            )
            yield f"CAS*{_text(group)}*{'**'.join(reasons)}"


def _service_code(line: ClaimLine) -> str:
    """Return SVC01: the procedure, or the revenue code or drug of a line without one."""
    if line.procedure_code is not None:
        return ":".join(("HC", line.procedure_code, *line.modifiers))
    if line.revenue_code is not None:
        return f"NU:{line.revenue_code}"
    return f"N4:{_text(line.ndc)}" if line.ndc else ""


def _company(identifier: str) -> str:
    """Return TRN03: ten characters, a tax number with a 1 before it, others padded."""
    text = _text(identifier)
    if text.isdigit() and len(text) == _COMPANY - 1:
        return f"1{text}"
    return text.zfill(_COMPANY)[:_COMPANY]


def _amount(amount: Decimal) -> str:
    """Return an amount as X12 has it: no trailing zeros behind the point."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(text: str) -> str:
    """Return a text without the signs that separate elements."""
    return "".join(_SIGNS.get(sign, sign if sign.isprintable() else " ") for sign in text).strip()

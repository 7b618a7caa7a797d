"""Determinations and charges as an 835. Source: ASC X12 005010X221A1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from facts.claim import ClaimLine
from facts.diagnostic import Diagnostic, UsageError
from facts.remittance import DENIED, ZERO
from facts.values import format_number, quoted
from kb.model.clause import ADVERSE_EFFECTS
from kb.remit.payment import LinePayment, strongest

VERSION = "005010X221A1"
_PROCESSED = "1"
"""Claim status of a claim that is processed as primary. Source: X12 code list 1029."""

_SIGNS = {"*": " ", "~": " ", ":": " ", "^": " "}
_LONGEST_ID = 20
"""Characters of CLP01; a longer claim id cannot be sent."""


@dataclass(frozen=True, slots=True)
class Parties:
    """Who pays whom, by which check.

    Parameters
    ----------
    payer, payee : str
        Names.
    payer_id : str
        Ten characters, as in ``1512345678``.
    payee_npi : str
        Ten digits.
    check : str
        Number of the check or transfer.
    paid_on : date
        Its date.
    """

    payer: str
    payer_id: str
    payee: str
    payee_npi: str
    check: str
    paid_on: date


def write_835(lines: Iterable[LinePayment], parties: Parties) -> str:
    """Return an 835 of one check that says what is paid of some lines, and why no more.

    Every line balances (charge less adjustments is paid), every claim and the check too. The
    clause stands in REF 0K, its remark codes in LQ HE.

    Parameters
    ----------
    lines : iterable of LinePayment
        The lines of a claim one after the other.
    parties : Parties
        Who pays whom.

    Returns
    -------
    str
        A whole interchange; each segment on a row of its own.

    Raises
    ------
    UsageError
        If a claim id cannot be sent: it is too long, or has a sign that separates elements.

    See Also
    --------
    facts.readers.x12.remittances.read_835 : reads it back.
    """
    held = list(lines)
    total = sum((each.paid for each in held), ZERO)
    body = [
        "ST*835*0001",
        f"BPR*I*{_amount(total)}*C*NON************{parties.paid_on:%Y%m%d}",
        f"TRN*1*{_text(parties.check)}*{_text(parties.payer_id)}",
        f"N1*PR*{_text(parties.payer)}",
        f"N1*PE*{_text(parties.payee)}*XX*{_text(parties.payee_npi)}",
        "LX*1",
    ]
    for claim_id, group in groupby(held, key=lambda each: each.line.claim_id):
        body += _claim(claim_id, list(group))
    body.append(f"SE*{len(body) + 1}*0001")
    day = f"{parties.paid_on:%Y%m%d}"
    sender, receiver = _text(parties.payer_id), _text(parties.payee_npi)
    isa = "*".join(
        (
            *("ISA", "00", " " * 10, "00", " " * 10, "ZZ", f"{sender:15.15}", "ZZ"),
            *(f"{receiver:15.15}", day[2:], "0000", "^", "00501", "000000001", "0", "P", ":"),
        )
    )
    head = [isa, f"GS*HP*{sender:.15}*{receiver:.15}*{day}*0000*1*X*{VERSION}"]
    return "".join(f"{segment}~\n" for segment in (*head, *body, "GE*1*1", "IEA*1*000000001"))


def _claim(claim_id: str, lines: Sequence[LinePayment]) -> Iterator[str]:
    if len(claim_id) > _LONGEST_ID or _text(claim_id) != claim_id:
        message = f"claim id {quoted(claim_id)} cannot be sent in an 835"
        help = f"CLP01 has at most {_LONGEST_ID} characters, none of * ~ : ^"
        raise UsageError([Diagnostic("error", message, None, help)])
    charge = sum((each.charge for each in lines), ZERO)
    paid = sum((each.paid for each in lines), ZERO)
    denied = all(each.determination.outcome in ADVERSE_EFFECTS and not each.paid for each in lines)
    status = DENIED if denied else _PROCESSED
    yield f"CLP*{claim_id}*{status}*{_amount(charge)}*{_amount(paid)}**ZZ*{claim_id}"
    for each in lines:
        yield from _service(each)


def _service(payment: LinePayment) -> Iterator[str]:
    line = payment.line
    units = "" if line.units is None else format_number(line.units)
    paid_units = format_number(payment.units_paid) if payment.units_paid != line.units else units
    elements = [
        "SVC",
        _procedure(line),
        _amount(payment.charge),
        _amount(payment.paid),
        line.revenue_code or "" if line.procedure_code else "",
        paid_units,
        "",
        units if units != paid_units else "",
    ]
    yield "*".join(elements).rstrip("*")
    yield f"DTM*472*{line.service_date:%Y%m%d}"
    for each in payment.adjustments:
        yield f"CAS*{each.group_code}*{each.carc}*{_amount(each.amount)}"
    yield f"REF*6R*{line.line_number}"
    cited = strongest(payment.determination)
    if cited is not None and payment.determination.outcome in ADVERSE_EFFECTS:
        yield f"REF*0K*{_text(cited.clause_id)}"
        for rarc in cited.rarcs:
            yield f"LQ*HE*{rarc}"


def _procedure(line: ClaimLine) -> str:
    """Return SVC01: the procedure, or the revenue code of a line without one."""
    if line.procedure_code is None:
        return f"NU:{line.revenue_code or '0001'}"
    return ":".join(("HC", line.procedure_code, *line.modifiers))


def _amount(amount: Decimal) -> str:
    """Return an amount as X12 has it: no trailing zeros behind the point."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(text: str) -> str:
    """Return a text without the signs that separate elements."""
    return "".join(_SIGNS.get(sign, sign if sign.isprintable() else " ") for sign in text).strip()

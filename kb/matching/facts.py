"""What a remittance asserts of the claim lines that it answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from facts.claim import Trace
from facts.remittance import ZERO, RemittedClaim, RemittedLine
from kb.language.values import Row, canonical
from kb.matching.lines import MatchedLine

PREDICATES = (
    "remitted",
    "remitted_units",
    "adjusted",
    "remarked",
    "remitted_as",
    "remitted_by",
    "remitted_on",
    "matched_by",
    "claim_adjusted",
)
"""The input predicates that a remittance asserts."""

Adjusted: TypeAlias = "RemittedLine | RemittedClaim"
"""What has adjustments of its own."""

Places = tuple[tuple[Trace | None, str], ...]
"""Where a fact was read: the records, each with the field."""


class RemittanceFact(NamedTuple):
    """A fact of a remittance on a claim line.

    Parameters
    ----------
    predicate : str
        One of ``PREDICATES``.
    row : tuple
        Its arguments.
    places : tuple of (Trace, str)
        Where it was read.
    """

    predicate: str
    row: Row
    places: Places


def remittance_facts(claim_id: str, matched: MatchedLine) -> Iterator[RemittanceFact]:
    """Yield what a payer said of a claim line.

    Amounts of one group and reason are one fact, with the places of all; those that are zero
    together say nothing.

    Parameters
    ----------
    claim_id : str
        The claim.
    matched : MatchedLine
        Its line with what answers it.

    Examples
    --------
    >>> from facts.remittance import RemittedClaim
    >>> line = RemittedLine(1, Decimal(10), Decimal(4), "J7050")
    >>> claim = RemittedClaim("C1", "1", Decimal(10), Decimal(4), Decimal(0), lines=(line,))
    >>> made = remittance_facts("C1", MatchedLine(2, claim, (line,), "code"))
    >>> next(made)[:2]
    ('remitted', ('C1', 2, 10, 4))
    """
    key = (claim_id, matched.line_number)
    parts, claim = matched.parts, matched.claim
    first = parts[0]
    charge = paid = ZERO
    for part in parts:
        charge += part.charge
        paid += part.paid
    traces = [part.trace for part in parts]
    yield RemittanceFact(
        "remitted",
        (*key, canonical(charge), canonical(paid)),
        (
            *((trace, "charge") for trace in traces),
            *((trace, "paid") for trace in traces),
        ),
    )
    yield RemittanceFact(
        "remitted_units",
        (*key, canonical(first.units_billed), canonical(first.units_paid)),
        ((first.trace, "units_billed"), (first.trace, "units_paid")),
    )
    yield from _adjusted(key, parts)
    for remark in dict.fromkeys((*(each for part in parts for each in part.remarks),)):
        places = tuple((part.trace, "remarks") for part in parts if remark in part.remarks)
        yield RemittanceFact("remarked", (*key, remark), places)
    for code, part in changed_codes(parts).items():
        yield RemittanceFact("remitted_as", (*key, code), ((part.trace, "procedure_code"),))
    yield RemittanceFact("matched_by", (*key, matched.method), _where_matched(matched))
    payment = claim.payment
    if payment is not None:
        payer = payment.payer or payment.payer_id
        where: Places = ((payment.trace, ""),)
        yield RemittanceFact("remitted_by", (*key, payer, payment.number), where)
        if payment.date is not None:
            yield RemittanceFact("remitted_on", (*key, payment.date.isoformat()), where)


def claims_beside(matched: Iterable[MatchedLine]) -> list[RemittedClaim]:
    """Return the claims of a remittance that say more of a claim than their lines do.

    Parameters
    ----------
    matched : iterable of MatchedLine
        The lines of one claim with what answers them.
    """
    claims = {id(line.claim): line.claim for line in matched}
    return [claim for claim in claims.values() if claim.beside_lines is not None]


def claim_level_facts(claim_id: str, matched: Iterable[MatchedLine]) -> Iterator[RemittanceFact]:
    """Yield what a payer takes off a claim beside its lines.

    Parameters
    ----------
    claim_id : str
        The claim.
    matched : iterable of MatchedLine
        Its lines with what answers them.
    """
    for group, carc, amount, places in _netted(claims_beside(matched)):
        row = (claim_id, group, carc, canonical(amount))
        yield RemittanceFact("claim_adjusted", row, places)


def changed_codes(parts: Sequence[RemittedLine]) -> dict[str, RemittedLine]:
    """Return the codes that the payer put in the place of a submitted one, each with its part.

    Parameters
    ----------
    parts : sequence of RemittedLine
        What answers a claim line.
    """
    return {
        part.procedure_code or "": part
        for part in reversed(parts)
        if part.submitted_code and part.procedure_code != part.submitted_code
    }


def net_amounts(parts: Iterable[Adjusted]) -> list[tuple[str, str, Decimal]]:
    """Return the groups and reasons of some parts with what they take off together, if anything.

    Parameters
    ----------
    parts : iterable of RemittedLine or RemittedClaim
        What answers a claim line, or a claim beside its lines.
    """
    amounts: dict[tuple[str, str], Decimal] = {}
    for part in parts:
        for each in part.adjustments:
            reason = each[:2]
            amounts[reason] = amounts[reason] + each.amount if reason in amounts else each.amount
    return [(*reason, amount) for reason, amount in amounts.items() if amount]


def _adjusted(key: tuple[str, int], parts: Sequence[RemittedLine]) -> Iterator[RemittanceFact]:
    for group, carc, amount, places in _netted(parts):
        yield RemittanceFact("adjusted", (*key, group, carc, canonical(amount)), places)


def _netted(parts: Sequence[Adjusted]) -> Iterator[tuple[str, str, Decimal, Places]]:
    """Yield groups and reasons with what they take off together, and where that was read."""
    for group, carc, amount in net_amounts(parts):
        places = [
            (each.trace, field)
            for part in parts
            for each in part.adjustments
            if (each.group_code, each.carc) == (group, carc)
            for field in ("carc", "amount")
        ]
        yield group, carc, amount, tuple(places)


def _where_matched(matched: MatchedLine) -> Places:
    """Return the places that told which line it is."""
    first = matched.parts[0]
    claim = "payer_control" if "payer control" in matched.method else "claim_id"
    line = "line_control" if matched.method.startswith("line control") else "procedure_code"
    if first.trace is matched.claim.trace:
        return ((matched.claim.trace, claim),)
    return ((matched.claim.trace, claim), (first.trace, line))

"""Which claim of a remittance answers which claim, and which payments still stand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from facts.claim import ClaimLine, claim_number
from facts.remittance import RemittedClaim, RemittedLine
from kb.matching.lines import MatchedLine, code_of, match_lines

Claims = Mapping[str, Sequence[ClaimLine]]
"""The lines of each claim by its id."""

ALREADY = "its claim line is answered already"
NO_CLAIM = "no claim has its id, its control number or its lines"
NO_LINE = "no line of its claim is like it"
REPEATED = "the remittance was given twice"
REVERSED = "the payment was taken back"
REVERSAL = "it takes a payment back"

_SECONDARY = ("2", "3", "20", "21")
"""Claim statuses of a payer that is not the first one. Source: X12 code list 1029."""


@dataclass(frozen=True, slots=True)
class UnmatchedRemittance:
    """A line of a remittance, or a claim of it without lines, that answers no claim line.

    Parameters
    ----------
    claim : RemittedClaim
        The claim of the remittance.
    line : RemittedLine or None
        The line; None for the claim as a whole, or for what it says beside its lines.
    reason : str
        Why, in words.
    """

    claim: RemittedClaim
    line: RemittedLine | None
    reason: str


@dataclass(slots=True)
class Matching:
    """What answers what; nothing is matched twice, and nothing is left out.

    Parameters
    ----------
    matched : dict of claim id to list of MatchedLine
        By line number.
    unanswered : list of (claim id, line number)
        Claim lines that no remittance answers.
    unmatched : list of UnmatchedRemittance
        Lines of remittances that answer no claim line.
    """

    matched: dict[str, list[MatchedLine]] = field(default_factory=dict)
    unanswered: list[tuple[str, int]] = field(default_factory=list)
    unmatched: list[UnmatchedRemittance] = field(default_factory=list)


def match_claims(claims: Claims, remitted: Iterable[RemittedClaim]) -> Matching:
    """Match claims with remittances.

    A claim is found by its id (CLP01), of claims with the same number by its lines too; by the
    payer's control number (CLP07, or REF F8) where that is the id or the control number of a claim
    (REF F8, or D9), or was told of a claim that was found; or else by provider and lines. A payment
    that was taken back answers nothing; its correction does.

    Parameters
    ----------
    claims : mapping of claim id to lines
        The claims.
    remitted : iterable of RemittedClaim
        The claims of the remittances, of several files and payers in any order.

    Returns
    -------
    Matching

    Examples
    --------
    >>> from decimal import Decimal
    >>> billed = ClaimLine("C1", 1, "cms1500", date(2018, 6, 1), procedure_code="J7050",
    ...                    units=Decimal(1), charge=Decimal(10))
    >>> paid = RemittedLine(1, Decimal(10), Decimal(10), "J7050", service_date=date(2018, 6, 1))
    >>> claim = RemittedClaim("C1", "1", Decimal(10), Decimal(10), Decimal(0), lines=(paid,))
    >>> made = match_claims({"C1": [billed]}, [claim])
    >>> [(each.line_number, each.method) for each in made.matched["C1"]]
    [(1, 'code, modifiers, date, units and charge')]
    """
    found = Matching()
    answers: dict[str, list[tuple[RemittedClaim, str]]] = defaultdict(list)
    for claim_id, answer, how in _found(claims, sorted(remitted, key=_order), found):
        answers[claim_id].append((answer, how))
    for claim_id, lines in claims.items():
        given = answers.get(claim_id)
        if given is not None:
            _match_claim(claim_id, lines, given, found)
        else:
            found.unanswered += [(claim_id, line.line_number) for line in lines]
    return found


def _order(claim: RemittedClaim) -> tuple[date, str, str]:
    """Return what tells which of several payments came first."""
    payment = claim.payment
    if payment is None:
        return date.min, "", ""
    return payment.date or date.min, payment.payer_id, payment.number


def _found(
    claims: Claims, remitted: Sequence[RemittedClaim], found: Matching
) -> Iterator[tuple[str, RemittedClaim, str]]:
    """Yield the claim that each claim of a remittance answers, and how it was found."""
    told: dict[tuple[str, str], str] = {}
    waiting: list[RemittedClaim] = []
    taken: set[str] = set()
    numbers = _of_one_number(claims)
    for each in remitted:
        claim_id = each.claim_id
        if claim_id in numbers:
            claim_id = _most_alike(claims, numbers[claim_id], each) or ""
        if claim_id in claims:
            if each.payer_control:
                told.setdefault((_payer(each), each.payer_control), claim_id)
            taken.add(claim_id)
            yield claim_id, each, "" if claim_id == each.claim_id else "number and lines"
        else:
            waiting.append(each)
    ours = _by_control(claims) if waiting else {}
    left: list[RemittedClaim] = []
    for each in waiting:
        controls = [each.payer_control, each.original_reference]
        known = [number for number in controls if number in claims]
        known += [told.get((_payer(each), number), "") for number in controls if number]
        known += [ours.get(number, "") for number in controls if number]
        by_control = next(filter(None, known), None)
        if by_control is None:
            left.append(each)
        else:
            yield by_control, each, "payer control number"
    answered = set(told.values()) | {each.claim_id for each in remitted} | taken
    yield from _by_lines(claims, left, answered, found)


def _by_control(claims: Claims) -> dict[str, str]:
    """Return the claims by the payer's control number that they have, where one alone has it."""
    found: dict[str, str] = {}
    for claim_id, lines in claims.items():
        number = lines[0].payer_control if lines else None
        if number is not None:
            found[number] = "" if number in found else claim_id
    return found


def _of_one_number(claims: Claims) -> dict[str, list[str]]:
    """Return the claims that share their number with others, by that number."""
    found: dict[str, list[str]] = defaultdict(list)
    for claim_id, lines in claims.items():
        part = lines[0].claim_part if lines else None
        if part is not None:
            found[claim_number(claim_id, part)].append(claim_id)
    return found


def _most_alike(claims: Claims, known: Sequence[str], answer: RemittedClaim) -> str | None:
    """Return the claim of some with the most lines of an answer; None where two have as many."""
    theirs: Counter[object] = Counter(
        (code_of(line), line.service_date, line.charge) for line in answer.lines
    )
    alike = {}
    for claim_id in known:
        ours: Counter[object] = Counter(
            (line.procedure_code or line.revenue_code, line.service_date, line.charge)
            for line in claims[claim_id]
        )
        alike[claim_id] = (ours & theirs).total()
    most = max(alike.values())
    best = [claim_id for claim_id, count in alike.items() if count == most]
    return best[0] if most and len(best) == 1 else None


def _by_lines(
    claims: Claims, left: Sequence[RemittedClaim], answered: set[str], found: Matching
) -> Iterator[tuple[str, RemittedClaim, str]]:
    """Yield claims whose lines and provider are those of one claim of a remittance alone."""
    if not left:
        return
    by_lines: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for claim_id, lines in claims.items():
        if claim_id not in answered:
            key = sorted(
                (line.procedure_code or line.revenue_code or "", line.service_date, line.charge)
                for line in lines
                if line.charge is not None
            )
            by_lines[tuple(key)].append(claim_id)
    wanted: dict[tuple[object, ...], list[RemittedClaim]] = defaultdict(list)
    for each in left:
        theirs = [
            (code_of(line) or "", line.service_date, line.charge)
            for line in each.lines
            if line.service_date is not None
        ]
        wanted[tuple(sorted(theirs))].append(each)
    for lines_of, answers in wanted.items():
        ids = by_lines.get(lines_of, []) if lines_of else []
        if len(ids) == len(answers) == 1 and _same_provider(claims[ids[0]], answers[0]):
            yield ids[0], answers[0], "provider"
        else:
            for each in answers:
                found.unmatched += _parts(each, NO_CLAIM)


def _same_provider(lines: Sequence[ClaimLine], answer: RemittedClaim) -> bool:
    """Tell whether both sides name the same provider, as the one who renders or who is paid."""
    payee = answer.payment.payee_id if answer.payment is not None else ""
    theirs = {answer.rendering_provider, payee} - {None, ""}
    return any(line.rendering_provider in theirs for line in lines)


def _payer(claim: RemittedClaim) -> str:
    return claim.payment.payer_id if claim.payment is not None else ""


def _match_claim(
    claim_id: str,
    lines: Sequence[ClaimLine],
    given: Sequence[tuple[RemittedClaim, str]],
    found: Matching,
) -> None:
    standing = _standing(given, found)
    standing.sort(key=lambda each: each[0].status in _SECONDARY)
    free = sorted(lines, key=lambda line: line.line_number)
    made: list[MatchedLine] = []
    for answer, how in standing:
        answered = bool(made)
        matched, left = match_lines(answer, free, how)
        made += matched
        taken = {each.line_number for each in matched}
        free = [line for line in free if line.line_number not in taken]
        reason = ALREADY if answered and not free else NO_LINE
        found.unmatched += [UnmatchedRemittance(answer, line, reason) for line in left]
        if not matched and (not answer.lines or answer.beside_lines):
            found.unmatched.append(UnmatchedRemittance(answer, None, reason))
    found.unanswered += [(claim_id, line.line_number) for line in free]
    if made:
        found.matched[claim_id] = sorted(made, key=lambda each: each.line_number)


def _standing(
    given: Sequence[tuple[RemittedClaim, str]], found: Matching
) -> list[tuple[RemittedClaim, str]]:
    """Return the payments that were not taken back, each once."""
    if len(given) == 1 and not given[0][0].is_reversal:
        return list(given)
    standing: list[tuple[RemittedClaim, str]] = []
    seen: dict[object, object] = {}
    for answer, how in given:
        payment = answer.payment
        same = _same(answer)
        if payment is not None and seen.setdefault(same, payment) is not payment:
            found.unmatched += _parts(answer, REPEATED)
        elif answer.is_reversal:
            for place in range(len(standing) - 1, -1, -1):
                other = standing[place][0]
                if other.paid == -answer.paid and abs(other.charge) == abs(answer.charge):
                    found.unmatched += _parts(other, REVERSED)
                    del standing[place]
                    break
            found.unmatched += _parts(answer, REVERSAL)
        else:
            standing.append((answer, how))
    return standing


def _same(claim: RemittedClaim) -> object:
    """Return what two copies of one claim of a remittance have in common."""
    payment = claim.payment
    number = (payment.payer_id, payment.number, payment.date) if payment is not None else None
    lines = tuple(
        (line.position, line.procedure_code, line.charge, line.paid) for line in claim.lines
    )
    return (number, claim.claim_id, claim.status, claim.payer_control, claim.paid, lines)


def _parts(claim: RemittedClaim, reason: str) -> list[UnmatchedRemittance]:
    lines: tuple[RemittedLine | None, ...] = claim.lines or (None,)
    if claim.beside_lines is not None:
        lines += (None,)
    return [UnmatchedRemittance(claim, line, reason) for line in lines]

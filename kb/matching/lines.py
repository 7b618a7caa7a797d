"""Which service line of a remittance answers which line of a claim."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from facts.claim import ClaimLine
from facts.remittance import ZERO, Adjustment, RemittedClaim, RemittedLine

CENT = Decimal("0.01")
LINE_CONTROL = "line control number"
LINE_NUMBER = "line number"
AS_A_WHOLE = "the claim as a whole"


@dataclass(frozen=True, slots=True)
class MatchedLine:
    """A claim line with what a payer answered.

    Parameters
    ----------
    line_number : int
        The line of the claim.
    claim : RemittedClaim
        The claim of the remittance.
    parts : tuple of RemittedLine
        Its service lines that answer the claim line: one, or several that the payer made of it.
    method : str
        How they were found, in words.
    """

    line_number: int
    claim: RemittedClaim
    parts: tuple[RemittedLine, ...]
    method: str


def code_of(line: RemittedLine) -> str | None:
    """Return the code that a ``line`` was billed by, submitted or as the payer has it."""
    return line.submitted_code or line.procedure_code or line.revenue_code


def _modifiers_of(line: RemittedLine) -> tuple[str, ...]:
    return tuple(sorted(line.submitted_modifiers if line.submitted_code else line.modifiers))


def _code(line: ClaimLine) -> str | None:
    return line.procedure_code or line.revenue_code


_Key = tuple[Hashable, ...]
_Level = tuple[str, Callable[[ClaimLine], _Key], Callable[[RemittedLine], _Key], bool]

_LEVELS: tuple[_Level, ...] = (
    (
        "code, modifiers, date, units and charge",
        lambda b: (_code(b), tuple(sorted(b.modifiers)), b.service_date, b.units, b.charge),
        lambda r: (code_of(r), _modifiers_of(r), r.service_date, r.units_billed, r.charge),
        True,
    ),
    (
        "code, modifiers, date and charge",
        lambda b: (_code(b), tuple(sorted(b.modifiers)), b.service_date, b.charge),
        lambda r: (code_of(r), _modifiers_of(r), r.service_date, r.charge),
        True,
    ),
    (
        "code, date and charge",
        lambda b: (_code(b), b.service_date, b.charge),
        lambda r: (code_of(r), r.service_date, r.charge),
        True,
    ),
    (
        "code and charge",
        lambda b: (_code(b), b.charge),
        lambda r: (code_of(r), r.charge),
        False,
    ),
    (
        "code and date",
        lambda b: (_code(b), b.service_date),
        lambda r: (code_of(r), r.service_date),
        False,
    ),
    ("code", lambda b: (_code(b),), lambda r: (code_of(r),), False),
    (
        "date and charge",
        lambda b: (b.service_date, b.charge),
        lambda r: (r.service_date, r.charge),
        False,
    ),
)
"""How lines are alike, the strictest first: the name, a billed and a remitted line's key, and
whether lines that are all alike are paired in their order; others have to be the only ones."""


def match_lines(
    answer: RemittedClaim, free: Sequence[ClaimLine], how: str
) -> tuple[list[MatchedLine], list[RemittedLine]]:
    """Match the service lines of one claim of a remittance with lines of a claim.

    Parameters
    ----------
    answer : RemittedClaim
        The claim of the remittance.
    free : sequence of ClaimLine
        The lines that nothing answers yet, by line number.
    how : str
        How the claim was found, where not by its id.

    Returns
    -------
    list of MatchedLine, list of RemittedLine
        What was matched, and what was not.
    """
    behind = f", claim by {how}" if how else ""
    if not answer.lines:
        return _shared_out(answer, free, behind), []
    left, billed = list(answer.lines), list(free)
    pairs: dict[int, tuple[ClaimLine, str]] = {}
    _by_number(left, billed, pairs)
    _by_control(left, billed, pairs)
    for name, of_billed, of_remitted, in_order in _LEVELS:
        if not left or not billed:
            break
        ours: dict[_Key, list[ClaimLine]] = defaultdict(list)
        for line in billed:
            ours[of_billed(line)].append(line)
        theirs: dict[_Key, list[RemittedLine]] = defaultdict(list)
        for each in left:
            if each.line_number is None:
                theirs[of_remitted(each)].append(each)
        for key, lines in theirs.items():
            known = ours.get(key, ())
            if len(known) == len(lines) == 1 or (in_order and known):
                for each, line in zip(lines, known, strict=False):
                    pairs[each.position] = line, name
        left = [each for each in left if each.position not in pairs]
        taken = {line.line_number for line, _ in pairs.values()}
        billed = [line for line in billed if line.line_number not in taken]
    return _with_parts(answer, pairs, left, behind)


def _by_number(
    left: list[RemittedLine], billed: list[ClaimLine], pairs: dict[int, tuple[ClaimLine, str]]
) -> None:
    """Pair lines by the line number that the remittance names."""
    numbers = {line.line_number: line for line in billed}
    for each in tuple(left):
        if each.line_number is not None and each.line_number in numbers:
            line = numbers.pop(each.line_number)
            pairs[each.position] = line, LINE_NUMBER
            left.remove(each)
            billed.remove(line)


def _by_control(
    left: list[RemittedLine], billed: list[ClaimLine], pairs: dict[int, tuple[ClaimLine, str]]
) -> None:
    """Pair lines by the line control number that the payer gives back.

    A number of ours goes with a code or a charge that is alike; a line that has none is known by
    its line number, code and charge alike.
    """
    told = Counter(line.line_control for line in billed)
    numbers = {
        line.line_control or str(line.line_number): line
        for line in billed
        if line.line_control is None or told[line.line_control] == 1
    }
    for each in [each for each in left if each.line_number is None and each.line_control]:
        key = each.line_control or ""
        line = numbers.get(key) or numbers.get(key.lstrip("0"))
        if line is None:
            continue
        alike = (_code(line) == code_of(each), line.charge == each.charge)
        if any(alike) if line.line_control else all(alike):
            pairs[each.position] = line, LINE_CONTROL
            left.remove(each)
            billed.remove(line)
            del numbers[line.line_control or str(line.line_number)]


def _with_parts(
    answer: RemittedClaim,
    pairs: dict[int, tuple[ClaimLine, str]],
    left: Sequence[RemittedLine],
    behind: str,
) -> tuple[list[MatchedLine], list[RemittedLine]]:
    """Return matched lines with the further services that the payer made of the same line."""
    by_position = {each.position: each for each in answer.lines}
    parts = {position: [by_position[position]] for position in pairs}
    unmatched = []
    for each in left:
        whole = [position for position in pairs if _is_part(each, by_position[position])]
        if each.charge == ZERO and len(whole) == 1:
            parts[whole[0]].append(each)
        else:
            unmatched.append(each)
    made = [
        MatchedLine(
            line.line_number,
            answer,
            tuple(parts[position]),
            f"{name}{behind}" + (", unbundled" if len(parts[position]) > 1 else ""),
        )
        for position, (line, name) in pairs.items()
    ]
    return made, unmatched


def _is_part(each: RemittedLine, whole: RemittedLine) -> bool:
    """Tell whether a service is a part of what the payer made of a line."""
    if each.line_control and whole.line_control:
        return each.line_control == whole.line_control
    return each.submitted_code is not None and each.submitted_code == code_of(whole)


def _shared_out(answer: RemittedClaim, free: Sequence[ClaimLine], behind: str) -> list[MatchedLine]:
    """Return the lines of a claim that was answered as a whole, its amounts shared by charge.

    Nothing is returned where the charge of the answer is not that of the lines.
    """
    charges = [line.charge for line in free if line.charge is not None]
    total = sum(charges, ZERO)
    if not free or len(charges) < len(free) or total != answer.charge or total == ZERO:
        return []
    shares = [(each, _shares(each.amount, charges, total)) for each in answer.adjustments]
    balanced = answer.charge - answer.adjusted == answer.paid
    paid = _shares(answer.paid, charges, total)
    made = []
    for place, line in enumerate(free):
        adjustments = tuple(
            Adjustment(each.group_code, each.carc, amounts[place], None, each.trace)
            for each, amounts in shares
        )
        charge = charges[place]
        kept = charge - sum((each.amount for each in adjustments), ZERO)
        units = line.units if line.units is not None else Decimal(1)
        part = RemittedLine(
            place + 1,
            charge,
            kept if balanced else paid[place],
            line.procedure_code,
            line.modifiers,
            revenue_code=line.revenue_code,
            units_paid=units,
            units_billed=units,
            service_date=line.service_date,
            adjustments=adjustments,
            remarks=answer.remarks,
            trace=answer.trace,
        )
        made.append(MatchedLine(line.line_number, answer, (part,), f"{AS_A_WHOLE}{behind}"))
    return made


def _shares(amount: Decimal, charges: Sequence[Decimal], total: Decimal) -> list[Decimal]:
    """Return an amount shared by charges, in cents that add up to it."""
    shares, given, charged = [], ZERO, ZERO
    for charge in charges:
        charged += charge
        until = (amount * charged / total).quantize(CENT, ROUND_HALF_UP)
        shares.append(until - given)
        given = until
    return shares

"""The audit claim by claim, by the engine of one claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from facts.claim import ClaimLine
from kb.audit.audited_line import UNANSWERED, AuditedLine, cents, reasons_text, unmatched_line
from kb.audit.beside import claim_row
from kb.claims.determine import all_of, determine
from kb.language.values import Row, Value
from kb.matching.facts import PREDICATES, claims_beside
from kb.model.clause import ADVERSE_EFFECTS

if TYPE_CHECKING:
    from facts.remittance import RemittedClaim
    from kb.claims.determine import LoadedClaim
    from kb.model.determination import Determination
    from kb.rule_base import RuleBase

AUDIT_PREDICATES = {
    "verdict": 3,
    "action": 3,
    "withheld": 3,
    "at_issue": 3,
    "differs": 3,
    "supports_denial": 4,
}
"""The predicates of audit.pl that an audited line is made of, and their arities."""

CLAIM_PREDICATES = {"claim_verdict": 2, "claim_withheld": 2, "claim_at_issue": 2}
"""Those of what a payer takes off a claim beside its lines."""

_OF_LINES = tuple(name for name in PREDICATES if name != "claim_adjusted")


def audit(kb: RuleBase) -> Iterator[AuditedLine]:
    """Yield every line of the claims that a knowledge base knows, then what answers none.

    Parameters
    ----------
    kb : RuleBase
        Loaded with ``audit``, with claims and remittances.

    See Also
    --------
    kb.KnowledgeBase.with_claims : matches them.
    """
    for claim_id in kb.claims:
        matched = kb.matching.matched.get(claim_id, ())
        yield from audit_claim(kb.claim(claim_id), claims_beside(matched))
    for each in kb.matching.unmatched:
        yield unmatched_line(each.claim, each.line, each.reason)


def audit_claim(loaded: LoadedClaim, beside: Sequence[RemittedClaim] = ()) -> Iterator[AuditedLine]:
    """Yield the lines of one claim, then what payers say of it beside them.

    Parameters
    ----------
    loaded : LoadedClaim
        The claim with its facts, those of a remittance among them, and a session.
    beside : sequence of RemittedClaim, optional
        What answers it, where that says more than its lines do.
    """
    said: dict[Value, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    if loaded.facts.get("remitted"):
        for predicate, arity in AUDIT_PREDICATES.items():
            for row in loaded.session.answers(all_of(predicate, arity)):
                said[row[1]][predicate].append(row[2:])
        for predicate in _OF_LINES:
            for row in loaded.facts.get(predicate, ()):
                said[row[1]][predicate].append(row[2:])
    for line, determination in zip(loaded.claim.lines, determine(loaded), strict=True):
        made = _of_line(line, determination)
        if line.line_number in said:
            yield _answered(made, said[line.line_number])
        else:
            yield made._replace(unmatched=UNANSWERED)
    if beside:
        known = loaded.policy.program.signature
        told = {
            predicate: [row[1] for row in loaded.session.answers(all_of(predicate, arity))]
            for predicate, arity in CLAIM_PREDICATES.items()
            if predicate in known
        }
        providers = (line.rendering_provider for line in loaded.claim.lines)
        of_claim = claim_row(loaded.claim.claim_id, beside)
        withheld = _total(told.get("claim_withheld", ()))
        yield of_claim._replace(
            provider=next(filter(None, providers), None),
            action="denied" if withheld > 0 else "adjusted",
            denied=withheld,
            verdict=_words(map(str, told.get("claim_verdict", ()))),
            at_issue=_total(told.get("claim_at_issue", ())),
        )


def _of_line(line: ClaimLine, determination: Determination) -> AuditedLine:
    """Return what is known of a line without the remittance."""
    units = determination.allowed_units
    return AuditedLine(
        line.claim_id,
        line.line_number,
        provider=line.rendering_provider,
        service_date=line.service_date,
        procedure_code=line.procedure_code or line.revenue_code,
        charge=None if line.charge is None else cents(line.charge),
        outcome=determination.outcome,
        clauses=_words(
            each.clause_id for each in determination.citations if each.effect in ADVERSE_EFFECTS
        ),
        allowed_units=None if units is None else _decimal(units),
    )


def _answered(made: AuditedLine, said: dict[str, list[Row]]) -> AuditedLine:
    """Return a line with what the payer did and the verdict on it."""
    payer, check = said["remitted_by"][0] if said["remitted_by"] else (None, None)
    dates = [date.fromisoformat(str(row[0])) for row in said["remitted_on"]]
    ((charge, paid),) = said["remitted"]
    ((_, units_paid),) = said["remitted_units"]
    adjusted = [(str(group), str(carc), _decimal(n)) for group, carc, n in said["adjusted"]]
    return made._replace(
        payer=None if payer is None else str(payer),
        check_number=None if check is None else str(check),
        check_date=dates[0] if dates else None,
        action=_words(str(row[0]) for row in said["action"]),
        charge=cents(charge),  # type: ignore[arg-type]
        paid=cents(paid),  # type: ignore[arg-type]
        adjusted=cents(sum((amount for _, _, amount in adjusted), Decimal(0))),
        denied=_total(row[0] for row in said["withheld"]),
        reasons=reasons_text(adjusted),
        remarks=_words(sorted(str(row[0]) for row in said["remarked"])),
        units_paid=_decimal(units_paid),
        verdict=_words(str(row[0]) for row in said["verdict"]),
        differs=_words(sorted(str(row[0]) for row in said["differs"])),
        supported_by=_words(sorted({str(row[0]) for row in said["supports_denial"]})),
        at_issue=_total(row[0] for row in said["at_issue"]),
        matched_by=str(said["matched_by"][0][0]),
    )


def _total(amounts: Iterable[Value]) -> Decimal:
    return cents(sum(map(_decimal, amounts), Decimal(0)))


def _decimal(value: Any) -> Decimal:
    from fractions import Fraction

    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(value)


def _words(words: Any) -> str | None:
    return " ".join(words) or None

"""Whom a letter is about: the parties, numbers, dates and amounts of its claim, as texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from explain.english.masking import WITHHELD
from explain.english.phrases import money
from explain.proof.explainer import Explainer
from facts.claim import ClaimLine, Party
from facts.remittance import ZERO
from facts.values import one_line
from kb.model.at_issue import at_issue

_LABELS = (
    ("billing_provider", "Billing provider"),
    ("rendering_provider", "Rendering provider"),
    ("payer", "Payer"),
    ("patient", "Patient"),
    ("subscriber", "Subscriber"),
    ("member_id", "Member ID"),
    ("claim_number", "Claim number"),
    ("payer_control", "Payer control number"),
    ("dates", "Dates of service"),
    ("total_charge", "Total charges"),
    ("amount_at_issue", "Amount at issue"),
)
_WHERE_KNOWN = frozenset({"rendering_provider", "subscriber"})
"""What a claim leaves out where it is the billing provider, or the patient."""


@dataclass(frozen=True, slots=True)
class LetterHead:
    """The claim of a letter; what the claim does not say is empty, and a blank in the letter.

    Parameters
    ----------
    billing_provider, rendering_provider, payer, patient, subscriber, member_id : str
        Names with their numbers. The rendering provider is empty where the claim names nobody
        but the billing provider, the subscriber where it is the patient.
    claim_number, payer_control : str
        The provider's number of the claim, and the payer's.
    dates, total_charge, amount_at_issue : str
        Of the whole claim, and what its lines in the letter lose.
    losses : tuple of str
        What each line of the letter loses.
    """

    billing_provider: str = ""
    rendering_provider: str = ""
    payer: str = ""
    patient: str = ""
    subscriber: str = ""
    member_id: str = ""
    claim_number: str = ""
    payer_control: str = ""
    dates: str = ""
    total_charge: str = ""
    amount_at_issue: str = ""
    losses: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """Label and value of each field, in the order of a letter."""
        named = ((name, label, str(getattr(self, name))) for name, label in _LABELS)
        return tuple(
            (label, value) for name, label, value in named if value or name not in _WHERE_KNOWN
        )

    @classmethod
    def of(cls, explainer: Explainer, numbers: Sequence[int]) -> LetterHead:
        """Return the head of a letter on some lines of a claim.

        Parameters
        ----------
        explainer : Explainer
            Of the claim; where it is masked, all is withheld.
        numbers : sequence of int
            The lines.
        """
        claim, masked = explainer.loaded.claim, explainer.mask is not None
        losses = [_loss(explainer, number) for number in numbers]
        parties = claim.parties
        member = parties.subscriber.identifier or parties.patient.identifier
        holder = parties.subscriber.name
        said = {
            "billing_provider": _named(parties.payee),
            "rendering_provider": _rendering(claim.lines, parties.rendering, parties.payee),
            "payer": _named(parties.payer),
            "patient": parties.patient.name,
            "subscriber": "" if holder == parties.patient.name else holder,
            "member_id": member,
            "claim_number": claim.number,
            "payer_control": claim.lines[0].payer_control or "",
            "dates": _dates(claim.lines),
            "total_charge": money(sum((line.charge or ZERO for line in claim.lines), ZERO)),
            "amount_at_issue": money(sum(losses, ZERO)),
        }
        shown = {
            name: WITHHELD if masked and value else one_line(value) for name, value in said.items()
        }
        return cls(**shown, losses=tuple(WITHHELD if masked else money(loss) for loss in losses))


def _loss(explainer: Explainer, number: int) -> Decimal:
    line, rows = explainer.line(number), explainer.derivations.rows
    key = (line.claim_id, number, None)
    outcome = str(rows("outcome", key)[0][2])
    allowed = min((row[2] for row in rows("allowed", key)), default=None)
    return at_issue(outcome, line.charge, line.units, allowed)  # type: ignore[arg-type]


def _named(party: Party) -> str:
    number = f"({party.identifier})" if party.name and party.identifier else party.identifier
    return " ".join(filter(None, (party.name, number)))


def _rendering(lines: Sequence[ClaimLine], named: Party, payee: Party) -> str:
    """Return who gave the services: of the claim, and of lines that name somebody else."""
    known = {"", payee.identifier, named.identifier}
    others = {line.rendering_provider or "" for line in lines} - known
    own = named if named.identifier != payee.identifier or not named.identifier else Party()
    return ", ".join(filter(None, (_named(own), *sorted(others))))


def _dates(lines: Sequence[ClaimLine]) -> str:
    first = min(line.service_date for line in lines)
    last = max(line.service_date_to or line.service_date for line in lines)
    return first.isoformat() if first == last else f"{first.isoformat()} to {last.isoformat()}"

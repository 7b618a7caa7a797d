"""The fields of a claim line as texts, with those that identify it withheld where masked."""

from __future__ import annotations

from dataclasses import dataclass

from explain.english.masking import WITHHELD
from explain.english.terms import described, form_text
from facts.claim import ClaimLine
from facts.values import format_number, one_line

_LABELS = (
    ("claim_id", "Claim"),
    ("line_number", "Line"),
    ("claim_form", "Claim form"),
    ("type_of_bill", "Type of bill"),
    ("service_date", "Service date"),
    ("service_date_to", "Last service date"),
    ("place_of_service", "Place of service"),
    ("revenue_code", "Revenue code"),
    ("procedure_code", "Procedure code"),
    ("modifiers", "Modifiers"),
    ("units", "Units"),
    ("charge", "Charge"),
    ("rendering_provider", "Rendering provider"),
    ("billing_provider", "Billing provider"),
)


@dataclass(frozen=True, slots=True)
class LineIdentity:
    """The fields of a claim line; each as text, empty where the line has none.

    Fields that were masked read ``(withheld)``.
    """

    claim_id: str
    line_number: int
    claim_form: str
    service_date: str
    service_date_to: str = ""
    procedure_code: str = ""
    modifiers: str = ""
    revenue_code: str = ""
    place_of_service: str = ""
    type_of_bill: str = ""
    units: str = ""
    charge: str = ""
    rendering_provider: str = ""
    billing_provider: str = ""

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """Label and value of each field that the line has, in the order of a claim form."""
        named = ((label, str(getattr(self, name))) for name, label in _LABELS)
        return tuple((label, value) for label, value in named if value)

    @classmethod
    def of(cls, line: ClaimLine, *, masked: bool = False, billing: str = "") -> LineIdentity:
        """Return the fields of a claim line.

        Parameters
        ----------
        line : ClaimLine
            As it was read.
        masked : bool, optional
            Whether to withhold claim id, dates of service, charge and provider.
        billing : str, optional
            Number of the billing provider, who is not called the rendering one.
        """
        last = line.service_date_to
        provider = line.rendering_provider or ""
        bills = bool(provider) and provider == billing
        until = last.isoformat() if last and last != line.service_date else ""

        def shown(value: str) -> str:
            return WITHHELD if masked and value else one_line(value)

        return cls(
            claim_id=WITHHELD if masked else one_line(line.claim_id),
            line_number=line.line_number,
            claim_form=form_text(line.claim_form),
            service_date=shown(line.service_date.isoformat()),
            service_date_to=shown(until),
            procedure_code=line.procedure_code or "",
            modifiers=" ".join(line.modifiers),
            revenue_code=described("revenue_code", line.revenue_code),
            place_of_service=described("place_of_service", line.place_of_service),
            type_of_bill=described("type_of_bill", line.type_of_bill),
            units=format_number(line.units) if line.units is not None else "",
            charge=shown(format_number(line.charge) if line.charge is not None else ""),
            rendering_provider="" if bills else shown(provider),
            billing_provider=shown(provider) if bills else "",
        )

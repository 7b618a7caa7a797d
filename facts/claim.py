"""Claims as the readers return them: a claim line, a piece of evidence, an override."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from facts.origin import Origin


class Trace(Protocol):
    """The place where each field of a record was read, made when it is asked for."""

    def origin(self, field: str) -> Origin:
        """Return the origin of one field; of the whole record for ``""``."""
        ...


class Diagnosis(NamedTuple):
    """An ICD-10 code without its dot, and the present-on-admission indicator if one was given."""

    code: str
    indicator: str | None = None


class ClaimLine(NamedTuple):
    """One line of a claim, normalised, of exact types.

    Examples
    --------
    >>> line = ClaimLine("C1", 1, "cms1500", date(2018, 6, 1), procedure_code="96365")
    >>> line.modifiers
    ()

    Notes
    -----
    Codes are upper case without blanks, a type of bill has three digits, a revenue code four,
    a place of service two. ``service_date_to`` is ``service_date`` where the input has none.
    """

    claim_id: str
    line_number: int
    claim_form: str
    service_date: date
    service_date_to: date | None = None
    processed_date: date | None = None
    type_of_bill: str | None = None
    revenue_code: str | None = None
    place_of_service: str | None = None
    procedure_code: str | None = None
    modifiers: tuple[str, ...] = ()
    units: Decimal | None = None
    charge: Decimal | None = None
    ndc: str | None = None
    ndc_quantity: Decimal | None = None
    ndc_unit: str | None = None
    description: str | None = None
    rendering_provider: str | None = None
    prior_authorization: str | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    plan_id: str | None = None
    contract_id: str | None = None
    trace: Trace | None = None


class Evidence(NamedTuple):
    """A fact that a claim form does not carry; ``line_number`` None means every line."""

    claim_id: str
    line_number: int | None
    name: str
    value: str | Decimal
    document: str | None = None
    trace: Trace | None = None


class Override(NamedTuple):
    """A plan or a contract that waives or keeps a clause, between two dates (both counted)."""

    authority: str
    authority_id: str
    clause_id: str
    effect: str
    effective_from: date | None = None
    effective_to: date | None = None
    citation: str | None = None
    trace: Trace | None = None


class EvidenceType(NamedTuple):
    """What a policy declares of one name of evidence.

    ``kind`` is ``choice`` (one of ``choices``), ``number``, ``whole number``, ``line_number`` or
    ``text``; ``several`` says whether one line may have several values.
    """

    name: str
    kind: str
    choices: tuple[str, ...] = ()
    meaning: str = ""
    several: bool = False


EvidenceTypes = Mapping[str, EvidenceType]

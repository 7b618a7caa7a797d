"""Claims as the readers return them: a claim line, a piece of evidence, an override."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from facts.origin import Origin

PART_SIGN = "@"
"""Stands in a claim id before the part that tells claims of the same number apart."""


def full_claim_id(number: str, part: str | None) -> str:
    """Return the id of a claim, with the part that tells it from others of the same number.

    Parameters
    ----------
    number : str
        As the claim has it; an id that has the part already stays as it is.
    part : str or None
        The part, if there is one.

    Examples
    --------
    >>> full_claim_id("1001", "2018-06-01"), full_claim_id("1001@2018-06-01", "2018-06-01")
    ('1001@2018-06-01', '1001@2018-06-01')
    >>> full_claim_id("1001", None)
    '1001'
    """
    if not part or number.endswith(PART_SIGN + part):
        return number
    return f"{number}{PART_SIGN}{part}"


def claim_number(claim_id: str, part: str | None) -> str:
    """Return the number that a claim has, without the part that tells it from others.

    Parameters
    ----------
    claim_id : str
        As ``full_claim_id`` returns it.
    part : str or None
        The part, if there is one.

    Examples
    --------
    >>> claim_number("1001@2018-06-01", "2018-06-01"), claim_number("1001", None)
    ('1001', '1001')
    """
    return claim_id.removesuffix(PART_SIGN + part) if part else claim_id


def numbers_asked(asked: str) -> list[str]:
    """Return the numbers of the claims that a person may mean by an id: with a part or without.

    Parameters
    ----------
    asked : str
        What a person typed.

    Examples
    --------
    >>> numbers_asked("1001@2018-06-01")
    ['1001@2018-06-01', '1001']
    """
    return [asked, *(asked[:place] for place, sign in enumerate(asked) if sign == PART_SIGN)]


class Trace(Protocol):
    """The place where each field of a record was read, made when it is asked for."""

    def origin(self, field: str) -> Origin:
        """Return the origin of one field; of the whole record for ``""``."""
        ...


class Party(NamedTuple):
    """Somebody that a claim names; what is unknown is empty.

    Parameters
    ----------
    name : str
        A person as ``LAST, FIRST``.
    identifier : str
        A provider's NPI, a member's or a payer's number.
    """

    name: str = ""
    identifier: str = ""


UNKNOWN = Party()
"""Somebody of whom nothing is known."""


class ClaimParties(NamedTuple):
    """Who pays a claim, who is paid, and for whom.

    Parameters
    ----------
    payer, payee, patient : Party
        The payee is the billing provider.
    subscriber : Party
        Whose plan it is: the patient, or whom the patient is insured with.
    rendering : Party
        Who gave the service, where the claim names somebody; never the billing provider instead.
    """

    payer: Party = UNKNOWN
    payee: Party = UNKNOWN
    patient: Party = UNKNOWN
    subscriber: Party = UNKNOWN
    rendering: Party = UNKNOWN


NOBODY = ClaimParties()
"""A claim that names nobody."""


class Diagnosis(NamedTuple):
    """An ICD-10 code without its dot, and the present-on-admission indicator if one was given."""

    code: str
    indicator: str | None = None


class ClaimLine(NamedTuple):
    """One line of a claim, normalised, of exact types; None where the input has no value.

    Parameters
    ----------
    claim_id, line_number : str, int
        The claim, and the number of the line in it, from 1.
    claim_form : str
        ``cms1500`` or ``ub04``; a line of any other form is not addressed.
    service_date, service_date_to : date
        First and last day of service; readers give the first for a last one that is absent.
    processed_date : date
        The day on which the claim is processed.
    type_of_bill, revenue_code, place_of_service : str
        Three digits, four digits and two characters.
    procedure_code, modifiers : str, tuple of str
        A CPT or HCPCS code and up to four modifiers, in upper case without blanks.
    units, charge : Decimal
        How many units, and what is asked for them; neither is negative.
    ndc, ndc_quantity, ndc_unit : str, Decimal, str
        The national drug code, how much of the drug, and in which unit.
    description : str
        Free text of the line.
    rendering_provider, prior_authorization : str
        Their numbers.
    diagnoses : tuple of Diagnosis
        ICD-10 codes with their present-on-admission indicators.
    plan_id, contract_id : str
        The plan and the contract, for overrides.
    line_control, payer_control : str
        The provider's number of the line, and the payer's of the claim.
    claim_part : str
        What tells the claim from others of the same number, where there are any: the end of
        ``claim_id`` behind ``PART_SIGN``.
    superseded_by : str
        What takes the place of the claim, which is not determined then.
    trace : Trace
        The place where each field was read.

    Examples
    --------
    >>> line = ClaimLine("C1", 1, "cms1500", date(2018, 6, 1), procedure_code="96365")
    >>> line.modifiers
    ()
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
    claim_part: str | None = None
    superseded_by: str | None = None
    trace: Trace | None = None
    line_control: str | None = None
    payer_control: str | None = None


class Evidence(NamedTuple):
    """A fact that a claim form does not carry.

    Parameters
    ----------
    claim_id, line_number : str, int or None
        The claim and its line; None means every line.
    name, value : str, str or Decimal
        A name that the policy declares, and a value of the declared type.
    document : str, optional
        The document that states the fact.
    trace : Trace, optional
        The place where each field was read.
    """

    claim_id: str
    line_number: int | None
    name: str
    value: str | Decimal
    document: str | None = None
    trace: Trace | None = None


class Override(NamedTuple):
    """A plan or a contract that waives or keeps a clause.

    Parameters
    ----------
    authority, authority_id : str
        ``plan`` or ``contract``, and the id of it.
    clause_id, effect : str
        The clause, and whether it is ``waived`` or ``denied``.
    effective_from, effective_to : date, optional
        First and last day of service, both counted; None is open.
    citation : str, optional
        What the plan or the contract says, or where.
    trace : Trace, optional
        The place where each field was read.
    """

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

"""How the items of a FHIR claim become rows of the claim table.

Source: FHIR R4 (4.0.1), Claim and ExplanationOfBenefit; CARIN Blue Button 2.0 for codes in the US.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from facts.claim import ClaimParties, Party
from facts.origin import Origin
from facts.readers.fhir.elements import Coding, Element, ResourcePlace, codings, concepts
from facts.readers.fhir.references import References
from facts.readers.line_table import RawRow
from facts.readers.plain_values import texts_of
from facts.values import format_number, quoted

US_DOLLARS = "USD"
FORMS = {"professional": "cms1500", "institutional": "ub04"}
"""Claim forms by claim type. Source: FHIR R4, value set claim-type."""

_CORRECTED = {
    "cancelled": "is cancelled",
    "draft": "is a draft",
    "entered-in-error": "was entered in error",
}
"""Words for the states of a claim that is not active. Source: FHIR R4, fm-status."""

_RENDERING = ("rendering", "performing", "primary")
"""Roles of a care team, the best first. Source: CARIN Blue Button and FHIR R4, care team role."""

_PROCEDURES = ("ama-assn.org/go/cpt", "hcpcs", "2.16.840.1.113883.6.285", "2.16.840.1.113883.6.12")
"""Parts of the names of the systems CPT and HCPCS."""

_NDC = ("fhir/sid/ndc", "2.16.840.1.113883.6.69")
_NO_CODE = "data-absent-reason"
_DIAGNOSES = ("icd-10", "2.16.840.1.113883.6.90", "2.16.840.1.113883.6.3")
_TYPE_OF_BILL = "typeofbill"
_SUBMITTED = "submitted"
_GROUP_OF_PLAN = ("group", "plan")
"""Classes of a coverage that name the plan. Source: FHIR R4, coverage-class."""


class ItemTrace(NamedTuple):
    """Places of the fields of one item: the JSON path of each."""

    place: ResourcePlace
    paths: dict[str, str]

    def origin(self, field: str) -> Origin:
        """Return the JSON path of a field; of the item where nothing else is known."""
        return self.place.origin(self.paths.get(field) or self.paths[""])


@dataclass(slots=True)
class _Found:
    """Values of columns, with their JSON paths."""

    values: dict[str, Any] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)

    def add(self, column: str, value: Any, path: str) -> None:
        """Keep a value of a column, unless it has one; where it has none, the path to look at."""
        if column not in self.values:
            self.paths[column] = path
            if value not in (None, "", []):
                self.values[column] = value

    def add_code(self, column: str, found: Sequence[Coding], path: str) -> None:
        """Keep the first of some codes."""
        if found:
            self.add(column, found[0].code, found[0].path)
        else:
            self.add(column, None, path)


class ItemReader:
    """Reads the items of one claim.

    Parameters
    ----------
    claim : Element
        A Claim or ExplanationOfBenefit.
    references : References
        The resources beside it.
    """

    def __init__(self, claim: Element, references: References) -> None:
        self._claim = claim
        self._place = claim.place
        self._references = references
        self._shared = _Found()
        self.claim_id = self._read_claim()

    def rows(self) -> list[RawRow]:
        """Return every item as a row, what is wrong with the claim in the first one."""
        rows = [
            self._row(number, item) for number, item in enumerate(self._claim.objects("item"), 1)
        ]
        self._check_total(rows)
        return rows

    def parties(self) -> ClaimParties:
        """Return who pays, who is paid, and for whom."""
        payer, payee, patient = (
            Party(*(self._references.named(self._claim, self._claim.object(name)) or ())[:2])
            for name in ("insurer", "provider", "patient")
        )
        return ClaimParties(payer, payee, patient)

    def _read_claim(self) -> str:
        claim, shared = self._claim, self._shared
        shared.add("claim_id", *_claim_id(claim))
        form = codings(claim.object("type"))
        shared.add_code("claim_form", form, claim.child("type"))
        code = str(shared.values.get("claim_form", "")).lower()
        if code:
            shared.values["claim_form"] = FORMS.get(code, code)
        if code == "institutional":
            self._type_of_bill()
        self._coverage()
        self._diagnoses()
        status = claim.text("status")
        if status in _CORRECTED:
            message = f"the claim {_CORRECTED[status]}"
            self._place.tell("note", message, claim.child("status"), "it is determined as it is")
        use = claim.text("use") or "claim"
        if use != "claim":
            message = f"the resource is a {quoted(use)}, and is read as a claim"
            self._place.tell("note", message, claim.child("use"))
        if claim.members.get("addItem"):
            message = "lines that the payer added are not read"
            self._place.tell("note", message, claim.child("addItem"))
        return str(shared.values.get("claim_id", ""))

    def _type_of_bill(self) -> None:
        claim = self._claim
        for each in claim.objects("supportingInfo"):
            if any(one.code.lower() == _TYPE_OF_BILL for one in codings(each.object("category"))):
                self._shared.add_code("type_of_bill", codings(each.object("code")), each.path)
        for one in codings(claim.object("subType")):
            if _TYPE_OF_BILL in one.system.replace("-", ""):
                self._shared.add("type_of_bill", one.code, one.path)
        self._shared.paths.setdefault("type_of_bill", claim.child("supportingInfo"))

    def _coverage(self) -> None:
        insurances = self._claim.objects("insurance")
        focal = [each for each in insurances if each.members.get("focal") is True]
        for insurance in (focal or insurances)[:1]:
            approvals = insurance.scalars("preAuthRef")
            path = f"{insurance.child('preAuthRef')}[0]"
            self._shared.add("prior_authorization", approvals[0] if approvals else None, path)
            contract = insurance.members.get("businessArrangement")
            self._shared.add("contract_id", contract, insurance.child("businessArrangement"))
            coverage = self._references.target(self._claim, insurance.object("coverage"))
            for name in _GROUP_OF_PLAN if coverage is not None else ():
                for each in coverage.objects("class") if coverage is not None else ():
                    if any(one.code == name for one in codings(each.object("type"))):
                        self._shared.add("plan_id", each.text("value"), each.child("value"))

    def _diagnoses(self) -> None:
        found = []
        diagnoses = self._claim.objects("diagnosis")
        for each in diagnoses:
            known = codings(each.object("diagnosisCodeableConcept"))
            coded = [one for one in known if any(part in one.system for part in _DIAGNOSES)]
            if not coded:
                message = "a diagnosis that is no ICD-10 code is not read"
                self._place.tell("note", message, each.path)
                continue
            admission = [one.code.upper() for one in codings(each.object("onAdmission"))]
            found.append(":".join((coded[0].code, *admission[:1])))
        if found:
            self._shared.add("diagnoses", " ".join(found), self._claim.child("diagnosis"))

    def _row(self, number: int, item: Element) -> RawRow:
        shared = self._shared
        found = _Found(dict(shared.values), {**shared.paths, "": item.path})
        found.add("line_number", item.members.get("sequence"), item.child("sequence"))
        found.add_code("revenue_code", codings(item.object("revenue")), item.child("revenue"))
        place_of_service = codings(item.object("locationCodeableConcept"))
        found.add_code("place_of_service", place_of_service, item.child("locationCodeableConcept"))
        self._product(item, found)
        modifiers = [group[0] for group in concepts(item, "modifier") if group]
        found.add("modifiers", [each.code for each in modifiers], item.child("modifier"))
        self._days(item, found)
        self._money(item, found)
        self._provider(item, found)
        trace = ItemTrace(self._place, found.paths)
        fields, faults = texts_of(found.values, trace)
        for name in ("claim_id", "claim_form"):
            if not fields.get(name) and name not in faults:
                self._place.tell("error", f"`{name}` is empty", found.paths[name])
        wrong = ("claim_id", "claim_form", *faults)
        return RawRow(number, fields, trace, tuple(faults.values()), wrong)

    def _product(self, item: Element, found: _Found) -> None:
        """Keep the procedure code, and the national drug code of the item or of a detail."""
        product = item.object("productOrService")
        known = [one for one in codings(product) if _NO_CODE not in one.system]
        drugs = [one for one in known if any(part in one.system for part in _NDC)]
        others = [one for one in known if one not in drugs]
        named = [one for one in others if any(part in one.system for part in _PROCEDURES)]
        found.add_code("procedure_code", named or others, item.child("productOrService"))
        if product is not None:
            found.add("description", product.members.get("text"), product.child("text"))
        for one in drugs[:1]:
            found.add("ndc", one.code, one.path)
        details = item.objects("detail")
        for detail in details:
            for one in codings(detail.object("productOrService")):
                if "ndc" not in found.values and any(part in one.system for part in _NDC):
                    found.add("ndc", one.code, one.path)
                    quantity = detail.object("quantity")
                    if quantity is not None:
                        path = quantity.child("value")
                        found.add("ndc_quantity", quantity.members.get("value"), path)
                        unit = quantity.text("code") or quantity.text("unit")
                        found.add("ndc_unit", unit, quantity.child("unit"))
        if len(details) > ("ndc" in found.values and not drugs):
            message = "details of an item are not read, but for a national drug code"
            self._place.tell("note", message, item.child("detail"))

    def _days(self, item: Element, found: _Found) -> None:
        """Keep the days of service; of the claim where the item has none and they are certain."""
        found.add(
            "service_date", _day(item.members.get("servicedDate")), item.child("servicedDate")
        )
        period = item.object("servicedPeriod")
        if "service_date" in found.values or period is None:
            period = None if "service_date" in found.values else self._claim_period(found)
        if period is None:
            return
        for column, name in (("service_date", "start"), ("service_date_to", "end")):
            found.add(column, _day(period.members.get(name)), period.child(name))

    def _claim_period(self, found: _Found) -> Element | None:
        period = self._claim.object("billablePeriod")
        if period is None or found.values.get("claim_form") == "ub04":
            return period
        start, end = (_day(period.members.get(name)) for name in ("start", "end"))
        return period if start == end else None

    def _money(self, item: Element, found: _Found) -> None:
        """Keep quantity and charge: the net amount, what was submitted, or price by quantity."""
        quantity = item.object("quantity")
        units = None if quantity is None else quantity.members.get("value")
        found.add("units", units, item.child("quantity.value"))
        self._amount(item.object("net"), found)
        for each in item.objects("adjudication"):
            if any(one.code == _SUBMITTED for one in codings(each.object("category"))):
                self._amount(each.object("amount"), found)
        price = item.object("unitPrice")
        if "charge" not in found.values and price is not None:
            self._amount(price, found)
            factors = [units, item.members.get("factor")]
            value = found.values.get("charge")
            if isinstance(value, Decimal):
                for factor in factors:
                    value *= factor if isinstance(factor, Decimal) else 1
                found.values["charge"] = value
        found.paths.setdefault("charge", item.child("net"))

    def _amount(self, money: Element | None, found: _Found) -> None:
        if money is not None:
            self._check_currency(money)
            if "charge" not in found.values:
                found.paths.pop("charge", None)
            found.add("charge", money.members.get("value"), money.child("value"))

    def _check_currency(self, money: Element) -> None:
        currency = money.text("currency").upper() or US_DOLLARS
        if currency != US_DOLLARS:
            message = f"the claim is in {quoted(currency)}, which is not read"
            help = f"amounts are read in {US_DOLLARS}"
            self._place.tell("error", message, money.child("currency"), help)

    def _provider(self, item: Element, found: _Found) -> None:
        """Keep who rendered the service: of the item's care team, or the claim's provider."""
        claim = self._claim
        numbers = item.scalars("careTeamSequence")
        team = claim.objects("careTeam")
        own = [each for each in team if each.members.get("sequence") in numbers]
        chosen = _by_role(own) or own or _by_role(team)
        reference = chosen[0].object("provider") if chosen else None
        if not chosen and found.values.get("claim_form") == "cms1500":
            reference = claim.object("provider")
        named = self._references.named(claim, reference)
        if named is not None:
            found.add("rendering_provider", named.identifier, named.path)

    def _check_total(self, rows: Sequence[RawRow]) -> None:
        """Compare the total of a Claim with its items; the one of an EOB has categories."""
        total = self._claim.members.get("total")
        if isinstance(total, list):
            for each in self._claim.objects("total"):
                money = each.object("amount")
                if money is not None:
                    self._check_currency(money)
            return
        money = self._claim.object("total")
        if money is None:
            return
        self._check_currency(money)
        said = money.members.get("value")
        charges = [row.fields.get("charge", "0") for row in rows]
        if not isinstance(said, Decimal) or not all(map(_is_plain, charges)):
            return
        summed = sum(map(Decimal, charges), Decimal(0))
        if rows and summed != said:
            message = (
                f"the items come to {format_number(summed)}, the total says "
                f"{format_number(said)}: {format_number(said - summed)} more"
                if said > summed
                else f"the items come to {format_number(summed)}, the total says "
                f"{format_number(said)}: {format_number(summed - said)} less"
            )
            self._place.tell("warning", message, money.child("value"))


def claim_id_of(claim: Element) -> tuple[str, str]:
    """Return the id of a claim and its path, without looking at anything else of it.

    Parameters
    ----------
    claim : Element
        A Claim or ExplanationOfBenefit.
    """
    value, path = _claim_id(claim)
    return (str(value).strip() if isinstance(value, str) else ""), path


def _claim_id(claim: Element) -> tuple[Any, str]:
    """Return the claim's number: the payer's unique one, or the first, or the resource's id."""
    found = claim.objects("identifier")
    unique = [
        each for each in found if any(one.code == "uc" for one in codings(each.object("type")))
    ]
    for each in (*unique, *found):
        if each.text("value"):
            return each.members["value"], each.child("value")
    return claim.members.get("id"), claim.child("id")


def _by_role(team: Sequence[Element]) -> list[Element]:
    """Return the members of a care team that render services, the best first."""
    found = [
        (_RENDERING.index(one.code), each)
        for each in team
        for one in codings(each.object("role"))
        if one.code in _RENDERING
    ]
    return [each for _, each in sorted(found, key=lambda pair: pair[0])]


def _day(value: Any) -> Any:
    """Return the day of a dateTime, as it is written there."""
    return value.partition("T")[0] if isinstance(value, str) else value


def _is_plain(text: str) -> bool:
    return text.replace(".", "", 1).isdigit() and text.isascii()

"""Paid claims as ``ClaimResponse`` of FHIR R4. Source: FHIR R4 (4.0.1), ClaimResponse."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from facts.claim import Party
from facts.diagnostic import Diagnostic
from facts.remittance import ZERO, Adjustment
from kb.model.clause import PolicyClause
from kb.model.determination import Citation
from kb.remit.paid_claim import PaidClaim
from kb.remit.payment import LinePayment
from kb.remit.spool import Spool

_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
_ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
_DISCRIMINATOR = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudicationDiscriminator"
_X12 = "https://x12.org/codes"
CARC = f"{_X12}/claim-adjustment-reason-codes"
RARC = f"{_X12}/remittance-advice-remark-codes"
GROUP = f"{_X12}/claim-adjustment-group-codes"
NPI = "http://hl7.org/fhir/sid/us-npi"
_TYPES = {"cms1500": "professional", "ub04": "institutional"}
_NPI_LENGTH = 10


class ClaimResponses:
    """Gathers paid claims, and gives a ``ClaimResponse`` of each, by the order of their ids.

    An item has what was submitted, eligible and paid, each reason of an adjustment with its group,
    and the numbers of process notes; a note has the clause, why it holds, and the lines of the
    policy document.

    Parameters
    ----------
    created : date
        The day that the responses are of.
    insurer : Party
        Who pays; that of the claim where the name is empty.
    clauses : mapping of str to PolicyClause
        The clauses of the policy.
    policy : str
        What a note calls the policy.
    """

    def __init__(
        self, created: date, insurer: Party, clauses: Mapping[str, PolicyClause], policy: str
    ) -> None:
        self._created = created
        self._insurer = insurer
        self._clauses = clauses
        self._policy = policy
        self._spool = Spool()

    def add(self, claim: PaidClaim) -> Diagnostic | None:
        """Add a claim, with what is paid of it; nothing keeps one from being written."""
        self._spool.put((claim.claim_id,), exact_json(self.response(claim)))
        return None

    def rows(self) -> Iterator[str]:
        """Yield the rows of a file of NDJSON, a response each."""
        with self._spool:
            yield from (text for _, text in self._spool.items())

    def texts(self) -> Iterator[str]:
        """Yield the rows of a file of JSON: one response as it is, others in a Bundle."""
        with self._spool:
            last = len(self._spool)
            if last == 1:
                yield from (text for _, text in self._spool.items())
                return
            head = '{"resourceType": "Bundle", "type": "collection"'
            yield f'{head}, "entry": [' if last else f"{head}}}"
            for number, (_, text) in enumerate(self._spool.items(), 1):
                yield f'{{"resource": {text}}}' + ("," if number < last else "\n]}")

    def response(self, claim: PaidClaim) -> dict[str, Any]:
        """Return the response to a claim as JSON values, amounts as ``Decimal``.

        Parameters
        ----------
        claim : PaidClaim
            What is paid of it.
        """
        parties = claim.parties
        insurer = self._insurer if self._insurer.name else parties.payer
        form = claim.lines[0].line.claim_form
        notes: dict[str, int] = {}
        items = [self._item(each, notes) for each in claim.lines]
        made: dict[str, Any] = {
            "resourceType": "ClaimResponse",
            "identifier": [{"value": claim.claim_id}],
            "status": "active",
            "type": _concept(_TYPE, _TYPES[form]) if form in _TYPES else {"text": form},
            "use": "claim",
            "patient": _reference(parties.patient, "unknown"),
            "created": self._created.isoformat(),
            "insurer": _reference(insurer, "unknown"),
        }
        if parties.payee.name or parties.payee.identifier:
            made["requestor"] = _reference(parties.payee, "")
        made |= {
            "request": {"type": "Claim", "identifier": {"value": claim.number}},
            "outcome": "complete",
            "item": items,
            "total": [
                {"category": _concept(_ADJUDICATION, name), "amount": _money(amount)}
                for name, amount in (("submitted", claim.charge), ("benefit", claim.paid))
            ],
        }
        if notes:
            made["processNote"] = [
                {"number": number, "type": "print", "text": text} for text, number in notes.items()
            ]
        return made

    def _item(self, payment: LinePayment, notes: dict[str, int]) -> dict[str, Any]:
        """Return an item, its notes numbered after those of the items before."""
        decided = payment.determination
        told = [notes.setdefault(self._note(each), len(notes) + 1) for each in decided.citations]
        adjudication = [
            _amount("submitted", payment.charge),
            _amount("eligible", payment.allowed),
            *map(_adjusted, payment.adjustments),
            _amount("benefit", payment.paid),
        ]
        if decided.outcome == "reduced":
            units = {"category": _concept(_DISCRIMINATOR, "allowedunits")}
            adjudication.append({**units, "value": payment.units_paid})
        remarks = dict.fromkeys(code for each in decided.citations for code in each.rarcs)
        adjudication += [
            {
                "category": _concept(_DISCRIMINATOR, "denialreason"),
                "reason": _concept(RARC, code),
            }
            for code in remarks
        ]
        numbers = {"noteNumber": list(dict.fromkeys(told))} if told else {}
        return {
            "itemSequence": payment.line.line_number,
            **numbers,
            "adjudication": adjudication,
        }

    def _note(self, cited: Citation) -> str:
        """Return the note of a clause on a line: what, why, and where in the document."""
        clause = self._clauses.get(cited.clause_id)
        text = f"{cited.clause_id}, {cited.effect}"
        if clause is None:
            return text
        text += f": {clause.title}." if clause.title else "."
        if cited.reason:
            text += f" {cited.reason[:1].upper()}{cited.reason[1:]}."
        if clause.document_lines:
            word = "line" if clause.document_lines.isdigit() else "lines"
            section = f', section "{clause.section}"' if clause.section else ""
            text += f" Policy {self._policy}{section}, {word} {clause.document_lines}."
        return text


def exact_json(value: Any) -> str:
    """Return a value as JSON, every ``Decimal`` digit for digit.

    Parameters
    ----------
    value : Any
        Texts, whole numbers, ``Decimal``, and lists and mappings of these.

    Examples
    --------
    >>> exact_json({"value": Decimal("99999999999999.90")})
    '{"value": 99999999999999.90}'
    """
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        members = (f"{json.dumps(name)}: {exact_json(each)}" for name, each in value.items())
        return f"{{{', '.join(members)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(exact_json, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _adjusted(adjustment: Adjustment) -> dict[str, Any]:
    """Return the adjudication of a reason, with who is liable."""
    category = _concept(_DISCRIMINATOR, "adjustmentreason")
    category["coding"].append({"system": GROUP, "code": adjustment.group_code})
    return {
        "category": category,
        "reason": _concept(CARC, adjustment.carc),
        "amount": _money(adjustment.amount),
    }


def _amount(name: str, amount: Decimal) -> dict[str, Any]:
    return {"category": _concept(_ADJUDICATION, name), "amount": _money(amount)}


def _money(amount: Decimal) -> dict[str, Any]:
    return {"value": amount + ZERO, "currency": "USD"}


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _reference(party: Party, otherwise: str) -> dict[str, Any]:
    """Return a reference to somebody by id and name, or a word where nothing is known."""
    made: dict[str, Any] = {}
    identifier = party.identifier
    if "/" in identifier:
        made["reference"] = identifier
    elif identifier:
        npi = identifier.isdigit() and len(identifier) == _NPI_LENGTH
        made["identifier"] = {**({"system": NPI} if npi else {}), "value": identifier}
    if party.name or not made:
        made["display"] = party.name or otherwise
    return made

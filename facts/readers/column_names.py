"""The column that a person most likely meant by a name that no reader knows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from facts.suggest import nearest

_USUAL_NAMES = {
    "claim_id": "claim, claim no, claim nr, claim num, claim number, claim key, dcn, icn, tcn,"
    " clm01",
    "line_number": "line, line no, line nr, line num, line id, line item, line item number, lineno,"
    " claim line, claim line number, service line, service line number, lx, lx01, ln",
    "claim_form": "form, form type, claim type, bill form",
    "service_date": "dos, date, date of service, from date, service from date, service date from,"
    " dos from, from dos, first service date, service start date",
    "service_date_to": "to date, thru date, through date, service to date, service date thru,"
    " service thru date, dos to, dos thru, to dos, last service date, service end date",
    "processed_date": "adjudication date, process date, paid date, processing date",
    "type_of_bill": "tob, bill type, bill type code",
    "revenue_code": "rev, rev code, rev cd, revenue, revenue cd",
    "place_of_service": "pos, pos code, place, place of service code",
    "procedure_code": "hcpcs, cpt, hcpcs code, cpt code, hcpcs cpt, cpt hcpcs, code, proc,"
    " proc code, proc cd, procedure, procedure cd, service code",
    "modifiers": "mod, mods, modifier, modifier code, procedure modifier",
    "units": "qty, quantity, unit, unit count, unit quantity, service units, units of service",
    "charge": "amount, billed, billed amount, charges, charge amount, line charge",
    "ndc": "ndc code, ndc number, national drug code, drug code",
    "ndc_quantity": "ndc qty, ndc units, drug quantity",
    "ndc_unit": "ndc uom, ndc unit of measure, drug unit",
    "description": "desc, line description, text",
    "rendering_provider": "provider, npi, rendering, rendering npi, rendering provider npi,"
    " provider id, provider npi",
    "prior_authorization": "auth, authorization, auth number, prior auth, pa, pa number",
    "diagnoses": "dx, dx code, dx codes, diagnosis, diagnosis code, diagnosis codes, icd, icd10,"
    " icd code",
    "plan_id": "plan, plan code, group, group number",
    "contract_id": "contract, contract code, contract number",
    "evidence": "evidence name, name, fact",
    "document": "doc, document id, source",
    "clause_id": "clause",
    "authority_id": "authority name",
    "effective_from": "from, start, start date, valid from, effective, effective date, begin date",
    "effective_to": "to, until, end, end date, valid to, valid until, effective until, thru,"
    " through, term date, termination date, expiration date",
    "citation": "reference, source, section",
}
"""How claim files of payers and hospitals usually call what the readers call otherwise."""

_SHORTEST_BEGINNING = 3


def meant(name: str, known: Iterable[str]) -> str | None:
    """Return the column that a name most likely means, if there is one.

    Parameters
    ----------
    name : str
        What the person wrote.
    known : iterable of str
        Columns that are read.

    Returns
    -------
    str or None

    Examples
    --------
    >>> columns = ("claim_id", "line_number", "place_of_service", "units")
    >>> [meant(name, columns) for name in ("line", "Line No.", "pos", "unts", "zebra")]
    ['line_number', 'line_number', 'place_of_service', 'units', None]
    """
    known = sorted(known)
    plain = _plain(name)
    by_plain = {_plain(column): column for column in known}
    if plain in by_plain:
        return by_plain[plain]
    for column in known:
        if plain in _PLAIN_NAMES.get(column, ()) or plain.rstrip("0123456789") in (
            _PLAIN_NAMES.get(column, ())
        ):
            return column
    near = nearest(name, known)
    if near is not None:
        return near
    if len(plain) < _SHORTEST_BEGINNING:
        return None
    begun = [column for column in known if _plain(column).startswith(plain)]
    return begun[0] if len(begun) == 1 else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


_PLAIN_NAMES = {
    column: frozenset(map(_plain, names.split(","))) for column, names in _USUAL_NAMES.items()
}

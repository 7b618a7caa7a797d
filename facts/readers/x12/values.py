"""Read single elements of an 837: dates, units, procedures. Each says in words what is wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from facts.claim import Diagnosis
from facts.values import (
    MOST_MODIFIERS,
    ValueFault,
    parse_amount,
    parse_code,
    parse_date,
    parse_diagnoses,
    parse_modifiers,
    parse_whole_number,
    quoted,
)

DIAGNOSIS_QUALIFIERS = ("ABK", "ABF", "BK", "BF")
"""Principal and other diagnoses, ICD-10 and ICD-9. Admitting and patient's reasons are not read."""

HCPCS_QUALIFIER = "HC"
"""The one product qualifier whose code is a CPT or HCPCS code. Source: X12 code list 235."""

COUNTED_UNITS = ("UN", "")
OTHER_UNITS = {"MJ": "minutes", "DA": "days", "F2": "international units"}
"""Units that are no units of the procedure; the number is kept. Source: X12 code list 355."""

DRUG_UNITS = ("F2", "GR", "ME", "ML", "UN")
"""Units of a drug's quantity. Source: X12 code list 355, as 005010X222 lets it stand in CTP05."""

_FIRST_MODIFIER, _LAST_MODIFIER, _DESCRIPTION = 2, 6, 6


class Procedure(NamedTuple):
    """What SV101 or SV202 says.

    ``qualifier`` is what names the kind of code; ``changed`` says what letters or blanks were
    normalised, as pairs of component number, text and value.
    """

    code: str | None
    modifiers: tuple[str, ...]
    description: str
    qualifier: str
    changed: tuple[tuple[int, str, str], ...] = ()


class ComponentFault(ValueFault):
    """A component that cannot be read; ``component`` is its number, counted from 1."""

    def __init__(self, component: int, message: str, help: str = "") -> None:
        super().__init__(message, help)
        self.component = component


@lru_cache(maxsize=4096)
def parse_day(text: str) -> date:
    """Return a date written as ``20180601``.

    Parameters
    ----------
    text : str
        What the element holds.

    Raises
    ------
    ValueFault

    Examples
    --------
    >>> parse_day("20180601")
    datetime.date(2018, 6, 1)
    """
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise ValueFault(f"is not a date: {quoted(text)}", "eight digits, as in 20180601")
    try:
        return parse_date(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except ValueFault as fault:
        raise ValueFault(f"does not exist: {quoted(text)}", fault.help) from None


@lru_cache(maxsize=4096)
def parse_period(qualifier: str, text: str, one_day: bool = False) -> tuple[date, date]:
    """Return the first and the last day of the text of a date with the qualifier D8 or RD8.

    Parameters
    ----------
    qualifier : str
        DTP02.
    text : str
        DTP03.
    one_day : bool, optional
        Whether a span of RD8 may have one day, which is its first and its last.

    Raises
    ------
    ComponentFault
        ``component`` is 2 where the format is unknown, 3 where the date cannot be read.

    Examples
    --------
    >>> parse_period("RD8", "20040201-20040207")[1]
    datetime.date(2004, 2, 7)
    """
    known = qualifier.strip().upper()
    if known not in ("D8", "RD8"):
        raise ComponentFault(2, f"has an unknown format {quoted(qualifier)}", "D8 or RD8")
    try:
        if known == "D8":
            day = parse_day(text.strip())
            return day, day
        first, dash, last = text.partition("-")
        if not dash and one_day:
            last = first
        elif not dash:
            raise ValueFault(f"has no last day: {quoted(text)}", "as in 20180601-20180605")
        period = parse_day(first.strip()), parse_day(last.strip())
    except ValueFault as fault:
        raise ComponentFault(3, fault.message, fault.help) from None
    if period[1] < period[0]:
        raise ComponentFault(3, f"ends before it begins: {quoted(text)}")
    return period


@lru_cache(maxsize=8192)
def parse_procedure(composite: str, separator: str) -> Procedure:
    """Return code, modifiers and description of a composite, SV101 or SV202, by its separator.

    Qualifiers other than HC give no procedure code.

    Raises
    ------
    ComponentFault

    Examples
    --------
    >>> parse_procedure("HC:J1200:59:JW", ":").modifiers
    ('59', 'JW')
    """
    parts = composite.split(separator)
    qualifier = parts[0].strip().upper()
    if len(qualifier) != 2 or not (qualifier.isascii() and qualifier.isalnum()):
        raise ComponentFault(
            1,
            f"has an unknown product qualifier {quoted(parts[0])}",
            "two characters; HC names CPT and HCPCS codes",
        )
    changed = []
    code = None
    if qualifier == HCPCS_QUALIFIER:
        text = parts[1] if len(parts) > 1 else ""
        if not text.strip():
            raise ComponentFault(2, "has no code", "the qualifier HC needs one")
        try:
            code = parse_code(text)
        except ValueFault as fault:
            raise ComponentFault(2, fault.message, fault.help) from None
        if code != text:
            changed.append((2, text, code))
    modifiers: dict[str, None] = {}
    for number, text in enumerate(parts[_FIRST_MODIFIER:_LAST_MODIFIER], _FIRST_MODIFIER + 1):
        if not text:
            continue
        try:
            found = parse_modifiers(text)
        except ValueFault as fault:
            raise ComponentFault(number, fault.message, fault.help) from None
        if found != (text,) and found:
            changed.append((number, text, " ".join(found)))
        modifiers.update(dict.fromkeys(found))
    if len(modifiers) > MOST_MODIFIERS:
        raise ComponentFault(
            _FIRST_MODIFIER + 1,
            f"has more than four modifiers: {quoted(' '.join(modifiers))}",
            "a line carries up to four",
        )
    description = parts[_DESCRIPTION].strip() if len(parts) > _DESCRIPTION else ""
    return Procedure(code, tuple(modifiers), description, qualifier, tuple(changed))


@lru_cache(maxsize=64)
def parse_unit(text: str) -> str:
    """Return what the units of a line are where they are none of the procedure, else nothing.

    Parameters
    ----------
    text : str
        What the element holds.

    Raises
    ------
    ValueFault

    Examples
    --------
    >>> parse_unit("UN"), parse_unit("MJ")
    ('', 'minutes')
    """
    unit = text.strip().upper()
    if unit in COUNTED_UNITS:
        return ""
    if unit not in OTHER_UNITS:
        known = ", ".join((COUNTED_UNITS[0], *OTHER_UNITS))
        raise ValueFault(f"is an unknown unit: {quoted(text)}", f"one of {known}")
    return OTHER_UNITS[unit]


_NDC_PARTS = ((5, 4, 2), (4, 4, 2), (5, 3, 2), (5, 4, 1))
"""Digits of the labeler, the product and the package. Source: 21 CFR 207.33."""


@lru_cache(maxsize=4096)
def parse_ndc(text: str) -> str | None:
    """Return the eleven digits of a national drug code, None where they cannot be known.

    Ten digits without dashes do not show which part lacks its leading zero.

    Parameters
    ----------
    text : str
        What the element holds.

    Examples
    --------
    >>> parse_ndc("0409-1151-70"), parse_ndc("N400409115170"), parse_ndc("0409115170")
    ('00409115170', '00409115170', None)
    """
    code = text.strip()
    if code[:2].upper() == "N4":
        code = code[2:].strip()
    parts = code.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts):
        return None
    if tuple(map(len, parts)) in _NDC_PARTS:
        return "".join(part.zfill(width) for part, width in zip(parts, (5, 4, 2), strict=True))
    return code if len(code) == 11 and len(parts) == 1 else None


@lru_cache(maxsize=8192)
def plain_diagnosis(composite: str, separator: str) -> Diagnosis | None:
    """Return a diagnosis that has nothing beside its code, and of which there is nothing to say.

    Parameters
    ----------
    composite, separator : str
        A composite of HI, and what separates its components.

    Examples
    --------
    >>> plain_diagnosis("ABK:E119", ":"), plain_diagnosis("ABK:e119", ":")
    (Diagnosis(code='E119', indicator=None), None)
    """
    parts = composite.split(separator)
    if len(parts) != 2 or parts[0] not in DIAGNOSIS_QUALIFIERS or parts[1] != parts[1].upper():
        return None
    try:
        (diagnosis,) = parse_diagnoses(parse_code(parts[1].replace(".", "")))
    except ValueFault:
        return None
    return diagnosis


@lru_cache(maxsize=8192)
def amount_of(text: str) -> Decimal | None:
    """Return an amount, None for a blank ``text``."""
    return parse_amount(text) if text.strip() else None


@lru_cache(maxsize=1024)
def line_number_of(text: str) -> int:
    """Return the number that a ``text`` gives to a line."""
    return parse_whole_number(text, least=1)

"""Read single values of a claim: dates, exact numbers, codes. Each says in words what is wrong."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from facts.claim import Diagnosis
from facts.spoiled import (
    TEXT_HELP,
    has_time,
    is_scientific,
    plain_number,
    without_midnight,
    without_money_signs,
    without_point,
)

PRESENT_ON_ADMISSION = ("Y", "N", "U", "W", "1")
"""Present-on-admission indicators. Source: UB-04 data specifications, form locator 67."""

MOST_MODIFIERS = 4

PROCEDURE_LENGTH = 5
"""Characters of a CPT or HCPCS code."""

_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
MOST_DECIMALS = 12
"""Digits of a number behind its point."""

_NUMBER = re.compile(r"[+-]?(\d{1,24}(\.\d{0,12})?|\.\d{1,12})", re.ASCII)
_LONG_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_CODE = re.compile(r"[A-Z0-9]{1,20}", re.ASCII)
_DIAGNOSIS = re.compile(r"([A-Z0-9]{3})\.?([A-Z0-9]{0,4})", re.ASCII)


class ValueFault(Exception):
    """A value that cannot be read: what is wrong, and what to do.

    Parameters
    ----------
    message : str
        What is wrong, to follow the name of the field: ``is not a date: `x```.
    help : str
        What to write instead.
    """

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def quoted(text: str) -> str:
    """Return a person's input in backticks, shortened, its control characters escaped.

    Parameters
    ----------
    text : str
        What a person wrote.

    Examples
    --------
    >>> quoted("abc")
    '`abc`'
    """
    return f"`{one_line(text if len(text) <= 40 else f'{text[:37]}...')}`"


def one_line(text: str) -> str:
    """Return a text on one line, its control and direction marks escaped.

    Examples
    --------
    >>> one_line("a\\nb\\u202e")
    'a\\\\nb\\\\u202e'
    """
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape", "surrogatepass").decode("ascii")
        for character in text
    )


@lru_cache(maxsize=4096)
def parse_date(text: str) -> date:
    """Return the date of an ISO text; the time of midnight behind it says nothing more.

    Raises
    ------
    ValueFault

    Examples
    --------
    >>> parse_date("2018-06-01")
    datetime.date(2018, 6, 1)
    """
    match = _ISO_DATE.fullmatch(without_midnight(text.strip()))
    if match is None:
        help = "write it as in 2018-06-01"
        if "/" in text:
            help += ", or say how dates are written, as in --dates mdy"
        if has_time(text.strip()):
            help = f"it has a time of day, which is not midnight; {help}"
        raise ValueFault(f"is not a date: {quoted(text)}", help)
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise ValueFault(
            f"is a date that does not exist: {quoted(text)}", "look at the month and the day"
        ) from None


@lru_cache(maxsize=4096)
def parse_decimal(text: str) -> Decimal:
    """Return an exact number, of either sign, without the noise of binary numbers.

    Parameters
    ----------
    text : str
        A value as a file has it.

    Raises
    ------
    ValueFault

    Examples
    --------
    >>> parse_decimal("2.50"), parse_decimal("0.30000000000000004")
    (Decimal('2.50'), Decimal('0.3'))
    """
    number = plain_number(text.strip())
    if _NUMBER.fullmatch(number) is None:
        if _LONG_NUMBER.fullmatch(number) is not None:
            help = f"round it: up to {MOST_DECIMALS} digits behind the point, 24 before it"
            raise ValueFault(f"has too many digits: {quoted(text)}", help)
        raise ValueFault(
            f"is not a number: {quoted(text)}", "write digits, with a point before decimals"
        )
    return Decimal(number)


@lru_cache(maxsize=4096)
def parse_amount(text: str) -> Decimal:
    """Return the exact number of a text, which is not negative.

    Raises
    ------
    ValueFault
    """
    value = parse_decimal(without_money_signs(text))
    if value < 0:
        raise ValueFault(f"is negative: {quoted(text)}", "it counts from zero")
    return value


def parse_whole_number(text: str, least: int = 0) -> int:
    """Return a whole number of at least ``least``.

    Parameters
    ----------
    text : str
        A value as a file has it.
    least : int, optional
        The smallest number that is read.

    Raises
    ------
    ValueFault
    """
    stripped = without_point(text.strip())
    if not (stripped.isascii() and stripped.isdigit() and len(stripped) <= 12):
        raise ValueFault(f"is not a whole number: {quoted(text)}", f"count from {least}")
    value = int(stripped)
    if value < least:
        raise ValueFault(f"is below {least}: {quoted(text)}", f"count from {least}")
    return value


@lru_cache(maxsize=8192)
def parse_code(text: str) -> str:
    """Return a code in upper case without blanks.

    Parameters
    ----------
    text : str
        A value as a file has it.

    Raises
    ------
    ValueFault
        If anything but letters and digits is left.

    Examples
    --------
    >>> parse_code(" j7050"), parse_code("22.0")
    ('J7050', '22')
    """
    code = without_point("".join(text.split())).upper()
    if _CODE.fullmatch(code) is None or not text.isascii():
        help = TEXT_HELP if is_scientific(code) else "a code has letters and digits only"
        raise ValueFault(f"is not a code: {quoted(text)}", help)
    return code


def parse_id(text: str) -> str:
    """Return an id without blanks around it, and without the decimals of a data frame.

    Parameters
    ----------
    text : str
        A value as a file has it.

    Raises
    ------
    ValueFault
        If a spreadsheet took it for a number and kept its first digits alone.

    Examples
    --------
    >>> parse_id(" A-1 "), parse_id("1003000126.0")
    ('A-1', '1003000126')
    """
    written = without_point(text.strip())
    if is_scientific(written):
        raise ValueFault(f"is a number in scientific notation: {quoted(text)}", TEXT_HELP)
    return written


def parse_type_of_bill(text: str) -> str:
    """Return the three digits of a type of bill that may have a leading zero.

    Parameters
    ----------
    text : str
        A value as a file has it.

    Examples
    --------
    >>> parse_type_of_bill("0131")
    '131'
    """
    code = parse_code(text)
    if len(code) == 4 and code[0] == "0":
        code = code[1:]
    if len(code) != 3:
        raise ValueFault(
            f"is not a type of bill: {quoted(text)}", "three digits, or four with a leading zero"
        )
    return code


def parse_revenue_code(text: str) -> str:
    """Return a revenue code of four digits; fewer get their leading zeros back.

    Parameters
    ----------
    text : str
        A value as a file has it.
    """
    code = parse_code(text)
    if not code.isdigit() or len(code) > 4:
        raise ValueFault(f"is not a revenue code: {quoted(text)}", "four digits, as in 0636")
    return code.zfill(4)


def parse_place_of_service(text: str) -> str:
    """Return a place of service of two characters; a single digit gets its leading zero back.

    Parameters
    ----------
    text : str
        A value as a file has it.
    """
    code = parse_code(text)
    if len(code) > 2:
        raise ValueFault(f"is not a place of service: {quoted(text)}", "two digits, as in 11")
    return code.zfill(2) if code.isdigit() else code


@lru_cache(maxsize=4096)
def parse_modifiers(text: str) -> tuple[str, ...]:
    """Return up to four modifiers of two characters, as given between blanks or commas.

    Parameters
    ----------
    text : str
        A value as a file has it.

    Examples
    --------
    >>> parse_modifiers("59 sh")
    ('59', 'SH')
    """
    given = map(without_point, _upper(text).replace(",", " ").split())
    modifiers = tuple(dict.fromkeys(given))
    for modifier in modifiers:
        if len(modifier) != 2 or _CODE.fullmatch(modifier) is None:
            raise ValueFault(
                f"has what is not a modifier: {quoted(modifier)}", "two characters each, as in 59"
            )
    if len(modifiers) > MOST_MODIFIERS:
        raise ValueFault(
            f"has more than four modifiers: {quoted(text)}", "a line carries up to four"
        )
    return modifiers


@lru_cache(maxsize=4096)
def parse_diagnoses(text: str) -> tuple[Diagnosis, ...]:
    """Return ICD-10 codes without their dot, with their present-on-admission indicators.

    Parameters
    ----------
    text : str
        A value as a file has it.

    Examples
    --------
    >>> parse_diagnoses("T80.30:N E11.9")
    (Diagnosis(code='T8030', indicator='N'), Diagnosis(code='E119', indicator=None))
    """
    found = []
    for item in _upper(text).replace(",", " ").split():
        code, colon, indicator = item.partition(":")
        match = _DIAGNOSIS.fullmatch(code)
        if match is None:
            raise ValueFault(f"has what is not an ICD-10 code: {quoted(item)}", "as in T80.30")
        if colon and indicator not in PRESENT_ON_ADMISSION:
            raise ValueFault(
                f"has an unknown present-on-admission indicator: {quoted(item)}",
                f"one of {', '.join(PRESENT_ON_ADMISSION)}",
            )
        found.append(Diagnosis(match[1] + match[2], indicator or None))
    return tuple(dict.fromkeys(found))


def _upper(text: str) -> str:
    """Upper case of ASCII letters only: some others would become letters of a code."""
    return text.upper() if text.isascii() else text


def odd_procedure(code: str) -> tuple[str, str]:
    """Return a sentence and its help on a procedure code that cannot be one."""
    count = f"{len(code)} character{'' if len(code) == 1 else 's'}"
    return (
        f"{quoted(code)} has {count}, procedure codes have five",
        "the line is determined as it is",
    )


def parse_text(text: str) -> str:
    """Return free text without blanks around it."""
    return text.strip()


def format_number(value: int | Decimal | Fraction) -> str:
    """Return an exact number as text: no exponent, no needless zeros.

    Parameters
    ----------
    value : int or Decimal or Fraction
        An exact number.

    Examples
    --------
    >>> [format_number(each) for each in (Decimal("2.50"), Fraction(1, 3), Decimal("1E+3"))]
    ['2.5', '1/3', '1000']
    """
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    rest, twos, fives = exact.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{exact.numerator}/{exact.denominator}"
    places = max(twos, fives)
    digits = str(abs(exact.numerator) * 10**places // exact.denominator).rjust(places + 1, "0")
    return f"{'-' if exact < 0 else ''}{digits[:-places]}.{digits[-places:]}"

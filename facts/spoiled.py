"""Texts that a spreadsheet or a data frame made of numbers and dates, as what they were."""

from __future__ import annotations

import re
import struct
from decimal import Decimal

_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+[eE]\+?|[eE]\+)\d{1,3}", re.ASCII)
_EXPONENT = re.compile(r"[+-]?(?:\d{1,24}\.?\d{0,24}|\.\d{1,24})[eE][+-]?\d{1,2}", re.ASCII)
_WHOLE = re.compile(r"(\d+)\.0+", re.ASCII)
_MIDNIGHT = re.compile(
    r"(?:[T ] *0{1,2}:00(?::00(?:[.,]0{1,9})?)?|[T ] *12:00(?::00)? *[aA]\.?[mM]\.?)"
    r" *(?:Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)

_DIGITS_OF_NOISE = 15
"""Significant digits behind which a binary number of 64 bits only has noise.

Source: IEEE 754; a decimal of 15 digits comes back from such a number as it was.
"""

_MOST_MEANT = 12
"""Digits of a number that a person meant; one with more was computed, not rounded."""

_DECIMALS_OF_NOISE = 8
"""Fewer digits behind the point were meant, however many there are before it."""

_MOST_SINGLE = 7
"""Digits of a number of 32 bits that a person meant, at most."""

TEXT_HELP = "it lost its digits in a spreadsheet; format the column as text and export it again"
"""What to do about a number in scientific notation where an id or a code is wanted."""


def is_scientific(text: str) -> bool:
    """Return whether a text is a number in scientific notation, as spreadsheets write long ones.

    Parameters
    ----------
    text : str
        An id or a code.

    Examples
    --------
    >>> [is_scientific(text) for text in ("2.01806E+11", "1E+11", "1e5", "12E45")]
    [True, True, False, False]
    """
    return _SCIENTIFIC.fullmatch(text) is not None


def without_point(text: str) -> str:
    """Return the digits of a whole number that a data frame wrote with decimals.

    Parameters
    ----------
    text : str
        A number, a code or an id.

    Examples
    --------
    >>> without_point("22.0"), without_point("22.5"), without_point("J1.0")
    ('22', '22.5', 'J1.0')
    """
    if ".0" not in text:
        return text
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole is not None else text


def without_midnight(text: str) -> str:
    """Return the day of a date with the time of midnight, in whatever zone; else the text.

    Parameters
    ----------
    text : str
        A date, perhaps with a time.

    Examples
    --------
    >>> without_midnight("2018-06-01 00:00:00"), without_midnight("2018-06-01T00:00:00.000Z")
    ('2018-06-01', '2018-06-01')
    >>> without_midnight("2018-06-01 08:30:00")
    '2018-06-01 08:30:00'
    """
    if ":" not in text:
        return text
    for place, sign in enumerate(text):
        if sign in "T " and _MIDNIGHT.fullmatch(text, place):
            return text[:place]
    return text


def has_time(text: str) -> bool:
    """Return whether a text that begins as a date has the time of a day behind it."""
    return re.match(r"\S{6,10}[T ] *\d{1,2}:\d\d", text, re.ASCII) is not None


def plain_number(text: str) -> str:
    """Return a number without an exponent and without the noise of binary numbers.

    Parameters
    ----------
    text : str
        A number.

    Returns
    -------
    str
        The number; the text itself where there is nothing to do or where it is no number.

    Examples
    --------
    >>> plain_number("0.30000000000000004"), plain_number("180.10000610351562")
    ('0.3', '180.1')
    >>> plain_number("1e-07"), plain_number("0.3333333333333333"), plain_number("2.50")
    ('0.0000001', '0.3333333333333333', '2.50')
    """
    if len(text) <= _MOST_MEANT and text.isdigit():
        return text
    if _EXPONENT.fullmatch(text) is not None:
        return plain_number(format(Decimal(text), "f"))
    whole, point, decimals = text.partition(".")
    if not point or not decimals.isdigit() or len(text) <= _MOST_MEANT:
        return text
    meant = decimals.rstrip("0")
    if len(meant) < _DECIMALS_OF_NOISE:
        return text if len(decimals) <= _MOST_MEANT else f"{whole}.{meant}".rstrip(".")
    return _without_noise(text) or text


def _without_noise(text: str) -> str | None:
    """Return what a number of 64 bits was meant as, None where every digit of it may be meant.

    Such a number prints with up to 17 digits. Where 15 of them end in zeros, what comes behind
    is noise; where the number is one of 32 bits with few digits, it was stored as such before.
    """
    value = Decimal(text)
    if Decimal(repr(float(value))) != value:
        return None
    rounded = Decimal(f"{value:.{_DIGITS_OF_NOISE - 1}e}").normalize()
    if rounded == value:
        return None
    if len(rounded.as_tuple().digits) <= _MOST_MEANT:
        return format(rounded, "f")
    if float(value) == as_single(float(value)):
        return shortest_single(float(value))
    return None


def as_single(number: float) -> float:
    """Return the number of 32 bits that is nearest to one of 64; infinite where there is none."""
    try:
        (found,) = struct.unpack("f", struct.pack("f", number))
    except OverflowError:
        return float("inf")
    return float(found)


def shortest_single(number: float, most: int = _MOST_SINGLE) -> str | None:
    """Return the shortest decimal that is a number of 32 bits again, without an exponent.

    Parameters
    ----------
    number : float
        A number of 32 bits.
    most : int, optional
        Digits that the decimal may have; nine are always enough.

    Returns
    -------
    str or None
        None where there is none of so few digits.

    Examples
    --------
    >>> shortest_single(180.10000610351562)
    '180.1'
    """
    for places in range(most):
        short = f"{number:.{places}e}"
        if as_single(float(short)) == as_single(number):
            return format(Decimal(short).normalize(), "f")
    return None


_MONEY = re.compile(
    r"(?P<open>\(?)(?P<minus>-?) ?(?P<dollar>\$?) ?(?P<number>[\d,]*\d(?:\.\d*)?)(?(open)\)?)",
    re.ASCII,
)
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)


def without_money_signs(text: str) -> str:
    """Return a number without a dollar sign, and without commas between thousands.

    Commas are taken out only where they can be nothing else: elsewhere one stands before decimals.

    Parameters
    ----------
    text : str
        A value as a file has it.

    Examples
    --------
    >>> [without_money_signs(text) for text in ("$1,180.00", "($25)", "1,180", "12,50")]
    ['1180.00', '-25', '1,180', '12,50']
    """
    match = _MONEY.fullmatch(text.strip())
    if match is None:
        return text
    sign = "-" if match["minus"] or match["open"] else ""
    if "," in match["number"]:
        sure = match["dollar"] or "." in match["number"] or match["number"].count(",") > 1
        if not sure or _THOUSANDS.fullmatch(match["number"]) is None:
            return text
    return sign + match["number"].replace(",", "")

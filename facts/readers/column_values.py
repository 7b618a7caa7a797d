"""What the columns of the claim table hold: the one place where a text becomes a value.

Every reader of rows, the bulk engine and the reader of 837 files take their values from here, so
that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from facts.claim import full_claim_id
from facts.claim_forms import CLAIM_FORMS, looks_like_claim_form, parse_claim_form
from facts.no_value import is_no_value, words_for_nothing
from facts.schema import CLAIM_COLUMNS
from facts.spoiled import without_money_signs, without_point
from facts.values import (
    PROCEDURE_LENGTH,
    ValueFault,
    odd_procedure,
    parse_amount,
    parse_code,
    parse_date,
    parse_diagnoses,
    parse_id,
    parse_modifiers,
    parse_place_of_service,
    parse_revenue_code,
    parse_text,
    parse_type_of_bill,
    parse_whole_number,
    quoted,
)


def parse_line_number(text: str) -> int:
    """Return the number of a line, at least 1, of a text."""
    return parse_whole_number(text, least=1)


PARSERS: dict[str, Callable[[str], Any]] = {
    "claim_id": parse_id,
    "line_number": parse_line_number,
    "claim_form": parse_claim_form,
    "service_date": parse_date,
    "service_date_to": parse_date,
    "processed_date": parse_date,
    "type_of_bill": parse_type_of_bill,
    "revenue_code": parse_revenue_code,
    "place_of_service": parse_place_of_service,
    "procedure_code": parse_code,
    "modifiers": parse_modifiers,
    "units": parse_amount,
    "charge": parse_amount,
    "ndc": parse_id,
    "ndc_quantity": parse_amount,
    "ndc_unit": parse_text,
    "description": parse_text,
    "rendering_provider": parse_id,
    "prior_authorization": parse_id,
    "diagnoses": parse_diagnoses,
    "plan_id": parse_id,
    "contract_id": parse_id,
    "line_control": parse_id,
    "payer_control": parse_id,
    "claim_part": parse_text,
    "superseded_by": parse_text,
}
"""Every column of the claim table with what reads it. Source: the design's table of claim lines."""

REQUIRED = tuple(each.name for each in CLAIM_COLUMNS if each.required)
IDS = tuple(name for name, parser in PARSERS.items() if parser is parse_id)
TEXTS = tuple(name for name, parser in PARSERS.items() if parser in (parse_id, parse_text))
"""Columns whose texts are read as they are, but for what ``parse_id`` and words for nothing say."""

DATES = tuple(name for name, parser in PARSERS.items() if parser is parse_date)
AMOUNTS = tuple(name for name, parser in PARSERS.items() if parser is parse_amount)
CODE_COLUMNS = ("procedure_code", "type_of_bill", "revenue_code", "place_of_service")
"""Columns of one code, normalised with a note where that changes letters or blanks."""

CODE_LISTS = ("modifiers", "diagnoses")
"""Columns of several codes, normalised with a note where that changes letters."""

_SPELLED = {"claim_form": f"claim forms are {' and '.join(CLAIM_FORMS)}"}

_LEADING_ZERO = ("place_of_service", "revenue_code")
"""Columns of codes that get a lost leading zero back, and a note tells so."""

LONGEST_TEXT = 10_000
"""Characters of the longest value that is read."""

_EMPTY = "leave it empty where there is none"


class Remark(NamedTuple):
    """A sentence on a value that is read: was it meant so?

    Parameters
    ----------
    message : str
        What it was read as.
    help : str
        Why, or what to do.
    counted : bool
        Whether the sentence is said once for all lines, with their number.
    """

    message: str
    help: str
    counted: bool = False


class ReadValue(NamedTuple):
    """A value, None where the text stands for none, and what a person should know of it."""

    value: Any
    remarks: list[Remark]


def read_value(name: str, text: str) -> ReadValue:
    """Return what a text is in a column of the claim table.

    Parameters
    ----------
    name : str
        The column.
    text : str
        What is in it, not blank.

    Returns
    -------
    ReadValue

    Raises
    ------
    ValueFault
        If it cannot be read.

    Examples
    --------
    >>> read_value("ndc", "NULL").value, read_value("modifiers", "59 NULL").value
    (None, ('59',))
    >>> read_value("units", "0.30000000000000004").remarks[0].message
    '`units` was read as `0.3` instead of `0.30000000000000004`'
    """
    if len(text) > LONGEST_TEXT:
        raise ValueFault(f"is longer than {LONGEST_TEXT} characters")
    said: list[Remark] = []
    if name in CODE_LISTS:
        text, said = _without_words(name, text)
        if said and not text:
            return ReadValue(None, said)
    elif is_no_value(name, text):
        if name in REQUIRED:
            raise ValueFault(no_value_fault(text.strip()))
        return ReadValue(None, [word_note(name, text.strip())])
    value = PARSERS[name](text)
    return ReadValue(value, said + remarks(name, text, value))


def claim_key(text: str, part: str = "") -> str:
    """Return the id that the rows of a claim are gathered by, whether it can be read or not.

    Parameters
    ----------
    text : str
        The claim id, perhaps empty.
    part : str, optional
        What tells the claim from others of the same number.

    Examples
    --------
    >>> claim_key(" C1 "), claim_key("1001.0", "a"), claim_key("2.01806E+11")
    ('C1', '1001@a', '2.01806E+11')
    """
    number, part = without_point(text.strip()), part.strip()
    if not number or not part or is_no_value("claim_part", part):
        return number
    return full_claim_id(number, part)


def no_value_fault(word: str) -> str:
    """Return what is wrong with a ``word`` for nothing in a column that needs a value."""
    return f"cannot be {quoted(word)}, which stands for no value"


def word_note(name: str, word: str) -> Remark:
    """Return what is said of a word that stands for no value.

    Parameters
    ----------
    name : str
        The column.
    word : str
        The word.

    Examples
    --------
    >>> word_note("ndc", "NULL").message
    '`NULL` in `ndc` is read as no value'
    """
    return Remark(f"{quoted(word)} in `{name}` is read as no value", _EMPTY, True)


def _without_words(name: str, text: str) -> tuple[str, list[Remark]]:
    """Return a list of codes without the words that stand for none, and what is said of them."""
    items = text.replace(",", " ").split()
    nothing = words_for_nothing(name)
    words = [item for item in items if item.lower() in nothing]
    if not words:
        return text, []
    kept = " ".join(item for item in items if item.lower() not in nothing)
    return kept, [word_note(name, word) for word in dict.fromkeys(words)]


def remarks(name: str, text: str, value: Any) -> list[Remark]:
    """Return what a person should know of a value that is read.

    Parameters
    ----------
    name : str
        A column of the claim table.
    text : str
        What stood there.
    value : object
        What it was read as.

    Examples
    --------
    >>> [sentence.message for sentence in remarks("procedure_code", "j7050", "J7050")]
    ['`procedure_code` was read as `J7050` instead of `j7050`']
    """
    if name in IDS:
        return _of_id(name, text, value)
    found = []
    read_as = normalised(name, text, value)
    if read_as is not None:
        message = f"`{name}` was read as {quoted(read_as)} instead of {quoted(text)}"
        found.append(Remark(message, _why(name, text)))
    if name in AMOUNTS and without_money_signs(text) != text:
        message = f"`{name}` is read without dollar signs and the commas between thousands"
        return [Remark(message, "numbers have a point before decimals, and no other signs", True)]
    odd = questionable(name, value)
    if odd is not None:
        found.append(Remark(*odd))
    return found


def _of_id(name: str, text: str, value: str) -> list[Remark]:
    if value == text or value == text.strip():
        return []
    message = f"`{name}` is read without the decimals behind its digits"
    return [Remark(message, "format the column as text and export it again", True)]


def _why(name: str, text: str) -> str:
    if name in _LEADING_ZERO and without_point(text.strip()).isdigit():
        return "a leading zero was lost"
    if name in AMOUNTS:
        return number_help(text)
    return _SPELLED.get(name, "codes are upper case without blanks")


def number_help(text: str) -> str:
    """Return why a number was read as another text than ``text``, its own."""
    if "e" in text.lower():
        return "numbers are read without an exponent"
    return "a binary number has such digits behind those that were meant"


def normalised(name: str, text: str, value: Any) -> str | None:
    """Return what a code was read as, where a person should know that it was changed.

    Letters and blanks that change are reported, the leading zeros of places of service and
    revenue codes that come back, and numbers that lose an exponent or the noise of binary ones.

    Parameters
    ----------
    name : str
        A column of the claim table.
    text : str
        What stood there.
    value : object
        What it was read as.

    Examples
    --------
    >>> normalised("procedure_code", "j7050", "J7050"), normalised("revenue_code", "636", "0636")
    ('J7050', '0636')
    """
    if name in _LEADING_ZERO:
        bare = without_point(text.strip())
        if bare != value and bare.isdigit():
            return str(value)
    if name in CODE_COLUMNS:
        if text != value and (text != text.upper() or any(map(str.isspace, text))):
            return str(value)
    elif name == "claim_form":
        if text.strip().lower() != value:
            return str(value)
    elif name in CODE_LISTS and text != text.upper():
        return text.upper()
    elif name in AMOUNTS:
        return changed_number(text, value)
    return None


def changed_number(text: str, value: Decimal) -> str | None:
    """Return a number as it was read, where that is not as it is written.

    Parameters
    ----------
    text : str
        What stood there.
    value : Decimal
        What it was read as.

    Examples
    --------
    >>> changed_number("2.50", Decimal("2.50")), changed_number("1e2", Decimal("100"))
    (None, '100')
    """
    if (len(text) <= 12 and "e" not in text and "E" not in text) or "," in text or "$" in text:
        return None
    written = text.strip()
    if "e" not in written.lower() and Decimal(written) == value:
        return None
    return format(value, "f")


def questionable(name: str, value: Any) -> tuple[str, str] | None:
    """Return a sentence and its help on a value that is read, and likely is not what was meant.

    Parameters
    ----------
    name : str
        A column of the claim table.
    value : object
        What it was read as.

    Examples
    --------
    >>> questionable("procedure_code", "J12")[0]
    '`J12` has 3 characters, procedure codes have five'
    >>> questionable("claim_form", "ub92")[0]
    'the claim form `ub92` is unknown'
    """
    if name == "procedure_code" and len(value) != PROCEDURE_LENGTH:
        return odd_procedure(value)
    if name == "claim_form" and looks_like_claim_form(value):
        help = f"the line is not addressed; one of {', '.join(CLAIM_FORMS)}"
        return f"the claim form {quoted(value)} is unknown", help
    return None

"""Phrases that sentences are made of: values, names, nouns, comparisons and operations."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from facts.schema import FIRST_DATE, LAST_DATE
from facts.values import format_number, one_line
from kb.language.ast import Operation
from kb.language.values import Value
from kb.model.at_issue import part_of
from kb.model.clause import PolicyClause

ANY = "(any)"
"""Words for a value that may be any."""

MOST_COUNTED = 100
"""What is counted that a proof shows; the check of a certificate counts all."""

_WORD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")

_NUMBER_WORDS = {
    "<": "less than",
    "=<": "at most",
    ">": "more than",
    ">=": "at least",
    "=:=": "equal to",
    "=\\=": "not",
    "=": "",
    "\\=": "not",
}
_DATE_WORDS = {"@<": "before", "@=<": "on or before", "@>": "after", "@>=": "on or after"}
_TEXT_WORDS = {
    "@<": "in order before",
    "@=<": "in order not after",
    "@>": "in order after",
    "@>=": "in order not before",
}


def show(value: Value | None) -> str:
    """Return a value as a person reads it: dates ISO, numbers exact, none as ``(any)``.

    A text stays on its line, whatever characters a claim has in it.
    """
    if value is None:
        return ANY
    if isinstance(value, str):
        return {LAST_DATE: "an open end", FIRST_DATE: "an open start"}.get(
            value, one_line(value) or "``"
        )
    return format_number(value)


@lru_cache(maxsize=4096)
def words(name: str) -> str:
    """Return a name of the rule language as words.

    Examples
    --------
    >>> words("not_addressed"), words("R14-FAC-1")
    ('not addressed', 'R14-FAC-1')
    """
    return name.replace("_", " ") if _WORD.fullmatch(name) else one_line(name)


def without_value(text: str) -> str:
    """Return a text on an attribute that may have any value, without that value."""
    return text.removesuffix(f" {ANY}").removesuffix(" that starts with")


def of_any_value(text: str) -> str:
    """Return a text on an attribute, its value left open where it may be any."""
    if not text.endswith(f" {ANY}"):
        return text
    start, has, noun = without_value(text).partition(" has ")
    return f"{start}{has}{with_article(noun.removeprefix('a '))}"


def with_article(noun: str) -> str:
    """Return a noun with its indefinite article, which a plural has not.

    Examples
    --------
    >>> with_article("place of service"), with_article("ndc"), with_article("units")
    ('a place of service', 'an NDC', 'units')
    """
    noun = noun.replace("ndc", "NDC")
    if noun.split(" ")[0] in ("units", "days"):
        return noun
    return f"{'an' if noun[:1] in 'aeiouAEIO' or noun.startswith('NDC') else 'a'} {noun}"


def relation_words(operator: str, dates: bool = False) -> str:
    """Return the operator of a comparison in words, without ``is``; empty for equality.

    Dates have words of their own.

    Examples
    --------
    >>> relation_words(">="), relation_words("@=<", dates=True), relation_words("=")
    ('at least', 'on or before', '')
    """
    if operator in _DATE_WORDS:
        return (_DATE_WORDS if dates else _TEXT_WORDS)[operator]
    return _NUMBER_WORDS[operator]


SIGNS = {"+": "+", "-": "-", "*": "×", "/": "/", "//": "//", "mod": "mod"}
"""Signs of the operators between two operands."""


def operation_words(expression: Operation, operands: list[str]) -> str:
    """Return the expression of an operation in words, from its operands in words."""
    operator = expression.operator
    if len(operands) == 1:
        (one,) = operands
        named = {"ceiling": f"{one} rounded up", "floor": f"{one} rounded down"}
        return named.get(operator, f"-{one}" if operator == "-" else f"the size of {one}")
    left, right = operands
    if operator in ("min", "max"):
        return f"the {'smaller' if operator == 'min' else 'larger'} of {left} and {right}"
    if operator == "//":
        return f"{left} / {right} without remainder"
    return f"{left} {SIGNS[operator]} {right}"


def sentence(text: str) -> str:
    """Return a text with a capital and a full stop.

    Examples
    --------
    >>> sentence("line 1 is a flush"), sentence("96365 is no flush.")
    ('Line 1 is a flush.', '96365 is no flush.')
    """
    text = capitalised(text.strip())
    return text if text.endswith((".", "?", "!")) else f"{text}."


def capitalised(text: str) -> str:
    """Return a text with a capital, all else as it is."""
    return f"{text[:1].upper()}{text[1:]}"


def money(amount: Decimal) -> str:
    """Return an ``amount`` with two digits and a comma between thousands.

    Examples
    --------
    >>> money(Decimal("1234567.5"))
    '1,234,567.50'
    """
    return f"{part_of(amount, Fraction(1)):,.2f}"


def code_text(clause: PolicyClause) -> str:
    """Return the adjustment codes of a clause; empty where it adjusts nothing."""
    parts = []
    if clause.carc:
        parts.append(f"CARC {clause.carc}")
    if clause.rarcs:
        parts.append(f"RARC {', '.join(clause.rarcs)}")
    if clause.group:
        parts.append(f"group {clause.group}")
    return ", ".join(parts)

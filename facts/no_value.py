"""Words that stand for no value, as databases, spreadsheets and people write them."""

from __future__ import annotations

NULL_WORDS = (
    "null",
    "<null>",
    "(null)",
    "[null]",
    "#null!",
    "\\n",
    "nil",
    "none",
    "nan",
    "nat",
    "na",
    "<na>",
    "n/a",
    "#n/a",
    "n.a.",
    "-",
    "--",
)
"""No value in any column, in any case of letters: what exports write where there is nothing."""

_NO_AUTHORIZATION = (
    "npr",
    "nar",
    "no",
    "no auth",
    "noauth",
    "no auth req",
    "no auth required",
    "noauthreq",
    "no authorization",
    "no authorization required",
    "no prior auth",
    "no precert required",
    "no precert",
    "none required",
    "none req",
    "none needed",
    "not applicable",
    "notapplicable",
    "not needed",
    "not req",
    "notreq",
    "not required",
    "notrequired",
    "auth not required",
    "unknown",
    "unk",
)

_OF_COLUMN = {
    "prior_authorization": frozenset((*NULL_WORDS, *_NO_AUTHORIZATION)),
    "rendering_provider": frozenset((*NULL_WORDS, "unknown", "unk")),
    "claim_part": frozenset[str](),
    "superseded_by": frozenset[str](),
}
"""What billing systems write where a claim needs no authorization, or has no known provider."""

_OF_ANY = frozenset(NULL_WORDS)


def words_for_nothing(column: str) -> frozenset[str]:
    """Return the words that stand for no value in a column, in lower case.

    Parameters
    ----------
    column : str
        A column of a table that a person supplies.

    Examples
    --------
    >>> "npr" in words_for_nothing("prior_authorization"), "npr" in words_for_nothing("ndc")
    (True, False)
    """
    return _OF_COLUMN.get(column, _OF_ANY)


LONGEST_WORD = max(len(word) for words in _OF_COLUMN.values() for word in words)
"""Characters of the longest of these words."""


def is_no_value(column: str, text: str) -> bool:
    """Return whether a text stands for no value in a column.

    Parameters
    ----------
    column : str
        A column of a table that a person supplies.
    text : str
        What is in it.

    Examples
    --------
    >>> is_no_value("ndc", " NULL "), is_no_value("prior_authorization", "NPR")
    (True, True)
    >>> is_no_value("description", "none given")
    False
    """
    short = text if len(text) <= LONGEST_WORD else text.strip()
    return len(short) <= LONGEST_WORD and short.strip().lower() in words_for_nothing(column)

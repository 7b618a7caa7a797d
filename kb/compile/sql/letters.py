"""The letters of descriptions, folded in SQL as `phrase_of` folds them."""

from __future__ import annotations

from facts.letters import FOLDED_LETTERS

_AT_ONCE = 7
"""How many replacements stand in a row of text."""


def plain_letters(text: str, letters: dict[str, str] = FOLDED_LETTERS) -> str:
    """Return SQL of any dialect that replaces letters which `LOWER` alone would not fold.

    It is text, since a syntax tree prints each replacement indented below the one around it.

    Parameters
    ----------
    text : str
        SQL of a text.
    letters : dict of str to str, optional
        What replaces each letter.

    Returns
    -------
    str
        Rows of text, the replacements in the order of the letters.

    Examples
    --------
    >>> print(plain_letters("d.text", {"ß": "ss", "ﬁ": "fi"}))
    REPLACE(REPLACE(
      d.text,
      'ß', 'ss'), 'ﬁ', 'fi')
    """
    made = [f"'{letter}', '{folded}')" for letter, folded in letters.items()]
    starts = range(0, len(made), _AT_ONCE)
    opened = ["REPLACE(" * len(made[start : start + _AT_ONCE]) for start in starts]
    closed = [", ".join(made[start : start + _AT_ONCE]) for start in starts]
    return "\n".join((*opened, f"  {text},", *(f"  {row}," for row in closed)))[:-1]

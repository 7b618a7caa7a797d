"""Letters beyond ASCII that have ASCII letters in them once a description is folded."""

from __future__ import annotations

FOLDED_LETTERS: dict[str, str] = {
    "\u00df": "ss",  # sharp s
    "\u1e9e": "ss",  # capital sharp s
    "\u017f": "s",  # long s
    "\u212a": "k",  # Kelvin sign
    "\ufb00": "ff",  # ligatures
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
    "\u0130": "i ",  # capital i with a dot above
    "\u0149": " n",  # n with an apostrophe before it
    "\u01f0": "j ",  # letters with a mark that no single capital has
    "\u1e96": "h ",
    "\u1e97": "t ",
    "\u1e98": "w ",
    "\u1e99": "y ",
    "\u1e9a": "a ",
}
"""What `str.casefold` makes of each, a blank where it leaves a mark that ends a word.

Every other letter beyond ASCII ends a word too. SQL has no ``casefold``, and what its ``LOWER``
makes of these letters differs between engines; whoever writes SQL replaces them first.
"""

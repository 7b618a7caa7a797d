"""How much work a certificate may ask for, and how large its numbers may be."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

MOST_STEPS = 200_000
"""Literals that are looked at before a file of certificates is given up."""

STEPS_OF_A_NODE = 5
"""What it takes to look at a step of a proof, beside what it rests on."""

CHARACTERS_OF_A_STEP = 2
"""Characters of a rule that are read in the time of one literal."""

ROWS_OF_A_STEP = 16
"""Rows that are compared with a pattern in the time of one literal."""

MOST_SHOWN = 100
"""What an aggregate counts that its steps have to show; it is counted whole in any case."""

MOST_BITS = 4_000
"""Size of the largest number that is calculated with."""

_NUMBER = re.compile(r"-?[0-9]{1,80}(/0*[1-9][0-9]{0,79})?", re.ASCII)
"""An exact number as JSON has it: never an exponent, which a few characters make too large."""


class Refused(Exception):
    """A certificate that cannot be checked to its end."""


class Budget:
    """The work that may go into one file, however many certificates it holds.

    Parameters
    ----------
    steps : int, optional
        Literals that may be looked at.
    """

    def __init__(self, steps: int | None = None) -> None:
        self._left: float = MOST_STEPS if steps is None else steps
        self._read: set[str] = set()

    def spend(self, steps: float) -> None:
        """Take steps from what is left.

        Parameters
        ----------
        steps : float
            Literals, or parts of one.

        Raises
        ------
        Refused
            If nothing is left.
        """
        self._left -= steps
        if self._left < 0:
            raise Refused("it takes too many steps to check")

    def spend_on_rule(self, text: str) -> None:
        """Take what it takes to read the text of a rule, which is read once.

        Parameters
        ----------
        text : str
            As it is written.

        Raises
        ------
        Refused
            If nothing is left.
        """
        if text not in self._read:
            self._read.add(text)
            self.spend(len(text) / CHARACTERS_OF_A_STEP)


def value_of(written: Any) -> Any:
    """Return a value that is written as JSON: text, a whole number or an exact one.

    Parameters
    ----------
    written : object
        As JSON has it.

    Raises
    ------
    Refused
        If it is none of these, or too large.

    Examples
    --------
    >>> value_of("J1200"), value_of(3), value_of({"number": "5/2"})
    ('J1200', 3, Fraction(5, 2))
    """
    if isinstance(written, str):
        return written
    if type(written) is int:
        if written.bit_length() > MOST_BITS:
            raise Refused("a number is too large to check")
        return written
    if isinstance(written, dict) and set(written) == {"number"}:
        number = written["number"]
        if not isinstance(number, str) or _NUMBER.fullmatch(number) is None:
            raise Refused("a number is not written as a fraction of at most 80 digits")
        return Fraction(number)
    raise Refused("a value is neither text nor an exact number")

"""The table of letters that SQL folds is what `str.casefold` makes of all of Unicode."""

from __future__ import annotations

import re
import sys

from facts.codes import phrase_of
from facts.letters import FOLDED_LETTERS

EVERY = (chr(point) for point in range(0x80, sys.maxunicode + 1))


def test_no_letter_is_missing_and_none_too_many() -> None:
    found = {letter for letter in EVERY if re.search("[a-z0-9]", letter.casefold())}
    assert found == FOLDED_LETTERS.keys()


def test_each_letter_is_folded_as_in_a_phrase() -> None:
    for letter, folded in FOLDED_LETTERS.items():
        assert phrase_of(f"sal{letter}ne") == f"sal{folded}ne"
        assert folded == re.sub("[^a-z0-9]+", " ", letter.casefold())


def test_no_replacement_makes_a_letter_that_another_one_replaces() -> None:
    assert "".join(FOLDED_LETTERS.values()).isascii()

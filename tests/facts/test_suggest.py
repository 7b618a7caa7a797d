"""The nearest known name, and the column that a usual name stands for."""

from __future__ import annotations

from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.readers.column_names import meant
from facts.readers.column_values import PARSERS
from facts.readers.evidence import COLUMNS as EVIDENCE
from facts.readers.overrides import COLUMNS as OVERRIDES
from facts.suggest import Suggestions, nearest

NAMES = st.text("abcAB_1", min_size=1, max_size=8)


@given(NAMES, st.lists(NAMES, max_size=12))
def test_the_nearest_is_as_near_as_any(name: str, pool: list[str]) -> None:
    found = nearest(name, pool)
    folded = name.casefold()
    ratios = {each: SequenceMatcher(None, each.casefold(), folded).ratio() for each in pool}
    best = max(ratios.values(), default=0)
    if found is None:
        assert best < 0.6
    else:
        assert name in pool or ratios[found] == best
        assert found == nearest(name, reversed(pool))


def test_of_many_names_the_nearest_is_found_by_its_beginning_or_its_end() -> None:
    pool = [f"CLM{number:06}" for number in range(3_000)]
    assert nearest("CLM001234XY", pool) == "CLM001234"
    assert nearest("XYCLM002345", pool) == "CLM002345"


def test_suggestions_give_up() -> None:
    suggestions = Suggestions(["units"], most=2)
    names = ["unit", "unitz", "unitx", "unit"]
    assert [suggestions.of(name) for name in names] == ["units", "units", None, "units"]


@pytest.mark.parametrize(
    ("columns", "name", "column"),
    [
        (EVIDENCE, "line", "line_number"),
        (EVIDENCE, "LINE-NO", "line_number"),
        (EVIDENCE, "line number", "line_number"),
        (EVIDENCE, "doc", "document"),
        (OVERRIDES, "valid until", "effective_to"),
        (OVERRIDES, "clause", "clause_id"),
        (PARSERS, "pos", "place_of_service"),
        (PARSERS, "dos", "service_date"),
        (PARSERS, "hcpcs", "procedure_code"),
        (PARSERS, "CPT", "procedure_code"),
        (PARSERS, "modifier2", "modifiers"),
        (PARSERS, "service_dat", "service_date"),
        (PARSERS, "render", "rendering_provider"),
        (PARSERS, "zebra", None),
        (PARSERS, "", None),
        (OVERRIDES, "hcpcs", None),
    ],
)
def test_what_a_column_stands_for(columns: list[str], name: str, column: str | None) -> None:
    assert meant(name, columns) == column

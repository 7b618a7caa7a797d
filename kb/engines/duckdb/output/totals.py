"""Totals of determined lines in groups: lines, claims and charges at issue, in the set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.lines.tables import (
    ALLOWED,
    CONTEXT_ANSWERS,
    LOST,
    LOST_LINES,
    PLAIN_ANSWERS,
    SIGNED,
    SPECIAL,
    SUMMED,
    SUMMED_ANSWERS,
    SUMMED_CLAIMS,
    SUMMED_VALUES,
)
from kb.engines.duckdb.output.entries import Answers
from kb.engines.duckdb.output.special import make_allowed_units
from kb.model.at_issue import at_issue
from kb.model.clause import ADVERSE_EFFECTS
from kb.model.summary import (
    DIMENSIONS,
    Grouping,
    GroupKey,
    GroupTotals,
    GroupValue,
    Summary,
    determined_values,
)

READ_BY_TOTALS = ("units", "charge")
"""Columns of a line that its totals need, whatever it is grouped by."""

_AS_SUMMED = {"service_date": "date_trunc('month', l.{0}) AS {0}"}
"""SQL of the columns that are grouped by a part of their values."""

_OF_CLAIMS = (
    "rendering_provider",
    "plan_id",
    "contract_id",
    "place_of_service",
    "service_date",
    "claim_form",
)
"""Columns that most lines of a claim have in common: they are added up by claim once for all."""

_LINES = (
    "l.claim_id, count(*) AS n, count(*) FILTER (l.adverse) AS adverse, sum(l.charge) AS charge, "
    "sum(l.charge) FILTER (l.adverse AND l.lost IS NULL) AS whole, sum(l.lost) AS lost, "
    "count(l.charge) AS charged"
)
"""What a group of lines of a claim amounts to, as SQL over the lines."""

_SUMS = (
    "l.claim_id, sum(l.n) AS n, sum(l.adverse) AS adverse, sum(l.charge) AS charge, "
    "sum(l.whole) AS whole, sum(l.lost) AS lost, sum(l.charged) AS charged"
)
"""The same as SQL over what was added up by claim."""


def total_groups(lines: DeterminedLines, answers: Answers, summary: Summary) -> None:
    """Fill a summary with the totals of lines, which keep the columns that it groups by.

    Parameters
    ----------
    lines : DeterminedLines
        The lines that are determined.
    answers : list
        As ``distinct_answers`` returns them.
    summary : Summary
        Gets the totals of each of its groupings.
    """
    named = [DIMENSIONS[name] for name in summary.dimensions]
    columns = dict.fromkeys(each.column for each in named if each.column)
    _sum_up(lines, answers, columns)
    shared = "".join(f"l.{name}, " for name in columns if name in _OF_CLAIMS)
    lines.execute(SUMMED_CLAIMS.of(f"SELECT {shared}{_LINES} FROM {SUMMED} l GROUP BY ALL"))
    for each in named:
        if not each.column:
            _fill_values(lines, answers, each.name, summary.actions)
    summary.groups = {grouping: dict(_groups(lines, grouping)) for grouping in summary.groupings}


def _sum_up(lines: DeterminedLines, answers: Answers, columns: Iterable[str]) -> None:
    """Make the table of the lines with their answers, charges and what is at issue."""
    make_allowed_units(lines)
    reduced = f"FROM {ALLOWED} a JOIN {SPECIAL} s USING (line) WHERE s.charge IS NOT NULL"
    rows = lines.execute(f"SELECT DISTINCT s.charge, s.units, a.value {reduced}").fetchall()
    LOST.fill(
        lines.connection,
        *([None if row[place] is None else str(row[place]) for row in rows] for place in range(3)),
        [str(at_issue("reduced", *row)) for row in rows],
    )
    lines.execute(
        LOST_LINES.of(
            f"SELECT r.line, o.lost FROM (SELECT line, s.charge, s.units, a.value {reduced}) r "
            f"JOIN {LOST} o ON o.charge = r.charge AND o.value = r.value "
            "AND o.units IS NOT DISTINCT FROM r.units"
        )
    )
    SUMMED_ANSWERS.fill(
        lines.connection,
        [answer for answer, _, _ in answers],
        [each.outcome in ADVERSE_EFFECTS for _, _, each in answers],
        [each.outcome == "reduced" for _, _, each in answers],
    )
    picked = "".join(f", {_AS_SUMMED.get(name, 'l.{}').format(name)}" for name in columns)
    # The joins are in order already, which DuckDB would look for long.
    lines.execute(
        SUMMED.of(
            "SELECT l.claim_id, n.answer, l.charge, n.adverse, "
            f"CASE WHEN n.reduced THEN o.lost END AS lost{picked} "
            f"FROM {SIGNED} l JOIN {PLAIN_ANSWERS} p USING (signature) "
            f"LEFT JOIN {CONTEXT_ANSWERS} x ON x.line = l.line "
            f"JOIN {SUMMED_ANSWERS} n ON n.answer = coalesce(x.answer, p.answer) "
            f"LEFT JOIN {LOST_LINES} o ON o.line = l.line"
        )
    )


def _fill_values(
    lines: DeterminedLines, answers: Answers, name: str, actions: Mapping[str, str]
) -> None:
    """Make the table of the values that a dimension has by the answer of a line."""
    rows = [
        (answer, value)
        for answer, _, each in answers
        for value in determined_values(name, each, actions)
    ]
    SUMMED_VALUES.numbered(name).fill(
        lines.connection,
        [answer for answer, _ in rows],
        [None if value is None else str(value) for _, value in rows],
    )


def _groups(lines: DeterminedLines, grouping: Grouping) -> Iterable[tuple[GroupKey, GroupTotals]]:
    """Yield the groups of a grouping with their totals."""
    joins, keys = [], []
    for name in grouping:
        column = DIMENSIONS[name].column
        if column:
            keys.append(f"l.{column}")
        else:
            keys.append(f"{name}_value.value")
            joins.append(f"JOIN {SUMMED_VALUES.numbered(name)} {name}_value USING (answer)")
    picked = "".join(f"{key} AS k{place}, " for place, key in enumerate(keys))
    names = "".join(f"k{place}, " for place, _ in enumerate(keys))
    columns = [DIMENSIONS[name].column for name in grouping]
    by_claim = all(column in _OF_CLAIMS for column in columns)
    table, sums = (SUMMED_CLAIMS, _SUMS) if by_claim else (SUMMED, _LINES)
    # The lines of each claim first: to count distinct claims takes several times as long.
    rows = lines.execute(
        f"SELECT {names}sum(n)::BIGINT, sum(adverse)::BIGINT, count(*), "
        "count(*) FILTER (adverse > 0), coalesce(sum(charge), 0), "
        "coalesce(sum(whole), 0) + coalesce(sum(lost), 0), sum(n - charged)::BIGINT "
        f"FROM (SELECT {picked}{sums} FROM {table} l {' '.join(joins)} GROUP BY ALL) GROUP BY ALL"
    ).fetchall()
    texts = {name: _texts(lines, DIMENSIONS[name].column) for name in grouping}
    for row in rows:
        key = tuple(
            _value(name, value, texts[name]) for name, value in zip(grouping, row, strict=False)
        )
        yield key, GroupTotals(*row[len(grouping) :])


def _texts(lines: DeterminedLines, column: str) -> dict[int, str] | None:
    """Return the values of a column by their keys, where the lines have its keys."""
    table = lines.dictionaries.get(column)
    if table is None:
        return None
    return dict(lines.execute(f"SELECT key, value FROM {table}").fetchall())


def _value(name: str, value: Any, texts: dict[int, str] | None) -> GroupValue:
    if value is None:
        return None
    if texts is not None:
        return texts.get(value)
    if name == "month":
        return str(value)[: len("2018-06")]
    return int(value) if name == "reading" else value

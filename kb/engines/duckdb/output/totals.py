"""Totals of determined lines in groups: lines, claims and charges at issue, in the set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.lines.tables import (
    ALLOWED,
    CONTEXT_ANSWERS,
    LOST,
    PLAIN_ANSWERS,
    SIGNED,
    SPECIAL,
    SUMMED,
    SUMMED_ANSWERS,
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
    for each in named:
        if not each.column:
            _fill_values(lines, answers, each.name)
    summary.groups = {grouping: dict(_groups(lines, grouping)) for grouping in summary.groupings}


def _sum_up(lines: DeterminedLines, answers: Answers, columns: Iterable[str]) -> None:
    """Make the table of the lines with their answers, charges and what is at issue."""
    make_allowed_units(lines)
    rows = lines.execute(
        f"SELECT DISTINCT s.charge, s.units, a.value FROM {ALLOWED} a JOIN {SPECIAL} s USING (line)"
    ).fetchall()
    known = [row for row in rows if row[0] is not None]
    LOST.fill(
        lines.connection,
        *([None if row[place] is None else str(row[place]) for row in known] for place in range(3)),
        [str(at_issue("reduced", *row)) for row in known],
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
            "SELECT l.claim_id, n.answer, l.charge, n.adverse, CASE WHEN n.adverse THEN "
            f"coalesce(CASE WHEN n.reduced THEN o.lost END, l.charge) END AS lost{picked} "
            f"FROM {SIGNED} l JOIN {PLAIN_ANSWERS} p USING (signature) "
            f"LEFT JOIN {CONTEXT_ANSWERS} x ON x.line = l.line "
            f"JOIN {SUMMED_ANSWERS} n ON n.answer = coalesce(x.answer, p.answer) "
            f"LEFT JOIN {ALLOWED} a ON a.line = l.line LEFT JOIN {LOST} o "
            "ON o.charge = l.charge AND o.units IS NOT DISTINCT FROM l.units AND o.value = a.value"
        )
    )


def _fill_values(lines: DeterminedLines, answers: Answers, name: str) -> None:
    """Make the table of the values that a dimension has by the answer of a line."""
    rows = [
        (answer, value) for answer, _, each in answers for value in determined_values(name, each)
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
    # The lines of each claim first: to count distinct claims takes several times as long.
    rows = lines.execute(
        f"SELECT {names}sum(n)::BIGINT, sum(adverse)::BIGINT, count(*), "
        "count(*) FILTER (adverse > 0), coalesce(sum(charge), 0), coalesce(sum(lost), 0), "
        f"sum(n - charged)::BIGINT FROM (SELECT {picked}l.claim_id, count(*) AS n, "
        "count(*) FILTER (l.adverse) AS adverse, sum(l.charge) AS charge, sum(l.lost) AS lost, "
        f"count(l.charge) AS charged FROM {SUMMED} l {' '.join(joins)} GROUP BY ALL) GROUP BY ALL"
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

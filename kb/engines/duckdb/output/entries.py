"""What a run answers as entries: one for every distinct determination, and which line has which."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from facts.extras import Connection
from kb.compile.formulas.line_script import WORD
from kb.engines.duckdb.connection import in_background, literal, one_row
from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.lines.tables import (
    ALLOWED,
    ANSWERS,
    CONTEXT_ANSWERS,
    CONTEXTS,
    DETERMINED,
    ENTRIES,
    EXCEPTIONAL,
    NUMBERS,
    PLAIN_ANSWERS,
    SIGNATURES,
    SIGNED,
    SLOTTED,
    SPECIAL,
    SPECIAL_ANSWERS,
)
from kb.engines.duckdb.output.special import make_special_lines
from kb.language.values import Row
from kb.model.clause import REASON_SLOTS, fill_slots
from kb.model.determination import Determination
from kb.model.maker import CitedPolicy, DeterminationMaker
from kb.model.reading_totals import ReadingTotals

NUMBER_TEXT = "rtrim(rtrim({}::DECIMAL(38, 9)::TEXT, '0'), '.')"
"""A number as text, without zeros behind it."""

READS = tuple(column for column, _ in REASON_SLOTS.values() if column != "line_number")
"""Columns of a line, other than its number, that reasons name."""

_AS_TEXT = {"line_number": "{}::TEXT", "units": NUMBER_TEXT}
"""SQL of the columns that are no text."""

_MOST_NUMBERS, _LARGEST_NUMBER = 200, 999
"""Line numbers that reasons are filled with beforehand; with more or larger ones, line by line."""

_MOST_LOOKED_UP = 200_000
"""Entries that lines look up in lists; with more they are joined."""


Answers = list[tuple[int, bool, Determination]]
"""Every distinct answer: its number, whether units are allowed, and a determination of no line."""


@dataclass(frozen=True, slots=True)
class Entries:
    """The table ``entries``: every distinct determination, and which line has which.

    Parameters
    ----------
    lines : DeterminedLines
        The lines that are determined.
    entry : str
        SQL of the number of the entry of a line.
    looked_up : bool
        Whether lines look their entry up in lists, or are joined with it.
    exceptions : Future
        Makes the table ``exceptional``.
    """

    lines: DeterminedLines
    entry: str
    looked_up: bool
    exceptions: Future[None]

    def cell(self, name: str) -> str:
        """Return SQL of the column of a name, of the entry of a line ``l``."""
        return f"d.{name}[l.place]" if self.looked_up else f"l.{name}"

    def select(
        self,
        picked: str,
        names: Sequence[str],
        claim_id: str = "l.claim_id",
        part: str = "NULL::TEXT",
        join: str = "",
    ) -> str:
        """Return the SELECT of all lines in the order of the input.

        The joins of DuckDB do not keep the order of rows, and to sort lists of citations is slow:
        lines are sorted while they are narrow. Each then looks up its entry, which keeps the order.

        Parameters
        ----------
        picked : str
            SQL of what is selected: ``l`` is a line with claim_id, claim_part, line_number and
            value.
        names : sequence of str
            Columns of the entries that are read; ``cell`` says how.
        claim_id, part, join : str
            SQL of the number of the claim, of what tells it from others of the same number, and of
            what the lines are joined with for them.
        """
        self.exceptions.result()
        narrow = (
            f"SELECT {claim_id} AS claim_id, {part} AS claim_part, l.line_number, u.value, {{}} "
            f"FROM {SIGNED} l "
            f"JOIN {PLAIN_ANSWERS} p USING (signature) "
            f"LEFT JOIN {CONTEXT_ANSWERS} x ON x.line = l.line "
            f"LEFT JOIN {EXCEPTIONAL} u ON u.line = l.line {join}"
        )
        if not self.looked_up:
            kept = ", ".join(["l.line", *(f"d.{name}" for name in names)])
            lines = f"{narrow.format(kept)} JOIN {ENTRIES} d ON d.entry = {self.entry}"
            return f"SELECT {picked} FROM ({lines}) l ORDER BY l.line"
        lists = ", ".join(f"list({name} ORDER BY r.entry) AS {name}" for name in names)
        return (
            f"SELECT {picked} FROM ({narrow.format(f'{self.entry} + 1 AS place')} ORDER BY l.line) "
            f"l, (SELECT {lists} FROM "
            f"(SELECT unnest(range((SELECT max(entry) FROM {ENTRIES}) + 1)) AS entry) r "
            f"LEFT JOIN {ENTRIES} d USING (entry)) d"
        )


def distinct_answers(lines: DeterminedLines, policy: CitedPolicy) -> Answers:
    """Return the distinct answers of lines, by what they cite of a policy.

    Parameters
    ----------
    lines : DeterminedLines
        The lines that are determined.
    policy : CitedPolicy
        What the determinations cite.

    Returns
    -------
    list of (int, bool, Determination)
    """
    maker = DeterminationMaker(policy, lines.readings)
    rows = lines.execute(f"SELECT answer, {', '.join(lines.words)} FROM {ANSWERS}").fetchall()
    made: Answers = []
    for answer, *words in rows:
        said: dict[str, list[Row]] = {}
        for position, (predicate, row) in enumerate(lines.answers):
            if _bit(words, position):
                said.setdefault(predicate, []).append(row)
        made.append((answer, _bit(words, len(lines.answers)), maker.make(said)))
    return made


def make_entries(
    lines: DeterminedLines,
    answers: Answers,
    columns: Mapping[str, tuple[str, list[Any]]],
    filled: str,
) -> Entries:
    """Make the table ``entries``.

    An entry is an answer as the lines of one number have it, or as those have it whose reasons name
    the same of their line. The line number is in most reasons: with it filled in beforehand,
    few lines have a reason of their own.

    Parameters
    ----------
    lines : DeterminedLines
        The lines that are determined.
    answers : list
        As ``distinct_answers`` returns them.
    columns : mapping of str to (str, list)
        Columns of the entries: a DuckDB type, and a value for each answer.
    filled : str
        Name of the column with the reasons, a text or a list of texts, whose slots are filled in.
    """
    numbers = _numbers(lines)
    own = [name for name in REASON_SLOTS if not numbers or name != "line"]
    stride = max(numbers, default=0) + 1
    NUMBERS.fill(lines.connection, numbers or [0])
    key = f"l.answer * {stride} + {'l.line_number' if numbers else '0'}"
    first = (max((answer for answer, _, _ in answers), default=0) + 1) * stride
    DETERMINED.fill(lines.connection, [answer for answer, _, _ in answers], **columns)
    _find_special_lines(lines, answers, own)
    lines.execute(
        SLOTTED.of(
            f"SELECT *, {first - 1} + row_number() OVER () AS entry FROM "
            f"(SELECT DISTINCT answer, line_number, {', '.join(READS)} FROM {SPECIAL} WHERE slots)"
        )
    )
    exceptions = in_background(
        lines.connection, lambda other: _make_exceptional(other, lines.allowed(), key)
    )
    several = columns[filled][0].endswith("[]")
    with_number = _filled(f"d.{filled}", {"line": "n.number::TEXT"} if numbers else {}, several)
    with_line = _filled(f"d.{filled}", _slots_of_line(), several)
    lines.execute(
        ENTRIES.of(
            f"SELECT answer * {stride} + n.number AS entry, "
            f"d.* EXCLUDE (answer) REPLACE ({with_number} AS {filled}) FROM {DETERMINED} d "
            f"ANTI JOIN (SELECT answer FROM {SPECIAL_ANSWERS} WHERE slots) USING (answer), "
            f"{NUMBERS} n UNION ALL BY NAME SELECT l.entry, d.* EXCLUDE (answer) "
            f"REPLACE ({with_line} AS {filled}) "
            f"FROM {SLOTTED} l JOIN {DETERMINED} d USING (answer)"
        )
    )
    (last,) = one_row(lines.connection, f"SELECT coalesce(max(entry), 0) FROM {ENTRIES}")
    entry = f"coalesce(u.entry, {key.replace('l.answer', 'coalesce(x.answer, p.answer)')})"
    return Entries(lines, entry, last <= _MOST_LOOKED_UP, exceptions)


def _make_exceptional(connection: Connection, allowed: str, key: str) -> None:
    """Make the table ``exceptional``: the entry of each special line, and its allowed units."""
    connection.execute(ALLOWED.of(allowed))
    same = " AND ".join(
        f"f.{name} IS NOT DISTINCT FROM l.{name}" for name in ("answer", "line_number", *READS)
    )
    connection.execute(
        EXCEPTIONAL.of(
            f"SELECT l.line, coalesce(f.entry, {key}) AS entry, u.value "
            f"FROM {SPECIAL} l LEFT JOIN {SLOTTED} f ON l.slots AND {same} "
            f"LEFT JOIN {ALLOWED} u ON u.line = l.line"
        )
    )


def _numbers(lines: DeterminedLines) -> list[int]:
    """Return the line numbers, if they are few and small."""
    rows = lines.execute(
        f"SELECT DISTINCT line_number FROM {SIGNED} LIMIT {_MOST_NUMBERS + 1}"
    ).fetchall()
    numbers = sorted(int(number) for (number,) in rows)
    few = len(numbers) <= _MOST_NUMBERS and max(numbers, default=0) <= _LARGEST_NUMBER
    return numbers if few else []


def count_outcomes(lines: DeterminedLines, answers: Answers) -> dict[str, int]:
    """Return how many lines have each outcome, by their answers."""
    rows = lines.execute(
        "SELECT answer, sum(n)::BIGINT FROM ("
        f"SELECT p.answer, s.n FROM {SIGNATURES} s JOIN {PLAIN_ANSWERS} p USING (signature) "
        f"UNION ALL SELECT x.answer, 1 FROM {CONTEXT_ANSWERS} x UNION ALL "
        f"SELECT p.answer, -1 FROM {CONTEXTS} c JOIN {SIGNATURES} s USING (id) "
        f"JOIN {PLAIN_ANSWERS} p USING (signature)) GROUP BY ALL"
    ).fetchall()
    outcomes = {answer: each.outcome for answer, _, each in answers}
    counts: dict[str, int] = {}
    for answer, count in rows:
        if count:
            counts[outcomes[answer]] = counts.get(outcomes[answer], 0) + int(count)
    return dict(sorted(counts.items()))


def total_readings(lines: DeterminedLines, answers: Answers, totals: ReadingTotals) -> None:
    """Add what hangs on each reading in favour of lines, which keep their charges.

    Parameters
    ----------
    lines : DeterminedLines
        The lines that are determined.
    answers : list
        As ``distinct_answers`` returns them.
    totals : ReadingTotals
        Gets the lines and the charges.
    """
    rows = lines.execute(
        f"SELECT coalesce(x.answer, p.answer) AS answer, count(*), sum(l.charge) FROM {SIGNED} l "
        f"JOIN {PLAIN_ANSWERS} p USING (signature) "
        f"LEFT JOIN {CONTEXT_ANSWERS} x ON x.line = l.line GROUP BY ALL"
    ).fetchall()
    told = {answer: each.readings_in_favour or () for answer, _, each in answers}
    for answer, count, charge in rows:
        totals.add(told[answer], count, charge)


def _find_special_lines(lines: DeterminedLines, answers: Answers, own: Collection[str]) -> None:
    """Make the table ``special``: lines with a limit, or with reasons that name ``own`` slots."""
    named = [(answer, bool(_slots_of(each, own)), limited) for answer, limited, each in answers]
    chosen = [row for row in named if row[1] or row[2]]
    SPECIAL_ANSWERS.fill(lines.connection, *([row[place] for row in chosen] for place in range(3)))
    make_special_lines(lines)


def _slots_of(determination: Determination, own: Collection[str]) -> set[str]:
    return {
        name
        for citation in determination.citations
        for name in own
        if f"{{{name}}}" in citation.reason
    }


def _slots_of_line() -> dict[str, str]:
    """SQL of what reasons name of a line ``l``."""
    slots = {}
    for name, (column, absent) in REASON_SLOTS.items():
        value = _AS_TEXT.get(column, "{}").format(f"l.{column}")
        slots[name] = f"coalesce({value}, {literal(absent)})" if absent else value
    return slots


def _filled(text: str, slots: Mapping[str, str], several: bool) -> str:
    """SQL of a text, or of each text of a list, with slots of the reasons filled."""
    made = fill_slots(
        "t" if several else text,
        slots,
        lambda within, slot, value: f"replace({within}, {literal(slot)}, {value})",
    )
    return f"list_transform({text}, lambda t: {made})" if several else made


def _bit(words: Sequence[int], position: int) -> bool:
    word, bit = divmod(position, WORD)
    return bool(words[word] >> bit & 1)

"""What a run answers as entries: one for every distinct determination, and which line has which."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

from kb.compile.formulas.line_script import WORD, LineScript
from kb.engines.duckdb.connection import in_background, literal
from kb.engines.duckdb.lines.run import LineRun
from kb.engines.duckdb.output.allowed import make_allowed, make_special
from kb.model.clause import EFFECTS, REASON_SLOTS, PolicyClause, fill_slots
from kb.model.determination import Determination, citation_of

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


class Cited(Protocol):
    """What a determination cites of a policy."""

    @property
    def policy_id(self) -> str:
        """As in ``R14``."""

    @property
    def version(self) -> str:
        """The day of its document."""

    @property
    def program_sha256(self) -> str:
        """A hash of its rules and tables."""

    @property
    def clauses(self) -> Mapping[str, PolicyClause]:
        """The clauses by their ids, in the order of the register."""


Answers = list[tuple[int, bool, Determination]]
"""Every distinct answer: its number, whether units are allowed, and a determination of no line."""


@dataclass(frozen=True, slots=True)
class Entries:
    """The table ``entries``: every distinct determination, and which line has which.

    Parameters
    ----------
    run : LineRun
    entry : str
        SQL of the number of the entry of a line.
    looked_up : bool
        Whether lines look their entry up in lists, or are joined with it.
    exceptions : Future
        Makes the table ``exceptional``.
    """

    run: LineRun
    entry: str
    looked_up: bool
    exceptions: Future[None]

    def cell(self, name: str) -> str:
        """Return SQL of a column of the entry of a line ``l``."""
        return f"d.{name}[l.place]" if self.looked_up else f"l.{name}"

    def select(
        self, picked: str, names: Sequence[str], claim_id: str = "l.claim_id", join: str = ""
    ) -> str:
        """Return the SELECT of all lines in the order of the input.

        The joins of DuckDB do not keep the order of rows, and to sort lists of citations is slow:
        lines are sorted while they are narrow. Each then looks up its entry, which keeps the order.

        Parameters
        ----------
        picked : str
            SQL of what is selected: ``l`` is a line with claim_id, line_number and value.
        names : sequence of str
            Columns of the entries that are read; ``cell`` says how.
        claim_id, join : str
            SQL of the claim id, and of what it is joined with.
        """
        self.exceptions.result()
        narrow = (
            f"SELECT {claim_id} AS claim_id, l.line_number, u.value, {{}} FROM signed l "
            "JOIN plain_answers p USING (signature) "
            "LEFT JOIN context_answers x ON x.line = l.line "
            f"LEFT JOIN exceptional u ON u.line = l.line {join}"
        )
        if not self.looked_up:
            kept = ", ".join(["l.line", *(f"d.{name}" for name in names)])
            lines = f"{narrow.format(kept)} JOIN entries d ON d.entry = {self.entry}"
            return f"SELECT {picked} FROM ({lines}) l ORDER BY l.line"
        lists = ", ".join(f"list({name} ORDER BY r.entry) AS {name}" for name in names)
        return (
            f"SELECT {picked} FROM ({narrow.format(f'{self.entry} + 1 AS place')} ORDER BY l.line) "
            f"l, (SELECT {lists} FROM (SELECT unnest(range((SELECT max(entry) FROM entries) + 1)) "
            "AS entry) r LEFT JOIN entries d USING (entry)) d"
        )


def distinct_answers(run: LineRun, policy: Cited) -> Answers:
    """Return the distinct answers of a run, by what they cite of a policy."""
    clauses = policy.clauses
    order = {clause_id: position for position, clause_id in enumerate(clauses)}
    rows = run.execute(f"SELECT answer, {', '.join(run.script.words)} FROM answers").fetchall()
    made: Answers = []
    for answer, *words in rows:
        held = _held(run.script, words)
        ((outcome,),) = held["outcome"]
        found = sorted(held["cites"], key=lambda row: (EFFECTS.index(row[1]), order[row[0]]))
        assumed = sorted({row[0] for row in held["assumption"]})
        determination = Determination(
            "",
            0,
            outcome,
            tuple(
                citation_of(clause, effect, held["mattered"], clause.reason_template)
                for clause, effect in ((clauses[name], effect) for name, effect in found)
            ),
            None,
            tuple(sorted({row[0] for row in held["missing"]})),
            tuple(assumed) if outcome == "reimbursable" else (),
            policy.policy_id,
            policy.version,
            policy.program_sha256,
        )
        made.append((answer, _bit(words, len(run.script.answers)), determination))
    return made


def make_entries(
    run: LineRun, answers: Answers, columns: Mapping[str, tuple[str, list[Any]]], filled: str
) -> Entries:
    """Make the table ``entries``.

    An entry is an answer as the lines of one number have it, or as those have it whose reasons name
    the same of their line. The line number is in most reasons: with it filled in beforehand,
    few lines have a reason of their own.

    Parameters
    ----------
    run : LineRun
        After ``run()``.
    answers : list
        As ``distinct_answers`` returns them.
    columns : mapping of str to (str, list)
        Columns of the entries: a DuckDB type, and a value for each answer.
    filled : str
        Name of the column with the reasons, a text or a list of texts, whose slots are filled in.
    """
    numbers = _numbers(run)
    own = [name for name in REASON_SLOTS if not numbers or name != "line"]
    apart = max(numbers, default=0) + 1
    run.table("numbers", {"number": ("BIGINT", numbers or [0])})
    key = f"l.answer * {apart} + {'l.line_number' if numbers else '0'}"
    first = (max((answer for answer, _, _ in answers), default=0) + 1) * apart
    keys = {"answer": ("BIGINT", [answer for answer, _, _ in answers])}
    run.table("determined", keys | dict(columns))
    _special_lines(run, answers, own)
    run.execute(
        f"CREATE TABLE slotted AS SELECT *, {first - 1} + row_number() OVER () AS entry FROM "
        f"(SELECT DISTINCT answer, line_number, {', '.join(READS)} FROM special WHERE slots)"
    )
    exceptions = in_background(run.connection, lambda other: _exceptional(run, other, key))
    several = columns[filled][0].endswith("[]")
    with_number = _filled(f"d.{filled}", {"line": "n.number::TEXT"} if numbers else {}, several)
    with_line = _filled(f"d.{filled}", _slots_of_line(), several)
    run.execute(
        f"CREATE TABLE entries AS SELECT answer * {apart} + n.number AS entry, "
        f"d.* EXCLUDE (answer) REPLACE ({with_number} AS {filled}) FROM determined d "
        "ANTI JOIN (SELECT answer FROM special_answers WHERE slots) USING (answer), numbers n "
        "UNION ALL BY NAME SELECT l.entry, d.* EXCLUDE (answer) "
        f"REPLACE ({with_line} AS {filled}) "
        "FROM slotted l JOIN determined d USING (answer)"
    )
    (last,) = run.execute("SELECT coalesce(max(entry), 0) FROM entries").fetchone()
    entry = f"coalesce(u.entry, {key.replace('l.answer', 'coalesce(x.answer, p.answer)')})"
    return Entries(run, entry, last <= _MOST_LOOKED_UP, exceptions)


def _exceptional(run: LineRun, connection: Any, key: str) -> None:
    """The table ``exceptional``: the entry of each special line, and its allowed units."""
    make_allowed(run, connection)
    same = " AND ".join(
        f"f.{name} IS NOT DISTINCT FROM l.{name}" for name in ("answer", "line_number", *READS)
    )
    connection.execute(
        f"CREATE TABLE exceptional AS SELECT l.line, coalesce(f.entry, {key}) AS entry, u.value "
        f"FROM special l LEFT JOIN slotted f ON l.slots AND {same} "
        "LEFT JOIN allowed u ON u.line = l.line"
    )


def _numbers(run: LineRun) -> list[int]:
    """Return the line numbers, if they are few and small."""
    rows = run.execute(
        f"SELECT DISTINCT line_number FROM signed LIMIT {_MOST_NUMBERS + 1}"
    ).fetchall()
    numbers = sorted(int(number) for (number,) in rows)
    few = len(numbers) <= _MOST_NUMBERS and max(numbers, default=0) <= _LARGEST_NUMBER
    return numbers if few else []


def count_outcomes(run: LineRun, answers: Answers) -> dict[str, int]:
    """Return the lines of each outcome."""
    rows = run.execute(
        "SELECT answer, sum(n)::BIGINT FROM ("
        "SELECT p.answer, s.n FROM signatures s JOIN plain_answers p USING (signature) UNION ALL "
        "SELECT x.answer, 1 FROM context_answers x UNION ALL "
        "SELECT p.answer, -1 FROM contexts c JOIN signatures s USING (id) "
        "JOIN plain_answers p USING (signature)) GROUP BY ALL"
    ).fetchall()
    outcomes = {answer: each.outcome for answer, _, each in answers}
    counts: dict[str, int] = {}
    for answer, count in rows:
        if count:
            counts[outcomes[answer]] = counts.get(outcomes[answer], 0) + int(count)
    return dict(sorted(counts.items()))


def _special_lines(run: LineRun, answers: Answers, own: Collection[str]) -> None:
    """The table ``special``: lines with a limit, or with reasons that name their ``own`` slots."""
    named = {answer: (_slots_of(each, own), limited) for answer, limited, each in answers}
    chosen = {answer: found for answer, found in named.items() if found[0] or found[1]}
    columns: dict[str, tuple[str, list[Any]]] = {
        "answer": ("BIGINT", list(chosen)),
        "slots": ("BOOLEAN", [bool(slots) for slots, _ in chosen.values()]),
        "limited": ("BOOLEAN", [limited for _, limited in chosen.values()]),
    }
    run.table("special_answers", columns)
    make_special(run)


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


def _held(script: LineScript, words: Sequence[int]) -> dict[str, list[tuple[Any, ...]]]:
    held: dict[str, list[tuple[Any, ...]]] = {
        name: [] for name in ("outcome", "cites", "mattered", "missing", "assumption")
    }
    for position, (predicate, row) in enumerate(script.answers):
        if _bit(words, position):
            held[predicate].append(row)
    return held


def _bit(words: Sequence[int], position: int) -> bool:
    word, bit = divmod(position, WORD)
    return bool(words[word] >> bit & 1)

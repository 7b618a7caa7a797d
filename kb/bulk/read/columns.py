"""How each column of raw rows is read: as SQL, what is not plain once per distinct value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from facts.claim import PART_SIGN, Diagnosis
from facts.diagnostic import Diagnostic
from facts.readers.batch import Claim, RejectedClaim
from facts.readers.column_values import AMOUNTS, DATES, TEXTS, Remark, claim_key, read_value
from facts.readers.parquet import BLANKS, WHOLE, as_stored
from facts.readers.plain_values import texts_of
from facts.values import ValueFault, quoted
from kb.bulk.read.files import Source
from kb.bulk.read.free_texts import STRIPPED, odd, unfit, unmeant
from kb.compile.sql.number_types import NUMBER, decimal_of
from kb.engines.duckdb.connection import identifier, literal, make_table

KINDS = {
    "line_number": "BIGINT",
    **dict.fromkeys(DATES, "DATE"),
    **dict.fromkeys(AMOUNTS, NUMBER),
}
"""Types of the columns that are no text."""

_JOIN = "LEFT JOIN "

_HELP_INEXACT = "DuckDB keeps nine digits behind the point; adjudicate with --engine pydatalog"

_DIAGNOSIS = "[A-Z][0-9][A-Z0-9]{1,5}(:[YNUW1])?"
_PLAIN = {
    **dict.fromkeys(AMOUNTS, r"\d{1,18}(\.\d{0,9})?"),
    "line_number": r"[1-9]\d{0,11}",
    "diagnoses": f"{_DIAGNOSIS}( {_DIAGNOSIS}){{0,24}}",
}
"""Texts that SQL reads as the row readers do, so that they need no dictionary.

A diagnosis has a digit behind its first letter, which no word for nothing has.
"""


@dataclass(slots=True)
class RawColumn:
    """A column as SQL over the alias ``r`` of the raw rows.

    Parameters
    ----------
    name : str
        Its name.
    value : str
        SQL of its value as it is read.
    join : str
        What ``value`` needs in addition to the raw rows.
    suspect : str
        SQL of the rows whose value cannot be read, empty where there is none.
    notes : dict of str to list of Remark
        Texts that may not be meant as they were read, with what is said of them.
    text : str
        SQL of the value as text.
    distinct : set of str, optional
        Every value as it is read, where it is known.
    """

    name: str
    value: str
    join: str = ""
    suspect: str = ""
    notes: dict[str, list[Remark]] = field(default_factory=dict)
    text: str = "NULL"
    distinct: set[str] | None = None


def read_column(
    connection: Any, source: Source, name: str, tag: str, sound: bool = False
) -> RawColumn:
    """Return how a column of a source is read.

    Parameters
    ----------
    connection : DuckDB connection
        An open connection to DuckDB.
    source : Source
        The source.
    name : str
        A column of the claim table.
    tag : str
        Keeps the names of helping tables distinct.
    sound : bool, optional
        Whether it is known that no text of it is odd.
    """
    kind = source.columns.get(name)
    wanted = KINDS.get(name, "TEXT")
    if kind is None:
        return RawColumn(name, f"NULL::{wanted}", distinct=set())
    raw = f"r.{identifier(name)}"
    if (name in DATES and kind == "DATE") or (name == "line_number" and kind in WHOLE):
        return RawColumn(name, raw, text=f"{raw}::TEXT", suspect=f"{raw} < 1" * (name not in DATES))
    if name in AMOUNTS and (kind in WHOLE or _fits(kind)):
        return RawColumn(name, raw, text=f"{raw}::TEXT", suspect=f"{raw} < 0")
    if name in DATES and kind == "TIMESTAMP" and _only_days(connection, source, raw):
        return RawColumn(name, f"{raw}::DATE", text=f"{raw}::TEXT")
    text = f"array_to_string({raw}, ' ')" if kind == "VARCHAR[]" else f"{raw}::TEXT"
    column = RawColumn(name, raw if kind == "VARCHAR" else text)
    column.text = column.value
    if name in TEXTS and (sound or kind in WHOLE):
        return column
    if kind not in ("VARCHAR", "VARCHAR[]"):
        return _parsed(connection, source, column, tag, raw)
    if name in TEXTS:
        return _free_text(connection, source, column, tag)
    column = _parsed(connection, source, column, tag, "")
    if kind == "VARCHAR[]":
        _add(column, f"list_count({raw}) <> len({raw})")
    return column


NUMBER_OF_CLAIM = (
    "CASE WHEN claim_part IS NULL THEN claim_id "
    f"ELSE left(claim_id, -(length(claim_part) + {len(PART_SIGN)})) END"
)
"""SQL of the number of a claim, which others may have too."""


def with_parts(claim_id: RawColumn, part: RawColumn) -> RawColumn:
    """Return the column of claim ids with the parts that tell claims of the same number apart.

    Parameters
    ----------
    claim_id, part : RawColumn
        The columns as they are in the source.
    """
    behind = f"{literal(PART_SIGN)} || {part.value}"
    value = (
        f"CASE WHEN {part.value} IS NULL OR ends_with({claim_id.value}, {behind}) "
        f"THEN {claim_id.value} ELSE {claim_id.value} || {behind} END"
    )
    joins = " ".join(filter(None, (claim_id.join, part.join)))
    return replace(claim_id, value=value, join=joins)


def _only_days(connection: Any, source: Source, raw: str) -> bool:
    """Tell whether no time of a column is another than midnight."""
    query = f"SELECT 1 FROM {source.scan} r WHERE {raw} <> {raw}::DATE LIMIT 1"
    return connection.execute(query).fetchone() is None


def _free_text(connection: Any, source: Source, column: RawColumn, tag: str) -> RawColumn:
    if not _any_odd(connection, source, column):
        return column
    stripped = STRIPPED.format("c")
    blank, bad, strange = connection.execute(
        f"SELECT bool_or(c = '' OR c <> trim(c, {literal(BLANKS)})), bool_or({unfit('c')}), "
        f"bool_or({unmeant(stripped, column.name)}) "
        f"FROM (SELECT DISTINCT {column.text} AS c FROM {source.scan} r)"
    ).fetchone()
    if bad:
        column.suspect = unfit(column.text)
    if blank:
        column.value = STRIPPED.format(column.text)
    if strange:
        plain = f"NOT {unmeant(STRIPPED.format('{0}'), column.name)}"
        return _parsed(connection, source, column, tag, "", plain)
    return column


def _any_odd(connection: Any, source: Source, column: RawColumn) -> bool:
    """Tell whether a text may be odd.

    Of Parquet, DuckDB tests the dictionaries and leaves the rows alone where it finds nothing. In
    the table of texts the distinct ones are fewer, but for those of claims.
    """
    name = column.name
    if source.parquet or name == "claim_id":
        query = f"SELECT true FROM {source.scan} r WHERE {odd(column.text, name)} LIMIT 1"
    else:
        distinct = f"SELECT DISTINCT {column.text} AS c FROM {source.scan} r"
        query = f"SELECT true FROM ({distinct}) HAVING bool_or({odd('c', name)})"
    return connection.execute(query).fetchone() is not None


def _odd_values(
    connection: Any, source: Source, column: RawColumn, typed: str, plain: str
) -> list[tuple[Any, ...]]:
    """Return the distinct texts of a column that are not plain, with their typed values.

    The condition is in the aggregate: DuckDB would move it from behind WHERE in front of
    DISTINCT, and search every row of a file for an expression.
    """
    condition = f" FILTER (WHERE NOT ({plain.format('c')}))" if plain else ""
    picked = f"{column.text} AS c, {typed} AS given" if typed else f"{column.text} AS c"
    (found,) = connection.execute(
        f"SELECT list(d){condition} FROM (SELECT DISTINCT {picked} FROM {source.scan} r "
        f"WHERE {column.text} IS NOT NULL) d"
    ).fetchone()
    return [tuple(row.values()) for row in found or ()]


def _parsed(
    connection: Any,
    source: Source,
    column: RawColumn,
    tag: str,
    typed: str,
    plain: str = "",
) -> RawColumn:
    """Read the distinct values of a column as the row readers do, but for the plain ones.

    ``plain`` is the SQL of whether a text in its braces needs no reading.
    """
    name, text, straight = column.name, column.text, column.value
    wanted, kind = KINDS.get(name, "TEXT"), source.columns[name]
    if name in _PLAIN:
        plain = _fully("{0}", _PLAIN[name].replace("{", "{{").replace("}", "}}"))
    made: dict[str, str | None] = {}
    bad: set[str] = set()
    values = _odd_values(connection, source, column, typed, plain)
    if name in DATES and not typed and source.respell(source, name, (each for each, *_ in values)):
        values = _odd_values(connection, source, column, typed, plain)
    for value, *given in values:
        stored = as_stored(kind, given[0]) if given else value
        made[value], fault, said = _read(name, stored)
        if fault:
            bad.add(value)
        elif said:
            column.notes[value] = said
    if not plain:
        column.distinct = {value for value in made.values() if value is not None}
    straight = f"{straight}::{wanted}" if wanted != "TEXT" else straight
    if all(value == new for value, new in made.items()) and not (typed or bad):
        column.value = straight
        return column
    table = f"v_{name}_{tag}"
    columns: dict[str, tuple[str, list[Any]]] = {
        "value": ("TEXT", list(made)),
        "made": (f"{wanted}:TEXT", list(made.values())),
        "bad": ("BOOLEAN", [value in bad for value in made]),
    }
    make_table(connection, table, columns)
    column.join = f"{_JOIN}{table} ON {table}.value = {text}"
    column.value = f"{table}.made"
    if plain:
        plainly = plain.format(text)
        column.value = f"CASE WHEN {plainly} THEN {straight} ELSE {table}.made END"
    if bad:
        _add(column, f"coalesce({table}.bad, false)")
    return column


def _read(name: str, stored: Any) -> tuple[str | None, bool, list[Remark]]:
    """Return a value as text that DuckDB reads, whether it is faulty, and what is said of it."""
    fields, faults = texts_of({name: stored}, None, (name,))
    if faults or name not in fields:
        return None, bool(faults), []
    text = fields[name]
    try:
        value, said = read_value(name, text)
        new, fault = written(value)
    except ValueFault:
        return (claim_key(text) if name == "claim_id" else None), True, []
    return new or None, bool(fault), said


def _fully(text: str, pattern: str) -> str:
    """SQL of whether a whole text is of a pattern."""
    return f"regexp_full_match({text}, {literal(pattern)})"


def _add(column: RawColumn, condition: str) -> None:
    column.suspect = f"{column.suspect} OR {condition}" if column.suspect else condition


def _fits(kind: str) -> bool:
    """Tell whether a decimal type has no more digits than a stored number."""
    if not kind.startswith("DECIMAL("):
        return False
    digits, scale = map(int, kind[8:].rstrip(")").split(","))
    return scale <= 9 and digits - scale <= 29


def written(value: Any) -> tuple[str, str]:
    """Return a read value as text that DuckDB reads, and why it cannot be kept.

    Examples
    --------
    >>> written(Decimal("2.50")), written(("59", "SH")), written(None)
    (('2.5', ''), ('59 SH', ''), ('', ''))
    """
    if value is None:
        return "", ""
    if isinstance(value, date):
        return value.isoformat(), ""
    if isinstance(value, Decimal):
        exact = decimal_of(value)
        if exact is None:
            return "", f"has more digits than can be kept exactly: {quoted(str(value))}"
        return format(exact, "f"), ""
    if isinstance(value, tuple):
        items = [_diagnosis(item) if isinstance(item, Diagnosis) else item for item in value]
        return " ".join(items), ""
    return str(value), ""


def exact(claim: Claim) -> Claim | RejectedClaim:
    """Return a claim, rejected where it has a number that cannot be kept exactly.

    Parameters
    ----------
    claim : Claim
        As the reader of single claims gives it.
    """
    found = []
    for line in claim.lines:
        for name in AMOUNTS:
            fault = _inexact(getattr(line, name))
            if fault:
                place = line.trace.origin(name) if line.trace is not None else None
                found.append(Diagnostic("error", f"`{name}` {fault}", place, _HELP_INEXACT))
    if not found:
        return claim
    return RejectedClaim(claim.claim_id, len(claim.lines), tuple(found))


@lru_cache(maxsize=65_536)
def _inexact(amount: Decimal | None) -> str:
    return written(amount)[1]


def _diagnosis(item: Diagnosis) -> str:
    return f"{item.code}:{item.indicator}" if item.indicator else item.code


def selected(
    sources: Sequence[tuple[Source, Mapping[str, RawColumn]]],
    names: Sequence[str],
    condition: str = "",
    place: bool = False,
) -> str:
    """Return the query of some columns of all sources, with no more joins than these need.

    Parameters
    ----------
    sources : sequence of (Source, mapping of str to RawColumn)
        The sources with their columns.
    names : sequence of str
        The columns.
    condition : str, optional
        What follows the joins of each source; ``{claim}`` is its claim id, which is
        one of the columns then.
    place : bool, optional
        Whether the column ``place`` gives the order of the lines.
    """
    selects = []
    for source, columns in sources:
        picked = {name: columns[name] for name in names}
        picks = [f"{column.value} AS {identifier(name)}" for name, column in picked.items()]
        if place:
            own = "r.place" if source.parquet else "r.rowid"
            picks.append(f"({int(source.parquet)}::BIGINT << 60) + {own} AS place")
        selects.append(
            f"SELECT {', '.join(picks)} FROM {source.scan} r {joined(picked)} "
            f"{condition.format(claim=columns['claim_id'].value)}"
        )
    if selects:
        return " UNION ALL ".join(selects)
    picks = [f"NULL::{KINDS.get(name, 'TEXT')} AS {identifier(name)}" for name in names]
    return f"SELECT {', '.join(picks)}{', 0::BIGINT AS place' * place} WHERE false"


def joined(columns: Mapping[str, RawColumn]) -> str:
    """Return the joins that columns need in addition to the raw rows."""
    joins = (join for column in columns.values() for join in column.join.split(_JOIN))
    return " ".join(f"{_JOIN}{join}" for join in dict.fromkeys(map(str.strip, joins)) if join)

"""Claim lines of files as one checked table: values read once per distinct value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from facts.claim import Diagnosis
from facts.diagnostic import Diagnostic, InputError
from facts.readers.batch import Tally
from facts.readers.line_table import LONGEST_TEXT, PARSERS, REQUIRED, check_columns
from facts.values import ValueFault, parse_text, quoted
from kb.bulk_source import expand, identifier, open_source
from kb.compile.numbers import NUMBER, decimal_of

WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
DATES = ("service_date", "service_date_to", "processed_date")
AMOUNTS = ("units", "charge", "ndc_quantity")
TEXTS = tuple(name for name, parser in PARSERS.items() if parser is parse_text)
LINES = "checked_lines"
"""Name of the table or view of lines that can be determined."""


@dataclass(slots=True)
class Checked:
    """What came of reading files of claim lines.

    Parameters
    ----------
    diagnostics : list of Diagnostic
    tally : Tally
    rejects : list of (file, row, claim id, column, message)
    """

    diagnostics: list[Diagnostic] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    rejects: list[tuple[str, int, str, str, str]] = field(default_factory=list)


class LineReader:
    """Reads claim lines into the table or view ``checked_lines``.

    Parameters
    ----------
    connection : DuckDB connection
    paths : sequence of path
        Files and globs.
    """

    def __init__(self, connection: Any, paths: Sequence[str | Path]) -> None:
        self.connection = connection
        self.source = open_source(connection, expand(paths), tuple(PARSERS))
        self.checked = Checked()
        self._faults: dict[str, dict[str, ValueFault]] = {}

    def read(self) -> Checked:
        """Read and check everything.

        Raises
        ------
        InputError
            If a required column is missing or a file cannot be read.
        """
        found = check_columns(self.source.columns, self.source.files[0], "row 1")
        self.checked.diagnostics += [item for item in found if item.severity != "error"]
        errors = [item for item in found if item.severity == "error"]
        if errors:
            raise InputError(errors)
        self._open()
        columns = {name: self._column(name) for name in PARSERS}
        joins = " ".join(join for _, join in columns.values() if join)
        picked = ", ".join(f"{sql} AS {identifier(name)}" for name, (sql, _) in columns.items())
        plain = f"SELECT {picked} FROM {self._raw} r {joins}"
        if joins:
            self.connection.execute(f"CREATE TEMP TABLE read_lines AS {plain}")
        else:
            self.connection.execute(f"CREATE TEMP VIEW read_lines AS {plain}")
        self._check(columns)
        return self.checked

    def _open(self) -> None:
        """The raw rows: Parquet is read where it lies, text is read once."""
        if self.source.kind == "parquet":
            self._raw = self.source.scan
            self._numbered = f"SELECT *, file_row_number + 1 AS row FROM {self.source.scan}"
            return
        header = 1 if self.source.kind == "csv" else 0
        self.connection.execute(
            "CREATE TEMP TABLE raw_rows AS SELECT *, row_number() OVER () AS place "
            f"FROM {self.source.scan}"
        )
        self._raw = "raw_rows"
        self._numbered = (
            "SELECT * EXCLUDE (place), place - min(place) OVER (PARTITION BY filename) + "
            f"{1 + header} AS row FROM raw_rows"
        )

    def _column(self, name: str) -> tuple[str, str]:
        """Return a column as SQL over the raw row, and the join that it needs."""
        kind = self.source.columns.get(name)
        if kind is None:
            typed = {"line_number": "BIGINT", **dict.fromkeys(DATES, "DATE")}
            typed |= dict.fromkeys(AMOUNTS, NUMBER)
            return f"NULL::{typed.get(name, 'TEXT')}", ""
        raw = f"r.{identifier(name)}"
        if (name == "line_number" and kind in WHOLE) or (name in DATES and kind == "DATE"):
            return raw, ""
        if name in AMOUNTS and (kind in WHOLE or _fits(kind)):
            return raw, ""
        text = self._text(name)
        if name in TEXTS:
            return self._free_text(name, raw, text)
        return self._parsed(name, text)

    def _text(self, name: str) -> str:
        raw = f"r.{identifier(name)}"
        if self.source.columns[name].endswith("[]"):
            return f"array_to_string({raw}, ' ')"
        return raw if self.source.columns[name] == "VARCHAR" else f"{raw}::TEXT"

    def _free_text(self, name: str, raw: str, text: str) -> tuple[str, str]:
        space = "regexp_matches(c, '^\\s|\\s$')"
        row = self.connection.execute(
            f"SELECT coalesce(bool_or(c = '' OR {space}), false), "
            f"coalesce(max(length(c)), 0) FROM (SELECT DISTINCT {text} AS c FROM {self._raw} r)"
            if name != "claim_id"
            else f"SELECT coalesce(bool_or(c = '' OR {space}), false), "
            f"coalesce(max(length(c)), 0) FROM (SELECT {text} AS c FROM {self._raw} r)"
        ).fetchone()
        if row[1] > LONGEST_TEXT:
            message = f"is longer than {LONGEST_TEXT} characters"
            for (value,) in self.connection.execute(
                f"SELECT DISTINCT {text} FROM {self._raw} r WHERE length({text}) > {LONGEST_TEXT}"
            ).fetchall():
                self._faults.setdefault(name, {})[value] = ValueFault(message)
        if not row[0]:
            return text if text != raw else raw, ""
        return f"nullif(regexp_replace({text}, '^\\s+|\\s+$', '', 'g'), '')", ""

    def _parsed(self, name: str, text: str) -> tuple[str, str]:
        """Read every distinct value as the row readers do."""
        values = self.connection.execute(
            f"SELECT DISTINCT {text} FROM {self._raw} r WHERE {text} IS NOT NULL"
        ).fetchall()
        parser: Callable[[str], Any] = PARSERS[name]
        made: dict[str, str | None] = {}
        for (value,) in values:
            if not value.strip():
                made[value] = None
                continue
            try:
                made[value] = _written(parser(value))
            except ValueFault as fault:
                self._faults.setdefault(name, {})[value] = fault
                made[value] = None
        self._note_changes(name, made)
        kind = {"line_number": "BIGINT", **dict.fromkeys(DATES, "DATE")}.get(name, "TEXT")
        kind = NUMBER if name in AMOUNTS else kind
        if kind == "TEXT" and all(value == new for value, new in made.items()):
            return text, ""
        table = f"v_{name}"
        self.connection.execute(
            f"CREATE TEMP TABLE {table} AS SELECT unnest($1::TEXT[]) AS value, "
            f"unnest($2::TEXT[])::{kind} AS made",
            [list(made), list(made.values())],
        )
        return f"{table}.made", f"LEFT JOIN {table} ON {table}.value = {text}"

    def _note_changes(self, name: str, made: dict[str, str | None]) -> None:
        if name not in ("procedure_code", "type_of_bill", "revenue_code", "place_of_service"):
            return
        for value, new in sorted(made.items()):
            changed = value != value.upper() or any(character.isspace() for character in value)
            if new is not None and new != value and changed:
                self.checked.diagnostics.append(
                    Diagnostic(
                        "note",
                        f"`{name}` was read as {quoted(new)} instead of {quoted(value)}",
                        help="codes are upper case without blanks",
                    )
                )

    def _check(self, columns: dict[str, tuple[str, str]]) -> None:
        counts = self.connection.execute(
            "SELECT count(*), "
            + ", ".join(f"count({name})" for name in REQUIRED)
            + ", coalesce(min(line_number), 1), coalesce(min(units), 0), coalesce(min(charge), 0), "
            "coalesce(min(ndc_quantity), 0), "
            "coalesce(bool_or(service_date_to < service_date), false) FROM read_lines"
        ).fetchone()
        total, present, least = counts[0], counts[1:5], counts[5:9]
        repeated = self._repeated()
        bad = (
            bool(self._faults)
            or any(count != total for count in present)
            or least[0] < 1
            or min(least[1:]) < 0
            or counts[9]
            or repeated
        )
        tally = self.checked.tally
        tally.lines_read = total
        if not bad:
            self.connection.execute(f"CREATE TEMP VIEW {LINES} AS SELECT * FROM read_lines")
            return
        self._reject(columns)

    def _repeated(self) -> bool:
        """Tell whether a line number stands twice in a claim."""
        row = self.connection.execute(
            "SELECT coalesce(bool_or(n <> distinct_n), false), coalesce(max(most), 0) FROM ("
            "SELECT count(*) AS n, bit_count(bit_or(1::BIGINT << (line_number % 62)::INTEGER)) "
            "AS distinct_n, max(line_number) AS most FROM read_lines "
            "WHERE line_number >= 1 GROUP BY claim_id)"
        ).fetchone()
        if not row[0]:
            return False
        found = self.connection.execute(
            "SELECT 1 FROM read_lines GROUP BY claim_id, line_number HAVING count(*) > 1 LIMIT 1"
        ).fetchone()
        return found is not None

    def _reject(self, columns: dict[str, tuple[str, str]]) -> None:
        """Find every fault with its row, and leave out the claims that have one."""
        joins = " ".join(join for _, join in columns.values() if join)
        picked = ", ".join(f"{sql} AS {identifier(name)}" for name, (sql, _) in columns.items())
        texts = ", ".join(
            f"{self._text(name)} AS {identifier('raw ' + name)}"
            for name in PARSERS
            if name in self.source.columns
        )
        self.connection.execute(
            f"CREATE TEMP TABLE numbered AS SELECT r.filename, r.row, {picked}, {texts} "
            f"FROM ({self._numbered}) r {joins}"
        )
        faults: list[tuple[str, int, str | None, str, str, str]] = []
        for name, values in self._faults.items():
            rows = self.connection.execute(
                f"SELECT filename, row, claim_id, {identifier('raw ' + name)} FROM numbered "
                f"WHERE {identifier('raw ' + name)} IN (SELECT unnest($1::TEXT[]))",
                [list(values)],
            ).fetchall()
            for file, row, claim, value in rows:
                fault = values[value]
                faults.append((file, row, claim, name, f"`{name}` {fault.message}", fault.help))
        for name in REQUIRED:
            blank = f"{identifier('raw ' + name)} IS NULL OR trim({identifier('raw ' + name)}) = ''"
            faults += self._where(blank, name, f"`{name}` is empty")
        for name in AMOUNTS:
            for file, row, claim, value in self._rows(f"{name} < 0", f"{name}::TEXT"):
                message = f"`{name}` is negative: {quoted(value)}"
                faults.append((file, row, claim, name, message, "it counts from zero"))
        for file, row, claim, value in self._rows("line_number < 1", "line_number::TEXT"):
            message = f"`line_number` is below 1: {quoted(value)}"
            faults.append((file, row, claim, "line_number", message, "count from 1"))
        for file, row, claim, value in self._rows(
            "service_date_to < service_date", "service_date_to || '|' || service_date"
        ):
            last, first = value.split("|")
            message = f"`service_date_to` {quoted(last)} is before `service_date` {quoted(first)}"
            faults.append((file, row, claim, "service_date_to", message, ""))
        self._twice(faults)
        for file, row, claim, name, message, help in sorted(faults, key=lambda item: item[:2]):
            origin = self.source.origin(file, row, name)
            self.checked.diagnostics.append(Diagnostic("error", message, origin, help))
            self.checked.rejects.append((file, row, claim or "", name, message))
        self._leave_out(sorted({claim for _, _, claim, *_ in faults if claim}))

    def _twice(self, faults: list[tuple[str, int, str | None, str, str, str]]) -> None:
        rows = self.connection.execute(
            "SELECT filename, row, claim_id, line_number, first_file, first_row FROM ("
            "SELECT *, first_value(filename) OVER w AS first_file, first_value(row) OVER w AS "
            "first_row, row_number() OVER w AS nth FROM numbered WHERE claim_id IS NOT NULL AND "
            "line_number IS NOT NULL WINDOW w AS (PARTITION BY claim_id, line_number "
            "ORDER BY filename, row)) WHERE nth > 1"
        ).fetchall()
        for file, row, claim, number, first_file, first_row in rows:
            message = f"line {number} of claim {quoted(claim)} stands twice"
            other = self.source.origin(first_file, first_row, "line_number")
            faults.append(
                (file, row, claim, "line_number", message, f"the other stands in {other}")
            )

    def _leave_out(self, claims: list[str]) -> None:
        self.connection.execute(
            "CREATE TEMP TABLE rejected_claims AS SELECT unnest($1::TEXT[]) AS claim_id", [claims]
        )
        names = ", ".join(f"l.{identifier(name)}" for name in PARSERS)
        self.connection.execute(
            f"CREATE TEMP TABLE {LINES} AS SELECT {names} FROM numbered l "
            "WHERE l.claim_id IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM rejected_claims r WHERE r.claim_id = l.claim_id) "
            "ORDER BY l.filename, l.row"
        )
        kept = self.connection.execute(f"SELECT count(*) FROM {LINES}").fetchone()[0]
        self.checked.tally.lines_rejected = self.checked.tally.lines_read - kept
        self.checked.tally.claims_rejected = len(claims)

    def _where(
        self, condition: str, name: str, message: str
    ) -> list[tuple[str, int, str | None, str, str, str]]:
        return [
            (file, row, claim, name, message, "")
            for file, row, claim, _ in self._rows(condition, "''")
        ]

    def _rows(self, condition: str, value: str) -> list[tuple[str, int, str | None, str]]:
        found: list[tuple[str, int, str | None, str]] = self.connection.execute(
            f"SELECT filename, row, claim_id, {value} FROM numbered WHERE {condition}"
        ).fetchall()
        return found


def _fits(kind: str) -> bool:
    """Tell whether a decimal type has no more digits than a stored number."""
    if not kind.startswith("DECIMAL("):
        return False
    return int(kind.rstrip(")").split(",")[1]) <= 9


def _written(value: Any) -> str:
    """A read value as text that DuckDB reads."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        exact = decimal_of(value)
        if exact is None:
            raise ValueFault(
                f"has more digits than can be kept exactly: {quoted(str(value))}",
                "nine digits behind the point",
            )
        return format(exact, "f")
    if isinstance(value, tuple):
        return " ".join(_diagnosis(item) if isinstance(item, Diagnosis) else item for item in value)
    return str(value)


def _diagnosis(item: Diagnosis) -> str:
    return f"{item.code}:{item.indicator}" if item.indicator else item.code

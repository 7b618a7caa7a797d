"""The tables of a bulk run: their names and columns are declared here alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from facts.extras import Connection
from kb.compile.formulas.line_script import FILED_LINES as FILED
from kb.compile.sql.number_types import NUMBER
from kb.engines.duckdb.connection import make_table


@dataclass(frozen=True, slots=True)
class RunTable:
    """A table of a bulk run; in SQL it is written as its name.

    Parameters
    ----------
    name : str
        With ``{}`` for a number where there are several.
    columns : mapping of str to str
        The type of each column. Where a policy asks for further columns, they are in the table too;
        a whole number may have a narrower type.
    """

    name: str
    columns: Mapping[str, str]

    def __str__(self) -> str:
        return self.name

    def numbered(self, *numbers: int | str) -> RunTable:
        """Return one of several tables.

        Parameters
        ----------
        *numbers : int or str
            What it is told from the others by.
        """
        return RunTable(self.name.format(*numbers), self.columns)

    def of(self, query: str) -> str:
        """Return the statement that makes the table of the rows of a query.

        Parameters
        ----------
        query : str
            A SELECT.
        """
        return f"CREATE TABLE {self.name} AS {query}"

    def fill(self, connection: Connection, *columns: Iterable[Any], **further: Any) -> None:
        """Make the table of Python values.

        Parameters
        ----------
        connection : Connection
            Where the tables are.
        *columns : iterable
            The values of each declared column. Those of numbers beyond BIGINT are texts.
        **further : (str, sequence)
            Types and values of further columns, by their names.
        """
        made: dict[str, tuple[str, list[Any]]] = {
            name: (f"{kind}:TEXT" if kind in _AS_TEXT else kind, list(values))
            for (name, kind), values in zip(self.columns.items(), columns, strict=True)
        }
        make_table(connection, self.name, made | further)


_AS_TEXT = ("HUGEINT", NUMBER)
_LINE = {"claim_id": "TEXT", "line_number": "BIGINT"}
_BITS = {"answers": "BIGINT", "asks": "BIGINT"}
_RANGES = {"first": "TEXT", "last": "TEXT"}

# Values of lines

DICTIONARY = RunTable(
    "{}", {"value": "TEXT", "mask": "BIGINT", "class": "BIGINT", "key": "INTEGER"}
)
"""The distinct values of a column with the tests that each meets; named by the script."""

SIDE = RunTable("{}", {**_LINE, "mask": "HUGEINT", "class": "BIGINT"})
"""The tests of evidence, and of values that a line can have several of, that lines meet."""

SIDE_TESTS = RunTable(
    "{}_tests", {"bit": "HUGEINT", "name": "TEXT", "value": "TEXT", "number": NUMBER}
)
EVIDENCE_ROWS = RunTable(
    "evidence_rows", {**_LINE, "name": "TEXT", "value": "TEXT", "number": NUMBER}
)
"""The evidence of each line."""

FILED_LINES = RunTable(FILED, _LINE)
DIAGNOSES = RunTable("exploded", {"value": "TEXT", "code": "TEXT", "indicator": "TEXT"})
"""The codes of each distinct text of diagnoses."""

AMOUNT_ROWS = RunTable("amount_rows", {"table": "TEXT", **_RANGES, "amount": "TEXT"})
MEMBER_ROWS = RunTable("member_rows", {"table": "TEXT", **_RANGES})
CODE_AMOUNT = RunTable("code_amount", {"code": "TEXT", "table": "TEXT", "amount": NUMBER})
CODE_IN = RunTable("code_in", {"code": "TEXT", "table": "TEXT"})
VALUES = RunTable("value{}", {**_LINE, "value": NUMBER})
"""The units that a clause allows of lines, where a query gives them."""

# Signatures, and what they answer by themselves

SIGNED = RunTable("signed", {"line": "BIGINT", **_LINE, "signature": "HUGEINT"})
"""Every line with its signature, and the columns that later steps read."""

SIGNATURES = RunTable("signatures", {"signature": "HUGEINT", "n": "BIGINT", "id": "BIGINT"})
"""The distinct signatures, and the number of lines that each has."""

ASKED_BITS = RunTable("asked_bits", {"id": "BIGINT", **_BITS})
ASKED = RunTable("asked", {"id": "BIGINT", **_BITS, "signature": "HUGEINT"})
"""What each signature answers to tests of other lines, and which of them it asks."""

# Other lines of a claim

ASKING = RunTable("asking", {"line": "BIGINT", **_LINE, "id": "BIGINT", **_BITS})
"""The lines that ask for tests of other lines."""

OTHERS = RunTable("others", {**_LINE, "answers": "BIGINT"})
"""The lines that meet tests which a line of their claim asks for."""

PAIRED = RunTable("paired", {"line": "BIGINT", "found": "BIGINT"})
SCOPE = RunTable("scope{}", {"claim_id": "TEXT"})
ENDED = RunTable("ended{}", {"claim_id": "TEXT"})
MEETING = RunTable("meeting{}_{}", {"line": "BIGINT", "n": "BIGINT"})
NEAREST = RunTable("scope{}_{}", {**_LINE, "n": "BIGINT"})
RELATED = RunTable("related{}", _LINE)
CONTEXTS = RunTable(
    "contexts", {"line": "BIGINT", "line_number": "BIGINT", "id": "BIGINT", "context": "BIGINT"}
)
"""The tests of other lines that hold, of each line that asks and has one."""

# Answers

FINALS = RunTable("finals", {"id": "BIGINT", "context": "BIGINT", "final": "BIGINT"})
"""The distinct signatures with their contexts."""

FINAL_ANSWERS = RunTable("final_answers", {"final": "BIGINT", "answer": "BIGINT"})
ANSWERS = RunTable("answers", {"answer": "BIGINT"})
"""The distinct answers, as words of bits."""

PLAIN_ANSWERS = RunTable("plain_answers", {"signature": "HUGEINT", "answer": "BIGINT"})
"""The answer of each signature without a context."""

CONTEXT_ANSWERS = RunTable(
    "context_answers", {"line": "BIGINT", "line_number": "BIGINT", "answer": "BIGINT"}
)
"""The answer of each line with a context."""

SAID = RunTable("said_of_lines", _LINE)
"""What predicates say of each line, as words of bits."""

LIMITS = RunTable("limits", {**_LINE, "value": NUMBER})
"""The units that a predicate allows of lines."""

# Output

NUMBERS = RunTable("numbers", {"number": "BIGINT"})
DETERMINED = RunTable("determined", {"answer": "BIGINT"})
"""The determination of each answer, its reasons not filled in."""

SPECIAL_ANSWERS = RunTable(
    "special_answers", {"answer": "BIGINT", "slots": "BOOLEAN", "limited": "BOOLEAN"}
)
"""The answers whose reasons name their line, or that allow some units."""

SPECIAL = RunTable("special", {"line": "BIGINT", **_LINE, **SPECIAL_ANSWERS.columns})
"""The lines with such an answer."""

SLOTTED = RunTable("slotted", {"answer": "BIGINT", "line_number": "BIGINT", "entry": "BIGINT"})
ALLOWED = RunTable("allowed", {"line": "BIGINT", "value": NUMBER})
EXCEPTIONAL = RunTable("exceptional", {"line": "BIGINT", "entry": "BIGINT", "value": NUMBER})
ENTRIES = RunTable("entries", {"entry": "BIGINT"})
"""The distinct determinations, their reasons filled in."""

SAFE_IDS = RunTable("safe_ids", {"claim_id": "TEXT", "safe": "TEXT"})
"""Claim ids that a spreadsheet would take for formulas, and how they are written."""

CLAIM_PARTS = RunTable("claim_parts", {"claim_id": "TEXT", "number": "TEXT", "claim_part": "TEXT"})
"""Claims whose number others have too: the number, and the part of the id that tells them apart."""

# Totals

SUMMED_ANSWERS = RunTable(
    "summed_answers", {"answer": "BIGINT", "adverse": "BOOLEAN", "reduced": "BOOLEAN"}
)
LOST = RunTable("lost", {"charge": NUMBER, "units": NUMBER, "value": NUMBER, "lost": NUMBER})
"""What is at issue of the charge of a reduced line, by its units and the allowed ones."""

LOST_LINES = RunTable("lost_lines", {"line": "BIGINT", "lost": NUMBER})
SUMMED_VALUES = RunTable("summed_{}", {"answer": "BIGINT", "value": "TEXT"})
"""The values of a dimension that is determined, such as the clauses, of each answer."""

SUMMED = RunTable(
    "summed",
    {
        "claim_id": "TEXT",
        "answer": "BIGINT",
        "charge": NUMBER,
        "adverse": "BOOLEAN",
        "lost": NUMBER,
    },
)
"""The lines as their totals see them; what is lost of a reduced one alone."""

SUMMED_CLAIMS = RunTable(
    "summed_claims",
    {
        "claim_id": "TEXT",
        "n": "BIGINT",
        "adverse": "BIGINT",
        "charge": NUMBER,
        "whole": NUMBER,
        "lost": NUMBER,
        "charged": "BIGINT",
    },
)
"""The lines of each claim together, apart where they differ in a column that is grouped by."""

RUN_TABLES = tuple(each for each in globals().values() if isinstance(each, RunTable))
"""All tables of a run."""

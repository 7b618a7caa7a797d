"""What each SQL dialect can say, and how it says what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from facts.diagnostic import Diagnostic, UsageError
from facts.extras import bulk_module
from facts.suggest import nearest
from kb.compile.sql.numbers import Sql

_FOLDED = (
    "SELECT d.description AS text, TRIM(REGEXP_REPLACE(LOWER(d.description), '[^a-z0-9]+', ' '{0}))"
    " AS words FROM (SELECT DISTINCT description FROM claim_lines WHERE description <> '') AS d"
)
_FOLDED_EVERYWHERE = _FOLDED.format(", 'g'")
_FOLDED_ONCE = _FOLDED.format("")
_TO_CHAR = "TO_CHAR({0}, 'YYYY-MM-DD')"
"""Where a cast of a date to text follows the session's format of dates."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """A dialect of SQL.

    Parameters
    ----------
    name : str
        As a person writes it and as sqlglot knows it.
    title : str
    recursion : {"every", "single", "none"}
        Whether a recursive query of distinct rows can be said: with several recursive rules, with
        one, or not at all.
    words : str
        Query of ``claim``, ``line`` and each ``word`` of a column of claim_lines, in the dialect.
    folded : str
        Query of each ``text`` of a description and its ``words`` in lower case with single blanks.
    note : str
        What a reader of a script has to know of its numbers or names.
    day : str
        A date as ISO text, whatever a session is set to, as DuckDB would write it.
    views : bool
        Whether a view can name tables of its own schema without that schema. BigQuery wants the
        dataset in each name there, and a script does not know it.
    """

    name: str
    title: str
    recursion: Literal["every", "single", "none"]
    words: str
    folded: str
    note: str = ""
    day: str = "CAST({0} AS TEXT)"
    views: bool = True

    def words_of(self, column: str) -> Sql:
        """Return the query of the words of a column of claim_lines."""
        return self.parse(self.words.format(column=column))

    def folded_descriptions(self) -> Sql:
        """Return the query of the words of each description."""
        return self.parse(self.folded)

    def parse(self, text: str) -> Sql:
        """Return a text of this dialect as a syntax tree."""
        return bulk_module("sqlglot").parse_one(text, dialect=self.name)


def dialect(name: str) -> Dialect:
    """Return a dialect by its name.

    Raises
    ------
    UsageError
        If there is no such dialect.

    Examples
    --------
    >>> dialect("Postgres").title
    'PostgreSQL'
    """
    found = DIALECTS.get(name.strip().lower())
    if found is None:
        near = nearest(name.lower(), DIALECTS)
        help = f"did you mean `{near}`?" if near else f"one of {', '.join(DIALECTS)}"
        raise UsageError([Diagnostic("error", f"unknown dialect `{name}`", None, help)])
    return found


def _words(item: str, source: str) -> str:
    return (
        f"SELECT DISTINCT l.claim_id AS claim, CAST(l.line_number AS BIGINT) AS line, {item} AS "
        f"word FROM claim_lines AS l {source} WHERE {item} <> ''"
    )


_SQLITE_WORDS = (
    "WITH RECURSIVE split(claim, line, word, rest) AS ("
    "SELECT claim_id, CAST(line_number AS INTEGER), '', {column} || ' ' FROM claim_lines "
    "UNION ALL SELECT claim, line, SUBSTR(rest, 1, INSTR(rest, ' ') - 1), "
    "SUBSTR(rest, INSTR(rest, ' ') + 1) FROM split WHERE rest <> '') "
    "SELECT DISTINCT claim, line, word FROM split WHERE word <> ''"
)


_SQLITE_FOLDED = (
    "WITH RECURSIVE fold(text, words, rest) AS ("
    "SELECT DISTINCT description, '', LOWER(description) FROM claim_lines WHERE description <> '' "
    "UNION ALL SELECT text, words || CASE WHEN SUBSTR(rest, 1, 1) GLOB '[a-z0-9]' "
    "THEN SUBSTR(rest, 1, 1) WHEN words LIKE '% ' THEN '' ELSE ' ' END, SUBSTR(rest, 2) "
    "FROM fold WHERE rest <> '') SELECT text, TRIM(words) AS words FROM fold WHERE rest = ''"
)
"""One character after the other, where there are no regular expressions."""

DIALECTS: dict[str, Dialect] = {
    item.name: item
    for item in (
        Dialect(
            "duckdb",
            "DuckDB",
            "every",
            _words("w.word", "CROSS JOIN UNNEST(STRING_SPLIT(l.{column}, ' ')) AS w(word)"),
            _FOLDED_EVERYWHERE,
        ),
        Dialect(
            "spark",
            "Spark SQL",
            "none",
            _words("word", "LATERAL VIEW EXPLODE(SPLIT(l.{column}, ' ')) w AS word"),
            _FOLDED_ONCE,
            "Set spark.sql.ansi.enabled to true, so that a number that is too large stops the run. "
            "A number has at most 18 digits before its point.",
        ),
        Dialect(
            "snowflake",
            "Snowflake",
            "none",
            _words(
                "CAST(w.value AS VARCHAR)",
                ", TABLE(FLATTEN(INPUT => SPLIT(l.{column}, ' '))) AS w",
            ),
            _FOLDED_ONCE,
            "The names of predicates and of their columns are quoted and in small letters, and "
            'have to be written so: SELECT * FROM "outcome". Tables that you supply, and their '
            "columns, are named without quotation marks.",
            day=_TO_CHAR,
        ),
        Dialect(
            "bigquery",
            "BigQuery",
            "none",
            _words("word", "CROSS JOIN UNNEST(SPLIT(l.{column}, ' ')) AS word"),
            _FOLDED_ONCE,
            "No name has a dataset, so the session needs a default one.",
            views=False,
        ),
        Dialect(
            "postgres",
            "PostgreSQL",
            "single",
            _words("w.word", "CROSS JOIN UNNEST(STRING_TO_ARRAY(l.{column}, ' ')) AS w(word)"),
            _FOLDED_EVERYWHERE,
            day=_TO_CHAR,
        ),
        Dialect(
            "sqlite",
            "SQLite",
            "every",
            _SQLITE_WORDS,
            _SQLITE_FOLDED,
            "SQLite has no decimals: a number that is not whole is a double, rounded to nine "
            "digits behind the point after each step, so 15 digits of a number are exact. Factors "
            "and quotients have at most four digits behind the point, and 18 in all.",
        ),
    )
}
"""Every dialect that a program is printed for, by its name."""

"""What each SQL dialect can say, and how it says what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from facts.diagnostic import UsageError
from facts.suggest import near_help
from kb.compile.sql.number_dialects import (
    BigQueryNumbers,
    DuckDBNumbers,
    PostgresNumbers,
    SnowflakeNumbers,
    SparkNumbers,
    SQLiteNumbers,
)
from kb.compile.sql.numbers import Numbers, Undefined
from kb.compile.sql.tree import Sql, SqlQuery, exp, parsed, union


def _words(item: str, source: str) -> str:
    return (
        "SELECT DISTINCT l.claim_id AS claim, CAST(l.line_number AS BIGINT) AS line, "
        f"{item} AS word FROM claim_lines AS l {source} WHERE {item} <> ''"
    )


_FOLDED = (
    "SELECT d.description AS text, TRIM(REGEXP_REPLACE(LOWER(d.description), '[^a-z0-9]+', ' '{0}))"
    " AS words FROM (SELECT DISTINCT description FROM claim_lines WHERE description <> '') AS d"
)
_TO_CHAR = "TO_CHAR({0}, 'YYYY-MM-DD')"
"""Where a cast of a date to text follows the session's format of dates."""


@dataclass(frozen=True)
class Dialect:
    """A dialect of SQL; each overrides what it says otherwise.

    Parameters
    ----------
    undefined : {"null", "stop", "try"}
        What becomes of a number that has no exact decimal; see ``Numbers``.
    """

    undefined: Undefined = "null"

    name: ClassVar[str]
    """As a person writes it and as sqlglot knows it."""

    title: ClassVar[str]
    """As its makers write it."""

    recursion: ClassVar[Literal["every", "single", "none"]] = "none"
    """Whether a recursive query of distinct rows can be said: with several recursive rules, with
    one, or not at all."""

    note: ClassVar[str] = ""
    """What a reader of a script has to know of its numbers or names."""

    day: ClassVar[str] = "CAST({0} AS TEXT)"
    """A date as ISO text, whatever a session is set to, as DuckDB would write it."""

    views: ClassVar[bool] = True
    """Whether a view can name tables of its own schema without that schema."""

    distinct_union: ClassVar[str] = "UNION"
    """Keyword between queries whose distinct rows are wanted."""

    _numbers: ClassVar[type[Numbers]] = Numbers
    _words: ClassVar[str]
    """The query of the words of a column."""

    _folded: ClassVar[str] = _FOLDED.format("")
    """The query of the words of descriptions."""

    _collation: ClassVar[str | None] = None
    """The collation to name where order and lower case follow the database's language."""

    _recursion_is_grouped: ClassVar[bool] = True
    """Whether a recursive query is a union of two queries, or of as many as there are."""

    @property
    def numbers(self) -> Numbers:
        """How numbers are written."""
        return self._numbers(self.undefined)

    def words_of(self, column: str) -> exp.Select:
        """Return the query of ``claim``, ``line`` and each ``word`` of a column of claim_lines.

        Parameters
        ----------
        column : str
            A column of text with blanks between words.
        """
        return self.parse(self._words.format(column=column))

    def folded_descriptions(self) -> exp.Select:
        """Return the query of each ``text`` of a description and its ``words``.

        The words are in lower case with single blanks between them.
        """
        return self.parse(self._folded)

    def parse(self, text: str) -> exp.Select:
        """Return a SELECT of this dialect as a syntax tree.

        Parameters
        ----------
        text : str
            It holds no value that a person gave.
        """
        return parsed(text, self.name)

    def by_code_point(self, text: Sql) -> Sql:
        """Return a text that is compared by code point, and whose capital I is an i in lower case.

        Databases order by code point, or by the bytes of UTF-8, which is the same, unless a
        person gave a column or a session another collation.

        Parameters
        ----------
        text : sqlglot expression
            A text.

        Examples
        --------
        >>> [made.by_code_point(exp.column("a")).sql(made.name) for made in (Postgres(), DuckDB())]
        ['a COLLATE "C"', 'a']
        """
        return text if self._collation is None else _collated(text, self._collation)

    def extreme(self, node: type[exp.Expr], text: Sql) -> Sql:
        """Return the least or greatest of a group's texts by code point.

        Parameters
        ----------
        node : type of sqlglot expression
            ``Min`` or ``Max``.
        text : sqlglot expression
            A text.

        Examples
        --------
        >>> Postgres().extreme(exp.Min, exp.column("a")).sql("postgres")
        'MIN(a COLLATE "C") COLLATE "default"'
        """
        found = node(this=self.by_code_point(text))
        # the collation of other columns, since no texts of two collations are compared
        return found if self._collation is None else _collated(found, "default")

    def recursive_union(self, first: list[SqlQuery], steps: list[SqlQuery]) -> SqlQuery:
        """Return the rows of a recursive query: the first ones, and those that each step adds.

        Parameters
        ----------
        first : list of query
            Those that do not read the recursive query.
        steps : list of query
            Those that do.
        """
        if not self._recursion_is_grouped:
            return union([*first, *steps])
        return union([_grouped(first), _grouped(steps)])


class DuckDB(Dialect):
    """DuckDB."""

    name = "duckdb"
    title = "DuckDB"
    recursion = "every"
    _numbers = DuckDBNumbers
    _words = _words("w.word", "CROSS JOIN UNNEST(STRING_SPLIT(l.{column}, ' ')) AS w(word)")
    _folded = _FOLDED.format(", 'g'")


class Spark(Dialect):
    """Spark SQL."""

    name = "spark"
    title = "Spark SQL"
    note = (
        "Set spark.sql.ansi.enabled to true, so that a number that is too large stops the run. "
        "A number has at most 18 digits before its point. Every statement is a job or several: for"
        " large data use `clausewise adjudicate --engine spark`, which gives claims to DuckDB."
    )
    _numbers = SparkNumbers
    _words = _words("word", "LATERAL VIEW EXPLODE(SPLIT(l.{column}, ' ')) w AS word")


class Snowflake(Dialect):
    """Snowflake."""

    name = "snowflake"
    title = "Snowflake"
    note = (
        "The names of predicates and of their columns are quoted and in small letters, and "
        'have to be written so: SELECT * FROM "outcome". Tables that you supply, and their '
        "columns, are named without quotation marks."
    )
    day = _TO_CHAR
    _numbers = SnowflakeNumbers
    _words = _words(
        "CAST(w.value AS VARCHAR)", ", TABLE(FLATTEN(INPUT => SPLIT(l.{column}, ' '))) AS w"
    )


class BigQuery(Dialect):
    """BigQuery, which wants the dataset of each name in a view; a script does not know it."""

    name = "bigquery"
    title = "BigQuery"
    note = "No name has a dataset, so the session needs a default one."
    views = False
    distinct_union = "UNION DISTINCT"
    _numbers = BigQueryNumbers
    _words = _words("word", "CROSS JOIN UNNEST(SPLIT(l.{column}, ' ')) AS word")


class Postgres(Dialect):
    """PostgreSQL, where order and lower case follow the language of the database."""

    name = "postgres"
    title = "PostgreSQL"
    recursion = "single"
    day = _TO_CHAR
    _numbers = PostgresNumbers
    _words = _words("w.word", "CROSS JOIN UNNEST(STRING_TO_ARRAY(l.{column}, ' ')) AS w(word)")
    _folded = _FOLDED.format(", 'g'")
    _collation = "C"


class SQLite(Dialect):
    """SQLite."""

    name = "sqlite"
    title = "SQLite"
    recursion = "every"
    note = (
        "SQLite has no decimals: a number that is not whole is a double, rounded to nine "
        "digits behind the point after each step, so 15 digits of a number are exact. Factors "
        "and quotients have at most four digits behind the point, and 18 in all."
    )
    _numbers = SQLiteNumbers
    _words = (
        "WITH RECURSIVE split(claim, line, word, rest) AS ("
        "SELECT claim_id, CAST(line_number AS INTEGER), '', {column} || ' ' FROM claim_lines "
        "UNION ALL SELECT claim, line, SUBSTR(rest, 1, INSTR(rest, ' ') - 1), "
        "SUBSTR(rest, INSTR(rest, ' ') + 1) FROM split WHERE rest <> '') "
        "SELECT DISTINCT claim, line, word FROM split WHERE word <> ''"
    )
    # one character after the other, since there are no regular expressions
    _folded = (
        "WITH RECURSIVE fold(text, words, rest) AS ("
        "SELECT DISTINCT description, '', LOWER(description) FROM claim_lines "
        "WHERE description <> '' "
        "UNION ALL SELECT text, words || CASE WHEN SUBSTR(rest, 1, 1) GLOB '[a-z0-9]' "
        "THEN SUBSTR(rest, 1, 1) WHEN words LIKE '% ' THEN '' ELSE ' ' END, SUBSTR(rest, 2) "
        "FROM fold WHERE rest <> '') SELECT text, TRIM(words) AS words FROM fold WHERE rest = ''"
    )
    _recursion_is_grouped = False


DIALECTS: dict[str, Dialect] = {
    made.name: made for made in (DuckDB(), Spark(), Snowflake(), BigQuery(), Postgres(), SQLite())
}
"""Every dialect that a program is printed for, by its name."""


def dialect(name: str) -> Dialect:
    """Return a dialect by its name.

    Parameters
    ----------
    name : str
        In upper or lower case.

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
        help = near_help(name.lower(), DIALECTS)
        raise UsageError.of(f"unknown dialect `{name}`", help)
    return found


def _collated(text: Sql, collation: str) -> Sql:
    return exp.Collate(this=text, expression=exp.to_identifier(collation, quoted=True))


def _grouped(queries: list[SqlQuery]) -> SqlQuery:
    if len(queries) == 1:
        return queries[0]
    return exp.select(exp.Star()).from_(exp.alias_(union(queries).subquery(), "u", table=True))

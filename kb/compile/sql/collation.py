"""The order and the letters of text: by code point, whatever language a database is set to."""

from __future__ import annotations

from facts.extras import bulk_module
from kb.compile.sql.numbers import Sql

exp = bulk_module("sqlglot.expressions")

_BY_CODE_POINT = {"postgres": "C"}
"""The collation to name where order and lower case follow the database's language.

The others order by code point, or by the bytes of UTF-8, which is the same, unless a person gave
a column or a session another collation.
"""
_OF_COLUMNS = "default"


def by_code_point(text: Sql, dialect: str) -> Sql:
    """Return a text that is compared by code point, and whose capital I is an i in lower case.

    Parameters
    ----------
    text : sqlglot expression
    dialect : str
        sqlglot's name of the dialect.

    Examples
    --------
    >>> by_code_point(exp.column("a"), "postgres").sql("postgres")
    'a COLLATE "C"'
    >>> by_code_point(exp.column("a"), "duckdb").sql("duckdb")
    'a'
    """
    collation = _BY_CODE_POINT.get(dialect)
    return text if collation is None else _collated(text, collation)


def extreme(node: type[Sql], text: Sql, dialect: str) -> Sql:
    """Return the least or greatest of a group's texts by code point.

    It has the collation of other columns, since a database compares no texts of two collations.

    Parameters
    ----------
    node : type of sqlglot expression
        ``Min`` or ``Max``.
    text : sqlglot expression
    dialect : str

    Examples
    --------
    >>> extreme(exp.Min, exp.column("a"), "postgres").sql("postgres")
    'MIN(a COLLATE "C") COLLATE "default"'
    """
    found = node(this=by_code_point(text, dialect))
    return _collated(found, _OF_COLUMNS) if dialect in _BY_CODE_POINT else found


def _collated(text: Sql, collation: str) -> Sql:
    return exp.Collate(this=text, expression=exp.to_identifier(collation, quoted=True))

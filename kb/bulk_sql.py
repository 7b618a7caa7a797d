"""Text and names as they stand in a statement of DuckDB."""

from __future__ import annotations

from facts.extras import bulk_module


def literal(text: str) -> str:
    """Return text as a SQL literal."""
    made: str = bulk_module("sqlglot.expressions").Literal.string(text).sql(dialect="duckdb")
    return made


def identifier(name: str) -> str:
    """Return a name as a quoted SQL identifier.

    Examples
    --------
    >>> print(identifier('the "id" of it'))
    "the ""id"" of it"
    """
    return '"' + name.replace('"', '""') + '"'

"""Statements that stop where they multiply too much, with the place of the rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from facts.extras import duckdb_module
from kb.compile.sql.tree import Sql
from kb.engines.limits import multiplies, too_many
from kb.language.ast import Rule

_STOPPED = "clausewise: too many combinations"
_NUMBER = '"number of a combination"'


def bounded(query: Sql, rules: Iterable[Rule], most: int) -> str:
    """Return a statement as text that fails where it would try too many combinations of values.

    Parameters
    ----------
    query : sqlglot expression
        The rows of a predicate, each once.
    rules : iterable of Rule
        Those that conclude them.
    most : int
        How many combinations may be tried.

    Returns
    -------
    str
        The statement as it is where no rule multiplies anything.

    See Also
    --------
    too_many_at : Gives the failure its sentence.
    """
    if not any(multiplies(rule.body) for rule in rules):
        return str(query.sql(dialect="duckdb"))
    every = query.copy()
    every.set("distinct", None)
    text = every.sql(dialect="duckdb")
    stop = f"CASE WHEN {_NUMBER} > {most} THEN error('{_STOPPED}')::BOOLEAN ELSE true END"
    return (
        f"SELECT DISTINCT * EXCLUDE ({_NUMBER}) FROM "
        f"(SELECT *, row_number() OVER () AS {_NUMBER} FROM "
        f"(SELECT * FROM ({text}) LIMIT {most + 1})) WHERE {stop}"
    )


@contextmanager
def too_many_at(rules: Iterable[Rule]) -> Iterator[None]:
    """Report a statement of `bounded` that fails.

    Parameters
    ----------
    rules : iterable of Rule
        Those that conclude its rows.

    Raises
    ------
    QueryError
        With the place of the first rule that multiplies.
    """
    duckdb = duckdb_module()
    try:
        yield
    except duckdb.Error as fault:
        if _STOPPED not in str(fault):
            raise
        rule = next(rule for rule in rules if multiplies(rule.body))
        raise too_many(rule.body[-1].span) from None

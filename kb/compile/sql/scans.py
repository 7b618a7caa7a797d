"""Attributes of one line are columns of one scan of the wide table, not joins of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from facts.schema import BY_NAME
from kb.compile.sql.input_queries import LINES, Inputs
from kb.compile.sql.tree import Sql, exp
from kb.language.ast import Key

KEY_COLUMNS = 2
"""An attribute begins with the claim and the line, which tell the row of the wide table."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A predicate that says one thing of a line, as columns of the wide table.

    Parameters
    ----------
    table : str
        Its name.
    columns : tuple of expression
        One for each argument of the predicate.
    known : tuple of expression
        Conditions under which the predicate holds of a row.
    """

    table: str
    columns: tuple[Sql, ...]
    known: tuple[Sql, ...] = ()

    def column(self, position: int, alias: str) -> Sql:
        """Return an argument as an expression over an alias of the table.

        Parameters
        ----------
        position : int
            Number of the argument, from 0.
        alias : str
            Name of the table in the query.
        """
        return _of(self.columns[position], alias)

    def conditions(self, alias: str) -> list[Sql]:
        """Return the conditions over an alias of the table.

        Parameters
        ----------
        alias : str
            Name of the table in the query.
        """
        return [_of(condition, alias) for condition in self.known]


def attributes(inputs: Inputs) -> Mapping[Key, Attribute]:
    """Return every predicate that one scan of the wide table can answer.

    Parameters
    ----------
    inputs : Inputs
        Writes the queries of input predicates.

    Returns
    -------
    mapping of (name, arity) to Attribute
    """
    found: dict[Key, Attribute] = {}
    for name, predicate in BY_NAME.items():
        if name != "line" and not predicate.attribute:
            continue
        query = inputs.query(name)
        assert query is not None
        where = query.args.get("where")
        known = tuple(where.this.flatten()) if where is not None else ()
        if where is not None and not isinstance(where.this, exp.And):
            known = (where.this,)
        columns = tuple(item.this for item in query.expressions)
        found[name, predicate.arity] = Attribute(LINES, columns, known)
    return found


def _of(item: Sql, alias: str) -> Sql:
    made = item.copy()
    for column in [made] if isinstance(made, exp.Column) else made.find_all(exp.Column):
        column.set("table", exp.to_identifier(alias))
    return made

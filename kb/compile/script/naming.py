"""How the tables and views of a script are named, and whether it may run again."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from facts.diagnostic import UsageError
from facts.values import quoted
from kb.compile.sql.tree import Sql, exp

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class Naming:
    """How the tables and views of a script are named.

    Parameters
    ----------
    schema : str, optional
        The schema that they are made in; ``a.b`` is a schema of a database.
    prefix : str, optional
        What each of their names begins with.
    replace : bool, optional
        Whether those of an earlier run are dropped first.

    Raises
    ------
    UsageError
        If the schema or the prefix is no plain name: letters, digits and underscores.

    Examples
    --------
    >>> Naming("main", "r14_").plain("outcome")
    'r14_outcome'
    """

    schema: str = ""
    prefix: str = ""
    replace: bool = False

    def __post_init__(self) -> None:
        given = [("schema", part) for part in self.schema.split(".")] if self.schema else []
        if self.prefix:
            given.append(("prefix", self.prefix))
        for noun, text in given:
            if not _NAME.fullmatch(text):
                help = "letters, digits and underscores, no digit first"
                raise UsageError.of(f"the {noun} cannot be {quoted(text)}", help)

    def plain(self, name: str) -> str:
        """Return the name of a table or view without its schema, by its ``name`` in the rules."""
        return self.prefix + name

    def table(self, name: str) -> Sql:
        """Return a table or view as a statement names it, by its ``name`` in the rules."""
        made = exp.Table(this=exp.to_identifier(self.plain(name), quoted=True))
        parts = self.schema.split(".") if self.schema else []
        for key, part in zip(("db", "catalog"), reversed(parts), strict=False):
            made.set(key, exp.to_identifier(part, quoted=True))
        return made

    def applied(self, query: Sql, own: Collection[str]) -> Sql:
        """Return a query that reads the script's own tables by the names they have.

        Parameters
        ----------
        query : Sql
            It is not changed.
        own : collection of str
            The names in the rules of what the script makes.
        """
        if not (self.schema or self.prefix):
            return query
        changed = query.copy()
        local = {each.alias for each in changed.find_all(exp.CTE)}
        for table in list(changed.find_all(exp.Table)):
            if table.name not in own or table.name in local:
                continue
            named = self.table(table.name)
            if table.args.get("alias") is None:
                named.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
            else:
                named.set("alias", table.args["alias"])
            if table is changed:
                return named
            table.replace(named)
        return changed


AS_THEY_ARE = Naming()
"""Names as the rules have them, in a schema that has none of them."""


def tables_of(*queries: Sql) -> frozenset[str]:
    """Return the names of the tables that queries read, those that they make themselves left out.

    Parameters
    ----------
    *queries : Sql
        Any.
    """
    found: set[str] = set()
    for query in queries:
        local = {each.alias for each in query.find_all(exp.CTE)}
        found |= {table.name for table in query.find_all(exp.Table)} - local
    return frozenset(found)

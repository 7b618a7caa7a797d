"""What every engine offers: the answers of a query over a checked program and some facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from facts.origin import Origin
from kb.language.values import Row, Value

if TYPE_CHECKING:
    from kb.language.ast import Query
    from kb.model.program import CheckedProgram

Facts = Mapping[str, Mapping[Row, Sequence[Origin]]]
"""Input facts: predicate name to rows, each row with all the places that it was read from."""


class Session(Protocol):
    """One program over one set of facts. Answers do not change while it is open."""

    def answers(self, query: Query, bound: Mapping[str, Value] | None = None) -> list[Row]:
        """Return the distinct answers of a query, sorted.

        Parameters
        ----------
        query : Query
            A checked goal. Its named variables, in order of first occurrence, are the columns.
        bound : mapping of variable name to value, optional
            Variables whose value is given. They stay columns of the answer.

        Returns
        -------
        list of tuple
        """
        ...


class Engine(Protocol):
    """Evaluates checked programs."""

    def open(self, program: CheckedProgram, facts: Facts) -> Session:
        """Return a session over the facts.

        Parameters
        ----------
        program : CheckedProgram
            The rules.
        facts : Facts
            Must not change while the session is in use.

        Returns
        -------
        Session
        """
        ...

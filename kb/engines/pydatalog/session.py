"""The engine and its sessions: programs prepared once, facts opened cheaply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facts.diagnostic import Diagnostic, QueryError
from kb.engines.protocol import Facts
from kb.engines.pydatalog.bodies import join_of
from kb.engines.pydatalog.evaluator import Evaluator
from kb.engines.pydatalog.prepared_rules import prepared
from kb.language.ast import Query
from kb.language.traversal import named_variables
from kb.language.values import Row, Value, canonical, row_key
from kb.model.program import CheckedProgram


class PyDatalogEngine:
    """Evaluates checked programs goal by goal. May be used from several threads.

    See Also
    --------
    kb.engines.duckdb.session.DuckDBEngine : Evaluates the rows of many claims together.

    Examples
    --------
    >>> from kb.checks.checked import check
    >>> from kb.language.parser import parse_program, parse_query
    >>> program, _ = parse_program(
    ...     "edge(1, 2). edge(2, 3). reaches(X, Y) :- edge(X, Y). "
    ...     "reaches(X, Z) :- reaches(X, Y), edge(Y, Z).", "a.pl")
    >>> PyDatalogEngine().open(check(program), {}).answers(parse_query("reaches(1, Y)"))
    [(2,), (3,)]
    """

    def open(self, program: CheckedProgram, facts: Facts) -> PyDatalogSession:
        """Return a session over the facts.

        Parameters
        ----------
        program : CheckedProgram
            It is prepared once, as long as it is the same object.
        facts : Facts
            Must not change while the session is in use.

        Returns
        -------
        PyDatalogSession
        """
        return PyDatalogSession(Evaluator(prepared(program), facts), program, facts)

    def __repr__(self) -> str:
        return "PyDatalogEngine()"


class PyDatalogSession:
    """One program over one set of facts. Threads take turns.

    Parameters
    ----------
    evaluator : Evaluator
        Keeps what was found from one answer to the next.
    program, facts : CheckedProgram, Facts
        What it evaluates; a session that was pickled is opened over them again.
    """

    def __init__(self, evaluator: Evaluator, program: CheckedProgram, facts: Facts) -> None:
        self.evaluator = evaluator
        self._program = program
        self._facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        return PyDatalogEngine().open, (self._program, self._facts)

    def answers(self, query: Query, bound: Mapping[str, Value] | None = None) -> list[Row]:
        """Return the distinct answers of a query, numbers before text.

        Parameters
        ----------
        query : Query
            A checked goal. Its named variables, in order of first occurrence, are the columns.
            A goal without any has the answer ``()``, or none.
        bound : mapping of variable name to value, optional
            Variables whose value is given. They stay columns of the answer.

        Returns
        -------
        list of tuple

        Raises
        ------
        QueryError
            If ``bound`` names a variable that the goal lacks, or arithmetic has no result.
        """
        columns = named_variables(query.body)
        given = {name: canonical(value) for name, value in (bound or {}).items()}
        strangers = [name for name in given if name not in columns]
        if strangers:
            raise QueryError(
                Diagnostic("error", f"the query has no variable `{name}`", query.span)
                for name in strangers
            )
        found = self.evaluator.solve(join_of(query.body, given), given)
        return sorted({tuple([each[name] for name in columns]) for each in found}, key=row_key)

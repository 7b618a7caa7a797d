"""The engine and its sessions: programs prepared once, facts opened cheaply."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from facts.diagnostic import Diagnostic, QueryError
from kb.engines.protocol import Facts
from kb.engines.pydatalog.prepare import PreparedProgram, prepare, prepare_query
from kb.engines.pydatalog.relevance import Relevance
from kb.engines.pydatalog.resolution import Resolution, register
from kb.engines.pydatalog.rows import Rows
from kb.language.ast import Program, Query
from kb.language.traversal import named_variables
from kb.language.values import Row, Value, canonical, row_key

_PROGRAMS = 8
"""Prepared programs that an engine keeps."""


@dataclass(frozen=True, slots=True)
class _Ready:
    program: Program
    prepared: PreparedProgram
    relevance: Relevance


class PyDatalogEngine:
    """Evaluates checked programs by pyDatalog. May be used from several threads.

    Examples
    --------
    >>> from kb.language.ast import Atom, Constant, Program, Query, Relational, Rule, Variable
    >>> x, y, z = Variable("X"), Variable("Y"), Variable("Z")
    >>> program = Program((
    ...     Rule(Atom("reaches", (x, y)), (Relational(Atom("edge", (x, y))),)),
    ...     Rule(Atom("reaches", (x, z)),
    ...          (Relational(Atom("reaches", (x, y))), Relational(Atom("edge", (y, z))))),
    ... ))
    >>> session = PyDatalogEngine().open(program, {"edge": {(1, 2): (), (2, 3): ()}})
    >>> session.answers(Query((Relational(Atom("reaches", (Constant(1), y))),)))
    [(2,), (3,)]
    """

    def __init__(self) -> None:
        self._ready: OrderedDict[int, _Ready] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, program: Program, facts: Facts) -> PyDatalogSession:
        """Return a session over the facts.

        Parameters
        ----------
        program : Program
            A checked program. It is prepared once, as long as it is the same object.
        facts : Facts
            Must not change while the session is in use.

        Raises
        ------
        ProgramError
            If a rule is unsafe or the program is not stratified.
        """
        ready = self._prepare(program)
        return PyDatalogSession(ready.prepared, ready.relevance, facts)

    def _prepare(self, program: Program) -> _Ready:
        with self._lock:
            ready = self._ready.get(id(program))
            if ready is None:
                prepared = prepare(program)
                register(prepared.derived)
                ready = _Ready(program, prepared, Relevance(prepared.derived))
                self._ready[id(program)] = ready
                if len(self._ready) > _PROGRAMS:
                    self._ready.popitem(last=False)
            else:
                self._ready.move_to_end(id(program))
            return ready


class PyDatalogSession:
    """One program over one set of facts. Threads take turns."""

    def __init__(self, prepared: PreparedProgram, relevance: Relevance, facts: Facts) -> None:
        self._prepared = prepared
        self._relevance = relevance
        self._rows = Rows(facts, prepared.base)
        self._resolution: Resolution | None = None
        self._lock = threading.Lock()

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
        goal, extra = prepare_query(self._prepared, query, given)
        with self._lock:
            if self._resolution is None:
                self._resolution = Resolution(self._relevance.clauses(self._rows), self._rows)
            register([goal, *extra])
            rows = self._resolution.solve(goal, [given.get(name) for name in columns], extra)
        return sorted(rows, key=row_key)

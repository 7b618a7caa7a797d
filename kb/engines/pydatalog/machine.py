"""pyDatalog's engine as this package uses it: the only module that imports it.

It gives tabled resolution of positive goals (SLG: subgoals, waiters, a stack of tasks). Terms are
built, never parsed. pyDatalog keeps one state for each thread; here every recursion has its own,
put in place for the time of a call, with all predicates answered by functions of ours.

References
----------
W. Chen, T. Swift, D. S. Warren: Efficient Top-Down Computation of Queries under the Well-Founded
Semantics. Journal of Logic Programming 24(3), 1995.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakValueDictionary

from pyDatalog import pyEngine

Const = pyEngine.Const
Literal = pyEngine.Literal
Unknown = pyEngine.Fresh_var
"""A new variable."""

_Logic = pyEngine.Logic
_SEARCHING = pyEngine.SEARCHING
_numbers = itertools.count()


class _EndlessGoal:
    """The goal that pyDatalog looks at to stop early: never done, so that tables get complete."""

    is_done = False


def new_state() -> Any:
    """Return a state that shares nothing with any other."""
    state = object.__new__(_Logic)
    state.Db = {}
    state.Pred_registry = WeakValueDictionary()
    state.Subgoals = {}
    state.Tasks = pyEngine.TaskList()
    state.Recursive_Tasks = pyEngine.TaskDeque()
    state.Recursive = False
    state.Goal = _EndlessGoal
    state.gc_uncollected = False
    state.finished = 0
    return state


@contextmanager
def using(state: Any, owner: Any = None) -> Iterator[None]:
    """Make a state the one that pyDatalog sees in this thread, and restore what was there.

    Parameters
    ----------
    state : state
        As `new_state` returns it.
    owner : object, optional
        Answers the predicates meanwhile (see `new_predicate`). The state lets go of it in the
        end: a cycle would keep all tables alive.
    """
    local, fresh = _Logic.tl, pyEngine.Fresh_var.tl
    before = getattr(local, "logic", None)
    counter = getattr(fresh, "counter", None)
    local.logic = state
    state.owner = owner
    if counter is None:
        fresh.counter = 0
    try:
        yield
    finally:
        state.owner = None
        if before is None:
            del local.logic
        else:
            local.logic = before
        if counter is None:
            del fresh.counter


def new_predicate(arity: int, method: Callable[..., None], subject: Any) -> Any:
    """Return a predicate that ``method(owner, subject, literal, subgoal)`` answers.

    The owner is that of the state in use, so that predicates can be shared by threads. No name
    that a person writes comes here: the predicate's is made up, no name in Python, and has none
    of the marks (``.``, ``~``, ``]``) that pyDatalog reads in names.

    Parameters
    ----------
    arity : int
        Number of its terms.
    method : callable
        Called for each new call of the predicate.
    subject : object
        Handed to the method.

    Returns
    -------
    predicate
    """
    with using(new_state()):
        predicate = pyEngine.Pred(f"clausewise {next(_numbers)}", arity)
    predicate.prearity = arity

    def primitive(literal: Any, subgoal: Any) -> None:
        method(_Logic.tl.logic.owner, subject, literal, subgoal)

    predicate.prim = primitive
    return predicate


def answers(literal: Any) -> list[Any]:
    """Return the answers of a call by the state in use; every table of it is complete then.

    Tasks that only move another subgoal's work forward are passed over: every answer reaches its
    waiters without them, and in a ring of three subgoals they call each other forever.

    Parameters
    ----------
    literal : literal
        The call.

    Returns
    -------
    list of literal
    """
    state = _Logic.tl.logic
    table = state.Subgoals
    subgoal = table.get(literal.get_tag())
    if subgoal is None:
        subgoal = pyEngine.Subgoal(literal)
        subgoal.schedule((pyEngine.SEARCH, (subgoal,)))
        task, arguments = subgoal.next_step()
        while task is not None:
            task, arguments = subgoal.next_step() if task is _SEARCHING else task(*arguments)
        for each in itertools.islice(table.values(), state.finished, None):
            each.is_done = True
            each.waiters = []
        state.finished = len(table)
    return list(subgoal.facts.values())


def resolve_with(subgoal: Any, head: Any, body: list[Any]) -> None:
    """Let a subgoal go on with an instance of a clause.

    Parameters
    ----------
    subgoal : subgoal
        The call.
    head : literal
        What the clause concludes of it.
    body : list of literal
        The calls that this takes.
    """
    subgoal.schedule((pyEngine.ADD_CLAUSE, (subgoal, pyEngine.Clause(head, body))))


def _equal(_owner: Any, _subject: Any, literal: Any, subgoal: Any) -> None:
    first, second = literal.terms
    if first.id == second.id:
        subgoal.fact(True)


EQUAL = new_predicate(2, _equal, None)
"""Holds of a constant and itself."""

"""Clauses as templates of pyDatalog's literals: how a head meets a call, how to instantiate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from kb.engines.pydatalog.machine import Const
from kb.engines.pydatalog.relations import Clause
from kb.language.ast import Constant, Term
from kb.language.values import Value, canonical


class Template:
    """A clause whose goals have their predicates.

    Parameters
    ----------
    clause : Clause

    Attributes
    ----------
    fixed : dict
        The constants of the clause by made-up names, to be merged with the variables' terms.
    shown : tuple of str
        Variables that head and goals need.
    repeats : bool
        Whether solutions of the lead may differ in variables that nothing else needs.
    head : function
        Makes the head's terms from the terms of all names.
    goals : tuple of (predicate, function)
    """

    def __init__(self, clause: Clause) -> None:
        self.handle = clause.relation.handle
        self.lead = clause.lead
        self.shown = tuple(sorted(clause.shown))
        self.repeats = clause.lead is not None and not clause.lead.names <= clause.shown
        self.fixed: dict[str, Any] = {}
        self.values: dict[int, Value] = {}
        self._variables: list[tuple[int, str]] = []
        for position, term in enumerate(clause.head):
            if isinstance(term, Constant):
                self.values[position] = canonical(term.value)
            else:
                self._variables.append((position, term.name))
        self._distinct = len({name for _, name in self._variables}) == len(self._variables)
        self.head = self._maker(clause.head)
        self.goals = tuple((goal.handle, self._maker(goal.terms)) for goal in clause.goals)

    def _maker(self, terms: Iterable[Term]) -> Callable[[Mapping[str, Any]], list[Any]]:
        names: list[str] = []
        for term in terms:
            if isinstance(term, Constant):
                name = f"={len(self.fixed)}"
                self.fixed[name] = Const(canonical(term.value))
                names.append(name)
            else:
                names.append(term.name)
        if len(names) > 1:
            pick = itemgetter(*names)
            return lambda terms: list(pick(terms))
        return lambda terms: [terms[name] for name in names]

    def match(self, terms: list[Any]) -> dict[str, Any] | None:
        """Match the head with a call whose variables are distinct.

        Returns
        -------
        dict of variable name to term, or None
            None where constants differ.
        """
        for position, value in self.values.items():
            term = terms[position]
            if type(term) is Const and term.id != value:
                return None
        if self._distinct:
            return {name: terms[position] for position, name in self._variables}
        bindings: dict[str, Any] = {}
        for position, name in self._variables:
            term, known = terms[position], bindings.get(name)
            if known is None or type(known) is not Const:
                bindings[name] = term
            elif type(term) is Const and term.id != known.id:
                return None
        return bindings


class ClauseIndex:
    """The clauses of a relation by the constants of their heads.

    Parameters
    ----------
    clauses : list of Clause
    """

    def __init__(self, clauses: list[Clause]) -> None:
        self._all: list[Template] = [clause.template for clause in clauses]
        constants = {item for template in self._all for item in template.values.items()}
        counts = Counter(position for position, _ in constants)
        self._positions = sorted(counts, key=lambda position: (-counts[position], position))
        self._chosen: dict[tuple[int, Value], list[Template]] = {}

    def for_call(self, terms: list[Any]) -> list[Template]:
        """Return the clauses whose head may match, by the constant that tells most."""
        for position in self._positions:
            term = terms[position]
            if type(term) is Const:
                value = term.id
                chosen = self._chosen.get((position, value))
                if chosen is None:
                    chosen = self._chosen[position, value] = [
                        each for each in self._all if each.values.get(position, value) == value
                    ]
                return chosen
        return self._all

"""The rules of a program for explanations: where facts are stated, what depends on what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from weakref import WeakKeyDictionary

from facts.origin import Origin
from kb.engines.pydatalog.bodies import join_of
from kb.engines.pydatalog.joins import Join
from kb.engines.pydatalog.prepared_rules import PreparedRule, prepared
from kb.language.ast import Aggregate, BodyLiteral, Relational
from kb.language.matching import Bindings, row_of
from kb.language.traversal import all_names, atoms_of, visible_variables
from kb.language.values import Row, Value
from kb.model.program import CheckedProgram

NO_NAMES: frozenset[str] = frozenset()


class RuleIndex:
    """What can be told of the rules of a program beforehand.

    Parameters
    ----------
    program : CheckedProgram
        The rules.

    Attributes
    ----------
    rules : PreparedProgram
        The rules, ready to be evaluated.
    stated : dict
        Facts of the program by predicate and row, with their places.
    needs : dict of str to frozenset of str
        The predicates that the rules of a predicate name.
    own : dict of body id to tuple of frozenset, or None
        What `own_names` returns for the body of each rule.
    """

    def __init__(self, program: CheckedProgram) -> None:
        self.rules = prepared(program)
        self.recursive = program.recursive
        self.stated: dict[str, dict[Row, list[Origin]]] = {}
        for rule in program.program.rules:
            if not rule.body:
                origin = Origin(rule.span.source, f"row {rule.span.row}")
                rows = self.stated.setdefault(rule.head.predicate, {})
                rows.setdefault(row_of(rule.head, {}), []).append(origin)
        self.needs = {
            predicate: frozenset(
                atom.predicate for each in rules for atom in atoms_of(each.rule.body)
            )
            for (predicate, _), rules in self.rules.derived.items()
        }
        self.own = {
            id(each.rule.body): own_names(each.rule.body)
            for rules in self.rules.derived.values()
            for each in rules
        }
        self._dependents: dict[frozenset[str], frozenset[str]] = {}
        self._joins: dict[tuple[tuple[int, ...], frozenset[str]], Join] = {}

    def candidates(self, predicate: str, pattern: Sequence[Value | None]) -> Sequence[PreparedRule]:
        """Return the rules that may conclude a pattern, in the order of the program.

        Parameters
        ----------
        predicate : str
            Its name.
        pattern : sequence of value or None
            None where any value will do.

        Returns
        -------
        sequence of PreparedRule
        """
        return self.rules.candidates((predicate, len(pattern)), pattern)

    def join(self, body: tuple[BodyLiteral, ...], bindings: Bindings) -> Join:
        """Return the join of some literals of the program under bindings, planned once.

        Parameters
        ----------
        body : tuple of BodyLiteral
            Literals of one rule, in their order.
        bindings : mapping of variable name to value
            What is bound before.

        Returns
        -------
        Join
        """
        bound = frozenset(name for name in all_names(body) if name in bindings)
        key = (tuple(map(id, body)), bound)
        found = self._joins.get(key)
        if found is None:
            found = self._joins[key] = join_of(body, bound)
        return found

    def dependents(self, predicates: Iterable[str]) -> frozenset[str]:
        """Return some predicates and all that depend on one of them.

        Parameters
        ----------
        predicates : iterable of str
            Their names.

        Returns
        -------
        frozenset of str
        """
        key = frozenset(predicates)
        found = self._dependents.get(key)
        if found is None:
            reached = set(key)
            size = 0
            while size < len(reached):
                size = len(reached)
                reached |= {name for name, needs in self.needs.items() if needs & reached}
            found = self._dependents[key] = frozenset(reached)
        return found


_INDEXES: WeakKeyDictionary[CheckedProgram, RuleIndex] = WeakKeyDictionary()


def rule_index(program: CheckedProgram) -> RuleIndex:
    """Return the index of a program, made once while the program is in use.

    Parameters
    ----------
    program : CheckedProgram
        The rules.

    Returns
    -------
    RuleIndex
    """
    index = _INDEXES.get(program)
    if index is None:
        index = _INDEXES[program] = RuleIndex(program)
    return index


def own_names(
    body: tuple[BodyLiteral, ...], given: Iterable[str] = ()
) -> tuple[frozenset[str], ...] | None:
    """Return, for each literal, the variables of it that are its own.

    A variable of a negated atom or of an aggregate's goal that no literal before it binds is
    another than the variable of that name outside.

    Parameters
    ----------
    body : tuple of BodyLiteral
        The body of a rule, or the goal of an aggregate.
    given : iterable of str, optional
        Variables that are bound before the body.

    Returns
    -------
    tuple of frozenset of str, or None
        None where no literal has one.
    """
    bound = set(given)
    own = []
    for literal in body:
        names = {one.name for one in visible_variables(literal) if not one.anonymous}
        if isinstance(literal, Relational) and literal.negated:
            own.append(frozenset(names - bound))
            continue
        inner = frozenset(all_names((literal,))) if isinstance(literal, Aggregate) else NO_NAMES
        own.append(inner - bound - names)
        bound |= names
    return tuple(own) if any(own) else None

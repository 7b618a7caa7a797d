"""Programs with their rules ready to be evaluated: chosen by their heads, their bodies joins."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from weakref import WeakKeyDictionary

from kb.engines.pydatalog.fact_index import FactIndex
from kb.engines.pydatalog.joins import Join, join_of
from kb.language.ast import Constant, Key, Rule
from kb.language.matching import row_of
from kb.language.traversal import atoms_of
from kb.language.values import Row, Value, canonical
from kb.model.program import CheckedProgram, Stratum

_FRAMES = 6
"""Python calls inside each other for one stratum that a goal goes down."""

_MOST_FRAMES = 600
"""Those of the program that asks."""


class PreparedRule:
    """A rule whose body is planned when it is first needed.

    Parameters
    ----------
    rule : Rule
        The rule.
    position : int
        Number of the rule in its program.
    """

    def __init__(self, rule: Rule, position: int) -> None:
        self.rule = rule
        self.position = position
        self.constants = {
            at: canonical(term.value)
            for at, term in enumerate(rule.head.terms)
            if isinstance(term, Constant)
        }

    @cached_property
    def join(self) -> Join:
        """The body."""
        return join_of(self.rule.body)


class _Heads:
    """The rules of one predicate by the constants of their heads."""

    def __init__(self, rules: Sequence[PreparedRule]) -> None:
        self._all = rules
        constants = {item for rule in rules for item in rule.constants.items()}
        counts = Counter(position for position, _ in constants)
        self._positions = sorted(counts, key=lambda position: (-counts[position], position))
        self._chosen: dict[tuple[int, Value], list[PreparedRule]] = {}

    def candidates(self, pattern: Sequence[Value | None]) -> Sequence[PreparedRule]:
        """Return the rules that may conclude a pattern, by the constant that narrows most."""
        for position in self._positions:
            value = pattern[position]
            if value is not None:
                chosen = self._chosen.get((position, value))
                if chosen is None:
                    chosen = self._chosen[position, value] = [
                        each for each in self._all if each.constants.get(position, value) == value
                    ]
                return chosen
        return self._all


class PreparedProgram:
    """A checked program ready to be evaluated over any facts, by several threads.

    Parameters
    ----------
    program : CheckedProgram
        The rules.

    Attributes
    ----------
    derived : dict of Key to list of PreparedRule
        The rules that have a body, by what they conclude.
    stated : FactIndex
        The ground facts of the program.
    recursive : dict of str to tuple of str
        Each predicate that depends on itself, with those that it shares a stratum with.

    See Also
    --------
    prepared : Makes one and keeps it as long as its program.
    """

    def __init__(self, program: CheckedProgram) -> None:
        self.derived: dict[Key, list[PreparedRule]] = {}
        facts: dict[str, dict[Row, tuple[()]]] = {}
        for position, rule in enumerate(program.program.rules):
            if rule.body:
                found = self.derived.setdefault(rule.head.key, [])
                found.append(PreparedRule(rule, position))
            else:
                facts.setdefault(rule.head.predicate, {})[row_of(rule.head, {})] = ()
        self.stated = FactIndex(facts)
        self._heads = {key: _Heads(rules) for key, rules in self.derived.items()}
        self.recursive = {
            name: stratum.predicates
            for stratum in program.strata
            if stratum.recursive
            for name in stratum.predicates
        }
        _allow_calls(_FRAMES * self._depth(program.strata))

    def _depth(self, strata: Iterable[Stratum]) -> int:
        """Return through how many strata a goal can go down."""
        depths: dict[str, int] = {}
        rules = {key[0]: own for key, own in self.derived.items()}
        for stratum in strata:
            used = (
                depths.get(atom.predicate, 0)
                for name in stratum.predicates
                for each in rules.get(name, ())
                for atom in atoms_of(each.rule.body)
            )
            depths.update(dict.fromkeys(stratum.predicates, 1 + max(used, default=0)))
        return max(depths.values(), default=0)

    def candidates(self, key: Key, pattern: Sequence[Value | None]) -> Sequence[PreparedRule]:
        """Return the rules that may conclude a pattern, in the order of the program.

        Parameters
        ----------
        key : (name, arity)
            The predicate.
        pattern : sequence of value or None
            None where any value will do.

        Returns
        -------
        sequence of PreparedRule
        """
        heads = self._heads.get(key)
        return heads.candidates(pattern) if heads is not None else ()


def _allow_calls(frames: int) -> None:
    """Let Python make so many calls inside each other; a chain of rules may need them."""
    if _MOST_FRAMES + frames > sys.getrecursionlimit():
        sys.setrecursionlimit(_MOST_FRAMES + frames)


_PREPARED: WeakKeyDictionary[CheckedProgram, PreparedProgram] = WeakKeyDictionary()
_LOCK = threading.Lock()


def prepared(program: CheckedProgram) -> PreparedProgram:
    """Return a program ready to be evaluated, prepared once while it is in use.

    Parameters
    ----------
    program : CheckedProgram
        It is not changed.

    Returns
    -------
    PreparedProgram
    """
    with _LOCK:
        found = _PREPARED.get(program)
        if found is None:
            found = _PREPARED[program] = PreparedProgram(program)
        return found

"""The rules of a program by what they conclude, and what can be told of them beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from facts.origin import Origin
from kb.checks.checked import CheckedProgram
from kb.language.ast import Aggregate, BodyLiteral, Constant, Relational, Rule
from kb.language.matching import row_of
from kb.language.traversal import all_names, atoms_of, visible_variables
from kb.language.values import Row, Value

NO_NAMES: frozenset[str] = frozenset()


class _Keyed:
    """Rules of one predicate by the constant that most of their heads have at one position."""

    def __init__(self, group: list[tuple[int, Rule]]) -> None:
        self.group = group
        self.position, most = 0, 0
        for position in range(len(group[0][1].head.terms)):
            terms = [rule.head.terms[position] for _, rule in group]
            constants = len({term.value for term in terms if isinstance(term, Constant)})
            if constants > most:
                self.position, most = position, constants
        self.by_value: dict[Value, list[tuple[int, Rule]]] = {}
        if most:
            heads = [rule.head.terms[self.position] for _, rule in group]
            for value in {term.value for term in heads if isinstance(term, Constant)}:
                self.by_value[value] = [
                    entry
                    for entry, term in zip(group, heads, strict=True)
                    if not isinstance(term, Constant) or term.value == value
                ]
            self.open = [
                entry
                for entry, term in zip(group, heads, strict=True)
                if not isinstance(term, Constant)
            ]

    def candidates(self, pattern: Sequence[Value | None]) -> list[tuple[int, Rule]]:
        value = pattern[self.position] if self.by_value else None
        return self.group if value is None else self.by_value.get(value, self.open)


class RuleIndex:
    """The rules of a program by the predicate of their head, and which predicates recur.

    Parameters
    ----------
    program : CheckedProgram
    """

    def __init__(self, program: CheckedProgram) -> None:
        self.rules: dict[str, list[tuple[int, Rule]]] = {}
        self.stated: dict[str, dict[Row, list[Origin]]] = {}
        for position, rule in enumerate(program.program.rules):
            if rule.body:
                self.rules.setdefault(rule.head.predicate, []).append((position, rule))
                continue
            row = row_of(rule.head, {})
            origin = Origin(rule.span.source, f"row {rule.span.row}")
            self.stated.setdefault(rule.head.predicate, {}).setdefault(row, []).append(origin)
        self.needs = {
            predicate: frozenset(
                atom.predicate for _, rule in group for atom in atoms_of(rule.body)
            )
            for predicate, group in self.rules.items()
        }
        self.recursive = _recursive(self.needs)
        self._keyed = {predicate: _Keyed(group) for predicate, group in self.rules.items()}
        self._dependents: dict[frozenset[str], frozenset[str]] = {}
        self.own = {
            id(rule.body): own_names(rule.body)
            for group in self.rules.values()
            for _, rule in group
        }

    def candidates(
        self, predicate: str, pattern: Sequence[Value | None]
    ) -> Sequence[tuple[int, Rule]]:
        """Return the rules that may conclude a pattern, in the order of the program."""
        keyed = self._keyed.get(predicate)
        return keyed.candidates(pattern) if keyed is not None else ()

    def dependents(self, predicates: Iterable[str]) -> frozenset[str]:
        """Return some predicates and all that depend on one of them."""
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


_INDEXES: dict[int, tuple[CheckedProgram, RuleIndex]] = {}
_MOST_INDEXES = 16


def rule_index(program: CheckedProgram) -> RuleIndex:
    """Return the index of a program, made once while the program is in use."""
    known = _INDEXES.get(id(program))
    if known is not None and known[0] is program:
        return known[1]
    index = RuleIndex(program)
    if len(_INDEXES) >= _MOST_INDEXES:
        _INDEXES.clear()
    _INDEXES[id(program)] = (program, index)
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


def _recursive(needs: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the predicates that depend on themselves."""
    recursive = set()
    for predicate, direct in needs.items():
        reached: set[str] = set()
        waiting = list(direct)
        while waiting:
            other = waiting.pop()
            if other not in reached:
                reached.add(other)
                waiting.extend(needs.get(other, ()))
        if predicate in reached:
            recursive.add(predicate)
    return frozenset(recursive)

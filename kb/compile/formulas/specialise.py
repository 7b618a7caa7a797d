"""Pass: the formula of every answer that a determination is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kb.compile.formulas.assemble import Assembly
from kb.compile.formulas.formula import FALSE, Formulas
from kb.compile.formulas.refusal import NotFusable
from kb.compile.formulas.unfold import Unfolder
from kb.language.arithmetic import holds
from kb.language.ast import Aggregate, Atom, Constant, Key, Variable
from kb.language.matching import Pattern, constants_of, match, pattern_of
from kb.language.traversal import substitute
from kb.language.values import Value


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way in which a line gets a value: the condition, and where the value comes from."""

    condition: int
    value: tuple[Any, ...]


@dataclass(slots=True)
class Specialiser:
    """Turns rules about lines into formulas.

    Parameters
    ----------
    unfolder : Unfolder
    formulas : Formulas
    """

    unfolder: Unfolder
    formulas: Formulas = field(default_factory=Formulas)
    _done: dict[tuple[Key, Pattern], int] = field(default_factory=dict)
    _open: set[tuple[Key, Pattern]] = field(default_factory=set)

    def formula(self, key: Key, pattern: Pattern) -> int:
        """Return the formula under which a line has an answer of a pattern beyond claim and line.

        Raises
        ------
        NotFusable
            If the rules cannot be written as a formula over one row.
        """
        known = self._done.get((key, pattern))
        if known is not None:
            return known
        if (key, pattern) in self._open:
            raise NotFusable(f"`{key[0]}` is recursive")
        self._open.add((key, pattern))
        found = []
        for rule in self.unfolder.rules.get(key, ()):
            given = match(rule.head.terms[2:], pattern)
            if given is not None:
                claim, line = _key_names(rule.head)
                keys = frozenset({claim, line})
                body = substitute(rule.body, constants_of(given))
                for flat, _ in self.unfolder.flatten(body, (), keys):
                    found.append(self._assembly(claim, line).read(flat))
        made = self.formulas.any_of(found)
        self._open.discard((key, pattern))
        self._done[key, pattern] = made
        return made

    def least(self, key: Key) -> tuple[int, str, tuple[Alternative, ...]]:
        """Return a value that a rule takes as the least or the greatest of several.

        Returns
        -------
        condition, function, alternatives
        """
        (rule,) = self.unfolder.rules[key]
        claim, line = _key_names(rule.head)
        wanted = rule.head.terms[2]
        aggregates = [item for item in rule.body if isinstance(item, Aggregate)]
        if len(aggregates) != 1 or aggregates[0].function not in ("min", "max"):
            raise NotFusable(f"`{key[0]}` is no least and no greatest value")
        (aggregate,) = aggregates
        if not isinstance(wanted, Variable) or aggregate.result.name != wanted.name:
            raise NotFusable(f"`{key[0]}` is no least and no greatest value")
        keys = frozenset({claim, line})
        rest = tuple(item for item in rule.body if item is not aggregate)
        conditions = [
            self._assembly(claim, line).read(flat)
            for flat, _ in self.unfolder.flatten(rest, (), keys)
        ]
        term = aggregate.expression
        if not isinstance(term, Variable | Constant):
            raise NotFusable("an aggregate of a calculation")
        alternatives = []
        for flat, (value,) in self.unfolder.flatten(aggregate.goal, (term,), keys):
            assembly = self._assembly(claim, line)
            condition = assembly.read(flat)
            if condition != FALSE:
                alternatives.append(Alternative(condition, assembly.value(value)))
        return self.formulas.any_of(conditions), aggregate.function, tuple(alternatives)

    def _assembly(self, claim: str, line: str) -> Assembly:
        return Assembly(
            self.formulas, self.unfolder.constants, self._prop, self._count, claim, line
        )

    def _prop(self, atom: Atom) -> int:
        return self.formula(atom.key, pattern_of(atom, {})[2:])

    def _count(
        self, aggregate: Aggregate, claim: str, line: str, operator: str, value: Value
    ) -> int:
        """The test of how many other lines solve a goal."""
        own: dict[int, list[tuple[Any, ...]]] = {}
        keys = frozenset({claim, line})
        for flat, _ in self.unfolder.flatten(aggregate.goal, (), keys):
            assembly = self._assembly(claim, line)
            node = assembly.read(flat)
            if node == FALSE:
                continue
            parts = (
                self.formulas.nodes[node][1] if self.formulas.nodes[node][0] == "and" else (node,)
            )
            leaves = [
                (part, self.formulas.nodes[part][1])
                for part in parts
                if self.formulas.nodes[part][0] == "leaf"
            ]
            groups = [(part, leaf) for part, leaf in leaves if leaf[0] == "group"]
            if len(groups) != 1:
                raise NotFusable("a count of something else than other lines")
            rest = self.formulas.all_of(part for part in parts if part != groups[0][0])
            own.setdefault(rest, []).append(groups[0][1])
        if len(own) > 1:
            raise NotFusable("a count whose goals depend on the line in several ways")
        none = holds(operator, Constant(0), Constant(value), {})  # type: ignore[arg-type]
        if not own:
            return 1 if none else FALSE
        ((rest, found),) = own.items()
        if len({leaf[1:3] for leaf in found}) > 1:
            raise NotFusable("a count of lines that are tied in several ways")
        condition = self.formulas.any_of(leaf[3] for leaf in found)
        test = self.formulas.leaf(("count", *found[0][1:3], condition, operator, value))
        held = self.formulas.all_of([rest, test])
        if not none:
            return held
        return self.formulas.any_of([held, self.formulas.not_(rest)])


def _key_names(head: Atom) -> tuple[str, str]:
    claim, line = head.terms[:2]
    if not isinstance(claim, Variable) or not isinstance(line, Variable):
        raise NotFusable(f"`{head.predicate}` has no claim and line")
    return claim.name, line.name

"""The formula of every answer that a determination is made of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kb.compile.formulas.assemble import Assembly
from kb.compile.formulas.formula import FALSE, TRUE, All, FormulaGraph
from kb.compile.formulas.line_script import NotFusable
from kb.compile.formulas.line_tests import OtherLines, SideValue
from kb.compile.formulas.unfold import Conjunction, Unfolder
from kb.language.arithmetic import holds
from kb.language.ast import Aggregate, Atom, Comparator, Constant, Expression, Key, Variable
from kb.language.matching import Pattern, constants_of, match, pattern_of
from kb.language.traversal import substitute
from kb.language.values import Value


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way in which a line gets a value: the condition, and where the value comes from."""

    condition: int
    value: Expression | SideValue


@dataclass(frozen=True, slots=True)
class Extreme:
    """The least or the greatest of several values of a line.

    Parameters
    ----------
    condition : int
        The formula under which the line has a value.
    function : {"min", "max"}
        Which of the values counts.
    alternatives : tuple of Alternative
        The values.
    """

    condition: int
    function: str
    alternatives: tuple[Alternative, ...]


@dataclass(slots=True)
class Specialiser:
    """Turns rules about lines into formulas.

    Parameters
    ----------
    unfolder : Unfolder
        Has the rules, and what is known beforehand.
    formulas : FormulaGraph
        Where nodes are made.
    """

    unfolder: Unfolder
    formulas: FormulaGraph = field(default_factory=FormulaGraph)
    _done: dict[tuple[Key, Pattern], int] = field(default_factory=dict)
    _open: set[tuple[Key, Pattern]] = field(default_factory=set)

    def formula(self, key: Key, pattern: Pattern) -> int:
        """Return the formula under which a line has an answer of a pattern beyond claim and line.

        Parameters
        ----------
        key : (name, arity)
            A predicate of claim, line and more.
        pattern : tuple of value or None
            The values beyond claim and line, None where any will do.

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
                whole = Conjunction(substitute(rule.body, constants_of(given)), keys)
                for flat in self.unfolder.flatten(whole):
                    found.append(self._assembly(claim, line).read(flat.body))
        made = self.formulas.any_of(found)
        self._open.discard((key, pattern))
        self._done[key, pattern] = made
        return made

    def extreme(self, key: Key) -> Extreme:
        """Return a value that a rule takes as the least or the greatest of several.

        Parameters
        ----------
        key : (name, arity)
            A predicate of claim, line and the value, with one rule.

        Raises
        ------
        NotFusable
            If the rule is none of that kind.
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
            self._assembly(claim, line).read(flat.body)
            for flat in self.unfolder.flatten(Conjunction(rest, keys))
        ]
        term = aggregate.expression
        if not isinstance(term, Variable | Constant):
            raise NotFusable("an aggregate of a calculation")
        alternatives = []
        for flat in self.unfolder.flatten(Conjunction(aggregate.goal, keys, (term,))):
            assembly = self._assembly(claim, line)
            condition = assembly.read(flat.body)
            if condition != FALSE:
                (value,) = flat.wanted
                alternatives.append(Alternative(condition, assembly.value(value)))
        condition = self.formulas.any_of(conditions)
        return Extreme(condition, aggregate.function, tuple(alternatives))

    def _assembly(self, claim: str, line: str) -> Assembly:
        return Assembly(
            self.formulas, self.unfolder.constants, self._prop, self._count, claim, line
        )

    def _prop(self, atom: Atom) -> int:
        return self.formula(atom.key, pattern_of(atom, {})[2:])

    def _count(
        self, aggregate: Aggregate, claim: str, line: str, operator: Comparator, value: Value
    ) -> int:
        """The test of how many other lines solve a goal."""
        formulas = self.formulas
        own: dict[int, list[OtherLines]] = {}
        whole = Conjunction(aggregate.goal, frozenset({claim, line}))
        for flat in self.unfolder.flatten(whole):
            node = self._assembly(claim, line).read(flat.body)
            if node == FALSE:
                continue
            made = formulas.nodes[node]
            parts = made.parts if isinstance(made, All) else (node,)
            others = {
                part: test
                for part in parts
                if isinstance(test := formulas.nodes[part], OtherLines)
                and test.operator is None
                and not test.evidence
            }
            if len(others) != 1:
                raise NotFusable("a count of something else than other lines")
            rest = formulas.all_of(part for part in parts if part not in others)
            own.setdefault(rest, []).extend(others.values())
        if len(own) > 1:
            raise NotFusable("a count whose goals depend on the line in several ways")
        none = holds(operator, Constant(0), Constant(value), {})
        if not own:
            return TRUE if none else FALSE
        ((rest, found),) = own.items()
        if len({(test.keys, test.order) for test in found}) > 1:
            raise NotFusable("a count of lines that are tied in several ways")
        condition = formulas.any_of(test.condition for test in found)
        counted = replace(found[0], condition=condition, operator=operator, value=value)
        held = formulas.all_of([rest, formulas.test(counted)])
        return formulas.any_of([held, formulas.not_(rest)]) if none else held


def _key_names(head: Atom) -> tuple[str, str]:
    claim, line = head.terms[:2]
    if not isinstance(claim, Variable) or not isinstance(line, Variable):
        raise NotFusable(f"`{head.predicate}` has no claim and line")
    return claim.name, line.name

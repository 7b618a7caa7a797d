"""Formulas: and, or, not over tests of a line. Equal formulas are one node with one number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from kb.compile.formulas.line_tests import Test

FALSE = 0
TRUE = 1


@dataclass(frozen=True, slots=True)
class Not:
    """A node does not hold."""

    part: int


@dataclass(frozen=True, slots=True)
class All:
    """Each of some nodes holds."""

    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One of some nodes holds."""

    parts: tuple[int, ...]


FormulaNode: TypeAlias = bool | Not | All | Some | Test


@dataclass(slots=True)
class FormulaGraph:
    """All formulas of one compilation, numbered so that a node comes after its parts.

    Examples
    --------
    >>> from kb.compile.formulas.line_tests import Filled
    >>> made = FormulaGraph()
    >>> a, b = made.test(Filled("ndc")), made.test(Filled("units"))
    >>> made.all_of([a, made.not_(a)]) == FALSE, made.any_of([a, b]) == made.any_of([b, a, a])
    (True, True)
    """

    nodes: list[FormulaNode] = field(default_factory=lambda: [False, True])
    _numbers: dict[FormulaNode, int] = field(default_factory=dict)

    def test(self, test: Test) -> int:
        """Return the node of a test.

        Parameters
        ----------
        test : Test
            A test of a line.
        """
        return self._node(test)

    def not_(self, part: int) -> int:
        """Return the negation of a node.

        Parameters
        ----------
        part : int
            The node.
        """
        if part in (FALSE, TRUE):
            return TRUE - part
        node = self.nodes[part]
        return node.part if isinstance(node, Not) else self._node(Not(part))

    def all_of(self, parts: Iterable[int]) -> int:
        """Return the conjunction of nodes.

        Parameters
        ----------
        parts : iterable of int
            The nodes.
        """
        return self._gather(All, parts, TRUE, FALSE)

    def any_of(self, parts: Iterable[int]) -> int:
        """Return the disjunction of nodes.

        Parameters
        ----------
        parts : iterable of int
            The nodes.
        """
        return self._gather(Some, parts, FALSE, TRUE)

    def parts(self, node: int) -> tuple[int, ...]:
        """Return the nodes that a node is made of.

        Parameters
        ----------
        node : int
            A formula; a test has no parts.
        """
        match self.nodes[node]:
            case Not(part):
                return (part,)
            case All(parts) | Some(parts):
                return parts
        return ()

    def below(self, roots: Iterable[int]) -> list[int]:
        """Return the roots and everything below them, parts first.

        Parameters
        ----------
        roots : iterable of int
            Nodes.
        """
        found: set[int] = set()
        waiting = list(roots)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting.extend(self.parts(node))
        return sorted(found)

    def tests(self, roots: Iterable[int]) -> list[tuple[int, Test]]:
        """Return the tests below the roots with their nodes.

        Parameters
        ----------
        roots : iterable of int
            Nodes.
        """
        return [
            (number, node)
            for number in self.below(roots)
            if not isinstance(node := self.nodes[number], bool | Not | All | Some)
        ]

    def _gather(
        self, kind: type[All] | type[Some], parts: Iterable[int], neutral: int, strong: int
    ) -> int:
        found: set[int] = set()
        for part in parts:
            if part == strong:
                return strong
            if part == neutral:
                continue
            node = self.nodes[part]
            if isinstance(node, kind):
                found.update(node.parts)
            else:
                found.add(part)
        if any(self.not_(part) in found for part in found if isinstance(self.nodes[part], Not)):
            return strong
        if len(found) <= 1:
            return found.pop() if found else neutral
        return self._node(kind(tuple(sorted(found))))

    def _node(self, made: FormulaNode) -> int:
        number = self._numbers.get(made)
        if number is None:
            number = self._numbers[made] = len(self.nodes)
            self.nodes.append(made)
        return number

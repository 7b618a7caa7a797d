"""Formulas: and, or, not over tests of a line. Equal formulas are one node with one number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Leaf: TypeAlias = tuple[Any, ...]
"""A test: its kind and what it tests; see ``kb.compile.formulas.column_tests``."""

FALSE = 0
TRUE = 1


@dataclass(slots=True)
class Formulas:
    """All formulas of one compilation, numbered so that a node comes after its parts.

    Examples
    --------
    >>> made = Formulas()
    >>> a, b = made.leaf(("known", "ndc")), made.leaf(("known", "units"))
    >>> made.all_of([a, made.not_(a)]) == FALSE, made.any_of([a, b]) == made.any_of([b, a, a])
    (True, True)
    """

    nodes: list[tuple[Any, ...]] = field(default_factory=lambda: [("false",), ("true",)])
    _numbers: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def leaf(self, test: Leaf) -> int:
        """Return the node of a test."""
        return self._node(("leaf", test))

    def not_(self, part: int) -> int:
        """Return the negation of a node."""
        if part in (FALSE, TRUE):
            return TRUE - part
        if self.nodes[part][0] == "not":
            inner: int = self.nodes[part][1]
            return inner
        return self._node(("not", part))

    def all_of(self, parts: Iterable[int]) -> int:
        """Return the conjunction of nodes."""
        return self._gather("and", parts, TRUE, FALSE)

    def any_of(self, parts: Iterable[int]) -> int:
        """Return the disjunction of nodes."""
        return self._gather("or", parts, FALSE, TRUE)

    def parts(self, node: int) -> tuple[int, ...]:
        """Return the nodes that a node is made of."""
        kind, *rest = self.nodes[node]
        if kind == "not":
            return (rest[0],)
        return rest[0] if kind in ("and", "or") else ()

    def below(self, roots: Iterable[int]) -> list[int]:
        """Return the roots and everything below them, parts first."""
        found: set[int] = set()
        waiting = list(roots)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting.extend(self.parts(node))
        return sorted(found)

    def leaves(self, roots: Iterable[int]) -> list[tuple[int, Leaf]]:
        """Return the tests below the roots with their nodes."""
        return [
            (node, self.nodes[node][1])
            for node in self.below(roots)
            if self.nodes[node][0] == "leaf"
        ]

    def _gather(self, kind: str, parts: Iterable[int], neutral: int, strong: int) -> int:
        found: set[int] = set()
        for part in parts:
            if part == strong:
                return strong
            if part == neutral:
                continue
            if self.nodes[part][0] == kind:
                found.update(self.nodes[part][1])
            else:
                found.add(part)
        if any(self.not_(part) in found for part in found if self.nodes[part][0] == "not"):
            return strong
        if len(found) <= 1:
            return found.pop() if found else neutral
        return self._node((kind, tuple(sorted(found))))

    def _node(self, made: tuple[Any, ...]) -> int:
        number = self._numbers.get(made)
        if number is None:
            number = self._numbers[made] = len(self.nodes)
            self.nodes.append(made)
        return number

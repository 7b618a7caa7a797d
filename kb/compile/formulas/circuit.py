"""Formulas as a circuit, evaluated for many rows at once: a number holds a bit of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.compile.formulas.formula import FALSE, TRUE, All, FormulaGraph, Not


@dataclass(frozen=True, slots=True)
class Circuit:
    """FormulaGraph over tests that are bits of masks.

    Its values are numbered: 0 never holds, 1 always does, the tests follow, then the gates.

    Parameters
    ----------
    tests : tuple of (int, int)
        The mask that has the result of each test, and its bit.
    gates : tuple of (kind, values)
        ``not``, ``and`` or ``or``, and the values that it is of, all of them before it.
    outputs : tuple of int
        The values that are wanted.
    """

    tests: tuple[tuple[int, int], ...] = ()
    gates: tuple[tuple[str, tuple[int, ...]], ...] = ()
    outputs: tuple[int, ...] = ()

    def evaluate(self, tests: Iterable[int], every: int) -> list[int]:
        """Return the rows for which each output holds.

        Parameters
        ----------
        tests : iterable of int
            The rows for which each test holds, a bit for each row.
        every : int
            The bits of all rows.

        Examples
        --------
        >>> made = Circuit(((0, 0), (0, 1)), (("not", (2,)), ("and", (3, 4))), (5, 1))
        >>> [f"{rows:04b}" for rows in made.evaluate([0b0011, 0b0110], 0b1111)]
        ['0100', '1111']
        """
        values = [0, every, *tests]
        for kind, parts in self.gates:
            value = values[parts[0]]
            if kind == "not":
                value ^= every
            elif kind == "and":
                for part in parts:
                    value &= values[part]
            else:
                for part in parts:
                    value |= values[part]
            values.append(value)
        return [values[output] for output in self.outputs]


def circuit_of(
    formulas: FormulaGraph, roots: Sequence[int], tests: Mapping[int, tuple[int, int]]
) -> Circuit:
    """Return formulas as a circuit.

    Parameters
    ----------
    formulas : FormulaGraph
        The nodes of all formulas.
    roots : sequence of int
        The nodes that are wanted.
    tests : mapping of node to (int, int)
        The mask that has the result of each test, and its bit.
    """
    order = [node for node in formulas.below(roots) if node not in (FALSE, TRUE)]
    asked = [node for node in order if not formulas.parts(node)]
    numbers = {node: number for number, node in enumerate([FALSE, TRUE, *asked])}
    gates = []
    for node in order:
        parts = formulas.parts(node)
        if parts:
            numbers[node] = len(numbers)
            kind = formulas.nodes[node]
            name = "not" if isinstance(kind, Not) else "and" if isinstance(kind, All) else "or"
            gates.append((name, tuple(numbers[part] for part in parts)))
    return Circuit(
        tuple(tests[node] for node in asked),
        tuple(gates),
        tuple(numbers[root] for root in roots),
    )

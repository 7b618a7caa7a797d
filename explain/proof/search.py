"""The smallest derivation of an atom: a shortest hyperpath through all of its derivations.

Knuth's generalisation of Dijkstra's algorithm settles atoms in the order of the size of their
smallest proof, so an atom is settled only from atoms that are settled before it. That is why a
proof of a recursive predicate is never circular.

References
----------
.. [1] D. E. Knuth, "A generalization of Dijkstra's algorithm", Information Processing Letters
   6 (1977), 1-5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TypeAlias

from explain.proof.derivations import Derivations, Instance
from kb.language.ast import Aggregate, BodyLiteral, Relational
from kb.language.matching import Bindings, GroundAtom, row_of

_Heap: TypeAlias = list[tuple[int, int, str, int, GroundAtom, Instance | None]]
"""Size of a derivation, place of its rule, its values, a number, the atom and the instance.

The place and the values decide between derivations of one size, so that the order of facts does
not; the number only keeps the rest from being compared.
"""


@dataclass(frozen=True, slots=True)
class Derivation:
    """The smallest derivation of an atom.

    Parameters
    ----------
    instance : Instance or None
        The rule that concludes it; None for a fact.
    others : int
        Number of other instances that conclude it too.
    """

    instance: Instance | None
    others: int = 0


def _premises(
    derivations: Derivations,
    body: tuple[BodyLiteral, ...],
    bindings: Bindings,
    given: Iterable[str] = (),
) -> Iterator[GroundAtom]:
    """Yield the atoms that have to hold for a body, those under its aggregates included."""
    for literal, seen in zip(body, derivations.views(body, bindings, given), strict=True):
        if isinstance(literal, Relational) and not literal.negated:
            yield literal.atom.predicate, row_of(literal.atom, bindings)
        elif isinstance(literal, Aggregate):
            for solution in derivations.counted(literal, seen):
                yield from _premises(derivations, literal.goal, solution, seen)


def smallest_derivations(
    derivations: Derivations, goal: GroundAtom
) -> dict[GroundAtom, Derivation]:
    """Return the smallest derivation of a goal and of each atom that may support it.

    Parameters
    ----------
    derivations : Derivations
        Every way in which atoms follow.
    goal : tuple of predicate and row
        What is to be proved.

    Returns
    -------
    dict of atom to Derivation
        Without the goal if it does not hold.
    """
    known: dict[GroundAtom, list[Instance]] = {}
    needs: list[tuple[GroundAtom, Instance, tuple[GroundAtom, ...]]] = []
    users: dict[GroundAtom, list[int]] = {}
    ready: _Heap = []
    waiting = [goal]
    while waiting:
        atom = waiting.pop()
        if atom in known:
            continue
        known[atom] = []
        if derivations.is_stated(atom):
            heappush(ready, (1, -1, "", len(known), atom, None))
            continue
        for instance in derivations.instances(atom):
            required = tuple(_premises(derivations, instance.rule.body, instance.bindings))
            if atom in required:
                continue
            known[atom].append(instance)
            number = len(needs)
            needs.append((atom, instance, required))
            for premise in set(required):
                users.setdefault(premise, []).append(number)
            waiting.extend(required)
    return _settle(known, needs, users, ready)


def _settle(
    known: dict[GroundAtom, list[Instance]],
    needs: list[tuple[GroundAtom, Instance, tuple[GroundAtom, ...]]],
    users: dict[GroundAtom, list[int]],
    ready: _Heap,
) -> dict[GroundAtom, Derivation]:
    open_premises = [len(set(required)) for _, _, required in needs]
    sizes: dict[GroundAtom, int] = {}
    settled: dict[GroundAtom, Derivation] = {}
    for number, (atom, instance, required) in enumerate(needs):
        if not required:
            heappush(ready, (_own_size(instance), *_order(instance), number, atom, instance))
    while ready:
        size, _, _, _, atom, best = heappop(ready)
        if atom in settled:
            continue
        sizes[atom] = size
        others = len(known[atom]) - 1 if best is not None else 0
        settled[atom] = Derivation(best, others)
        for number in users.get(atom, ()):
            open_premises[number] -= 1
            if not open_premises[number]:
                head, instance, required = needs[number]
                total = _own_size(instance) + sum(sizes[premise] for premise in required)
                heappush(ready, (total, *_order(instance), number, head, instance))
    return settled


def _own_size(instance: Instance) -> int:
    """Steps of a rule application that are not atoms: itself, comparisons, absences."""
    return 1 + sum(
        not isinstance(literal, Relational) or literal.negated for literal in instance.rule.body
    )


def _order(instance: Instance) -> tuple[int, str]:
    return instance.position, repr(sorted(instance.bindings.items()))

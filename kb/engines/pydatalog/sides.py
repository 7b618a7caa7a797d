"""Sides: atoms of a body that only comparisons tie to the rest, as the other lines of a claim.

The rows of a side are the same for every line of the claim, so they are found once; which of them a
line is tied to is told by the order of their values. `joins` plans and runs them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

from kb.engines.pydatalog.scans import Scan
from kb.language.ast import Comparison, Variable

_TURNED = {"<": ">", "=<": ">=", ">": "<", ">=": "=<"}
_TURNED.update({f"@{left}": f"@{right}" for left, right in _TURNED.items()})
_TURNED.update({each: each for each in ("=\\=", "\\=", "=:=", "=")})
"""What a comparison is when its sides change places."""

Plain: TypeAlias = "Scan | Comparison"


@dataclass(frozen=True, slots=True)
class _Link:
    """A comparison of a variable of a side, on its left, with a value known without the side."""

    name: str
    operator: str
    other: str


@dataclass(frozen=True, slots=True, eq=False)
class TiedSide:
    """Literals that only comparisons, and keys, tie to the rest of a body.

    Parameters
    ----------
    own : tuple of literals
        What its rows are found by.
    others : tuple of Scan
        Atoms that give the values which its rows are compared with.
    literals : tuple of literals
        All that it stands for, in their order: its own, the others, and the comparisons.
    keys : tuple of str
        Variables of its own literals that have a value before.
    links : tuple of _Link
        The comparisons.
    needed : tuple of str
        Its own variables that are needed afterwards.
    """

    own: tuple[Plain, ...]
    others: tuple[Scan, ...]
    literals: tuple[Plain, ...]
    keys: tuple[str, ...]
    links: tuple[_Link, ...]
    needed: tuple[str, ...]


def find_side(
    literals: Sequence[object], bound: Set[str], used: Sequence[Set[str]], harmful: Collection[str]
) -> TiedSide | None:
    """Return the side that the first literal begins, or None where it begins none.

    Parameters
    ----------
    literals : sequence of literals
        What is left of a body.
    bound : set of str
        The variables that have a value.
    used : sequence of set of str
        The variables of each literal, and at the end those that are wanted of the whole body.
    harmful : collection of str
        Predicates whose rules may have no result: nothing is asked of them before its turn.
    """
    scans = {
        at: used[at] - bound
        for at, literal in enumerate(literals)
        if isinstance(literal, Scan) and not literal.negated and literal.key[0] not in harmful
    }
    if not scans.get(0):
        return None
    chosen, names = _connected(0, scans)
    keys = set().union(*(used[at] for at in chosen)) & bound
    outside = {at: own for at, own in scans.items() if at not in chosen and own}
    links: dict[int, _Link] = {}
    before: set[int] = set()
    for at, literal in enumerate(literals):
        if isinstance(literal, Comparison):
            if _is_plain(literal) and used[at] <= names:
                chosen.add(at)
            elif (link := _link(literal, names)) is not None:
                more = None if link.other in bound else _giving(link.other, outside)
                if link.other in bound or more:
                    links[at] = link
                    before.update(more or ())
        elif isinstance(literal, Scan) and literal.negated and literal.key[0] not in harmful:
            others = set().union(*(each for place, each in enumerate(used) if place != at))
            if (used[at] & (others | bound)) <= names | keys and used[at] & names:
                chosen.add(at)
    taken = chosen | before | links.keys()
    later = set().union(*(each for at, each in enumerate(used) if at not in taken))
    needed = names & later
    asks = later.union(*(used[at] for at in before), (link.other for link in links.values()))
    if not (asks & bound) - keys or not (links or needed < names):
        return None
    return TiedSide(
        tuple(_picked(literals, chosen)),
        tuple(each for each in _picked(literals, before) if isinstance(each, Scan)),
        tuple(_picked(literals, taken)),
        tuple(sorted(keys)),
        tuple(links[at] for at in sorted(links)),
        tuple(sorted(needed)),
    )


def _picked(literals: Sequence[object], places: Iterable[int]) -> Iterator[Plain]:
    for at in sorted(places):
        literal = literals[at]
        assert isinstance(literal, Scan | Comparison)
        yield literal


def _connected(first: int, scans: dict[int, Set[str]]) -> tuple[set[int], set[str]]:
    """Return the atoms that share variables with an atom, or with one that does, and these."""
    chosen, names = {first}, set(scans[first])
    size = 0
    while size < len(chosen):
        size = len(chosen)
        for at, own in scans.items():
            if at not in chosen and own & names:
                chosen.add(at)
                names |= own
    return chosen, names


def _giving(name: str, scans: dict[int, Set[str]]) -> set[int] | None:
    """Return the atoms that give a variable its value, or None where an atom does not."""
    for at, own in scans.items():
        if name in own:
            return _connected(at, scans)[0]
    return None


def _is_plain(literal: Comparison) -> bool:
    """Return whether a comparison calculates nothing."""
    return not any(hasattr(side, "operands") for side in (literal.left, literal.right))


def _link(literal: Comparison, names: Set[str]) -> _Link | None:
    left, right = literal.left, literal.right
    if not isinstance(left, Variable) or not isinstance(right, Variable):
        return None
    if left.name in names and right.name not in names:
        return _Link(left.name, literal.operator, right.name)
    if right.name in names and left.name not in names:
        return _Link(right.name, _TURNED[literal.operator], left.name)
    return None

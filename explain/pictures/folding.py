"""Fold a proof until it can be taken in at a glance, and say what was folded.

What every clause requires is folded first, then what the picture would show twice, then the
reasons of clauses that did not decide, then the deepest conclusions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from explain.narrative.reasoning import GraphStep, ProofGraph, StepKind

MOST_BOXES = 24
"""A picture of more boxes is folded."""

_FAR = 8
"""A proof of so many times the boxes that are allowed is first folded by whole rows."""

_MANY_SHARED = 3
"""From so many steps on, arrows of two boxes to the same steps cross too often to be followed."""

_NOUNS: dict[StepKind, tuple[str, str]] = {
    "claim": ("fact of the claim", "facts of the claim"),
    "evidence": ("fact on file", "facts on file"),
    "policy": ("fact of the policy", "facts of the policy"),
    "setting": ("setting", "settings"),
    "override": ("override", "overrides"),
    "absence": ("absence", "absences"),
    "comparison": ("comparison", "comparisons"),
}


@dataclass(frozen=True, slots=True)
class Fold:
    """Something that is not drawn.

    Parameters
    ----------
    words : str
        What is not drawn, in a few words.
    steps : tuple of GraphStep
        All steps of it.
    """

    words: str
    steps: tuple[GraphStep, ...]


@dataclass(slots=True)
class Folded:
    """A proof of which a part is drawn.

    Parameters
    ----------
    graph : ProofGraph
        The whole proof.
    below : dict of step id to list of step ids
        The steps that are drawn under each step, the outcome's first.
    folds : dict of step id to list of Fold
        The folds of each step that is drawn.
    exceeds : int
        Boxes that were allowed, where more would have been drawn; else 0.
    """

    graph: ProofGraph
    below: dict[str, list[str]] = field(default_factory=dict)
    folds: dict[str, list[Fold]] = field(default_factory=dict)
    exceeds: int = 0

    def drawn(self) -> dict[str, int]:
        """Return the ids of the steps that are drawn, each before those that it rests on.

        The value is the distance of a step from the outcome, on the longest way.
        """
        root = self.graph.steps[0].id
        found = {root: 0}
        for number in reversed(self.from_below([root])):
            for part in self.below[number]:
                found[part] = max(found.get(part, 0), found[number] + 1)
        return dict(sorted(found.items(), key=lambda item: item[1]))

    def from_below(self, tops: Iterable[str]) -> list[str]:
        """Return the tops and all that is drawn below them, each after what it rests on."""
        order: list[str] = []
        seen: set[str] = set()
        waiting = [(number, False) for number in tops]
        while waiting:
            number, done = waiting.pop()
            if done:
                order.append(number)
            elif number not in seen:
                seen.add(number)
                waiting.append((number, True))
                waiting.extend((part, False) for part in self.below[number])
        return order


def folded(
    graph: ProofGraph,
    clauses: Sequence[str] = (),
    closed: Iterable[str] = (),
    most: int = MOST_BOXES,
) -> Folded:
    """Fold a proof.

    Parameters
    ----------
    graph : ProofGraph
        The whole proof.
    clauses : sequence of str
        Ids of the steps that cite a clause, in the order of reading; each is drawn under the
        outcome, whether the outcome's proof needs it or not.
    closed : iterable of str
        Ids of those of them whose reasons are folded.
    most : int, optional
        Boxes to draw at most. The outcome and the clauses are drawn in any case.
    """
    return _Folding(graph).fold(clauses, closed, most)


class _Folding:
    def __init__(self, graph: ProofGraph) -> None:
        self.graph = graph
        self.steps = {step.id: step for step in graph.steps}
        self.all_below: dict[str, list[str]] = {number: [] for number in self.steps}
        for above, below in graph.edges:
            self.all_below[above].append(below)
        self.result = Folded(graph)

    def fold(self, clauses: Sequence[str], closed: Iterable[str], most: int) -> Folded:
        self._fold_background()
        self._put_under_outcome(clauses)
        self._drop_repeated_arrows()
        self._fold_repeated_conclusions()
        for number in closed:
            self._fold_below(number, "why it applies")
        if len(self.result.drawn()) > most:
            self.result.exceeds = most
        while len(self.result.drawn()) > _FAR * most and self._fold_far_below(_FAR * most):
            pass
        while (left := len(self.result.drawn()) - most) > 0 and self._fold_deepest(left):
            pass
        while (left := len(self.result.drawn()) - most) > 0 and self._cut_widest(left):
            pass
        return self.result

    def _fold_background(self) -> None:
        for number, step in self.steps.items():
            kept = []
            for part in self.all_below[number]:
                if self.steps[part].background and not step.background:
                    self._note(number, self._background_words(step, part), self._reached([part]))
                else:
                    kept.append(part)
            self.result.below[number] = kept

    def _background_words(self, step: GraphStep, part: str) -> str:
        text = self.steps[part].text
        own = step.kind == "clause" and step.clause_id in text
        return "that it is in force and not waived" if own else text

    def _put_under_outcome(self, clauses: Sequence[str]) -> None:
        root = self.graph.steps[0].id
        parts = self.result.below[root]
        self.result.below[root] = list(dict.fromkeys([*clauses, *parts]))

    def _drop_repeated_arrows(self) -> None:
        """Drop an arrow where another way leads from the same box to the same box."""
        bit = {number: 1 << position for position, number in enumerate(self.steps)}
        reach: dict[str, int] = {}
        for number in self.result.from_below(self.steps):
            parts = self.result.below[number]
            farther = reduce(or_, (reach[part] for part in parts), 0)
            reach[number] = reduce(or_, (bit[part] for part in parts), farther)
            self.result.below[number] = [part for part in parts if not farther & bit[part]]

    def _fold_repeated_conclusions(self) -> None:
        """Fold a conclusion that rests on the very same steps as another box."""
        first: dict[frozenset[str], str] = {}
        for number in sorted(self.steps, key=lambda number: self.steps[number].kind != "clause"):
            parts = frozenset(self.result.below[number])
            if len(parts) < _MANY_SHARED:
                continue
            other = first.setdefault(parts, number)
            if other != number and self.steps[number].kind != "clause":
                step = self.steps[other]
                name = step.clause_id if step.kind == "clause" else f'"{step.text}"'
                self._fold_below(number, f"the same as under {name}")

    def _fold_far_below(self, enough: int) -> bool:
        """Fold the conclusions of the row that has enough boxes above it.

        Returns whether there was anything to fold. Very large proofs are folded row by row only
        when this left little of them.
        """
        drawn = self.result.drawn()
        row = list(drawn.values())[enough]
        found = [
            number
            for number, depth in drawn.items()
            if depth == row and self._may_fold(number) and self.result.below[number]
        ]
        for number in found:
            self._fold_below(number)
        return bool(found)

    def _may_fold(self, number: str) -> bool:
        return self.steps[number].kind in ("conclusion", "sum")

    def _fold_deepest(self, left: int) -> bool:
        """Fold what the deepest conclusions rest on, the last one first, down to some boxes fewer.

        Returns whether there was anything to fold.
        """
        below, drawn = self.result.below, self.result.drawn()
        above = Counter(part for number in drawn for part in below[number])
        found = [
            number
            for number in drawn
            if self._may_fold(number)
            and below[number]
            and not any(below[part] for part in below[number])
        ]
        deepest = max((drawn[number] for number in found), default=0)
        for number in reversed(found):
            if drawn[number] == deepest and left > 0:
                above.subtract(below[number])
                left -= sum(above[part] == 0 for part in below[number])
                self._fold_below(number)
        return bool(found)

    def _cut_widest(self, left: int) -> bool:
        """Fold the last parts of the box that has the most, down to some boxes fewer.

        Returns whether there was anything to fold.
        """
        widest = max(self.result.drawn(), key=lambda number: len(self._leaves(number)))
        leaves = self._leaves(widest)
        if len(leaves) < 2:
            return False
        cut = set(leaves[-min(len(leaves) - 1, left) :])
        parts = self.result.below[widest]
        self.result.below[widest] = [part for part in parts if part not in cut]
        steps = self._reached(part for part in parts if part in cut)
        self._note(widest, f"also {_counted(steps)}", steps)
        return True

    def _leaves(self, number: str) -> list[str]:
        return [
            part
            for part in self.result.below[number]
            if not self.result.below[part] and self.steps[part].kind != "clause"
        ]

    def _fold_below(self, number: str, words: str = "") -> None:
        parts = self.result.below[number]
        if not parts:
            return
        steps = self._reached(parts)
        self.result.below[number] = []
        self._note(number, words or _counted(steps), steps)

    def _note(self, number: str, words: str, steps: Iterable[GraphStep]) -> None:
        self.result.folds.setdefault(number, []).append(Fold(words, tuple(steps)))

    def _reached(self, numbers: Iterable[str]) -> list[GraphStep]:
        """Return some steps and everything that they rest on."""
        found: dict[str, GraphStep] = {}
        waiting = list(reversed(list(numbers)))
        while waiting:
            number = waiting.pop()
            if number not in found:
                found[number] = self.steps[number]
                waiting.extend(reversed(self.all_below[number]))
        return list(found.values())


def _counted(steps: Iterable[GraphStep]) -> str:
    """Return how many steps there are of each kind, in words."""
    counts: dict[tuple[str, str], int] = {}
    for step in steps:
        nouns = _NOUNS.get(step.kind, ("conclusion", "conclusions"))
        counts[nouns] = counts.get(nouns, 0) + 1
    return ", ".join(f"{count} {nouns[count != 1]}" for nouns, count in counts.items())

"""A picture of a proof: boxes with their roles and texts, and the arrows between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from explain.narrative.reasoning import StepKind

_HIGHEST_COLUMN = 4


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a picture.

    Parameters
    ----------
    id : str
        Unique in its picture: ``n1``, ``n2`` from the top down.
    kind : str
        One of ``explain.narrative.reasoning.StepKind``.
    text : str
        What the box says, in English.
    heading : str
        A few words above the text.
    place : str
        Where a person can look it up.
    note : str
        What is folded into the box, in a few words.
    folded : tuple of str
        Every step that is folded into it, in English.
    adverse : bool
        Whether an outcome keeps the line from full payment.
    decides : bool
        False for a clause that applies too, and did not decide.
    """

    id: str
    kind: StepKind
    text: str
    heading: str = ""
    place: str = ""
    note: str = ""
    folded: tuple[str, ...] = ()
    adverse: bool = False
    decides: bool = True


@dataclass(frozen=True, slots=True)
class Arrow:
    """A conclusion and what it rests on.

    Parameters
    ----------
    above, below : str
        Ids of boxes.
    label : str
        A few words along the arrow; may be empty.
    decides : bool
        False where the box below is a clause that applies too, and did not decide.
    """

    above: str
    below: str
    label: str = ""
    decides: bool = True


@dataclass(frozen=True)
class Picture:
    """The part of a proof that is drawn.

    Parameters
    ----------
    title : str
        As in ``Claim CLM1, line 2: denied``.
    boxes : tuple of Box
        The outcome first, each box before those that it rests on.
    arrows : tuple of Arrow
        In the order of the boxes above.
    steps : int
        Number of steps that the proof has, folded ones too.
    exceeds : int
        Boxes that were allowed, where the proof would have taken more; else 0.
    """

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    steps: int = 0
    exceeds: int = 0

    @cached_property
    def by_id(self) -> dict[str, Box]:
        """The boxes by their id."""
        return {box.id: box for box in self.boxes}

    @property
    def note(self) -> str:
        """The size of the folded part, in words; empty where all of the proof is drawn.

        Examples
        --------
        >>> Picture("Claim C1, line 2: denied", (Box("n1", "outcome", "line 2"),), (), 3).note
        '2 of 3 steps are not drawn; the boxes name them in italics'
        """
        left = self.steps - len(self.boxes)
        if left <= 0:
            return ""
        verb = "is" if left == 1 else "are"
        count = f"{left} of {self.steps} steps {verb} not drawn"
        if self.exceeds:
            count = f"the proof is too large for a picture of {self.exceeds} boxes: {count}"
        return f"{count}; the boxes name them in italics"

    @cached_property
    def below(self) -> dict[str, tuple[Arrow, ...]]:
        """The arrows that leave each box, in order."""
        arrows: dict[str, list[Arrow]] = {box.id: [] for box in self.boxes}
        for arrow in self.arrows:
            arrows[arrow.above].append(arrow)
        return {number: tuple(found) for number, found in arrows.items()}

    @cached_property
    def columns(self) -> dict[str, tuple[tuple[Arrow, ...], ...]]:
        """The arrows of each box in columns, one for each box below that has boxes below itself.

        Boxes that end under one box alone are put below each other, which keeps a picture narrow
        enough to print.
        """
        above = Counter(arrow.below for arrow in self.arrows)
        columns = {}
        for box in self.boxes:
            ends: dict[bool, list[Arrow]] = {True: [], False: []}
            for arrow in self.below[box.id]:
                if not self.below[arrow.below] and above[arrow.below] == 1:
                    ends[arrow.decides].append(arrow)
            starts = {id(column[0]): column for group in ends.values() for column in _cut(group)}
            inside = {id(arrow) for group in ends.values() for arrow in group}
            columns[box.id] = tuple(
                starts.get(id(arrow), (arrow,))
                for arrow in self.below[box.id]
                if id(arrow) in starts or id(arrow) not in inside
            )
        return columns

    @property
    def description(self) -> str:
        """The picture in one paragraph, for those who cannot see it.

        Examples
        --------
        >>> Picture("Claim C1, line 2: denied", (Box("n1", "outcome", "line 2", "denied"),),
        ...         ()).description
        'Claim C1, line 2: denied. The proof graph has 1 box.'
        """
        clauses = [box for box in self.boxes if box.kind == "clause"]
        said = f"{self.title}."
        for box in clauses:
            said += f" {_sentence(box.heading)} {_sentence(box.text)}".rstrip()
        count = len(self.boxes)
        said += f" The proof graph has {count} {'box' if count == 1 else 'boxes'}."
        return f"{said} {_sentence(self.note)}".rstrip()


def joined(pictures: Sequence[Picture], title: str) -> Picture:
    """Return several pictures as one, below each other.

    Parameters
    ----------
    pictures : sequence of Picture
        At least one.
    title : str
        Title of the whole, where there are several.
    """
    if len(pictures) == 1:
        return pictures[0]
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    for picture in pictures:
        ids = {box.id: f"n{len(boxes) + at}" for at, box in enumerate(picture.boxes, 1)}
        boxes += [replace(box, id=ids[box.id]) for box in picture.boxes]
        arrows += [
            replace(arrow, above=ids[arrow.above], below=ids[arrow.below])
            for arrow in picture.arrows
        ]
    steps = sum(one.steps for one in pictures)
    exceeds = max(one.exceeds for one in pictures)
    return Picture(title, tuple(boxes), tuple(arrows), steps, exceeds)


def _cut(arrows: Sequence[Arrow]) -> list[tuple[Arrow, ...]]:
    """Return some arrows in columns of about the same height."""
    count = -(-len(arrows) // _HIGHEST_COLUMN)
    rows = -(-len(arrows) // count) if count else 1
    return [tuple(arrows[at : at + rows]) for at in range(0, len(arrows), rows)]


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."

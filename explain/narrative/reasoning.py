"""The reasoning of an explanation: facts, reasons in reading order, and the graph of all steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from explain.english.places import Place

FactKind: TypeAlias = Literal["claim", "evidence", "override", "policy", "setting"]
"""The source of a fact; facts are listed in this order."""

StepKind: TypeAlias = Literal[
    "outcome", "clause", "conclusion", FactKind, "absence", "comparison", "sum"
]
"""What a step of a proof is: a conclusion, a fact by its source, or a check."""


@dataclass(frozen=True, slots=True)
class FactUsed:
    """A fact that a clause rests on, with every place that states it.

    Parameters
    ----------
    kind : str
        One of ``FactKind``.
    text : str
        What the fact says, a sentence without a full stop.
    places : tuple of Place
        In the claim, the evidence or the policy.
    """

    kind: FactKind
    text: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """A step of the reasoning, in the order in which a person reads the steps.

    Parameters
    ----------
    kind : str
        One of ``StepKind``.
    text : str
        One sentence without a full stop.
    depth : int
        0 for what the clause rests on directly, 1 for what that rests on, and so on.
    places : tuple of Place
        Sources of a fact; none for any other step.
    repeated : bool
        Whether the step was shown before; what it rests on is not shown again.
    """

    kind: StepKind
    text: str
    depth: int = 0
    places: tuple[Place, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class GraphStep:
    """A step of the proof for a picture.

    Parameters
    ----------
    id : str
        Unique in its narrative, the same for the same explanation: ``s0``, ``s1``, ...
    kind : str
        One of ``StepKind``. An absence was checked and found to be so.
    text : str
        What the step says, a sentence without a full stop.
    places : tuple of Place
        Sources of a fact; none for any other step.
    clause_id : str
        The clause that the step belongs to.
    others : int
        Number of other ways in which a conclusion follows.
    background : bool
        Whether the step belongs to what every clause requires: that it is in force, that the
        line lies within the policy, that the clause is not waived. Pictures fold these first.
    """

    id: str
    kind: StepKind
    text: str
    places: tuple[Place, ...] = ()
    clause_id: str = ""
    others: int = 0
    background: bool = False


@dataclass(frozen=True, slots=True)
class ProofGraph:
    """All proofs of a line as one graph, the outcome first, each step once.

    Parameters
    ----------
    steps : tuple of GraphStep
        The first is the outcome; each step comes before what only it rests on.
    edges : tuple of (str, str)
        From a step to what it rests on, in the order of reading.
    """

    steps: tuple[GraphStep, ...]
    edges: tuple[tuple[str, str], ...]

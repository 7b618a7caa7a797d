"""Pass: everything that a run over lines needs to know of a program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kb.compile.formulas.constants import constant_predicates
from kb.compile.formulas.domains import OPEN, domains
from kb.compile.formulas.formula import FALSE, Formulas, Leaf
from kb.compile.formulas.guards import guards
from kb.compile.formulas.refusal import NotFusable
from kb.compile.formulas.specialise import Alternative, Specialiser
from kb.compile.formulas.unfold import Unfolder
from kb.language.ast import Key, Program
from kb.language.values import Value

ANSWERS: tuple[Key, ...] = (
    ("outcome", 3),
    ("cites", 4),
    ("mattered", 4),
    ("missing", 3),
    ("assumption", 3),
)
"""The predicates of a determination whose columns hold constants."""

ALLOWED: Key = ("allowed", 3)
CONTEXT = ("group", "count", "related")
"""Tests that look at other lines of the claim."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer about a line and the formula under which it holds."""

    predicate: str
    row: tuple[Value, ...]
    node: int


@dataclass(slots=True)
class LinePlan:
    """A program as formulas over lines.

    Parameters
    ----------
    formulas : Formulas
    answers : tuple of Answer
    allowed : (condition, function, alternatives)
    columns : dict of column to tests
        Tests of a single column of the line.
    rows : list of test
        Comparisons of several columns of the line.
    evidence, residuals, context : list of test
        Tests of the evidence on file; of values that a line can have several of; of other lines.
    asks : dict of context node to formula node
        Where a test of other lines can matter.
    """

    formulas: Formulas
    answers: tuple[Answer, ...]
    allowed: tuple[int, str, tuple[Alternative, ...]]
    columns: dict[str, list[tuple[int, Leaf]]] = field(default_factory=dict)
    rows: list[tuple[int, Leaf]] = field(default_factory=list)
    evidence: list[tuple[int, Leaf]] = field(default_factory=list)
    residuals: list[tuple[int, Leaf]] = field(default_factory=list)
    context: list[tuple[int, Leaf]] = field(default_factory=list)
    asks: dict[int, int] = field(default_factory=dict)

    @property
    def roots(self) -> list[int]:
        """Nodes of all answers."""
        return [answer.node for answer in self.answers] + [
            self.allowed[0],
            *(alternative.condition for alternative in self.allowed[2]),
        ]


def plan_lines(
    program: Program,
    known: Mapping[str, Iterable[tuple[Value, ...]]],
    absent: frozenset[str] = frozenset(),
    overrides: Iterable[tuple[Value, ...]] = (),
) -> LinePlan:
    """Return the plan of a program.

    Parameters
    ----------
    program : Program
        Checked.
    known : mapping of predicate to rows
        What is known before any line is read: settings, clauses, lists, overrides.
    absent : frozenset of str
        Input predicates that have no row in this run.
    overrides : iterable of tuple, optional
        Rows of ``override`` where they are too many to be known: they stand in a table.

    Raises
    ------
    NotFusable
        If the rules cannot be written as formulas over lines.
    """
    constants = constant_predicates(program, known)
    held = domains(program, constants, overrides)
    specialiser = Specialiser(Unfolder.of(program, constants, held, absent))
    answers = []
    for key in ANSWERS:
        for row in sorted(held.get(key, frozenset()), key=repr):
            if any(value is OPEN for value in row):
                raise NotFusable(f"`{key[0]}` has values that only the lines tell")
            node = specialiser.formula(key, row)  # type: ignore[arg-type]
            if node != FALSE:
                answers.append(Answer(key[0], row, node))  # type: ignore[arg-type]
    plan = LinePlan(specialiser.formulas, tuple(answers), specialiser.least(ALLOWED))
    _sort_tests(plan)
    return plan


def _sort_tests(plan: LinePlan) -> None:
    formulas = plan.formulas
    seen: set[int] = set()
    waiting = list(plan.roots)
    while waiting:
        leaves = formulas.leaves(waiting)
        waiting = []
        for node, leaf in leaves:
            if node in seen:
                continue
            seen.add(node)
            if leaf[0] in CONTEXT:
                plan.context.append((node, leaf))
                inner = condition_of(leaf)
                if any(test[0] in CONTEXT for _, test in formulas.leaves([inner])):
                    raise NotFusable("a condition on other lines looks at other lines")
                waiting.append(inner)
            elif leaf[0] == "row":
                plan.rows.append((node, leaf))
            elif leaf[0] in ("evidence", "evidence_number"):
                plan.evidence.append((node, leaf))
            elif leaf[0] == "residual":
                plan.residuals.append((node, leaf))
            else:
                plan.columns.setdefault(leaf[1], []).append((node, leaf))
    plan.asks = guards(formulas, plan.roots, lambda leaf: leaf[0] in CONTEXT)


def condition_of(leaf: Leaf) -> int:
    """Return what a test of other lines asks of one of them."""
    node: Any = leaf[3]
    return int(node)

"""Everything that a run over lines needs to know of a program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kb.compile.formulas.domains import OPEN, constant_predicates, domains
from kb.compile.formulas.formula import FALSE, FormulaGraph
from kb.compile.formulas.guards import guards
from kb.compile.formulas.line_script import NotFusable
from kb.compile.formulas.line_tests import ColumnTest, OnFile, OtherLines, RowTest, SideTest
from kb.compile.formulas.specialise import Extreme, Specialiser
from kb.compile.formulas.unfold import Unfolder
from kb.language.ast import Key, Program
from kb.language.traversal import rules_by_head
from kb.language.values import Value

ANSWERS: tuple[Key, ...] = (
    ("outcome", 3),
    ("cites", 4),
    ("mattered", 4),
    ("missing", 3),
    ("assumption", 3),
)
"""The predicates of a determination whose columns hold constants."""

IN_FAVOUR: Key = ("reading_in_favour", 3)
"""The predicate of the readings in favour of a line, in a program that has the rules of it."""

ALLOWED: Key = ("allowed", 3)


def answers_of(program: Program) -> tuple[Key, ...]:
    """Return the predicates of a determination of a program whose columns hold constants.

    Parameters
    ----------
    program : Program
        The rules and declarations of a policy.

    Returns
    -------
    tuple of (name, arity)
        ``ANSWERS``, and ``IN_FAVOUR`` where there are rules of it.
    """
    asked = any(rule.head.key == IN_FAVOUR for rule in program.rules)
    return (*ANSWERS, IN_FAVOUR) if asked else ANSWERS


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
    formulas : FormulaGraph
        What the nodes are of.
    answers : tuple of Answer
        Each with its formula.
    allowed : Extreme
        The units that are allowed.
    columns : dict of column to tests with their nodes
        Tests of a single column of the line.
    rows, evidence, sides, others : list of tests with their nodes
        Comparisons of several columns of the line; tests of the evidence on file, of values that a
        line can have several of, and of other lines of the claim.
    asks : dict of node to node
        Where a test of other lines can matter.
    readings : bool
        Whether the readings in favour of lines are among the answers.
    """

    formulas: FormulaGraph
    answers: tuple[Answer, ...]
    allowed: Extreme
    columns: dict[str, list[tuple[int, ColumnTest]]] = field(default_factory=dict)
    rows: list[tuple[int, RowTest]] = field(default_factory=list)
    evidence: list[tuple[int, OnFile]] = field(default_factory=list)
    sides: list[tuple[int, SideTest]] = field(default_factory=list)
    others: list[tuple[int, OtherLines]] = field(default_factory=list)
    asks: dict[int, int] = field(default_factory=dict)
    readings: bool = False

    @property
    def roots(self) -> list[int]:
        """Nodes of all answers."""
        return [answer.node for answer in self.answers] + [
            self.allowed.condition,
            *(alternative.condition for alternative in self.allowed.alternatives),
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
        The checked rules.
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
    specialiser = Specialiser(Unfolder(constants, held, absent, rules_by_head(program.rules)))
    answers = []
    asked = answers_of(program)
    for key in asked:
        for row in sorted(held.get(key, frozenset()), key=repr):
            if any(value is OPEN for value in row):
                raise NotFusable(f"`{key[0]}` has values that only the lines tell")
            node = specialiser.formula(key, row)  # type: ignore[arg-type]
            if node != FALSE:
                answers.append(Answer(key[0], row, node))  # type: ignore[arg-type]
    plan = LinePlan(
        specialiser.formulas,
        tuple(answers),
        specialiser.extreme(ALLOWED),
        readings=IN_FAVOUR in asked,
    )
    _sort_tests(plan)
    return plan


def _sort_tests(plan: LinePlan) -> None:
    formulas = plan.formulas
    seen: set[int] = set()
    waiting = list(plan.roots)
    while waiting:
        tests = formulas.tests(waiting)
        waiting = []
        for node, test in tests:
            if node in seen:
                continue
            seen.add(node)
            match test:
                case OtherLines(condition=condition):
                    plan.others.append((node, test))
                    inner = formulas.tests([condition])
                    if any(isinstance(each, OtherLines) for _, each in inner):
                        raise NotFusable("a condition on other lines looks at other lines")
                    waiting.append(condition)
                case RowTest():
                    plan.rows.append((node, test))
                case OnFile():
                    plan.evidence.append((node, test))
                case SideTest():
                    plan.sides.append((node, test))
                case _:
                    plan.columns.setdefault(test.column, []).append((node, test))
    plan.asks = guards(formulas, plan.roots, lambda test: isinstance(test, OtherLines))

"""Random stratified programs with facts and queries, for any engine."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from facts.schema import Column, ColumnType
from kb.checks.stratification import strata_of
from kb.engines.protocol import Facts
from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparison,
    Constant,
    Declaration,
    Operation,
    Program,
    Query,
    Relational,
    Rule,
    Term,
    Variable,
)
from kb.language.traversal import all_names, variables_of
from kb.language.values import Row, Value
from kb.model.program import CheckedProgram

TEXTS = ("a", "b", "1", "", "it's", "__import__('os').system('x')", "X", "é\n")
NUMBERS: tuple[Value, ...] = (0, 1, 2, 3, -1, Decimal("0.5"), Decimal("2.0"), Fraction(3, 2))
INPUTS: dict[str, tuple[ColumnType, ...]] = {
    "in0": ("number", "number"),
    "in1": ("text",),
    "in2": ("text", "number"),
    "in3": ("number",),
    "in4": (),
}


def unchecked(program: Program) -> CheckedProgram:
    """Return a program as if it had been checked; random programs have more than checks allow."""
    return CheckedProgram(program, {}, strata_of(program))


@dataclass(frozen=True)
class RandomCase:
    """A program whose predicates are layered, the types of its columns, facts and queries."""

    program: Program
    types: dict[str, tuple[ColumnType, ...]]
    facts: Facts
    queries: tuple[Query, ...]


@dataclass(frozen=True)
class Options:
    """What random programs may contain.

    ``division`` allows ``/`` with its results of any denominator, ``empty`` predicates without
    columns, ``any_extremes`` a ``min`` or ``max`` of something else than a variable of the goal,
    or whose result is bound before (SWI-Prolog 9.0 answers those where there is no solution).
    """

    division: bool = True
    empty: bool = True
    any_extremes: bool = True


class _Writer:
    """Draws one body whose literals find their variables bound."""

    def __init__(self, draw, types, options) -> None:
        self.draw = draw
        self.types = types
        self.options = options
        self.bound: dict[str, ColumnType] = {}
        self.count = 0

    def fresh(self, prefix: str = "V") -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def constant(self, kind: ColumnType) -> Constant:
        return Constant(self.draw(st.sampled_from(TEXTS if kind == "text" else NUMBERS)))

    def known(self, kind: ColumnType) -> Term:
        names = [name for name, each in self.bound.items() if each == kind]
        if names and self.draw(st.integers(0, 4)):
            return Variable(self.draw(st.sampled_from(names)))
        return self.constant(kind)

    def positive(self, predicates) -> Relational:
        name = self.draw(st.sampled_from(predicates))
        terms: list[Term] = []
        for kind in self.types[name]:
            choice = self.draw(st.integers(0, 9))
            if choice < 4:
                variable = self.fresh()
                self.bound[variable] = kind
                terms.append(Variable(variable))
            elif choice < 8:
                terms.append(self.known(kind))
            else:
                terms.append(Variable(self.fresh("_")))
        return Relational(Atom(name, tuple(terms)))

    def negative(self, predicates) -> Relational:
        name = self.draw(st.sampled_from(predicates))
        terms = tuple(
            self.known(kind) if self.draw(st.integers(0, 3)) else Variable(self.fresh("_"))
            for kind in self.types[name]
        )
        return Relational(Atom(name, terms), negated=True)

    def expression(self, depth: int = 2):
        if depth == 0 or self.draw(st.booleans()):
            return self.known("number")
        operators = ["+", "-", "*", "min", "max", "neg", "ceiling", "floor", "abs", "//", "mod"]
        operator = self.draw(st.sampled_from(operators + ["/"] * self.options.division))
        first = self.expression(depth - 1)
        if operator in ("neg", "ceiling", "floor", "abs"):
            return Operation(operator.replace("neg", "-"), (first,))
        if operator in ("//", "mod"):
            # whole numbers, and never zero below
            divisor = Constant(self.draw(st.sampled_from([-3, -2, 2, 3])))
            return Operation(operator, (Operation("floor", (first,)), divisor))
        if operator == "/":
            divisor = Constant(self.draw(st.sampled_from([-3, 2, 3, Decimal("0.5")])))
            return Operation(operator, (first, divisor))
        return Operation(operator, (first, self.expression(depth - 1)))

    def comparison(self) -> Comparison:
        kind = self.draw(st.sampled_from(["text", "number", "mixed"]))
        if kind == "number":
            operator = self.draw(st.sampled_from(["<", "=<", ">", ">=", "=:=", "=\\="]))
            return Comparison(operator, self.expression(1), self.expression(1))
        operator = self.draw(st.sampled_from(["@<", "@=<", "@>", "@>=", "=", "\\="]))
        left = self.known("text" if kind == "text" else "number")
        return Comparison(operator, left, self.known("text" if kind == "text" else "number"))

    def unification(self) -> Comparison:
        kind = self.draw(st.sampled_from(["text", "number"]))
        value, variable = self.known(kind), self.fresh()
        self.bound[variable] = kind
        sides = [Variable(variable), value]
        return Comparison("=", *(sides if self.draw(st.booleans()) else sides[::-1]))

    def assignment(self) -> Assignment:
        expression, variable = self.expression(), self.fresh()
        self.bound[variable] = "number"
        return Assignment(Variable(variable), expression)

    def aggregate(self, lower) -> Aggregate:
        outer = dict(self.bound)
        goal: list[BodyLiteral] = [
            self.positive(lower) for _ in range(self.draw(st.integers(1, 2)))
        ]
        if self.draw(st.booleans()):
            goal.append(self.negative(lower))
        if self.draw(st.booleans()):
            goal.append(self.comparison())
        function = self.draw(st.sampled_from(["count", "sum", "min", "max"]))
        own = [name for name, kind in self.bound.items() if kind == "number" and name not in outer]
        plain = function in ("min", "max") and not self.options.any_extremes
        if function == "count" or (plain and not own):
            function, expression = "count", None
        elif plain:
            expression = Variable(self.draw(st.sampled_from(own)))
        else:
            expression = self.expression(1)
        inside = set(all_names(goal))
        if expression is not None:
            inside.update(one.name for one in variables_of(expression))
        known = [name for name, kind in outer.items() if kind == "number" and name not in inside]
        self.bound = outer
        if known and not plain and not self.draw(st.integers(0, 3)):
            result = self.draw(st.sampled_from(known))
        else:
            result = self.fresh()
        self.bound[result] = "number"
        return Aggregate(function, expression, tuple(goal), Variable(result))

    def body(self, same, lower, calculates: bool) -> list[BodyLiteral]:
        literals: list[BodyLiteral] = []
        for _ in range(self.draw(st.integers(1, 4))):
            choice = self.draw(st.integers(0, 11))
            if choice < 6:
                literals.append(self.positive(lower if calculates else same + lower))
            elif choice < 8:
                literals.append(self.negative(lower))
            elif choice == 8:
                literals.append(self.comparison())
            elif choice == 9:
                literals.append(self.unification())
            elif calculates:
                literals.append(self.assignment() if choice == 10 else self.aggregate(lower))
        return literals


@st.composite
def random_cases(draw, options: Options = Options()) -> RandomCase:
    """Draw a program of up to four layers, its facts and some queries.

    Within a layer predicates call one another as they like; a rule that calculates calls lower
    layers alone, so that every relation is finite.
    """
    types = {name: kinds for name, kinds in INPUTS.items() if kinds or options.empty}
    shapes: list[tuple[ColumnType, ...]] = [
        ("number", "number"),
        ("text", "number"),
        ("text",),
        ("number",),
    ]
    if options.empty:
        shapes.append(())
    lower = list(types)
    rules: list[Rule] = []
    for layer in range(draw(st.integers(1, 4))):
        same = [f"p{layer}{number}" for number in range(draw(st.integers(1, 3)))]
        types |= {name: draw(st.sampled_from(shapes)) for name in same}
        for name in same:
            for _ in range(draw(st.integers(1, 3))):
                writer = _Writer(draw, types, options)
                body = writer.body(same, lower, draw(st.booleans()))
                if not draw(st.integers(0, 9)):
                    body, writer.bound = [], {}
                head = Atom(name, tuple(writer.known(kind) for kind in types[name]))
                rules.append(Rule(head, tuple(body)))
        lower = lower + same
    declarations = tuple(
        Declaration(name, tuple(Column(f"c{i}", kind) for i, kind in enumerate(kinds)), name)
        for name, kinds in types.items()
        if name not in INPUTS
    )
    queries = [
        Query((Relational(Atom(name, tuple(Variable(f"A{i}") for i in range(len(kinds))))),))
        for name, kinds in types.items()
    ]
    for _ in range(2):
        writer = _Writer(draw, types, options)
        queries.append(Query(tuple(writer.body([], lower, True)) or queries[0].body))
    return RandomCase(
        Program(tuple(rules), declarations), types, draw(_facts(types)), tuple(queries)
    )


@st.composite
def _facts(draw, types) -> Facts:
    facts: dict[str, dict[Row, tuple[()]]] = {}
    for name in INPUTS:
        if name in types and draw(st.integers(0, 5)):
            columns = [
                st.sampled_from(TEXTS if kind == "text" else NUMBERS) for kind in types[name]
            ]
            rows = draw(st.lists(st.tuples(*columns), max_size=6))
            facts[name] = dict.fromkeys(rows, ())
    return facts

"""Emitter: the plan of a policy over lines as a script of SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from facts.schema import ColumnType
from kb.compile.formulas.circuit import circuit_of
from kb.compile.formulas.formula import TRUE
from kb.compile.formulas.line_script import (
    WORD,
    AllowedValue,
    EvidenceTest,
    Feature,
    LineScript,
    Member,
    NotFusable,
    OtherTest,
    Side,
    SideQuery,
)
from kb.compile.formulas.line_tests import (
    ColumnTest,
    Compared,
    Filled,
    HasWord,
    InTable,
    Mentions,
    OnFile,
    OtherLines,
    SideTest,
    SideValue,
)
from kb.compile.formulas.plan import LinePlan
from kb.compile.formulas.side_queries import filed_columns, side_query
from kb.compile.formulas.specialise import Alternative
from kb.compile.sql.bodies import Body
from kb.compile.sql.catalog import input_catalog
from kb.compile.sql.dialects import DuckDB
from kb.compile.sql.line_columns import DATES, NUMBERS, source_column
from kb.compile.sql.number_types import NUMBER
from kb.compile.sql.tree import Sql, exp, expression, known
from kb.compile.sql.tree import number as number_of
from kb.language.ast import Comparison, Constant, Variable
from kb.language.traversal import names_of

T = TypeVar("T")

_DIALECT = DuckDB("stop")
_MOST_OF_SIDE = 120
"""Tests of one mask of the sides; more make another mask."""

_OPERATORS = {"=<": "<=", "=:=": "=", "=\\=": "<>", "\\=": "<>"}


def write_script(plan: LinePlan) -> LineScript:
    """Return a plan as SQL.

    Parameters
    ----------
    plan : LinePlan
        The plan of all rules of a policy.

    Raises
    ------
    NotFusable
        If more is asked of other lines than a number has bits, or a value of a line comes from
        where SQL cannot find it.
    """
    features: list[Feature] = []
    masks: list[list[int]] = []
    for column, tests in sorted(plan.columns.items()):
        for number, chosen in enumerate(_parts(tests, WORD)):
            masks.append([node for node, _ in chosen])
            own = [test for _, test in chosen]
            # the tests of a column are decided once per distinct value, but for numbers
            by_value = column not in NUMBERS and (
                column in DATES or any(not isinstance(test, Filled) for _, test in tests)
            )
            name = f"d{number}_{column}"
            features.append(_of_values(column, name, own) if by_value else _of_lines(column, own))
    for rows in _parts(plan.rows, WORD):
        masks.append([node for node, _ in rows])
        made = tuple(_sql(_comparison(row.comparison, _columns_of_row())) for _, row in rows)
        features.append(Feature("row", tests=made))
    sides: list[Side] = []
    on_side: list[tuple[int, OnFile | SideTest]] = [*plan.evidence, *plan.sides]
    for kept in _parts(on_side, _MOST_OF_SIDE):
        masks.append([node for node, _ in kept])
        sides.append(_side(f"side{len(sides)}", kept))
    if len(plan.others) > WORD:
        raise NotFusable("the rules ask too many things of the other lines of a claim")
    places = {
        node: (mask, bit) for mask, nodes in enumerate(masks) for bit, node in enumerate(nodes)
    }
    asks = [plan.asks.get(node, TRUE) for node, _ in plan.others]
    asked = circuit_of(plan.formulas, [*(test.condition for _, test in plan.others), *asks], places)
    places |= {node: (len(masks), bit) for bit, (node, _) in enumerate(plan.others)}
    values = [each.value for each in plan.allowed.alternatives]
    bodies = [side.body for _, side in plan.sides]
    bodies += [value.body for value in values if isinstance(value, SideValue)]
    reads = {
        name for value in values if not isinstance(value, SideValue) for name in names_of(value)
    }
    return LineScript(
        features=tuple(features),
        sides=tuple(sides),
        filed_columns=filed_columns(bodies),
        others=tuple(_other(test) for _, test in plan.others),
        asked=asked,
        final=circuit_of(plan.formulas, plan.roots, places),
        answers=tuple((answer.predicate, answer.row) for answer in plan.answers),
        function=plan.allowed.function,
        allowed=tuple(map(_allowed, plan.allowed.alternatives)),
        reads=tuple(sorted(reads)),
        readings=plan.readings,
    )


def _parts(tests: Sequence[T], most: int) -> list[Sequence[T]]:
    return [tests[start : start + most] for start in range(0, len(tests), most)]


def _of_lines(column: str, tests: Sequence[ColumnTest]) -> Feature:
    value = expression(source_column(column))
    return Feature(column, tests=tuple(_sql(_column_test(test, value)) for test in tests))


def _of_values(column: str, name: str, tests: Sequence[ColumnTest]) -> Feature:
    members: list[Member] = []
    bits: list[Sql] = []
    for bit, test in enumerate(tests):
        match test:
            case InTable(table=table):
                members.append(Member(bit, "in", table, None))
            case Mentions(table=table, value=value):
                members.append(Member(bit, "mentions", table, value))
            case _:
                bits.append(_column_test(test, exp.column("value"), column in DATES))
                continue
        bits.append(exp.Boolean(this=False))
    return Feature(column, name, _sql(_packed(bits)), tuple(members))


def _packed(bits: Sequence[Sql]) -> Sql:
    """Conditions as the bits of a whole number, the first the lowest."""
    total: Sql | None = None
    for position, bit in enumerate(bits):
        if isinstance(bit, exp.Boolean) and not bit.this:
            continue
        one = exp.Case(
            ifs=[exp.If(this=bit, true=number_of(1 << position))],
            default=number_of(0),
        )
        total = one if total is None else exp.Add(this=total, expression=one)
    return number_of(0) if total is None else total


def _column_test(test: ColumnTest, value: Sql, is_date: bool = False) -> Sql:
    """A test of one column; where it is null it does not hold."""
    match test:
        case Compared(column, operator, constant):
            text = exp.cast(value.copy(), "TEXT") if is_date else value.copy()
            kind: ColumnType = "text" if isinstance(constant, str) else "number"
            literal = Comparison(operator, Variable(column), Constant(constant))
            return _comparison(literal, {column: (text, kind)})
        case HasWord(word=str(word)):
            pieces = exp.Split(this=value.copy(), expression=exp.Literal.string(" "))
            return exp.ArrayContains(this=pieces, expression=exp.Literal.string(word))
    return known(value)


def _columns_of_row() -> dict[str, tuple[Sql, ColumnType]]:
    """Dates and numbers of the raw row with their types; dates stay dates."""
    kinds: dict[str, ColumnType] = {
        **dict.fromkeys(DATES, "date"),
        **dict.fromkeys(NUMBERS, "number"),
    }
    return {name: (expression(source_column(name)), kind) for name, kind in kinds.items()}


def _comparison(literal: Comparison, columns: Mapping[str, tuple[Sql, ColumnType]]) -> Sql:
    """A comparison over columns; those that are not given are text."""
    body = Body(input_catalog(), _DIALECT)
    for name in names_of(literal.left, literal.right):
        text: tuple[Sql, ColumnType] = exp.column(name, quoted=True), "text"
        body.values[name], body.types[name] = columns.get(name, text)
    body.read((literal,))
    return body.conditions[0]


def _side(name: str, tests: Sequence[tuple[int, OnFile | SideTest]]) -> Side:
    evidence: list[EvidenceTest] = []
    queries: list[SideQuery] = []
    for _, test in tests:
        match test:
            case SideTest(body):
                queries.append(side_query(body))
            case OnFile(evidence_name, str() | None as text):
                evidence.append(EvidenceTest(evidence_name, text, None))
            case OnFile(evidence_name, number):
                evidence.append(EvidenceTest(evidence_name, None, str(number)))
    return Side(name, tuple(evidence), tuple(queries))


def _other(test: OtherLines) -> OtherTest:
    check, counted = "> 0", test.operator is not None
    if test.operator is not None:
        value = _sql(exp.convert(test.value))
        check = f"{_OPERATORS.get(test.operator, test.operator)} {value}"
    return OtherTest(test.keys, test.order, check, counted, test.evidence)


def _allowed(alternative: Alternative) -> AllowedValue:
    value = alternative.value
    if isinstance(value, SideValue):
        return AllowedValue("", side_query(value.body, value.name))
    columns: dict[str, Sql] = {
        name: exp.cast(exp.column(name, table="l"), NUMBER) for name in NUMBERS
    }
    numbers = _DIALECT.numbers
    return AllowedValue(_sql(exp.cast(numbers.stored(numbers.expression(value, columns)), NUMBER)))


def _sql(made: Sql) -> str:
    return made.sql(dialect=_DIALECT.name, copy=False)

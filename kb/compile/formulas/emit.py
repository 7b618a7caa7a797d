"""Pass: the plan of a policy over lines as a script of SQL."""

from __future__ import annotations

from collections.abc import Sequence

from kb.compile.formulas.column_tests import (
    check_of,
    column_test,
    comparison_columns,
    names_of,
    row_test,
)
from kb.compile.formulas.formula import Leaf
from kb.compile.formulas.formula_sql import formula_sql
from kb.compile.formulas.layers import packed
from kb.compile.formulas.line_script import (
    WORD,
    AllowedValue,
    EvidenceTest,
    Feature,
    LineScript,
    Member,
    OtherTest,
    Side,
    SideQuery,
)
from kb.compile.formulas.plan import LinePlan
from kb.compile.formulas.side_queries import filed_columns, side_query
from kb.compile.formulas.specialise import Alternative
from kb.compile.sql.dialects import DuckDB
from kb.compile.sql.line_columns import DATES, NUMBERS, source_column
from kb.compile.sql.number_types import NUMBER
from kb.compile.sql.tree import Sql, exp, expression

_MOST_OF_SIDE = 120
"""Tests of one mask of the sides; more make another mask."""

Test = tuple[int, Leaf]
"""The node of a test and what it tests."""


def write_script(plan: LinePlan) -> LineScript:
    """Return a plan as SQL.

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
            features.append(_feature(column, number, chosen, _by_dictionary(column, tests)))
    for chosen in _parts(plan.rows, WORD):
        masks.append([node for node, _ in chosen])
        features.append(Feature("row", tests=tuple(_sql(row_test(leaf)) for _, leaf in chosen)))
    sides: list[Side] = []
    for chosen in _parts([*plan.evidence, *plan.residuals], _MOST_OF_SIDE):
        masks.append([node for node, _ in chosen])
        sides.append(_side(f"side{len(sides)}", chosen))
    asked, final, words = formula_sql(plan, {f"m{n}": nodes for n, nodes in enumerate(masks)})
    _, function, alternatives = plan.allowed
    bodies = [leaf[1] for _, leaf in plan.residuals]
    bodies += [each.value[1] for each in alternatives if each.value[0] == "residual"]
    reads = {
        name
        for each in alternatives
        if each.value[0] == "expression"
        for name in names_of(each.value[1])
    }
    return LineScript(
        features=tuple(features),
        sides=tuple(sides),
        filed_columns=filed_columns(bodies),
        others=tuple(_other(leaf) for _, leaf in plan.context),
        asked=asked,
        final=final,
        words=words,
        answers=tuple((answer.predicate, answer.row) for answer in plan.answers),
        function=function,
        allowed=tuple(map(_allowed, alternatives)),
        reads=tuple(sorted(reads)),
    )


def _parts(tests: Sequence[Test], most: int) -> list[Sequence[Test]]:
    return [tests[start : start + most] for start in range(0, len(tests), most)]


def _by_dictionary(column: str, tests: Sequence[Test]) -> bool:
    """Tell whether the tests of a column are decided once per distinct value."""
    if column in NUMBERS:
        return False
    return column in DATES or any(leaf[0] != "known" for _, leaf in tests)


def _feature(column: str, number: int, tests: Sequence[Test], by_dictionary: bool) -> Feature:
    if not by_dictionary:
        value = expression(source_column(column))
        return Feature(column, tests=tuple(_sql(column_test(leaf, value)) for _, leaf in tests))
    members: list[Member] = []
    bits: list[Sql] = []
    for position, (_, leaf) in enumerate(tests):
        if leaf[0] in ("in", "mentions"):
            members.append(Member(position, leaf[0], leaf[2], leaf[3] if leaf[0] != "in" else None))
            bits.append(exp.Boolean(this=False))
        else:
            bits.append(column_test(leaf, exp.column("value"), column in DATES))
    return Feature(column, f"d{number}_{column}", _sql(packed(bits)), tuple(members))


def _side(name: str, tests: Sequence[Test]) -> Side:
    evidence = []
    queries: list[SideQuery] = []
    for _, leaf in tests:
        if leaf[0] == "residual":
            queries.append(side_query(leaf[1]))
            continue
        is_text = leaf[2] is None or isinstance(leaf[2], str)
        value, number = (leaf[2], None) if is_text else (None, str(leaf[2]))
        evidence.append(EvidenceTest(leaf[1], value, number))
    return Side(name, tuple(evidence), tuple(queries))


def _other(leaf: Leaf) -> OtherTest:
    if leaf[0] == "related":
        return OtherTest((), leaf[2], check_of(leaf), False, leaf[1])
    return OtherTest(leaf[1], leaf[2], check_of(leaf), leaf[0] == "count")


def _allowed(alternative: Alternative) -> AllowedValue:
    kind, value, *rest = alternative.value
    if kind == "constant":
        return AllowedValue(_sql(exp.cast(exp.convert(value), NUMBER)))
    if kind == "residual":
        return AllowedValue("", side_query(value, rest[0]))
    numbers = DuckDB("stop").numbers
    ratio = numbers.expression(value, comparison_columns("l"))
    return AllowedValue(_sql(exp.cast(numbers.stored(ratio), NUMBER)))


def _sql(made: Sql) -> str:
    return made.sql(dialect="duckdb", copy=False)

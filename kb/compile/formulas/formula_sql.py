"""Pass: the formulas of a plan as SQL over masks of bits, once per distinct signature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kb.compile.formulas.layers import layers, root_column, select, words
from kb.compile.formulas.line_script import FORMULAS, WORD
from kb.compile.formulas.plan import LinePlan, condition_of
from kb.compile.formulas.refusal import NotFusable
from kb.compile.sql.tree import Sql, exp


def formula_sql(
    plan: LinePlan, masks: Mapping[str, Iterable[int]]
) -> tuple[str, str, tuple[str, ...]]:
    """Return the formulas of a plan as SQL.

    Parameters
    ----------
    plan : LinePlan
    masks : mapping of column to nodes
        The tests whose bits each column holds, the lowest first.

    Returns
    -------
    (str, str, tuple of str)
        As ``asked``, ``final`` and ``words`` of ``LineScript``.

    Raises
    ------
    NotFusable
        If more is asked of other lines than a number has bits.
    """
    tests = {
        node: _bit(column, position)
        for column, nodes in masks.items()
        for position, node in enumerate(nodes)
    }
    asked = _asked(plan, tests)
    for position, (node, _) in enumerate(plan.context):
        tests[node] = _bit("context", position)
    return asked, *_final(plan, tests)


def _asked(plan: LinePlan, tests: dict[int, Sql]) -> str:
    conditions = [condition_of(leaf) for _, leaf in plan.context]
    asks = [plan.asks.get(node, 1) for node, _ in plan.context]
    roots = list(dict.fromkeys([*conditions, *asks]))
    source = exp.table_("masks", db=FORMULAS)
    query = layers(plan.formulas, roots, _below(plan, tests, roots), source, ["id"])
    columns: list[Sql] = [exp.column("id")]
    for name, nodes in (("answers", conditions), ("asks", asks)):
        if len(nodes) > WORD:
            raise NotFusable("the rules ask too many things of the other lines of a claim")
        (word,) = words([root_column(node) for node in nodes])
        columns.append(exp.alias_(word, name, copy=False))
    outer = select(columns, query.subquery("q", copy=False))
    return outer.sql(dialect="duckdb", copy=False)


def _final(plan: LinePlan, tests: dict[int, Sql]) -> tuple[str, tuple[str, ...]]:
    roots = list(dict.fromkeys(plan.roots))
    source = exp.table_("final_masks", db=FORMULAS)
    query = layers(plan.formulas, roots, _below(plan, tests, roots), source, ["final"])
    found = words([root_column(root) for root in plan.roots])
    names = tuple(f"w{number}" for number in range(len(found)))
    columns: list[Sql] = [exp.column("final")]
    columns += [exp.alias_(word, name, copy=False) for word, name in zip(found, names, strict=True)]
    outer = select(columns, query.subquery("q", copy=False))
    return outer.sql(dialect="duckdb", copy=False), names


def _below(plan: LinePlan, tests: dict[int, Sql], roots: Sequence[int]) -> dict[int, Sql]:
    return {node: tests[node].copy() for node, _ in plan.formulas.leaves(roots)}


def _bit(column: str, position: int) -> Sql:
    bit = exp.Literal.number(1 << position)
    masked = exp.BitwiseAnd(this=exp.column(column), expression=bit)
    return exp.NEQ(this=exp.paren(masked), expression=exp.Literal.number(0))

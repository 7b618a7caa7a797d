"""The formulas of a plan as SQL over masks of bits, once per distinct signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from facts.extras import bulk_module
from kb.compile.fused.evaluate import WORD, layers, root_column, select, words
from kb.compile.fused.plan import LinePlan
from kb.compile.fused.refusal import NotFusable
from kb.compile.numbers import Sql
from kb.engines.duckdb_context import OtherLines
from kb.engines.duckdb_tests import Feature

exp = bulk_module("sqlglot.expressions")


@dataclass(frozen=True, slots=True)
class FormulaSql:
    """The formulas of a plan as SELECTs.

    Parameters
    ----------
    masks : tuple of str
        Columns of the masks: one for each feature.
    asked : str
        Over ``masks`` (id, signature, n, masks): what each signature answers when it is asked of
        other lines, and what it asks of them, as the bits of two numbers.
    final : str
        Over ``final_masks`` (final, context, masks): the answers as words of bits.
    words : tuple of str
        Columns of ``final``.
    """

    masks: tuple[str, ...]
    asked: str
    final: str
    words: tuple[str, ...]


def formula_sql(plan: LinePlan, features: Sequence[Feature], others: OtherLines) -> FormulaSql:
    """Return the formulas of a plan as SQL.

    Parameters
    ----------
    plan : LinePlan
    features : sequence of Feature
        The mask of feature n is the column ``m<n>``.
    others : OtherLines

    Raises
    ------
    NotFusable
        If more is asked of other lines than a number has bits.
    """
    tests = {
        node: _bit(f"m{number}", position)
        for number, feature in enumerate(features)
        for position, (node, _) in enumerate(feature.tests)
    }
    for node, _ in (*plan.evidence, *plan.residuals):
        tests.setdefault(node, exp.Boolean(this=False))
    asked = _asked(plan, tests, others)
    for position, (node, _) in enumerate(plan.context):
        tests[node] = _bit("context", position)
    final, names = _final(plan, tests)
    return FormulaSql(tuple(f"m{number}" for number in range(len(features))), asked, final, names)


def _asked(plan: LinePlan, tests: dict[int, Sql], others: OtherLines) -> str:
    roots = list(dict.fromkeys([*others.conditions, *others.asks]))
    kept = ["id", "signature", "n"]
    query = layers(plan.formulas, roots, _below(plan, tests, roots), exp.to_table("masks"), kept)
    columns = [exp.column(name) for name in kept]
    for name, nodes in (("answers", others.conditions), ("asks", others.asks)):
        if len(nodes) > WORD:
            raise NotFusable("the rules ask too many things of the other lines of a claim")
        (word,) = words([root_column(node) for node in nodes])
        columns.append(exp.alias_(word, name, copy=False))
    outer = select(columns, query.subquery("q", copy=False))
    text: str = outer.sql(dialect="duckdb", copy=False)
    return text


def _final(plan: LinePlan, tests: dict[int, Sql]) -> tuple[str, tuple[str, ...]]:
    roots = list(dict.fromkeys(plan.roots))
    source = exp.to_table("final_masks")
    query = layers(plan.formulas, roots, _below(plan, tests, roots), source, ["final"])
    found = words([root_column(root) for root in plan.roots])
    names = tuple(f"w{number}" for number in range(len(found)))
    columns = [exp.column("final")]
    columns += [exp.alias_(word, name, copy=False) for word, name in zip(found, names, strict=True)]
    outer = select(columns, query.subquery("q", copy=False))
    return outer.sql(dialect="duckdb", copy=False), names


def _below(plan: LinePlan, tests: dict[int, Sql], roots: Sequence[int]) -> dict[int, Sql]:
    return {node: tests[node].copy() for node, _ in plan.formulas.leaves(roots)}


def _bit(column: str, position: int) -> Sql:
    bit = exp.Literal.number(1 << position)
    masked = exp.BitwiseAnd(this=exp.column(column), expression=bit)
    return exp.NEQ(this=exp.paren(masked), expression=exp.Literal.number(0))

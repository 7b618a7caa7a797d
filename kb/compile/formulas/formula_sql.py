"""Emitter: the formulas of a plan as SQL over masks of bits, once per distinct signature."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from kb.compile.formulas.formula import FALSE, TRUE, All, Formulas, Not
from kb.compile.formulas.line_script import FORMULAS, WORD, NotFusable
from kb.compile.formulas.plan import LinePlan
from kb.compile.sql.tree import Sql, exp, number

_Bit = tuple[str, int]
"""Where the bit of a test is: the column of a mask, and its position there."""


def formula_sql(
    plan: LinePlan, masks: Mapping[str, Iterable[int]]
) -> tuple[str, str, tuple[str, ...]]:
    """Return the formulas of a plan as SQL.

    Parameters
    ----------
    plan : LinePlan
        Of all rules of a policy.
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
        node: (column, position)
        for column, nodes in masks.items()
        for position, node in enumerate(nodes)
    }
    asked = _asked(plan, tests)
    for position, (node, _) in enumerate(plan.others):
        tests[node] = ("context", position)
    return asked, *_final(plan, tests)


def _asked(plan: LinePlan, tests: Mapping[int, _Bit]) -> str:
    conditions = [test.condition for _, test in plan.others]
    asks = [plan.asks.get(node, TRUE) for node, _ in plan.others]
    roots = list(dict.fromkeys([*conditions, *asks]))
    source = exp.table_("masks", db=FORMULAS)
    query = _layers(plan.formulas, roots, tests, source, "id")
    columns: list[Sql] = [exp.column("id")]
    for name, nodes in (("answers", conditions), ("asks", asks)):
        if len(nodes) > WORD:
            raise NotFusable("the rules ask too many things of the other lines of a claim")
        (word,) = _words([_root_column(node) for node in nodes])
        columns.append(_named(word, name))
    outer = _select(columns, query.subquery("q", copy=False))
    return outer.sql(dialect="duckdb", copy=False)


def _final(plan: LinePlan, tests: Mapping[int, _Bit]) -> tuple[str, tuple[str, ...]]:
    roots = list(dict.fromkeys(plan.roots))
    source = exp.table_("final_masks", db=FORMULAS)
    query = _layers(plan.formulas, roots, tests, source, "final")
    found = _words([_root_column(root) for root in plan.roots])
    names = tuple(f"w{number}" for number in range(len(found)))
    columns: list[Sql] = [exp.column("final")]
    columns += [_named(word, name) for word, name in zip(found, names, strict=True)]
    outer = _select(columns, query.subquery("q", copy=False))
    return outer.sql(dialect="duckdb", copy=False), names


def _named(value: Sql, name: str) -> Sql:
    """A value as a column; nothing is copied or parsed."""
    return exp.Alias(this=value, alias=exp.Identifier(this=name))


def _bit(column: str, position: int) -> Sql:
    masked = exp.BitwiseAnd(this=_column(column), expression=number(1 << position))
    return exp.NEQ(this=exp.Paren(this=masked), expression=number(0))


def _column(name: str) -> Sql:
    return exp.Column(this=exp.Identifier(this=name))


def _layers(
    formulas: Formulas,
    roots: Sequence[int],
    tests: Mapping[int, _Bit],
    source: Sql,
    kept: str,
) -> exp.Select:
    """A SELECT with a column ``n<number>`` for every root, each shared formula one column."""
    order = [node for node in formulas.below(roots) if node not in (FALSE, TRUE)]
    tested = sorted(node for node in order if node in tests)
    uses = Counter(part for node in order for part in formulas.parts(node))
    stays = {node for node in order if uses[node] > 1 or node in tests} | set(roots)
    stays -= {FALSE, TRUE}
    depth: dict[int, int] = {}
    for node in order:
        parts = formulas.parts(node)
        if node in tests:
            depth[node] = 0
            continue
        depth[node] = max(depth[part] for part in parts)
        if node in stays:
            depth[node] += 1
    columns: list[Sql] = [exp.column(kept)]
    columns += [_named(_bit(*tests[node]), f"n{node}") for node in tested]
    query = _select(columns, source)
    for level in range(1, max(depth.values(), default=0) + 1):
        columns = [
            _named(_spell(formulas, node, stays, True), f"n{node}")
            for node in sorted(stays)
            if depth[node] == level
        ]
        source = query.subquery(f"level{level - 1}", copy=False)
        query = _select([exp.Star(), *columns], source)
    return query


def _select(columns: Sequence[Sql], source: Sql) -> exp.Select:
    """A SELECT; nothing is copied."""
    return exp.Select(expressions=list(columns), from_=exp.From(this=source))


def _root_column(root: int) -> Sql:
    """The column of a root of layers, or the constant that it is."""
    if root in (FALSE, TRUE):
        return exp.Boolean(this=root == TRUE)
    return _column(f"n{root}")


def packed(bits: Sequence[Sql]) -> Sql:
    """Return booleans as the bits of a whole number, the first the lowest.

    Parameters
    ----------
    bits : sequence of sqlglot expression
        Conditions.

    Examples
    --------
    >>> packed([exp.column("a"), exp.column("b")]).sql(dialect="duckdb")
    'CASE WHEN a THEN 1 ELSE 0 END + CASE WHEN b THEN 2 ELSE 0 END'
    """
    total: Sql | None = None
    for position, bit in enumerate(bits):
        if isinstance(bit, exp.Boolean) and not bit.this:
            continue
        one = exp.Case(
            ifs=[exp.If(this=bit, true=number(1 << position))],
            default=number(0),
        )
        total = one if total is None else exp.Add(this=total, expression=one)
    return number(0) if total is None else total


def _words(bits: Sequence[Sql]) -> list[Sql]:
    """Booleans as BIGINT words of ``WORD`` bits."""
    return [
        exp.Cast(this=packed(bits[start : start + WORD]), to=exp.DataType.build("BIGINT"))
        for start in range(0, max(len(bits), 1), WORD)
    ]


def _spell(formulas: Formulas, node: int, stays: set[int], top: bool = False) -> Sql:
    if node in stays and not top:
        return _column(f"n{node}")
    kind = formulas.nodes[node]
    parts = [_spell(formulas, part, stays) for part in formulas.parts(node)]
    if isinstance(kind, Not):
        return exp.Not(this=exp.Paren(this=parts[0]))
    join = exp.And if isinstance(kind, All) else exp.Or
    made = parts[0]
    for part in parts[1:]:
        made = join(this=made, expression=part)
    return exp.Paren(this=made)

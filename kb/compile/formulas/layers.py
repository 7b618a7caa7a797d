"""Pass: formulas as layers of SELECTs, each shared formula one column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from kb.compile.formulas.formula import FALSE, TRUE, Formulas
from kb.compile.formulas.line_script import WORD
from kb.compile.sql.tree import Sql, exp


def layers(
    formulas: Formulas,
    roots: Sequence[int],
    tests: Mapping[int, Sql],
    source: Sql,
    kept: Sequence[str],
) -> exp.Select:
    """Return a SELECT with a column for every root, ``n<number>``.

    Parameters
    ----------
    formulas : Formulas
    roots : sequence of int
    tests : mapping of test node to SQL
        What each test is over the source's columns.
    source : sqlglot table or subquery
    kept : sequence of str
        Columns of the source that stay.

    Returns
    -------
    sqlglot expression
    """
    order = [node for node in formulas.below(roots) if node not in (FALSE, TRUE)]
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
    columns: list[Sql] = [exp.column(name) for name in kept]
    columns += [
        exp.alias_(tests[node], f"n{node}", copy=False) for node in sorted(tests) if node in stays
    ]
    query = select(columns, source)
    for level in range(1, max(depth.values(), default=0) + 1):
        columns = [
            exp.alias_(_spell(formulas, node, stays, True), f"n{node}", copy=False)
            for node in sorted(stays)
            if depth[node] == level
        ]
        source = query.subquery(f"level{level - 1}", copy=False)
        query = select([exp.Star(), *columns], source)
    return query


def select(columns: Sequence[Sql], source: Sql) -> exp.Select:
    """Return a SELECT; nothing is copied."""
    return exp.Select(expressions=list(columns), from_=exp.From(this=source))


def root_column(root: int) -> Sql:
    """Return the column of a root of ``layers``, or the constant that it is."""
    if root in (FALSE, TRUE):
        return exp.Boolean(this=root == TRUE)
    return exp.column(f"n{root}")


def packed(bits: Sequence[Sql], type_: str = "BIGINT") -> Sql:
    """Return booleans as the bits of a whole number, the first the lowest.

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
            ifs=[exp.If(this=bit, true=exp.Literal.number(1 << position))],
            default=exp.Literal.number(0),
        )
        total = one if total is None else exp.Add(this=total, expression=one)
    return exp.Literal.number(0) if total is None else total


def words(bits: Sequence[Sql]) -> list[Sql]:
    """Return booleans as BIGINT words of ``WORD`` bits."""
    return [
        exp.Cast(this=packed(bits[start : start + WORD]), to=exp.DataType.build("BIGINT"))
        for start in range(0, max(len(bits), 1), WORD)
    ]


def _spell(formulas: Formulas, node: int, stays: set[int], top: bool = False) -> Sql:
    if node in stays and not top:
        return exp.column(f"n{node}")
    kind = formulas.nodes[node][0]
    parts = [_spell(formulas, part, stays) for part in formulas.parts(node)]
    if kind == "not":
        return exp.Not(this=exp.Paren(this=parts[0]))
    join = exp.And if kind == "and" else exp.Or
    made = parts[0]
    for part in parts[1:]:
        made = join(this=made, expression=part)
    return exp.Paren(this=made)

"""Each compiler pass against its fixtures: a program beside the text that the pass makes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("sqlglot")

from kb.checks.checked import check
from kb.compile.rewrite.components import components
from kb.compile.rewrite.spread import spread_predicates, unfold_spread
from kb.compile.sql.bodies import Body
from kb.compile.sql.catalog import Catalog
from kb.compile.sql.dialects import DuckDB
from kb.compile.sql.input_queries import Inputs
from kb.compile.sql.scans import attributes
from kb.compile.sql.statements import Fixpoint, Relationship, query_of, statements
from kb.compile.sql.tree import Sql
from kb.language.ast import Program
from kb.language.parser import parse_program
from kb.language.printer import print_rule
from tests.accept import golden

FIXTURES = Path(__file__).parent / "fixtures"
DIALECT = DuckDB()


def sql(query: Sql) -> str:
    return query.sql(dialect="duckdb", pretty=True)


def catalog(program: Program) -> str:
    used = {rule.head.key: None for rule in program.rules} | {
        (item.predicate, len(item.columns)): None for item in program.declarations
    }
    found = Catalog.of(program)
    return "\n".join(
        f"{name}/{arity}: {found[name, arity].name}("
        + ", ".join(
            f"{column} {kind}"
            for column, kind in zip(
                found[name, arity].columns, found[name, arity].types, strict=True
            )
        )
        + ")"
        for name, arity in used
    )


def order(program: Program) -> str:
    return "\n".join(
        ", ".join(f"{name}/{arity}" for name, arity in item.keys)
        + (" linear recursion" if item.linear else " recursion" if item.recursive else "")
        for item in components(program)
    )


def rules(program: Program) -> str:
    """The SELECT of every rule, and the rows that it must not meet."""
    found = Catalog.of(program)
    blocks = []
    for rule in program.rules:
        if rule.body:
            made = query_of(found, rule, DIALECT)
            block = [f"-- {print_rule(rule).strip()}", sql(made.query)]
            for doubt in made.doubts:
                block += ["-- must not be:", sql(doubt)]
            blocks.append("\n".join(block))
    return "\n\n".join(blocks)


def recursion(program: Program) -> str:
    blocks = []
    for made in statements(Catalog.of(program), components(program), DIALECT):
        if isinstance(made, Fixpoint):
            blocks += [f"-- {key[0]}, first rows\n{sql(made.base[key])}" for key in made.keys]
            blocks += [f"-- {key[0]}, each round\n{sql(query)}" for key, query in made.steps]
        else:
            blocks.append(f"-- {made.key[0]}\n{sql(made.query)}")
    return "\n\n".join(blocks)


def scans(program: Program) -> str:
    """Every rule over the wide table of lines."""
    found = attributes(Inputs(DIALECT, {}))
    blocks = []
    for component in components(program):
        (made,) = statements(Catalog.of(program), [component], DIALECT, scans=found)
        assert isinstance(made, Relationship)
        blocks += [f"-- {print_rule(rule).strip()}\n{sql(query)}" for rule, query in made.parts]
    return "\n\n".join(blocks)


def unfolded(program: Program) -> str:
    """The spread predicates, and every rule with their bodies in it."""
    found = ", ".join(f"{name}/{arity}" for name, arity in spread_predicates(program))
    rows = [print_rule(rule).strip() for rule in unfold_spread(program).values() if rule.body]
    return "\n".join((f"% {found}", *rows))


PASSES: dict[str, Callable[[Program], str]] = {
    "catalog": catalog,
    "components": order,
    "bodies": rules,
    "numbers": rules,
    "aggregates": rules,
    "recursion": recursion,
    "scans": scans,
    "spread": unfolded,
}
CASES = [(name, path) for name in PASSES for path in sorted((FIXTURES / name).glob("*.pl"))]


@pytest.mark.parametrize(("name", "path"), CASES, ids=lambda item: getattr(item, "stem", item))
def test_pass(name: str, path: Path) -> None:
    program, faults = parse_program(path.read_text(encoding="utf-8"), path.name)
    assert not faults
    check(program)
    golden(path.with_suffix(".expected"), PASSES[name](program) + "\n")


def test_every_folder_is_a_pass() -> None:
    assert {path.name for path in FIXTURES.iterdir()} == set(PASSES)
    assert {name for name, _ in CASES} == set(PASSES)


def test_a_body_is_read_from_left_to_right() -> None:
    program, _ = parse_program("p(X, Y) :- q(X), Y = X. q(a).", "p.pl")
    body = Body(Catalog.of(program), DIALECT).read(program.rules[0].body)
    assert list(body.values) == ["X", "Y"]
    assert body.types == {"X": "text", "Y": "text"}

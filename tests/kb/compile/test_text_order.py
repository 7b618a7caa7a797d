"""Texts stand in the order of their code points in each warehouse, whatever its language."""

from __future__ import annotations

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

from kb.compile.script.script import ScriptSource, script, script_text
from kb.compile.sql.dialects import dialect
from kb.language.parser import parse_program
from kb.language.printer import print_value
from tests.kb.compile.warehouse import Postgres, Warehouse, rows_of
from tests.kb.engines.reference import evaluate_program

TEXTS = ["a", "B", "ä", "Z", "-x", "", "ab", "a b", "A", "é", "z", "10", "9", "ﬁ", "😀", "_", "ß"]
RULES = """
before(X, Y) :- n(X), n(Y), X @< Y.
until(X, Y) :- n(X), n(Y), X @=< Y.
after(X, Y) :- n(X), n(Y), X @> Y.
from(X, Y) :- n(X), n(Y), X @>= Y.
same(X, Y) :- n(X), n(Y), X = Y.
other(X, Y) :- n(X), n(Y), X \\= Y.
least(M) :- aggregate_all(min(X), n(X), M).
greatest(M) :- aggregate_all(max(X), n(X), M).
next(X, M) :- n(X), aggregate_all(min(Y), (n(Y), X @< Y), M).
met(X) :- next(X, M), n(M), greatest(G), \\+ next(M, G).
last(X, Z) :- next(X, Y), aggregate_all(max(W), next(_, W), Z), Y @=< Z.
"""
CHAIN = """
chain(X) :- n(X), X @< 'B'.
chain(Y) :- chain(X), next(X, Y).
"""


def test_texts_are_ordered_by_code_point(warehouse: Warehouse) -> None:
    facts = "".join(f"n({print_value(text)}). " for text in TEXTS)
    chain = CHAIN if dialect(warehouse.name).recursion != "none" else ""
    program, faults = parse_program(facts + RULES + chain, "a.pl")
    assert not faults
    connection = warehouse.run(
        {}, script_text(script(ScriptSource(program), dialect(warehouse.name)))
    )
    for (name, arity), rows in evaluate_program(program, {}).items():
        assert set(rows_of(connection, name, arity)) == rows, name


def test_the_server_of_the_tests_orders_by_language(warehouse: Warehouse) -> None:
    """Otherwise the test above would show nothing of PostgreSQL."""
    if not isinstance(warehouse, Postgres):
        pytest.skip("the order of this engine is fixed")
    rows = warehouse.connect().execute("SELECT 'a' < 'B', 'ä' < 'z'").fetchall()
    if rows != [(True, True)]:
        pytest.skip("the server was built without ICU")

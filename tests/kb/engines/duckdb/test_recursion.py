"""Recursion of every shape, over random graphs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kb.engines.programs import unchecked

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

from kb.compile.rewrite.components import components
from kb.engines.duckdb.session import DuckDBEngine
from kb.language.parser import parse_program, parse_query
from tests.kb.engines.reference import reference_answers

PROGRAMS = {
    "linear": "path(X, Y) :- edge(X, Y). path(X, Z) :- edge(X, Y), path(Y, Z).",
    "linear, several rules": """
        near(X, Y) :- edge(X, Y). near(X, Y) :- near(Y, X).
        near(X, Z) :- near(X, Y), edge(Y, Z), \\+ edge(Z, Y).""",
    "nonlinear": "path(X, Y) :- edge(X, Y). path(X, Z) :- path(X, Y), path(Y, Z).",
    "three times": """
        odd(X, Y) :- edge(X, Y).
        odd(X, W) :- odd(X, Y), odd(Y, Z), odd(Z, W).""",
    "mutual": """
        even(X, X) :- edge(X, _). even(X, Z) :- edge(X, Y), odd(Y, Z).
        odd(X, Y) :- edge(X, Y). odd(X, Z) :- even(X, Y), edge(Y, Z).
        both(X, Y) :- even(X, Y), odd(X, Y).""",
    "mutual, nonlinear": """
        a(X, Y) :- edge(X, Y). a(X, Z) :- b(X, Y), b(Y, Z).
        b(X, Y) :- a(Y, X). b(X, Z) :- a(X, Y), b(Y, Z).""",
    "counted": """
        path(X, Y) :- edge(X, Y). path(X, Z) :- path(X, Y), path(Y, Z).
        reach(X, N) :- edge(X, _), aggregate_all(count, path(X, _), N).
        top(M) :- aggregate_all(max(N), reach(_, N), M).
        first(X) :- reach(X, N), top(N).""",
    "steps": """
        far(X, 0) :- edge(X, _). far(Y, N) :- far(X, M), M < 4, edge(X, Y), N is M + 1.
        last(X, N) :- edge(X, _), aggregate_all(max(M), far(X, M), N).""",
    "without a beginning": "p(X) :- p(X), edge(X, _). q(X) :- edge(X, _), \\+ p(X).",
}
ENGINE = DuckDBEngine(threads=1)
EDGES = st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), max_size=9)


@pytest.mark.parametrize("name", PROGRAMS)
def test_is_complete(name: str) -> None:
    program, _ = parse_program(PROGRAMS[name] + " edge(none, none).", name)
    heads = dict.fromkeys(rule.head.key for rule in program.rules)
    queries = [
        parse_query(f"{predicate}({', '.join('XYZ'[:arity])})") for predicate, arity in heads
    ]

    @settings(max_examples=12, deadline=None)
    @given(EDGES)
    def agrees(edges: list[tuple[str, str]]) -> None:
        facts = {"edge": dict.fromkeys(edges, ())}
        session = ENGINE.open(unchecked(program), facts)
        assert [session.answers(query) for query in queries] == reference_answers(
            program, facts, queries
        )
        session.close()

    agrees()


@settings(max_examples=25, deadline=None)
@given(EDGES, EDGES, st.sampled_from(["linear", "nonlinear"]))
def test_facts_of_a_recursive_predicate_are_its_rows_too(edges, paths, shape) -> None:
    program, _ = parse_program(PROGRAMS[shape], "p.pl")
    facts = {"edge": dict.fromkeys(edges, ()), "path": dict.fromkeys(paths, ())}
    query = parse_query("path(X, Y)")
    session = ENGINE.open(unchecked(program), facts)
    assert [session.answers(query)] == reference_answers(program, facts, [query])
    session.close()


def test_a_long_chain_comes_back() -> None:
    program, _ = parse_program(PROGRAMS["nonlinear"], "p.pl")
    facts = {"edge": {(f"n{i}", f"n{i + 1}"): () for i in range(400)}}
    session = ENGINE.open(unchecked(program), facts)
    (row,) = session.answers(parse_query("aggregate_all(count, path(X, Y), N)"))
    assert row == (400 * 401 // 2,)


def test_a_query_alone_tells_whether_recursion_is_linear() -> None:
    shapes = {
        name: [item.linear for item in components(parse_program(text, name)[0]) if item.recursive]
        for name, text in PROGRAMS.items()
    }
    assert shapes["linear"] == [True]
    assert shapes["linear, several rules"] == [True]
    assert shapes["nonlinear"] == shapes["three times"] == [False]
    assert shapes["mutual"] == shapes["mutual, nonlinear"] == [False]

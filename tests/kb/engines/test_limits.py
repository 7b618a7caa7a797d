"""What one answer may try: the same sentence and the same place on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts.diagnostic import QueryError, UsageError
from kb.bulk.query import query_files
from kb.engines.duckdb import program, rounds
from kb.engines.duckdb.connection import check_bounds
from kb.engines.duckdb.session import DuckDBEngine
from kb.engines.pydatalog import PyDatalogEngine, recursion, steps
from kb.knowledge_base import KnowledgeBase
from kb.language.parser import parse_program, parse_query
from tests.kb.engines.programs import unchecked

ENGINES = pytest.mark.parametrize("engine", [DuckDBEngine(threads=1), PyDatalogEngine()])

MANY = "more combinations of values are tried here than can be held"
ENDLESS = "the calculation is part of a recursion that finds new numbers without end"


def fault_of(engine, text: str, goal: str, count: int = 0) -> tuple[str, int, int]:
    rules, _ = parse_program(text, "a.pl")
    facts = {"p": {(number,): () for number in range(count)}}
    with pytest.raises(QueryError) as fault:
        engine.open(unchecked(rules), facts).answers(parse_query(goal))
    (found,) = fault.value.diagnostics
    return found.message, found.place.row, found.place.column


@ENGINES
def test_a_goal_or_a_rule_that_multiplies_ends_at_its_place(engine, monkeypatch) -> None:
    monkeypatch.setattr(steps, "MOST_FOUND", 20_000)
    monkeypatch.setattr(program, "MOST_FOUND", 20_000)
    rules = "m(X, Y, Z) :-\n  p(X), p(Y),\n  p(Z).\nn(A, B) :- p(A), p(B)."
    assert fault_of(engine, rules, "p(A), p(B), p(C)", 40) == (MANY, 1, 13)
    assert fault_of(engine, rules, "m(A, B, 3), m(B, 3, _)", 200)[0] == MANY
    assert fault_of(engine, rules, "m(A, B, C)", 40) == (MANY, 3, 3)
    session = engine.open(unchecked(parse_program(rules, "a.pl")[0]), {"p": {(1,): (), (2,): ()}})
    assert len(session.answers(parse_query("m(A, B, C)"))) == 8


@ENGINES
@pytest.mark.parametrize(
    "rules",
    [
        "n(1). n(X) :- n(Y), X is Y + 1.",
        "n(1). n(X) :- o(Y), X is Y + 1. o(X) :- n(X).",
        "n(1). n(X) :- n(Y), n(Z), X is Y + Z.",
    ],
)
def test_ever_larger_numbers_end(engine, rules: str, monkeypatch) -> None:
    for module in (program, rounds, recursion):
        monkeypatch.setattr(module, "MOST_GROWTH", 100)
    assert fault_of(engine, rules, "n(X)")[0] == ENDLESS


@ENGINES
def test_a_recursion_that_ends_is_answered(engine) -> None:
    rules, _ = parse_program("n(1). n(X) :- n(Y), Y < 50, X is Y + 1.", "a.pl")
    assert len(engine.open(unchecked(rules), {}).answers(parse_query("n(X)"))) == 50


def test_goals_over_files_end_in_the_same_words(tmp_path: Path) -> None:
    lines = [f"C1,{number},cms1500,2018-06-01,J7050" for number in range(1, 121)]
    claims = tmp_path / "claims.csv"
    head = "claim_id,line_number,claim_form,service_date,procedure_code"
    claims.write_text("\n".join([head, *lines]))
    found = set()
    goal = "line(C, A), line(C, B), line(C, D)"
    for engine in ("duckdb", "pydatalog"):
        with pytest.raises(QueryError) as fault:
            query_files(KnowledgeBase.load("r14"), goal, [claims], engine=engine)
        found.add(tuple((one.message, one.place) for one in fault.value.diagnostics))
    ((one,),) = found
    assert one[0] == MANY


@pytest.mark.parametrize("size", ["much", "0GB", "-1GB", "1KB", "4", "50%", "9999TB", "", "1e3GB"])
def test_senseless_memory_limits_are_refused(size: str) -> None:
    with pytest.raises(UsageError, match="the memory limit or the threads cannot be"):
        check_bounds(memory_limit=size)


@pytest.mark.parametrize("threads", [0, -1, 100_000, True, 2.5])
def test_senseless_threads_are_refused(threads: object) -> None:
    with pytest.raises(UsageError, match="the memory limit or the threads cannot be"):
        check_bounds(threads=threads)

"""Rules that tie the lines of a claim to each other, against an evaluation that tries all pairs."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.engines.pydatalog import PyDatalogEngine
from kb.language.parser import parse_program, parse_query
from kb.language.values import Row
from tests.kb.engines.programs import unchecked
from tests.kb.engines.reference import evaluate_program, query_answers

_PROGRAM = r"""
span(C, O, L) :- from(C, O, A), to(C, O, B), from(C, L, D), to(C, L, E), A @=< E, D @=< B, O =\= L.
before(C, L, O) :- kind(C, O, k), span(C, O, L), O < L.
with(C, L) :- kind(C, O, k), span(C, O, L).
with_same(C, L) :- kind(C, O, k), span(C, O, L), by(C, L, P), by(C, O, P).
provider_beside(C, L, P) :- line(C, L), span(C, O, L), by(C, O, P).
count_before(C, L, N) :- line(C, L), aggregate_all(count, before(C, L, _), N).
count_pairs(C, L, N) :- line(C, L), aggregate_all(count, (kind(C, O, K), span(C, O, L)), N).
count_kinds(C, L, N) :- line(C, L), aggregate_all(count, (kind(C, O, K), O > L), N).
sum_before(C, L, N) :- line(C, L), aggregate_all(sum(O), before(C, L, O), N).
third(C, L) :- line(C, L), aggregate_all(count, before(C, L, _), 2).
first(C, L) :- kind(C, L, k), \+ before(C, L, _).
alone(C, L) :- line(C, L), \+ span(C, _, L).
no_k(C, L) :- line(C, L), \+ with(C, L).
ordered(C, L) :- line(C, L), kind(C, O, k), \+ kind(C, O, j), O @> L.
equal(C, L) :- from(C, L, D), to(C, O, E), E = D, O \= L.
any(C, L) :- line(C, L), kind(C, _, j).
far(C, L) :- line(C, L), kind(C, O, k), O > L, X is O - L, X > 2.
kinds(C, L, K) :- line(C, L), kind(C, O, K), to(C, O, T), from(C, L, F), T @< F.
between(C, L) :- kind(C, O, k), line(C, L), O < L, kind(C, P, j), L < P.
"""

_QUERIES = (
    *("with(C, L)", "with_same(C, L)", "provider_beside(C, L, P)", "count_before(C, L, N)"),
    *("count_pairs(C, L, N)", "count_kinds(C, L, N)", "sum_before(C, L, N)", "third(C, L)"),
    *("first(C, L)", "alone(C, L)", "no_k(C, L)", "ordered(C, L)", "equal(C, L)", "any(C, L)"),
    *("far(C, L)", "kinds(C, L, K)", "between(C, L)", "before(C, L, O)", "span(c, 1, L)"),
    "line(C, L), kind(C, O, k), O > L, \\+ span(C, O, L)",
    "line(C, L), aggregate_all(max(O), span(C, O, L), N)",
)


@st.composite
def _facts(draw: st.DrawFn) -> dict[str, dict[Row, tuple[()]]]:
    rows: dict[str, list[Row]] = {"line": [], "from": [], "to": [], "kind": [], "by": []}
    for claim in draw(st.sampled_from([["c"], ["c", "d"]])):
        for number in range(1, draw(st.integers(0, 12)) + 1):
            first, days = draw(st.integers(1, 9)), draw(st.integers(0, 3))
            rows["line"].append((claim, number))
            rows["from"].append((claim, number, f"2018-06-{first:02}"))
            rows["to"].append((claim, number, f"2018-06-{first + days:02}"))
            for kind in draw(st.sets(st.sampled_from("kj"))):
                rows["kind"].append((claim, number, kind))
            rows["by"].append((claim, number, draw(st.sampled_from("pq"))))
    return {name: dict.fromkeys(own, ()) for name, own in rows.items()}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(_facts(), st.booleans())
def test_lines_are_tied_as_pair_by_pair(
    facts: dict[str, dict[Row, tuple[()]]], stated: bool
) -> None:
    program, _ = parse_program(_PROGRAM, "a.pl")
    if stated:
        facts = {**facts, "span": {("c", 7, 1): (), ("c", 9, 9): ()}}
    relations = evaluate_program(program, facts)
    session = PyDatalogEngine().open(unchecked(program), facts)
    for text in _QUERIES:
        query = parse_query(text)
        assert session.answers(query) == query_answers(relations, query), text

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import networkx
import pytest

from explain.english.sentences import Sentences
from explain.proof.derivations import Derivations
from explain.whynot.why_not import explain_absence
from facts.schema import Column
from kb.engines.pydatalog import PyDatalogEngine
from kb.language.ast import Atom, Constant, Declaration
from kb.language.parser import parse_query
from tests.explain.proof.programs import facts_of, parsed, prove


def proof_of(program, facts, goal: str):
    session = PyDatalogEngine().open(program, facts)
    (literal,) = parse_query(goal).body
    return prove(program, facts, session, literal.atom)


WAYS = parsed(
    """
    :- predicate(path(from: text, to: text), "one can go from {from} to {to}",
        "there is no way from {from} to {to}").
    path(X, Y) :- edge(X, Y).
    path(X, Y) :- path(X, Z), path(Z, Y).
    far(X, N) :- edge(X, _), aggregate_all(count, path(X, _), N), N >= 2, \\+ path(_, X).
    stop(last).
    ends(X) :- path(X, Y), stop(Y).
    """,
    "ways.pl",
)
ROADS = facts_of({"edge": [("a", "b"), ("b", "c"), ("c", "b"), ("c", "last")]})


def test_a_recursive_proof_is_smallest_and_never_circular() -> None:
    proof = proof_of(WAYS, ROADS, "path(b, b)")
    assert networkx.is_directed_acyclic_graph(proof.graph)
    assert proof.text == (
        "one can go from b to b  [ways.pl, row 5]\n"
        "|- one can go from b to c  [ways.pl, row 4]\n"
        "|  `- `edge` holds for b and c  [edge.csv, row 2]\n"
        "`- one can go from c to b  [ways.pl, row 4]\n"
        "   `- `edge` holds for c and b  [edge.csv, row 3]"
    )


def test_aggregates_absences_and_comparisons_are_steps() -> None:
    proof = proof_of(WAYS, ROADS, "far(a, 3)")
    kinds = [node.kind for node in proof.nodes]
    assert kinds.count("aggregate") == 1
    assert [node.label for node in proof.nodes if node.kind == "absence"] == ["\\+ path(_, a)"]
    assert [node.text for node in proof.nodes if node.kind == "comparison"] == ["3 is at least 2"]
    assert "there is no way from (any) to a  [checked]" in proof.text
    assert "(shown above)" in proof.text


def test_the_graph_leads_from_conclusions_to_what_supports_them() -> None:
    proof = proof_of(WAYS, ROADS, "ends(c)")
    graph = proof.graph
    assert [number for number in graph if not graph.in_degree(number)] == [proof.root.id]
    leaves = {data["label"]: data for number, data in graph.nodes(data=True) if data["origins"]}
    assert str(leaves["edge(c, last)"]["origin"]) == "edge.csv, row 4"
    assert str(leaves["stop(last)"]["origin"]) == "ways.pl, row 7"
    rule = next(data for _, data in graph.nodes(data=True) if data["kind"] == "rule")
    assert (rule["span"].source, rule["span"].row) == ("ways.pl", 8)
    assert rule["bindings"] == {"X": "c", "Y": "last"}


def test_every_place_of_a_fact_is_named() -> None:
    facts = {"edge": {("a", "b"): [*ROADS["edge"]["a", "b"], *ROADS["edge"]["b", "c"]]}}
    assert "[edge.csv, row 1; edge.csv, row 2]" in proof_of(WAYS, facts, "path(a, b)").text


def test_no_proof_of_what_does_not_hold() -> None:
    assert proof_of(WAYS, ROADS, "path(last, a)") is None
    assert proof_of(WAYS, ROADS, "edge(a, c)") is None
    assert proof_of(WAYS, ROADS, "unheard(a)") is None


def test_a_deep_proof_does_not_end_the_program() -> None:
    program = parsed("n(X, Y) :- e(X, Y). n(X, Z) :- n(X, Y), e(Y, Z).")
    facts = facts_of({"e": [(number, number + 1) for number in range(120)]})
    proof = proof_of(program, facts, "n(0, 120)")
    assert len([node for node in proof.nodes if node.kind == "fact"]) == 120
    assert len(proof.text.splitlines()) == 240


def test_variables_of_an_absence_that_nothing_binds_are_its_own() -> None:
    program = parsed("p(X, N) :- aggregate_all(count, q(X), N), r(X).")
    facts = facts_of({"q": [(1,), (2,)], "r": [(2,)]})
    proof = proof_of(program, facts, "p(2, 2)")
    assert [node.label for node in proof.nodes if node.kind == "fact"] == ["q(1)", "q(2)", "r(2)"]
    assert proof_of(program, facts, "p(2, 1)") is None


COMPARED = parsed(
    """
    :- predicate(units_over(claim: text, line: number), "line {line} bills too much", "").
    units_over(C, L) :- units(C, L, U), evidence_number(C, L, given, A), U > A.
    :- predicate(early(claim: text, line: number), "line {line} is early", "").
    early(C, L) :- service_date(C, L, D), D @< '2018-06-01', L =\\= 7.
    :- predicate(limit(claim: text, line: number, units: number), "{units} are fine", "").
    limit(C, L, U) :- evidence_number(C, L, dose, D), U is ceiling(D / 2) + max(0, D - 2).
    """
)


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        ("units_over(c, 1)", ["units 5 are more than given 2.5"]),
        ("early(c, 1)", ["2018-05-31 is before 2018-06-01", "line 1 is not 7"]),
        ("limit(c, 1, 9)", ["units 9 = (7 / 2 rounded up) + (the larger of 0 and 7 - 2)"]),
    ],
)
def test_comparisons_are_told_with_their_values(goal: str, said: list[str]) -> None:
    facts = facts_of(
        {
            "units": [("c", 1, 5)],
            "evidence_number": [("c", 1, "given", Decimal("2.5")), ("c", 1, "dose", 7)],
            "service_date": [("c", 1, "2018-05-31")],
        }
    )
    proof = proof_of(COMPARED, facts, goal)
    assert [node.text for node in proof.nodes if node.kind == "comparison"] == said


def test_a_template_may_lack_its_absence() -> None:
    sentences = Sentences([Declaration("rare", (Column("code", "text"),), "{code} is rare")])
    assert sentences.absence("rare", ("J1",)) == "it does not hold that J1 is rare"


MISSED = parsed(
    """
    good(X) :- warm(X), near(X, Y), cheap(Y).
    good(X) :- famous(X), \\+ closed(X).
    cheap(X) :- price(X, P), P < 10.
    closed(X) :- shut(X, _).
    """
)


def why_not(facts, predicate: str, *pattern):
    session = PyDatalogEngine().open(MISSED, facts)
    derivations = Derivations(MISSED, facts, session)
    return explain_absence(derivations, Sentences(()), predicate, pattern)


def test_the_nearest_miss_comes_first() -> None:
    facts = facts_of(
        {
            "warm": [("rome",)],
            "near": [("rome", "bar"), ("rome", "inn")],
            "price": [("bar", 12)],
            "shut": [("rome", "august")],
        }
    )
    found = why_not(facts, "good", "rome")
    assert not found.holds
    first, second = found.misses
    assert (first.rule.span.row, first.size) == (2, 1)
    assert [held.text for held in first.held] == [
        "`warm` holds for rome",
        "`near` holds for rome and bar",
    ]
    (failure,) = first.failures
    assert failure.text == "`cheap` does not hold for bar"
    assert failure.misses[0].failures[0].needed == "12 is less than 10"
    assert (second.rule.span.row, second.size) == (3, 2)
    assert [part.text for part in second.failures] == [
        "`famous` does not hold for rome",
        "`closed` holds for rome",
    ]


def test_what_holds_has_no_misses() -> None:
    facts = facts_of({"famous": [("rome",)]})
    found = why_not(facts, "good", "rome")
    assert found.holds
    assert found.misses == ()
    assert "this holds" in found.text


def test_recursive_misses_come_to_an_end() -> None:
    session = PyDatalogEngine().open(WAYS, ROADS)
    derivations = Derivations(WAYS, ROADS, session)
    found = explain_absence(
        derivations, Sentences(WAYS.program.declarations), "path", ("last", "a")
    )
    assert not found.holds
    assert found.text.startswith("there is no way from last to a\n")


def test_importing_explain_loads_nothing_else() -> None:
    code = "import sys, explain; print([m for m in ('networkx', 'lark', 'kb') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_atoms_are_compared_by_value() -> None:
    facts = facts_of({"edge": [("a", "b")]})
    session = PyDatalogEngine().open(WAYS, facts)
    atom = Atom("path", (Constant("a"), Constant("b")))
    assert prove(WAYS, facts, session, atom).goal == atom

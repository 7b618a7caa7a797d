from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from explain.certificate import verify as checking
from explain.certificate.bounds import MOST_SHOWN
from explain.certificate.seals import digest, seal
from explain.certificate.write import certificate
from explain.english.phrases import MOST_COUNTED
from explain.explanation import why
from kb.engines.pydatalog import PyDatalogEngine
from kb.knowledge_base import KnowledgeBase
from kb.language.ast import Atom, Constant
from tests.explain.proof.programs import facts_of, parsed, prove

PROGRAM = parsed(
    """
    reaches(X, Y) :- edge(X, Y).
    reaches(X, Z) :- reaches(X, Y), edge(Y, Z).
    dear(X) :- price(X, P), P > 10, \\+ free(X, _).
    free(X, Why) :- gift(X, Why), known(Why).
    known(birthday).
    shop(X, N, Total) :- dear(X), price(X, P), aggregate_all(count, reaches(X, _), N), N >= 2,
        Total is ceiling(P / 4) * N.
    """
)
FACTS = facts_of(
    {
        "edge": [("a", "b"), ("b", "c"), ("c", "a"), ("d", "d")],
        "price": [("a", 18), ("b", 3)],
        "gift": [("a", "whim"), ("b", "birthday")],
    }
)


def verify(document: Any, **against: Any) -> checking.Verification:
    """Check a proof of a goal that is no line of a claim."""
    return checking.verify(document, bare=True, **against)


GOAL = Atom("shop", (Constant("a"), Constant(3), Constant(15)))


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    session = PyDatalogEngine().open(PROGRAM, FACTS)
    proof = prove(PROGRAM, FACTS, session, GOAL)
    assert proof is not None
    written = certificate([proof], PROGRAM, FACTS, {"policy": "small", "numbers": [1]})
    return json.loads(json.dumps(written))


def test_an_unchanged_certificate_is_accepted(document) -> None:
    assert verify(document).accepted
    held = verify(document, program=PROGRAM, facts=FACTS)
    assert held.accepted
    assert held.text.endswith("steps checked, held against the policy and the claims")


def changes(value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        yield value + "x"
        yield ""
        yield 7
    elif isinstance(value, int):
        yield value + 1
        yield str(value)
        yield float(value)
    elif value is None:
        yield "x"
    elif isinstance(value, list):
        yield [*value, "x"]
        if value:
            yield value[1:]
            yield [value[0], *value]
    elif isinstance(value, dict):
        yield {**value, "x": 1}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from places(part, (*path, key))
    elif isinstance(value, list):
        for key, part in enumerate(value):
            yield from places(part, (*path, key))


def changed(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    other = copy.deepcopy(document)
    within = other
    for key in path[:-1]:
        within = within[key]
    within[path[-1]] = value
    return other


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


def without(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    other = copy.deepcopy(document)
    del at(other, path[:-1])[path[-1]]
    return other


def mutations(document: dict[str, Any]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    for path in places(document):
        if not path:
            continue
        for value in changes(at(document, path)):
            if value != at(document, path) or type(value) is not type(at(document, path)):
                yield path, changed(document, path, value)
        yield path, without(document, path)


def test_any_one_change_is_refused_at_its_step(document) -> None:
    tried = 0
    for path, other in mutations(document):
        found = verify(other)
        tried += 1
        assert not found.accepted, path
        if path[0] in ("nodes", "rules") and len(path) > 2 and path[2] != "id":
            part = document[path[0]][path[1]]["id"]
            named = {refusal.step.split()[-1] for refusal in found.refusals}
            near = {above for above, below, _ in document["edges"] if below == part}
            users = {node["id"] for node in document["nodes"] if node.get("rule") == part}
            grand = {above for above, below, _ in document["edges"] if below in users | near}
            assert named & {part, *near, *users, *grand}, (path, found.text)
    assert tried > 1000


COSMETIC = {"text", "origins", "clause_id", "source", "row", "seal"}


def test_a_false_step_is_refused_though_it_is_sealed_anew(document) -> None:
    tried = 0
    for path, other in mutations(document):
        if path[0] in ("about", "seal", "input", "input_sha256", "rules"):
            continue
        if COSMETIC & {key for key in path if isinstance(key, str)}:
            continue
        if path[0] == "edges" and len(path) == 1:
            continue
        same_size = len(other.get("nodes", ())) == len(document["nodes"])
        if path[0] == "nodes" and len(path) == 2 and same_size and "x" in at(other, path):
            continue  # a key that nobody reads
        try:
            other = seal({**other, "input_sha256": digest(other["input"])})
        except (KeyError, TypeError, AttributeError, IndexError):
            continue  # too broken to be sealed
        tried += 1
        assert not verify(other).accepted, (path, at(document, path))
    assert tried > 150


def test_a_rule_left_out_or_made_up_is_found_against_the_policy(document) -> None:
    for position in range(len(document["rules"])):
        rules = [rule for at, rule in enumerate(document["rules"]) if at != position]
        other = seal({**document, "rules": rules})
        assert not verify(other, program=PROGRAM, facts=FACTS).accepted
    for position, rule in enumerate(document["rules"]):
        made_up = {**rule, "text": rule["text"].replace("10", "9").replace("whim", "whom")}
        if made_up == rule:
            continue
        rules = list(document["rules"])
        rules[position] = made_up
        assert not verify(seal({**document, "rules": rules}), program=PROGRAM).accepted


def test_another_input_is_found_against_the_claim(document) -> None:
    given = {**document["input"], "gift": [["b", "birthday"]]}
    other = seal({**document, "input": given, "input_sha256": digest(given)})
    assert verify(other).accepted
    (refusal,) = verify(other, facts=FACTS).refusals
    assert str(refusal) == "input: the claim has other facts of `gift`"


def test_a_fact_at_another_place_is_found_against_the_claim(document) -> None:
    nodes = copy.deepcopy(document["nodes"])
    fact = next(node for node in nodes if node["kind"] == "fact")
    fact["origins"][0]["place"] = "row 99"
    (refusal,) = verify(seal({**document, "nodes": nodes}), facts=FACTS).refusals
    assert refusal.step == f"step {fact['id']}"


@pytest.mark.parametrize("rubbish", [{}, {"format": 1}, {"format": "clausewise proof 1"}])
def test_rubbish_is_refused(rubbish) -> None:
    assert not verify(rubbish).accepted


def test_a_circle_is_refused(document) -> None:
    other = copy.deepcopy(document)
    goal = other["goals"][0]
    above, below, _ = other["edges"][0]
    assert above == goal
    other["edges"].append([below, goal, sum(edge[0] == below for edge in other["edges"])])
    other["edges"].sort(key=lambda edge: (int(edge[0][1:]), edge[2]))
    found = verify(seal(other))
    assert any(refusal.message == "it rests on itself" for refusal in found.refusals)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("gift(X, N) :- gift(X, M), N is M + 1.", "it takes too many steps to check"),
        ("gift(X, N) :- gift(X, M), N is M * M.", "a number is too large to check"),
    ],
)
def test_a_certificate_cannot_keep_the_checker_busy(document, rule, message, monkeypatch) -> None:
    """Rules that never come to an end, in place of the one that an absence rests on."""
    monkeypatch.setattr("explain.certificate.bounds.MOST_STEPS", 20_000)
    other = copy.deepcopy(document)
    given = {**other["input"], "gift": [["a", 2]]}
    free = next(entry for entry in other["rules"] if entry["text"].startswith("free("))
    free["text"] = "free(X, N) :- gift(X, N), N < 0."
    number = f"r{len(other['rules'])}"
    other["rules"].append({"id": number, "source": "x", "row": 1, "text": rule, "seal": ""})
    found = verify(seal({**other, "input": given, "input_sha256": digest(given)}))
    assert message in found.text


def test_a_count_shows_the_first_of_what_it_counts() -> None:
    lines = [
        {"claim_id": "C1", "line_number": number, "claim_form": "cms1500",
         "procedure_code": "S9500", "service_date": "2018-06-01",
         "place_of_service": "12", "modifiers": "59"}
        for number in range(1, 131)
    ]  # fmt: skip
    assert MOST_SHOWN == MOST_COUNTED
    claim = KnowledgeBase.load("r14").with_claims(lines).claim("C1")
    found = why(claim, 130)
    assert "there are 129 of these, of which 100 are shown: earlier therapy" in found.text
    assert "line 100 is the per diem of an earlier therapy" in found.text
    assert "line 101 is the per diem of an earlier therapy" not in found.text
    made = found.to_json()
    assert checking.verify(made, claim=claim).accepted
    counted = next(node for node in made["nodes"] if node["kind"] == "aggregate")
    edges = [edge for edge in made["edges"] if edge[0] == counted["id"]]
    made["edges"].remove(edges[-1])
    assert "does not rest on what it counts" in str(checking.verify(seal(made)).refusals)

"""A certificate or export that is changed and sealed anew is refused where claims are at hand."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explain import verify, why
from explain.certificate.file import certificates_of, read_certificate
from explain.certificate.seals import digest, seal
from explain.exports.document import LetterFields
from explain.exports.making import Wishes, document_of
from explain.exports.plain_json import plain
from explain.exports.verify import verify_export
from facts.diagnostic import InputError
from kb.claims.determine import LoadedClaim
from kb.knowledge_base import KnowledgeBase
from tests.explain.certificate.test_mutations import LINES, POLICY

Path_ = tuple[Any, ...]
EVERY = 23
"""Of the places of a proof or an export, one in so many is changed: all take minutes."""


@pytest.fixture(scope="module")
def loaded() -> LoadedClaim:
    return KnowledgeBase(POLICY).with_claims(LINES).claim("C1")


@pytest.fixture(scope="module")
def document(loaded: LoadedClaim) -> dict[str, Any]:
    return json.loads(json.dumps(why(loaded, 1).to_json()))


@pytest.fixture(scope="module")
def export(loaded: LoadedClaim) -> dict[str, Any]:
    made = document_of(loaded, Wishes(inputs=LetterFields(date="2018-11-01"), certificates=True))
    assert made is not None
    return json.loads(json.dumps(plain(made)))


def places(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    yield path
    if isinstance(value, (dict, list)):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in parts:
            yield from places(part, (*path, key))


def changed(document: Any, path: Path_, change: Any) -> Any:
    other = copy.deepcopy(document)
    within = other
    for key in path[:-1]:
        within = within[key]
    within[path[-1]] = change(within[path[-1]])
    return other


def changes(value: Any) -> Iterator[Any]:
    """Yield functions that make something else of a value."""
    if isinstance(value, str):
        yield lambda text: f"{text} and more"
        yield lambda _: ""
    elif isinstance(value, bool) or value is None:
        yield lambda _: "something"
    elif isinstance(value, int):
        yield lambda number: number + 1
    elif isinstance(value, list):
        yield lambda parts: [*parts, parts[0] if parts else "something"]
        if value:
            yield lambda parts: parts[1:]
    elif isinstance(value, dict):
        yield lambda parts: {**parts, "more": 1}
        if value:
            yield lambda parts: dict(list(parts.items())[1:])


def test_a_certificate_that_is_changed_and_sealed_anew(loaded, document) -> None:
    assert verify(document, claim=loaded).accepted
    tried = 0
    for number, path in enumerate(places(document)):
        if not path or path[-1] == "seal" or (path[0] != "about" and number % EVERY):
            continue
        value = document
        for key in path:
            value = value[key]
        for change in changes(value):
            other = changed(document, path, change)
            if other == document:
                continue
            try:
                other = seal({**other, "input_sha256": digest(other["input"])})
            except (KeyError, TypeError, AttributeError, IndexError, ValueError):
                continue  # too broken to be sealed
            if other == document:
                continue  # a hash that sealing made right again
            tried += 1
            assert not verify(other, claim=loaded).accepted, path
    assert tried > 1_000 / EVERY


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda about: about.pop("outcome"), "headline: it does not name the line and the outcome"),
        (lambda about: about.update(assumptions=["a"]), "headline: `assumptions` is not what"),
        (lambda about: about.update(missing=["a"]), "headline: `missing` is not what"),
        (lambda about: about.update(more=1), "headline: it has a field too many or too few"),
        (
            lambda about: about["citations"][0].update(readings=[7]),
            "headline: `citations` is not what the policy and the claim give",
        ),
        (
            lambda about: about["citations"][0].update(exceptions_tried=[]),
            "headline: `citations` is not what the policy and the claim give",
        ),
        (lambda about: about.update(line_number=2), "headline: it says something else than the"),
    ],
)
def test_what_a_headline_says_is_made_again(loaded, document, change, message) -> None:
    other = copy.deepcopy(document)
    change(other["about"])
    found = verify(seal(other), claim=loaded)
    assert message in found.text


def test_a_certificate_without_a_line_is_refused_by_itself(document) -> None:
    other = copy.deepcopy(document)
    for name in ("outcome", "citations", "line_number"):
        del other["about"][name]
    assert "does not name the line and the outcome" in verify(seal(other)).text
    assert "does not name the line and the outcome" in verify(seal({**other, "about": {}})).text


def test_every_text_of_an_export_is_made_again(loaded, export) -> None:
    assert verify_export(export, loaded) == ()
    tried = 0
    for number, path in enumerate(places(export)):
        if not path or "certificate" in path or path[0] == "inputs" or number % EVERY:
            continue
        value = export
        for key in path:
            value = value[key]
        for change in changes(value):
            other = changed(export, path, change)
            if other == export:
                continue
            tried += 1
            assert verify_export(other, loaded), path
    assert tried > 500 / EVERY


def test_a_difference_of_an_export_is_named_by_its_path(loaded, export) -> None:
    other = copy.deepcopy(export)
    other["lines"][0]["headline"]["outcome"] = "reimbursable"
    assert [str(each) for each in verify_export(other, loaded)] == [
        "$.lines[0].headline.outcome: it is not what the policy and the claim give"
    ]


@pytest.mark.parametrize("number", ["1e99999", "9" * 200, "1/0", " 1", "0x10", "1/3/3"])
def test_a_number_is_bounded_before_it_is_made(document, number) -> None:
    other = copy.deepcopy(document)
    other["input"]["units"] = [["C1", 1, {"number": number}]]
    other["input_sha256"] = digest(other["input"])
    assert "a number is not written as a fraction of at most 80 digits" in verify(seal(other)).text


def test_a_long_rule_is_refused_before_it_is_read(document) -> None:
    other = copy.deepcopy(document)
    other["rules"][0]["text"] = "a(X) :- b(X)" + ", b(X)" * 20_000 + "."
    assert "has more than 20000 characters" in verify(seal(other)).text


@pytest.mark.parametrize("part", ["nodes", "rules"])
def test_many_steps_and_rules_are_refused_before_they_are_looked_at(document, part) -> None:
    other = copy.deepcopy(document)
    if part == "nodes":
        other["nodes"] = [{**other["nodes"][0], "id": f"n{at}"} for at in range(50_000)]
        other["edges"] = []
    else:
        rule = other["rules"][0]
        text = "p{}(X) :- q(X), r(X), s(X), t(X), u(X)."
        other["rules"] = [{**rule, "id": f"r{at}", "text": text.format(at)} for at in range(20_000)]
    assert verify(other).text.endswith("it takes too many steps to check")


def test_a_certificate_of_another_version_says_so(document) -> None:
    assert verify(seal({**document, "format": "clausewise proof 1"})).text == (
        "refused: certificate: it is a `clausewise proof 1`, of another version of clausewise, "
        "and this one checks `clausewise proof 2`: write it again"
    )
    found = verify(seal({**document, "format": "something"})).text
    assert found == "refused: certificate: its format is not `clausewise proof 2`"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{" + ",".join(f'"k{at}":0' for at in range(400_001)) + "}", "too many fields"),
        ("[" * 1_200_001, "too many parts"),
        ("[" * 100_000, "is not JSON that can be read"),
        ('{"a":' * 100_000, "is not JSON that can be read"),
        ("9" * 100_000, "is not JSON that can be read"),
    ],
    ids=["keys", "lists", "deep", "deep objects", "digits"],
)
def test_a_file_is_bounded_before_it_is_read(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "proof.json"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        read_certificate(path)


def test_an_export_explains_a_line_once(export) -> None:
    other = {**export, "lines": [*export["lines"], export["lines"][0]]}
    with pytest.raises(InputError, match="the export explains a line twice"):
        certificates_of(other, "export.json")


def test_rules_that_no_step_asks_for_are_those_of_the_proof(loaded) -> None:
    """Whether claims stand in another folder by now makes no difference."""
    kb = KnowledgeBase.load("r14")
    claim = kb.with_claims(LINES).claim("C1")
    document = json.loads(json.dumps(why(claim, 1).to_json()))
    for node in document["nodes"]:
        for origin in node.get("origins", ()):
            origin["source"] = f"elsewhere/{origin['source']}"
    document = seal(document)
    assert verify(document, claim=claim).accepted
    refused = 0
    for at, rule in enumerate(document["rules"]):
        left = [each for each in document["rules"] if each is not rule]
        numbers = {each["id"]: f"r{number}" for number, each in enumerate(left)}
        nodes = [
            {**node, "rule": numbers.get(node["rule"], "r0")} if "rule" in node else node
            for node in document["nodes"]
        ]
        rules = [{**each, "id": numbers[each["id"]]} for each in left]
        other = seal({**document, "nodes": nodes, "rules": rules})
        refused += not verify(other, claim=claim).accepted
        if at > 20:
            break
    assert refused == min(len(document["rules"]), 22)


@pytest.mark.parametrize("number", [-1, 2, True, "0"])
def test_what_may_be_anything_is_numbered_in_order(loaded, document, number) -> None:
    other = copy.deepcopy(document)
    terms = [term for node in other["nodes"] for term in node.get("atom", ()) if type(term) is dict]
    next(term for term in terms if term.get("any") == 0)["any"] = number
    found = verify(seal(other), claim=loaded)
    assert "what may be anything is not numbered in order" in found.text

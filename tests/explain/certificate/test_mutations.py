"""Change any one thing of a real certificate: it is refused, and the refusal names the place."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import explain.certificate.bounds
import explain.certificate.checker
import explain.certificate.evaluator
import explain.certificate.says
import explain.certificate.shape
from explain import verify, why
from explain.certificate.seals import digest, seal
from kb.claims.determine import LoadedClaim
from kb.knowledge_base import KnowledgeBase
from kb.policy.loader import load_policy

POLICY = load_policy("r14")
LINES = [
    {
        "claim_id": "C1",
        "line_number": number,
        "claim_form": "ub04",
        "service_date": "2018-10-01",
        "type_of_bill": "131",
        "revenue_code": revenue_code,
        "procedure_code": code,
        "units": 1,
    }
    for number, revenue_code, code in [(1, "0260", "96365"), (2, "0360", "49505")]
]
SMALL = {
    "claim_id": "C2",
    "line_number": 1,
    "claim_form": "cms1500",
    "service_date": "2018-10-01",
    "place_of_service": "22",
    "procedure_code": "96365",
}
Path_ = tuple[Any, ...]


@pytest.fixture(scope="module")
def loaded() -> LoadedClaim:
    return KnowledgeBase(POLICY).with_claims(LINES).claim("C1")


@pytest.fixture(scope="module")
def document(loaded: LoadedClaim) -> dict[str, Any]:
    return json.loads(json.dumps(why(loaded, 1).to_json()))


@pytest.fixture(scope="module")
def small() -> dict[str, Any]:
    claim = KnowledgeBase(POLICY).with_claims([SMALL]).claim("C2")
    return json.loads(json.dumps(why(claim, 1).to_json()))


def at(value: Any, path: Path_) -> Any:
    for key in path:
        value = value[key]
    return value


def replaced(document: Any, path: Path_, value: Any) -> Any:
    """A copy that shares what the change does not touch."""
    if not path:
        return value
    key, *rest = path
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[key] = replaced(document[key], tuple(rest), value)
    return copy


def places(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    yield path
    if isinstance(value, (dict, list)):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(part, (*path, key))


def changes(value: Any) -> Iterator[Any]:
    """Every small change of a value: a leaf, a key or an element."""
    if isinstance(value, str):
        yield value + "x"
        yield "" if value else "x"
    elif value is None:
        yield "x"
    elif isinstance(value, int):
        yield value + 1
        yield float(value)
    elif isinstance(value, list):
        yield [*value, "x"]
        for here in range(len(value)):
            yield value[:here] + value[here + 1 :]
            yield [*value[:here], value[here], *value[here:]]
            if here + 1 < len(value) and value[here] != value[here + 1]:
                yield [*value[:here], value[here + 1], value[here], *value[here + 2 :]]
    else:
        yield {**value, "x": 1}
        for key in value:
            yield {f"{name}x" if name == key else name: part for name, part in value.items()}
            yield {name: part for name, part in value.items() if name != key}


def mutations(document: dict[str, Any], stride: int = 1) -> Iterator[tuple[Path_, Any]]:
    every = (
        (path, replaced(document, path, value))
        for path in list(places(document))
        if isinstance(at(document, path), (str, int, list, dict, type(None)))
        for value in changes(at(document, path))
    )
    for number, mutation in enumerate(every):
        if number % stride == 0:
            yield mutation


def test_any_one_change_is_refused_and_its_place_is_named(small: dict[str, Any]) -> None:
    assert verify(small).accepted
    tried = 0
    for path, other in mutations(small):
        tried += 1
        found = verify(other)
        assert not found.accepted, path
        step = found.refusals[0].step
        if path[:1] == ("about",):
            assert step == "headline", (path, found.text)
        elif path[:1] in (("nodes",), ("edges",), ("rules",)):
            named = re.fullmatch(r"(step|rule|edge) .*", step) or len(path) == 1
            assert named, (path, found.text)
        elif path[:1] == ("input",):
            assert step == "input" or step.startswith("step "), (path, found.text)
    assert tried > 1500


STRUCTURE = ("atom", "values", "literal", "rule", "kind", "id")


def test_a_false_step_is_refused_by_itself_though_everything_is_sealed_anew(
    document: dict[str, Any],
) -> None:
    """Bindings, atoms, literals, rules of steps and edges: seals play no part in these."""
    tried = 0
    for path, other in mutations(document, stride=5):
        if path[:1] == ("edges",) and len(path) > 1:
            pass
        elif path[:1] != ("nodes",) or len(path) < 3 or path[2] not in STRUCTURE:
            continue
        try:
            other = seal({**other, "input_sha256": digest(other["input"])})
        except (TypeError, AttributeError, IndexError, KeyError):
            continue
        tried += 1
        found = verify(other)
        assert not found.accepted, (path, at(document, path))
        assert found.refusals[0].step.startswith(("step ", "edge ")), found.text
        assert not any("changed after" in refusal.message for refusal in found.refusals)
    assert tried > 200


def test_words_that_were_sealed_anew_are_found_against_the_policy(
    document: dict[str, Any], loaded: LoadedClaim
) -> None:
    assert verify(document, policy=POLICY, facts=loaded.facts).accepted
    for position, node in enumerate(document["nodes"]):
        other = seal(replaced(document, ("nodes", position, "text"), "all is well"))
        assert verify(other).accepted
        found = verify(other, policy=POLICY)
        assert f"step {node['id']}: its sentence is not what the step says" in map(
            str, found.refusals
        )
    for name, value in [("carc", "45"), ("rarcs", []), ("document_lines", "1"), ("section", "X")]:
        other = seal(replaced(document, ("about", "citations", 0, name), value))
        (refusal,) = verify(other, policy=POLICY).refusals
        assert refusal.step == "headline"
        assert "R14-FAC-7" in refusal.message
    other = seal(
        replaced(document, ("about", "citations", 0, "exceptions_tried"), ["nobody was asked"])
    )
    (refusal,) = verify(other, policy=POLICY).refusals
    assert "names an exception" in refusal.message


def test_facts_that_were_made_up_are_found_against_the_claim(
    document: dict[str, Any], loaded: LoadedClaim
) -> None:
    for name, rows in document["input"].items():
        for position in range(len(rows)):
            given = {**document["input"], name: rows[:position] + rows[position + 1 :]}
            other = seal({**document, "input": given, "input_sha256": digest(given)})
            assert not verify(other, facts=loaded.facts).accepted, (name, rows[position])


@pytest.mark.parametrize(
    "module",
    [
        explain.certificate.bounds,
        explain.certificate.checker,
        explain.certificate.evaluator,
        explain.certificate.says,
        explain.certificate.shape,
    ],
)
def test_the_checker_is_small_and_shares_nothing_with_an_engine(module: Any) -> None:
    text = Path(module.__file__).read_text(encoding="utf-8")
    assert len(text.splitlines()) < 300
    imported = {
        name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in [getattr(node, "module", None) or node.names[0].name]
    }
    assert not any("engines" in name or "derivations" in name for name in imported)
    own = {name for name in imported if name.startswith(("facts", "kb", "explain"))}
    assert own <= {
        "explain.certificate.bounds",
        "explain.certificate.evaluator",
        "explain.certificate.says",
        "explain.certificate.seals",
        "explain.certificate.shape",
        "kb.language.parser",
        "kb.language.printer",
        "kb.language.ast",
        "kb.language.traversal",
    }

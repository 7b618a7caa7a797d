"""The cases of R14 in a few batches: those with the same settings and lists together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from kb.cases.runner import CLAIM_ID, Case, read_cases
from kb.knowledge_base import KnowledgeBase
from kb.language.ast import Query
from kb.language.parser import parse_query
from kb.language.values import Row
from kb.policy.loader import load_policy

POLICY = load_policy("r14")
GOALS = {
    "outcome": "outcome(C, L, O)",
    "cites": "cites(C, L, K, E)",
    "mattered": "mattered(C, L, K, N)",
    "allowed": "allowed(C, L, U)",
    "missing": "missing(C, L, N)",
    "assumption": "assumption(C, L, N)",
}
QUERIES: Mapping[str, Query] = {name: parse_query(goal) for name, goal in GOALS.items()}


@dataclass(slots=True)
class Batch:
    """Cases that one knowledge base can hold: claims and plans have names of their own."""

    case: Case
    lines: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    overrides: list[dict[str, Any]] = field(default_factory=list)

    def add(self, case: Case, number: int) -> None:
        def own(record: Mapping[str, Any]) -> dict[str, Any]:
            made = dict(record)
            if "claim_id" in made:
                made["claim_id"] = f"{CLAIM_ID}{number}"
            for key in ("plan_id", "contract_id", "authority_id"):
                if made.get(key):
                    made[key] = f"{made[key]}-{number}"
            return made

        self.lines += map(own, case.lines)
        self.evidence += map(own, case.evidence)
        self.overrides += map(own, case.overrides)

    def knowledge_base(self) -> KnowledgeBase:
        kb = self.case.knowledge_base(POLICY)
        return kb.with_claims(self.lines, self.evidence, self.overrides)


@dataclass(frozen=True, slots=True)
class Answered:
    """A batch with all its facts, and what pyDatalog answers claim by claim."""

    batch: Batch
    facts: dict[str, dict[Row, Any]]
    answers: dict[str, list[Row]]


@cache
def batches() -> tuple[Batch, ...]:
    cases, faults = read_cases(POLICY.folder)
    assert not faults
    found: dict[object, Batch] = {}
    for number, case in enumerate(cases, 1):
        key = (
            tuple(sorted(case.settings.items())),
            case.strict,
            repr(case.release),
            repr(case.precertification),
        )
        found.setdefault(key, Batch(case)).add(case, number)
    return tuple(found.values())


@cache
def answered() -> tuple[Answered, ...]:
    found = []
    for batch in batches():
        kb = batch.knowledge_base()
        assert not [item for item in kb.diagnostics if item.severity == "error"]
        facts: dict[str, dict[Row, Any]] = {}
        answers: dict[str, list[Row]] = {name: [] for name in QUERIES}
        for claim_id in kb.claims:
            loaded = kb.claim(claim_id)
            for name, rows in loaded.facts.items():
                facts.setdefault(name, {}).update(rows)
            for name, query in QUERIES.items():
                answers[name] += loaded.session.answers(query)
        found.append(Answered(batch, facts, {name: sorted(rows) for name, rows in answers.items()}))
    return tuple(found)

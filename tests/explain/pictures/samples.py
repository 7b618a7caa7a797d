"""Narratives of the policy's cases and of the bundled examples, and graphs of any shape."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import explain
from explain import Narrative, narrative_of, why
from explain.cli.loaded import load_claims
from explain.narrative.reasoning import GraphStep, ProofGraph, StepKind
from kb.cases.runner import read_cases
from kb.knowledge_base import KnowledgeBase
from kb.policy.loader import load_policy

POLICY = load_policy("r14")
CASES, _ = read_cases(POLICY.folder)
EXAMPLES = Path(explain.__file__).parent / "examples"

HOSTILE = (
    '"] n9 -> n1; //',
    "<script>alert(1)</script>",
    "]]><svg onload=alert(1)>",
    "back\\slash \\N \\G \\n",
    "%%{init: {'securityLevel': 'loose'}}%%",
    '"]:::adverse; click n1 "javascript:alert(1)"',
    "&lt;b&gt; &amp; &#60;",
    "#panic() $x$ *b* _i_ `c` @ref <label> [ ] //",
    "=cmd()|' /C calc'!A0",
    "\u05d0\u05d1\u05d2 \u0645\u0631\u062d\u0628\u0627 \U0001f489 \u4e2d\u6587",
    "1. list  # heading  --> end",
)
"""Texts that each mean something to one format or another."""


@cache
def narrative(clause_id: str) -> Narrative:
    """Return the narrative of a line that cites a clause, in the first case that fires it."""
    case = next(case for case in CASES if case.clause_id == clause_id and case.fires)
    known = case.knowledge_base(POLICY).with_claims(case.lines, case.evidence, case.overrides)
    for claim_id in known.claims:
        loaded = known.claim(claim_id)
        for line in loaded.claim.lines:
            found = why(loaded, line.line_number)
            if any(cited.clause.clause_id == clause_id for cited in found.citations):
                return narrative_of(found)
    raise LookupError(clause_id)


@cache
def example(claim_id: str, line_number: int, masked: bool = False) -> Narrative:
    """Return the narrative of a line of the bundled examples."""
    files = [str(EXAMPLES / f"{name}.837") for name in ("office", "hospital", "home")]
    beside = [str(EXAMPLES / "evidence.csv")]
    loaded = load_claims(KnowledgeBase.load("r14"), files, beside, None)
    return narrative_of(why(loaded.kb.claim(claim_id), line_number, masked=masked))


def graph(kinds: list[StepKind], edges: list[tuple[int, int]]) -> ProofGraph:
    """Return a graph of steps of some kinds, the first of which is the outcome."""
    steps = tuple(GraphStep(f"s{at}", kind, f"step {at}") for at, kind in enumerate(kinds))
    return ProofGraph(steps, tuple((f"s{above}", f"s{below}") for above, below in edges))

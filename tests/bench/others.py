"""The same claims through pyDatalog, SWI-Prolog and clingo, each as many as it bears."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from facts.readers.batch import Claim
from facts.readers.detect import open_claims
from kb.knowledge_base import KnowledgeBase
from kb.language.parser import parse_query
from kb.policy.folder import SHARED_RULES
from tests.bench.asp import fact_texts, program_text

Outcomes = dict[tuple[str, int], str]


class Measured(NamedTuple):
    """Lines, seconds from facts to answers, and whether the outcomes are those of pyDatalog."""

    name: str
    lines: int
    seconds: float
    agrees: bool


def first_claims(path: Path, lines: int) -> list[Claim]:
    """Return about the first lines of a file, in whole claims."""
    found = islice(open_claims(str(path)), lines // 5)
    return [claim for claim in found if isinstance(claim, Claim)]


def by_pydatalog(claims: list[Claim]) -> Outcomes:
    kb = KnowledgeBase.load("r14")
    return {(each.claim_id, each.line_number): each.outcome for each in kb.stream(claims)}


def by_swi(claims: list[Claim]) -> Outcomes:
    from tests.oracle.swi import OracleCase, ask_swi

    kb = KnowledgeBase.load("r14").with_claims(claims)
    rules = [*sorted(SHARED_RULES.glob("*.pl")), *sorted(kb.policy.folder.glob("*.pl"))]
    query = parse_query("outcome(C, L, O), cites(C, L, K, E)")
    every = parse_query("outcome(C, L, O)")
    cases = [OracleCase(kb.claim(claim_id).facts, [every, query]) for claim_id in kb.claims]
    found: Outcomes = {}
    for rows, _ in ask_swi(rules, cases):
        found.update({(claim, line): outcome for claim, line, outcome in rows})  # type: ignore[union-attr, misc]
    return found


def by_clingo(claims: list[Claim]) -> Outcomes:
    import clingo

    kb = KnowledgeBase.load("r14").with_claims(claims)
    program = kb.policy.program.program
    control = clingo.Control(["--warn=none"])
    control.add("base", [], program_text(program, [("outcome", 3), ("cites", 4)]))
    texts = {
        text for claim_id in kb.claims for text in fact_texts(kb.claim(claim_id).facts, program)
    }
    control.add("base", [], "\n".join(sorted(texts)))
    control.ground([("base", [])])
    found: Outcomes = {}
    with control.solve(yield_=True) as models:
        for model in models:
            for symbol in model.symbols(shown=True):
                if symbol.name == "outcome":
                    claim, line, outcome = symbol.arguments
                    found[claim.string, line.number] = outcome.string
    return found


def measure(path: Path, sizes: dict[str, int]) -> list[Measured]:
    """Return the figures of every engine that is installed."""
    engines: dict[str, Callable[[list[Claim]], Outcomes]] = {"pyDatalog": by_pydatalog}
    if shutil.which("swipl"):
        engines["SWI-Prolog"] = by_swi
    try:
        import clingo  # noqa: F401
    except ImportError:
        pass
    else:
        engines["clingo"] = by_clingo
    found = []
    for name, engine in engines.items():
        claims = first_claims(path, sizes[name])
        began = time.perf_counter()
        outcomes = engine(claims)
        seconds = time.perf_counter() - began
        expected = outcomes if name == "pyDatalog" else by_pydatalog(claims)
        found.append(Measured(name, len(outcomes), seconds, outcomes == expected))
    return found

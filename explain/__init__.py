"""Why: proofs, why-not, certificates. The names below load what they need when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explain.explanation import CitedClause, Explanation, why
    from explain.goal import prove
    from explain.narrate import narrative_of
    from explain.narrative import Narrative
    from explain.near_miss import Failure, Miss
    from explain.proof import Node, Proof
    from explain.verification import Verification, verify
    from explain.whynot import WhyNot, why_not, why_not_outcome

__all__ = [
    "CitedClause",
    "Explanation",
    "Failure",
    "Miss",
    "Narrative",
    "Node",
    "Proof",
    "Verification",
    "WhyNot",
    "narrative_of",
    "prove",
    "verify",
    "why",
    "why_not",
    "why_not_outcome",
]

_HOMES = {
    "CitedClause": "explain.explanation",
    "Explanation": "explain.explanation",
    "Failure": "explain.near_miss",
    "Miss": "explain.near_miss",
    "Narrative": "explain.narrative",
    "Node": "explain.proof",
    "Proof": "explain.proof",
    "Verification": "explain.verification",
    "WhyNot": "explain.whynot",
    "narrative_of": "explain.narrate",
    "prove": "explain.goal",
    "verify": "explain.verification",
    "why": "explain.explanation",
    "why_not": "explain.whynot",
    "why_not_outcome": "explain.whynot",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

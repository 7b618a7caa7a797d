"""Why: proofs, why-not, certificates. The names below load what they need when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explain.certificate.verify import Verification, verify
    from explain.explanation import Explanation, why
    from explain.narrative.builder import narrative_of
    from explain.narrative.explained import CitedClause
    from explain.narrative.model import Narrative
    from explain.proof.goal import prove
    from explain.proof.graph import Node, Proof
    from explain.why_not.near_miss import Failure, Miss
    from explain.why_not.why_not import WhyNot, why_not, why_not_outcome

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
    "CitedClause": "explain.narrative.explained",
    "Explanation": "explain.explanation",
    "Failure": "explain.why_not.near_miss",
    "Miss": "explain.why_not.near_miss",
    "Narrative": "explain.narrative.model",
    "Node": "explain.proof.graph",
    "Proof": "explain.proof.graph",
    "Verification": "explain.certificate.verify",
    "WhyNot": "explain.why_not.why_not",
    "narrative_of": "explain.narrative.builder",
    "prove": "explain.proof.goal",
    "verify": "explain.certificate.verify",
    "why": "explain.explanation",
    "why_not": "explain.why_not.why_not",
    "why_not_outcome": "explain.why_not.why_not",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

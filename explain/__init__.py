"""Explanations: why a claim line has its outcome and not another, as texts, documents and proofs.

Each name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explain.certificate.verify import Verification as Verification
    from explain.certificate.verify import verify as verify
    from explain.explanation import Explanation as Explanation
    from explain.explanation import why as why
    from explain.narrative.builder import narrative_of as narrative_of
    from explain.narrative.explained import CitedClause as CitedClause
    from explain.narrative.model import Narrative as Narrative
    from explain.proof.goal import prove as prove
    from explain.proof.graph import Node as Node
    from explain.proof.graph import Proof as Proof
    from explain.whynot.near_miss import Failure as Failure
    from explain.whynot.near_miss import Miss as Miss
    from explain.whynot.why_not import WhyNot as WhyNot
    from explain.whynot.why_not import why_not as why_not
    from explain.whynot.why_not import why_not_outcome as why_not_outcome

_HOMES = {
    "certificate.verify": ("Verification", "verify"),
    "explanation": ("Explanation", "why"),
    "narrative.builder": ("narrative_of",),
    "narrative.explained": ("CitedClause",),
    "narrative.model": ("Narrative",),
    "proof.goal": ("prove",),
    "proof.graph": ("Node", "Proof"),
    "whynot.near_miss": ("Failure", "Miss"),
    "whynot.why_not": ("WhyNot", "why_not", "why_not_outcome"),
}
_MODULES = {name: f"explain.{home}" for home, names in _HOMES.items() for name in names}
__all__ = sorted(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

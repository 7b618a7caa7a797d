"""The middle floor: what follows. Rules, checks, engines, policies and determinations.

Each name is imported when it is first used, so that a command imports no more than it needs.

Examples
--------
>>> from kb import KnowledgeBase
>>> KnowledgeBase.load("r14").policy.policy_id
'R14'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from facts.diagnostic import (
        ClausewiseError,
        Diagnostic,
        InputError,
        ProgramError,
        QueryError,
        UsageError,
    )
    from kb.adjudicate import LoadedClaim
    from kb.adjudication import Adjudication
    from kb.determination import Citation, Determination
    from kb.knowledge_base import KnowledgeBase
    from kb.policy import Policy
    from kb.policy_folder import bundled_policies
    from kb.relation import Relation

__all__ = [
    "Adjudication",
    "Citation",
    "ClausewiseError",
    "Determination",
    "Diagnostic",
    "InputError",
    "KnowledgeBase",
    "LoadedClaim",
    "Policy",
    "ProgramError",
    "QueryError",
    "Relation",
    "UsageError",
    "bundled_policies",
]

_HOMES = {
    "Adjudication": "kb.adjudication",
    "Citation": "kb.determination",
    "Determination": "kb.determination",
    "KnowledgeBase": "kb.knowledge_base",
    "LoadedClaim": "kb.adjudicate",
    "Policy": "kb.policy",
    "Relation": "kb.relation",
    "bundled_policies": "kb.policy_folder",
}
"""The module of each name that is not one of ``facts.diagnostic``."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module `kb` has no `{name}`")
    return getattr(import_module(_HOMES.get(name, "facts.diagnostic")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

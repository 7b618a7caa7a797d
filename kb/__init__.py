"""The knowledge base: rules, checks, engines, policies, claims and determinations.

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
    from kb.claims.determine import LoadedClaim
    from kb.claims.result import Adjudication
    from kb.knowledge_base import KnowledgeBase
    from kb.model.determination import Citation, Determination
    from kb.model.relation import Relation
    from kb.policy.folder import bundled_policies
    from kb.policy.loader import Policy

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
    "Adjudication": "kb.claims.result",
    "Citation": "kb.model.determination",
    "Determination": "kb.model.determination",
    "KnowledgeBase": "kb.knowledge_base",
    "LoadedClaim": "kb.claims.determine",
    "Policy": "kb.policy.loader",
    "Relation": "kb.model.relation",
    "bundled_policies": "kb.policy.folder",
}
"""The module of each name that is not one of ``facts.diagnostic``."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module `kb` has no `{name}`")
    try:
        home = import_module(_HOMES.get(name, "facts.diagnostic"))
    except ModuleNotFoundError as fault:
        if (fault.name or "").startswith("facts."):
            raise ImportError("`facts` is another module: `import clausewise` says which") from None
        raise
    return getattr(home, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

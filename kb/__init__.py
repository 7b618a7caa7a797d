"""The middle floor: what follows. Rules, checks, engines, policies and determinations.

Examples
--------
>>> from kb import KnowledgeBase
>>> KnowledgeBase.load("r14").policy.policy_id
'R14'
"""

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
from kb.policy import Policy, bundled_policies
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

"""What remittances add to the facts of a claim, and what verdicts on them rest on."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

from facts.claim import Trace
from facts.origin import Origin
from kb.claims.assertions import FactStore
from kb.matching.facts import claim_level_facts, remittance_facts
from kb.matching.families import family_facts
from kb.policy.folder import SHARED_RULES

if TYPE_CHECKING:
    from kb.engines.protocol import Facts
    from kb.matching.lines import MatchedLine
    from kb.policy.loader import Policy


def verdict_facts(policy: Policy) -> FactStore:
    """Return what verdicts rest on for every claim: codes of clauses, families of reasons.

    Parameters
    ----------
    policy : Policy
        A policy with the rules of verdicts; of any other there is nothing.
    """
    store: FactStore = {}
    if not policy.tells_verdicts:
        return store
    for clause in policy.clauses.values():
        origin = Origin("clauses.toml", clause.clause_id, clause.document_lines)
        if clause.carc:
            store.setdefault("clause_carc", {})[clause.clause_id, clause.carc] = [origin]
        for rarc in clause.rarcs:
            store.setdefault("clause_rarc", {})[clause.clause_id, rarc] = [origin]
    for predicate, row, origin in family_facts(SHARED_RULES, policy.folder):
        store.setdefault(predicate, {}).setdefault(row, []).append(origin)
    return store


def with_remittance(facts: Facts, claim_id: str, matched: Iterable[MatchedLine]) -> Facts:
    """Return the facts of a claim with those of the remittance lines that answer it.

    Parameters
    ----------
    facts : Facts
        What the claim, the policy and the settings assert.
    claim_id : str
        The claim.
    matched : iterable of MatchedLine
        Its lines with what answers them.
    """
    store: FactStore = {}
    answered = tuple(matched)
    said = chain.from_iterable(remittance_facts(claim_id, line) for line in answered)
    for predicate, row, places in chain(said, claim_level_facts(claim_id, answered)):
        origins = [_origin(trace, field) for trace, field in places]
        store.setdefault(predicate, {})[row] = list(dict.fromkeys(origins))
    return {**facts, **store}


def _origin(trace: Trace | None, field: str) -> Origin:
    return trace.origin(field) if trace is not None else Origin("remittance given in Python", field)

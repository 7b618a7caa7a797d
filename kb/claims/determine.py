"""Determine every line of one claim: ask the engine, gather the answers per line."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from kb.language.values import Value
from kb.model.clause import EFFECTS
from kb.model.determination import Determination, citation_of

if TYPE_CHECKING:
    from facts.readers.batch import Claim
    from kb.engines.protocol import Facts, Session
    from kb.language.ast import Query
    from kb.policy.loader import Policy


@dataclass(frozen=True, slots=True, eq=False)
class LoadedClaim:
    """One claim with everything that its determination depends on.

    Parameters
    ----------
    policy : Policy
        The policy that decides.
    claim : Claim
        The lines of the claim.
    facts : mapping
        Input facts of the claim, of the policy and of the settings, with their origins.
    session : Session
        An engine over the policy's program and these facts.
    """

    policy: Policy
    claim: Claim
    facts: Facts
    session: Session


def determine(loaded: LoadedClaim) -> list[Determination]:
    """Return the determination of every line of a claim, in the order of its lines.

    Parameters
    ----------
    loaded : LoadedClaim
        The claim with its facts and a session.

    Returns
    -------
    list of Determination
        As many as the claim has lines.
    """
    policy, session = loaded.policy, loaded.session

    def per_line(predicate: str, arity: int) -> dict[Value, list[tuple[Value, ...]]]:
        answers: dict[Value, list[tuple[Value, ...]]] = defaultdict(list)
        for row in session.answers(_all_of(predicate, arity)):
            answers[row[1]].append(row[2:])
        return answers

    outcomes = per_line("outcome", 3)
    cites = per_line("cites", 4)
    mattered = per_line("mattered", 4) if cites else {}
    allowed = per_line("allowed", 3) if cites else {}
    missing = per_line("missing", 3)
    assumptions = per_line("assumption", 3)
    order = _register_order(policy)

    determinations = []
    for line in loaded.claim.lines:
        number = line.line_number
        citations = [
            citation_of(clause, effect, mattered.get(number, []), clause.reason(line))
            for clause, effect in (
                (policy.clauses[str(name)], str(effect)) for name, effect in cites.get(number, ())
            )
        ]
        citations.sort(
            key=lambda citation: (EFFECTS.index(citation.effect), order[citation.clause_id])
        )
        ((outcome,),) = outcomes[number]
        limits = allowed.get(number)
        determinations.append(
            Determination(
                line.claim_id,
                number,
                str(outcome),
                tuple(citations),
                limits[0][0] if limits else None,  # type: ignore[arg-type]
                _names(missing.get(number, [])),
                _names(assumptions.get(number, [])) if outcome == "reimbursable" else (),
                policy.policy_id,
                policy.version,
                policy.program_sha256,
            )
        )
    return determinations


def _names(rows: list[tuple[Value, ...]]) -> tuple[str, ...]:
    return tuple(sorted({str(row[0]) for row in rows}))


@cache
def _all_of(predicate: str, arity: int) -> Query:
    from kb.language.ast import Atom, Query, Relational, Variable

    terms = tuple(Variable(f"V{position}") for position in range(arity))
    return Query((Relational(Atom(predicate, terms)),))


@cache
def _register_order(policy: Policy) -> dict[str, int]:
    return {clause_id: position for position, clause_id in enumerate(policy.clauses)}

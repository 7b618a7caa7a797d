"""Determine every line of one claim: ask the engine, gather the answers per line."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from kb.claims.arguments import wrong
from kb.language.values import Row, Value
from kb.model.determination import Determination
from kb.model.maker import READING_IN_FAVOUR, DeterminationMaker

if TYPE_CHECKING:
    from facts.readers.batch import Claim
    from kb.engines.protocol import Facts, Session
    from kb.language.ast import Query
    from kb.policy.loader import Policy

_PREDICATES = {
    "outcome": 3,
    "cites": 4,
    "mattered": 4,
    "allowed": 3,
    "missing": 3,
    "assumption": 3,
}
"""The predicates that a determination is made of, and their arities."""

_ONLY_OF_CITED = ("mattered", "allowed")
"""Those that conclude nothing where no clause is cited."""


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


def check_loaded(loaded: object) -> None:
    """Raise a UsageError for what is no claim of a knowledge base.

    Parameters
    ----------
    loaded : object
        What a caller gives.
    """
    if not isinstance(loaded, LoadedClaim):
        raise wrong(
            "a claim to explain", loaded, 'give a claim of a knowledge base: kb.claim("C1")'
        )


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
    concluded: dict[Value, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for predicate, arity in _PREDICATES.items():
        if predicate in _ONLY_OF_CITED and not any("cites" in said for said in concluded.values()):
            continue
        for row in loaded.session.answers(all_of(predicate, arity)):
            concluded[row[1]][predicate].append(row[2:])
    if loaded.policy.tells_readings:
        for row in loaded.session.answers(all_of(READING_IN_FAVOUR, 3)):
            concluded[row[1]][READING_IN_FAVOUR].append(row[2:])
    maker = _maker(loaded.policy)
    return [maker.make(concluded[line.line_number], line) for line in loaded.claim.lines]


@cache
def all_of(predicate: str, arity: int) -> Query:
    """Return the goal of all rows of a ``predicate`` of some ``arity``."""
    from kb.language.ast import Atom, Query, Relational, Variable

    terms = tuple(Variable(f"V{position}") for position in range(arity))
    return Query((Relational(Atom(predicate, terms)),))


@cache
def _maker(policy: Policy) -> DeterminationMaker:
    return DeterminationMaker(policy, policy.tells_readings)

"""The claims that a knowledge base knows, those asked about last kept open."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from facts.claim import Evidence, Override
from facts.diagnostic import Diagnostic, InputError
from facts.readers.batch import Claim
from facts.remittance import RemittedClaim
from facts.schema import CLASSIFIED_COLUMNS
from facts.suggest import near_help
from kb.claims.inputs import (
    Claims,
    EvidenceInput,
    OverrideInput,
    RemittanceInput,
    check_inputs,
    claim_stream,
)
from kb.claims.result import note_lines
from kb.language.values import Value
from kb.matching.claims import Matching, match_claims

if TYPE_CHECKING:
    from facts.readers.evidence import EvidenceIndex
    from kb.claims.assertions import FactStore
    from kb.claims.determine import LoadedClaim
    from kb.claims.loader import ClaimLoader
    from kb.engines.protocol import Session
    from kb.language.ast import Query

_WARM_CLAIMS = 16
"""Claims whose sessions are kept open for the next query."""


def _no_evidence() -> EvidenceIndex:
    from facts.readers.evidence import EvidenceIndex

    return EvidenceIndex()


@dataclass(slots=True, eq=False)
class KnownClaims:
    """Claims with their evidence and the overrides. It may be used from several threads.

    Parameters
    ----------
    loader : ClaimLoader
        Loads a claim with its facts.
    claims : dict of claim id to Claim
        The claims by id.
    evidence : EvidenceIndex
        Their evidence.
    overrides : tuple of Override
        Overrides of clauses.
    matching : Matching
        What remittances answer to their lines.
    answers : tuple of RemittedClaim
        The claims of the remittances, where they have to be matched with further claims.
    """

    loader: ClaimLoader
    claims: dict[str, Claim] = field(default_factory=dict)
    evidence: EvidenceIndex = field(default_factory=_no_evidence)
    overrides: tuple[Override, ...] = ()
    matching: Matching = field(default_factory=Matching)
    answers: tuple[RemittedClaim, ...] = ()
    _shared: FactStore = field(init=False)
    _warm: OrderedDict[str, LoadedClaim] = field(init=False, default_factory=OrderedDict)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._shared = self.loader.shared_facts(self.overrides)

    def __reduce__(self) -> tuple[Any, ...]:
        given = (self.loader, self.claims, self.evidence, self.overrides)
        return KnownClaims, (*given, self.matching, self.answers)

    def claim(self, claim_id: str) -> LoadedClaim:
        """Return one claim with its facts and an open session, kept warm for the next question.

        Parameters
        ----------
        claim_id : str
            Id of the claim.

        Raises
        ------
        InputError
            If there is no such claim.
        """
        with self._lock:
            loaded = self._warm.get(claim_id)
            if loaded is not None:
                self._warm.move_to_end(claim_id)
                return loaded
        claim = self.claims.get(claim_id)
        if claim is None:
            help = near_help(claim_id, self.claims, "")
            raise InputError.of(f"there is no claim `{claim_id}`", help)
        matched = self.matching.matched.get(claim_id, ())
        loaded = self.loader.load(claim, self.evidence, self._shared, matched)
        with self._lock:
            self._warm[claim_id] = loaded
            while len(self._warm) > _WARM_CLAIMS:
                self._warm.popitem(last=False)
        return loaded

    def evidence_for(self, claim_id: str) -> Sequence[Evidence]:
        """Return the evidence of the claim of a ``claim_id``."""
        claim = self.claims.get(claim_id)
        return self.evidence.for_claim(claim_id, claim.part if claim is not None else None)

    def sessions(self, query: Query, bound: Mapping[str, Value]) -> Iterator[Session]:
        """Yield the sessions whose answers together are the answers of the query.

        A goal that speaks of one claim at a time is answered claim by claim.

        Parameters
        ----------
        query : Query
            A checked goal.
        bound : mapping of str to Value
            Values that its variables have.
        """
        from kb.claims.goals import claim_apart, claim_terms, texts_of_goal
        from kb.language.ast import Constant

        program = self.loader.policy.program
        term = claim_apart(query, program)
        if term is not None:
            wanted = term.value if isinstance(term, Constant) else bound.get(term.name)
            if wanted is None:
                for claim_id in self.claims:
                    yield self.claim(claim_id).session
            elif wanted in self.claims:
                yield self.claim(str(wanted)).session
            return
        facts: FactStore = {name: dict(rows) for name, rows in self._shared.items()}
        if claim_terms(query, program):
            for claim_id in self.claims:
                for name, rows in self.claim(claim_id).facts.items():
                    facts.setdefault(name, {}).update(rows)  # type: ignore[arg-type]
        for value in texts_of_goal(query, bound):
            for column in CLASSIFIED_COLUMNS:
                for name, rows in self.loader.classifier.facts(column, value).items():
                    facts.setdefault(name, {}).update(rows)
        yield self.loader.session(facts)


def known_claims(
    before: KnownClaims,
    lines: Claims,
    evidence: EvidenceInput,
    overrides: OverrideInput,
    remittances: RemittanceInput = (),
) -> tuple[KnownClaims, tuple[Diagnostic, ...]]:
    """Return known claims and some lines, with their evidence and overrides, and all that is wrong.

    Parameters
    ----------
    before : KnownClaims
        What is known already, which is kept; a claim that is given again takes its place.
    lines, evidence, overrides, remittances
        As for ``RuleBase.with_claims``.
    """
    check_inputs(lines, evidence, overrides)
    loader, stream = before.loader, claim_stream(lines)
    claims = dict(before.claims)
    found: list[Diagnostic] = []
    for claim in stream:
        if isinstance(claim, Claim):
            claims[claim.claim_id] = claim
        else:
            found.extend(claim.diagnostics)
    found.extend(stream.diagnostics)
    index = loader.evidence(evidence)
    if len(before.evidence):
        index = loader.evidence((*before.evidence, *index)).with_faults_of(index)
    whole = loader.overrides(overrides, found)
    if before.overrides:
        whole = loader.overrides((*before.overrides, *whole), found)
    answers, matching = before.answers, remittances
    if not isinstance(matching, Matching):
        answers = (*answers, *matching)
        matching = match_claims({key: claim.lines for key, claim in claims.items()}, answers)
    known = KnownClaims(loader, claims, index, whole, matching, answers)
    seen: dict[str, list[int]] = {}
    for claim in claims.values():
        note_lines(seen, claim)
    return known, (*found, *index.diagnostics, *index.unused(seen))

"""Puts together everything that the determination of a claim depends on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from facts.claim import Override
from facts.diagnostic import Diagnostic, QueryError
from facts.readers.batch import Claim, ClaimStream
from kb.claims.assertions import Classifier, FactStore, claim_facts, policy_facts
from kb.claims.determine import LoadedClaim, determine
from kb.claims.inputs import evidence_index, override_items
from kb.claims.remitted import verdict_facts, with_remittance
from kb.claims.result import Adjudication, accepted, undetermined
from kb.model.determination import Determination

if TYPE_CHECKING:
    from facts.codes import CodeTable
    from facts.readers.code_lists import HcpcsRelease
    from facts.readers.evidence import EvidenceIndex
    from kb.claims.inputs import EvidenceInput, OverrideInput
    from kb.engines.protocol import Engine, Facts, Session
    from kb.matching.lines import MatchedLine
    from kb.policy.loader import Policy


class ClaimLoader:
    """A policy with its settings, its lists and an engine; it never changes.

    Parameters
    ----------
    policy : Policy
        The policy that decides.
    settings : mapping of str to str
        Every switch with its value, and ``strict``.
    release : HcpcsRelease, optional
        The HCPCS release, where one is loaded.
    precertification : CodeTable, optional
        The codes that need precertification, where a list is loaded.
    engine : Engine, optional
        pyDatalog where nothing is given.

    Examples
    --------
    >>> from facts.readers.records import read_claims_from_records
    >>> from kb.policy.loader import load_policy
    >>> from kb.claims.settings import complete_settings
    >>> policy = load_policy("r14")
    >>> settings = complete_settings(policy, {}, strict=False)
    >>> loader = ClaimLoader(policy, settings, None, None)
    >>> (claim,) = read_claims_from_records([
    ...     {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
    ...      "service_date": "2018-06-01", "procedure_code": "J7050"}])
    >>> loaded = loader.load(claim, loader.evidence([]), loader.shared_facts([]))
    >>> [each.outcome for each in determine(loaded)]
    ['bundled']
    """

    def __init__(
        self,
        policy: Policy,
        settings: Mapping[str, str],
        release: HcpcsRelease | None,
        precertification: CodeTable | None,
        engine: Engine | None = None,
    ) -> None:
        self.policy = policy
        self._settings = settings
        self.given_engine = engine
        tables = dict(policy.tables)
        lists = []
        if release is not None:
            lists.append("hcpcs_release")
        if precertification is not None:
            tables["precertification_list"] = precertification
            lists.append("precertification_list")
        self._lists = tuple(lists)
        self.classifier = Classifier(tables, release)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_engine"}

    def shared_facts(self, overrides: Iterable[Override]) -> FactStore:
        """Return the facts that are the same for every claim.

        Parameters
        ----------
        overrides : iterable of Override
            Overrides of clauses.
        """
        clauses = self.policy.clauses.values()
        shared = policy_facts(clauses, self._settings, overrides, self._lists)
        return {**shared, **verdict_facts(self.policy)}

    def evidence(self, evidence: EvidenceInput) -> EvidenceIndex:
        """Return evidence by claim, checked against what the policy declares."""
        return evidence_index(evidence, self.policy.evidence_types)

    def overrides(self, overrides: OverrideInput, notes: list[Diagnostic]) -> tuple[Override, ...]:
        """Return overrides, checked against the policy's clauses; add what is worth a note.

        Parameters
        ----------
        overrides : OverrideInput
            What a reader returns, or dicts.
        notes : list of Diagnostic
            Collects warnings.
        """
        return override_items(overrides, tuple(self.policy.clauses), notes)

    def given(
        self, evidence: EvidenceInput, overrides: OverrideInput, result: Adjudication
    ) -> tuple[EvidenceIndex, FactStore]:
        """Return evidence by claim and the facts that every claim shares; faults are reported.

        Parameters
        ----------
        evidence : EvidenceInput
            The evidence of all claims.
        overrides : OverrideInput
            Overrides of clauses.
        result : Adjudication
            Collects what is wrong.
        """
        index = self.evidence(evidence)
        result.diagnostics.extend(index.diagnostics)
        return index, self.shared_facts(self.overrides(overrides, result.diagnostics))

    def load(
        self,
        claim: Claim,
        evidence: EvidenceIndex,
        shared: FactStore,
        matched: Sequence[MatchedLine] = (),
    ) -> LoadedClaim:
        """Return a claim with its facts and a session over them.

        Parameters
        ----------
        claim : Claim
            The lines of the claim.
        evidence : EvidenceIndex
            The evidence of all claims.
        shared : FactStore
            What ``shared_facts`` returns.
        matched : sequence of MatchedLine, optional
            What remittances answer to its lines.
        """
        facts = claim_facts(
            claim.lines, evidence.for_claim(claim.claim_id, claim.part), self.classifier, shared
        )
        if matched:
            facts = with_remittance(facts, claim.claim_id, matched)
        return LoadedClaim(self.policy, claim, facts, self.session(facts))

    @cached_property
    def _engine(self) -> Engine:
        """The engine, imported when a claim first needs it: a bulk run never does."""
        return self.given_engine or _default_engine()

    def session(self, facts: Facts) -> Session:
        """Return a session of the engine over the policy's program and some facts."""
        return self._engine.open(self.policy.program, facts)

    def determinations(
        self, stream: ClaimStream, evidence: EvidenceIndex, shared: FactStore, result: Adjudication
    ) -> Iterator[Determination]:
        """Yield the determinations of the claims of a stream; gather all else in the result.

        Parameters
        ----------
        stream : ClaimStream
            Claims as a reader streams them.
        evidence : EvidenceIndex
            The evidence of all claims.
        shared : FactStore
            What ``shared_facts`` returns.
        result : Adjudication
            Collects what is wrong.
        """
        for claim in accepted(stream, evidence, result):
            try:
                determinations = determine(self.load(claim, evidence, shared))
            except QueryError as fault:
                result.reject(undetermined(claim, fault))
                stream.tally.lines_rejected += len(claim.lines)
                stream.tally.claims_rejected += 1
                continue
            stream.tally.lines_determined += len(determinations)
            if result.watch is not None:
                result.watch(claim.lines, determinations)
            if self.policy.tells_readings:
                for line, each in zip(claim.lines, determinations, strict=True):
                    result.readings.add(each.readings_in_favour or (), 1, line.charge)
            yield from determinations


def _default_engine() -> Engine:
    from kb.engines.pydatalog import PyDatalogEngine

    return PyDatalogEngine()

"""The knowledge base: a policy with its settings, ready to adjudicate claims and answer queries."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from facts.claim import ClaimLine, Evidence, Override
from facts.codes import CodeTable
from facts.diagnostic import Diagnostic, InputError, QueryError
from facts.readers.batch import Claim, ClaimStream, RejectedClaim
from facts.readers.code_lists import HcpcsRelease, read_hcpcs_release, read_precertification_list
from facts.readers.evidence import EvidenceIndex, index_evidence
from facts.readers.overrides import collect_overrides
from facts.readers.records import read_claims_from_records
from facts.suggest import nearest
from kb.adjudicate import LoadedClaim, determine
from kb.adjudication import Adjudication, accepted, undetermined
from kb.arguments import (
    Bound,
    bound_values,
    check_claim_id,
    check_goal,
    check_path,
    check_rows,
)
from kb.assertions import CLASSIFIED_COLUMNS, Classifier, FactStore, claim_facts, policy_facts
from kb.checks.checked import check_query
from kb.determination import Determination
from kb.engines.protocol import Engine, Session
from kb.goals import claim_apart, claim_terms, texts_of_goal
from kb.language.parse import parse_query
from kb.language.syntax import Constant, Query
from kb.language.value import Value, row_key
from kb.language.variables import named_variables
from kb.policy import Policy, load_policy
from kb.relation import Relation
from kb.settings import complete_settings

Claims: TypeAlias = Iterable[Claim | RejectedClaim] | Iterable[ClaimLine | Mapping[str, Any]]
"""Claims as a reader streams them, or lines as records or plain dicts."""

EvidenceInput: TypeAlias = EvidenceIndex | Iterable[Evidence | Mapping[str, Any]]
OverrideInput: TypeAlias = Iterable[Override | Mapping[str, Any]]

_WARM_CLAIMS = 16
"""Claims whose sessions a knowledge base keeps open for the next query."""


class KnowledgeBase:
    """A policy, its settings and, where given, claims to ask about.

    A knowledge base never changes, nor does its policy; what looks like a change gives a new one.
    It may be used from several threads.

    Parameters
    ----------
    policy : Policy
    settings : mapping of str to str, optional
        Values of the policy's switches; the others keep their defaults.
    strict : bool, optional
        Whether a fact that nobody supplied pends a line instead of being assumed in its favour.
    release : HcpcsRelease, optional
    precertification : CodeTable, optional
    engine : Engine, optional
        pyDatalog where nothing is given.

    Raises
    ------
    UsageError
        If a setting or its value is unknown.

    See Also
    --------
    KnowledgeBase.load : what most callers want.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        settings: Mapping[str, str] | None = None,
        strict: bool = False,
        release: HcpcsRelease | None = None,
        precertification: CodeTable | None = None,
        engine: Engine | None = None,
    ) -> None:
        self.policy = policy
        self.settings = complete_settings(policy, {} if settings is None else settings, strict)
        self.release = release
        self.precertification = precertification
        self._engine = engine or _default_engine()
        tables = dict(policy.tables)
        lists = []
        if release is not None:
            lists.append("hcpcs_release")
        if precertification is not None:
            tables["precertification_list"] = precertification
            lists.append("precertification_list")
        self._lists = tuple(lists)
        self._classifier = Classifier(tables, release)
        self._claims: dict[str, Claim] = {}
        self._evidence = EvidenceIndex()
        self._overrides: tuple[Override, ...] = ()
        self._shared = self._shared_facts(())
        self._warm: OrderedDict[str, LoadedClaim] = OrderedDict()
        self._lock = threading.Lock()
        self.diagnostics: tuple[Diagnostic, ...] = ()

    @classmethod
    def load(
        cls,
        policy: str | Path = "r14",
        *,
        settings: Mapping[str, str] | None = None,
        strict: bool = False,
        hcpcs: str | Path | None = None,
        precertification: str | Path | None = None,
        engine: Engine | None = None,
    ) -> KnowledgeBase:
        """Load a policy by its name or from its folder, and check all of it.

        Parameters
        ----------
        policy : str or Path
            ``"r14"`` or a policy folder.
        settings : mapping of str to str, optional
            As in ``{"effective_basis": "processed_date"}``.
        strict : bool, optional
        hcpcs : path, optional
            A HCPCS release: the fixed-width file of CMS, or a CSV file.
        precertification : path, optional
            A CSV file of the codes that need precertification.
        engine : Engine, optional

        Returns
        -------
        KnowledgeBase

        Raises
        ------
        ProgramError
            If the policy folder has faults.
        UsageError
            If a setting is unknown.
        InputError
            If a list cannot be read.

        Examples
        --------
        >>> kb = KnowledgeBase.load("r14")
        >>> line = {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
        ...         "service_date": "2018-06-01", "place_of_service": "22",
        ...         "procedure_code": "96365", "units": 1}
        >>> [(d.outcome, d.clause_ids) for d in kb.adjudicate([line])]
        [('denied', ('R14-FAC-1',))]
        """
        check_path(policy, "a policy", 'give a name, as in "r14", or a folder')
        for noun, path in (
            ("a HCPCS release", hcpcs),
            ("a precertification list", precertification),
        ):
            if path is not None:
                check_path(path, noun, "give the path of its file")
        return cls(
            load_policy(policy),
            settings=settings,
            strict=strict,
            release=read_hcpcs_release(hcpcs) if hcpcs is not None else None,
            precertification=(
                read_precertification_list(precertification)
                if precertification is not None
                else None
            ),
            engine=engine,
        )

    def with_claims(
        self, lines: Claims, evidence: EvidenceInput = (), overrides: OverrideInput = ()
    ) -> KnowledgeBase:
        """Return a knowledge base that also knows some claims.

        Parameters
        ----------
        lines : iterable
            What a reader returns, or claim lines as ``ClaimLine`` or dicts.
        evidence, overrides : iterable, optional
            What a reader returns, or dicts.

        Returns
        -------
        KnowledgeBase
            Its ``diagnostics`` tell what could not be read.

        Raises
        ------
        InputError
            If evidence or overrides have errors.
        UsageError
            If an argument is none of these.
        """
        _check_inputs(lines, evidence, overrides)
        other = self._copy()
        stream = _stream(lines)
        found: list[Diagnostic] = []
        for claim in stream:
            if isinstance(claim, Claim):
                other._claims[claim.claim_id] = claim
            else:
                found.extend(claim.diagnostics)
        found.extend(stream.diagnostics)
        other._evidence = self._index(evidence)
        other._overrides = self._collect(overrides, found)
        other._shared = other._shared_facts(other._overrides)
        seen = {
            key: [line.line_number for line in claim.lines] for key, claim in other._claims.items()
        }
        other.diagnostics = (*found, *other._evidence.diagnostics, *other._evidence.unused(seen))
        return other

    def adjudicate(
        self, lines: Claims, evidence: EvidenceInput = (), overrides: OverrideInput = ()
    ) -> Adjudication:
        """Determine every line of some claims.

        Parameters
        ----------
        lines : iterable
            What a reader returns, or claim lines as ``ClaimLine`` or dicts with the columns of
            the claim table.
        evidence, overrides : iterable, optional
            What a reader returns, or dicts.

        Returns
        -------
        Adjudication
            Determinations in the order of the claims; what could not be read is told in its
            ``diagnostics`` and counted in its ``tally``.

        Raises
        ------
        InputError
            If an override has errors.
        UsageError
            If an argument is none of these: a path is read by a reader first.

        Examples
        --------
        >>> kb = KnowledgeBase.load("r14")
        >>> saline = {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
        ...           "service_date": "2018-06-01", "procedure_code": "J7050", "units": "1"}
        >>> kb.adjudicate([saline])[0].outcome
        'bundled'
        """
        result = Adjudication()
        for item in self.stream(lines, evidence, overrides, result):
            if isinstance(item, Determination):
                result.determinations.append(item)
        return result

    def stream(
        self,
        lines: Claims,
        evidence: EvidenceInput = (),
        overrides: OverrideInput = (),
        result: Adjudication | None = None,
    ) -> Iterator[Determination]:
        """Yield determinations one at a time; memory does not grow with the claims.

        Parameters
        ----------
        lines, evidence, overrides
            As for ``adjudicate``.
        result : Adjudication, optional
            Gathers diagnostics and the tally, not the determinations.

        Yields
        ------
        Determination

        Raises
        ------
        InputError, UsageError
            As ``adjudicate``.
        """
        _check_inputs(lines, evidence, overrides)
        result = result if result is not None else Adjudication()
        index = self._index(evidence)
        result.diagnostics.extend(index.diagnostics)
        shared = self._shared_facts(self._collect(overrides, result.diagnostics))
        return self._determinations(_stream(lines), index, shared, result)

    def _determinations(
        self, stream: ClaimStream, index: EvidenceIndex, shared: FactStore, result: Adjudication
    ) -> Iterator[Determination]:
        for claim in accepted(stream, index, result):
            try:
                determinations = determine(self._load(claim, index, shared))
            except QueryError as fault:
                result.reject(undetermined(claim, fault))
                stream.tally.lines_rejected += len(claim.lines)
                stream.tally.claims_rejected += 1
                continue
            stream.tally.lines_determined += len(determinations)
            yield from determinations

    def query(self, goal: str | Query, /, **bound: Bound) -> Relation:
        """Answer a goal over the claims that the knowledge base knows.

        Parameters
        ----------
        goal : str or Query
            A conjunction in the rule language, as in ``"denied(C, L, Clause)"``.
        **bound
            Values of variables, as in ``C="CLM1"``: text, dates, whole numbers, ``Decimal``. They
            are bound, never pasted into text.

        Returns
        -------
        Relation
            A goal without variables has no columns, and one empty row where it holds.

        Raises
        ------
        QueryError
            If the goal has faults, or binds a variable that it does not have, or a value of
            another type.
        UsageError
            If the goal is neither text nor a query.

        Examples
        --------
        >>> kb = KnowledgeBase.load("r14").with_claims([
        ...     {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
        ...      "service_date": "2018-06-01", "place_of_service": "22",
        ...      "procedure_code": "96365"}])
        >>> kb.query("denied(C, L, Clause)", C="C1").rows
        (('C1', 1, 'R14-FAC-1'),)
        """
        values = bound_values(bound)
        query = self.parse(goal, values)
        columns = named_variables(query.body)
        for name in values:
            if name not in columns:
                near = nearest(name, columns)
                raise QueryError(
                    [
                        Diagnostic(
                            "error",
                            f"the goal has no variable `{name}`",
                            None,
                            f"did you mean `{near}`?" if near else "",
                        )
                    ]
                )
        rows: set[tuple[Value, ...]] = set()
        for session in self._sessions(query, values):
            rows.update(session.answers(query, values))
        return Relation(columns, tuple(sorted(rows, key=row_key)))

    def query_stream(
        self,
        goal: Query,
        lines: Claims,
        evidence: EvidenceInput = (),
        overrides: OverrideInput = (),
        result: Adjudication | None = None,
    ) -> Relation:
        """Answer a goal that speaks of one claim at a time over claims that are not kept.

        Parameters
        ----------
        goal : Query
            Checked, with ``one_claim_at_a_time``.
        lines, evidence, overrides
            As for ``adjudicate``.
        result : Adjudication, optional
            Gathers diagnostics and the tally.

        Returns
        -------
        Relation
            Memory grows with the answers alone.

        Examples
        --------
        >>> kb = KnowledgeBase.load("r14")
        >>> line = {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
        ...         "service_date": "2018-06-01", "procedure_code": "J7050"}
        >>> kb.query_stream(kb.parse("outcome(C, L, O)"), [line]).rows
        (('C1', 1, 'bundled'),)
        """
        result = result if result is not None else Adjudication()
        index = self._index(evidence)
        result.diagnostics.extend(index.diagnostics)
        shared = self._shared_facts(self._collect(overrides, result.diagnostics))
        rows: set[tuple[Value, ...]] = set()
        for claim in accepted(_stream(lines), index, result):
            rows.update(self._load(claim, index, shared).session.answers(goal, {}))
        columns = named_variables(goal.body)
        return Relation(columns, tuple(sorted(rows, key=row_key)))

    def one_claim_at_a_time(self, query: Query) -> bool:
        """Tell whether a goal speaks of one claim at a time."""
        return claim_apart(query, self.policy.program) is not None

    def parse(self, goal: str | Query, bound: Mapping[str, Value] | None = None) -> Query:
        """Parse and check a goal against the program.

        Parameters
        ----------
        goal : str or Query
        bound : mapping of variable name to value, optional
            Values that variables of the goal will have.

        Returns
        -------
        Query

        Raises
        ------
        QueryError
            With everything that is wrong in it.
        """
        check_goal(goal, Query)
        query = parse_query(goal) if isinstance(goal, str) else goal
        faults = [
            diagnostic
            for diagnostic in check_query(query, self.policy.program, bound)
            if diagnostic.severity == "error"
        ]
        if faults:
            raise QueryError(faults)
        return query

    @property
    def claims(self) -> Mapping[str, Claim]:
        """The claims that the knowledge base knows, by id."""
        return MappingProxyType(self._claims)

    def evidence_for(self, claim_id: str) -> Sequence[Evidence]:
        """Return the evidence that the knowledge base knows of a claim."""
        return self._evidence.for_claim(claim_id)

    def claim(self, claim_id: str) -> LoadedClaim:
        """Return one claim with its facts and an open session, kept warm for the next question.

        Raises
        ------
        InputError
            If there is no such claim.
        UsageError
            If the id is no text.
        """
        check_claim_id(claim_id)
        with self._lock:
            loaded = self._warm.get(claim_id)
            if loaded is not None:
                self._warm.move_to_end(claim_id)
                return loaded
        claim = self._claims.get(claim_id)
        if claim is None:
            near = nearest(claim_id, self._claims)
            raise InputError(
                [
                    Diagnostic(
                        "error",
                        f"there is no claim `{claim_id}`",
                        None,
                        f"did you mean `{near}`?" if near else "",
                    )
                ]
            )
        loaded = self._load(claim, self._evidence, self._shared)
        with self._lock:
            self._warm[claim_id] = loaded
            while len(self._warm) > _WARM_CLAIMS:
                self._warm.popitem(last=False)
        return loaded

    def _copy(self) -> KnowledgeBase:
        other = KnowledgeBase.__new__(KnowledgeBase)
        other.__dict__.update(self.__dict__)
        other._claims = {}
        other._warm = OrderedDict()
        other._lock = threading.Lock()
        return other

    def _shared_facts(self, overrides: Iterable[Override]) -> FactStore:
        return policy_facts(self.policy.clauses.values(), self.settings, overrides, self._lists)

    def _index(self, evidence: EvidenceInput) -> EvidenceIndex:
        if isinstance(evidence, EvidenceIndex):
            return evidence
        return index_evidence(evidence, self.policy.evidence_types)

    def _collect(self, overrides: OverrideInput, notes: list[Diagnostic]) -> tuple[Override, ...]:
        return collect_overrides(overrides, tuple(self.policy.clauses), notes)

    def _load(self, claim: Claim, evidence: EvidenceIndex, shared: FactStore) -> LoadedClaim:
        facts = claim_facts(
            claim.lines, evidence.for_claim(claim.claim_id), self._classifier, shared
        )
        return LoadedClaim(
            self.policy, claim, facts, self._engine.open(self.policy.program.program, facts)
        )

    def _sessions(self, query: Query, bound: Mapping[str, Value]) -> Iterator[Session]:
        """Yield the sessions whose answers together are the answers of the query.

        A goal that speaks of one claim at a time is answered claim by claim.
        """
        term = claim_apart(query, self.policy.program)
        if term is not None:
            wanted = term.value if isinstance(term, Constant) else bound.get(term.name)
            if wanted is None:
                for claim_id in self._claims:
                    yield self.claim(claim_id).session
            elif wanted in self._claims:
                yield self.claim(str(wanted)).session
            return
        facts: FactStore = {name: dict(rows) for name, rows in self._shared.items()}
        if claim_terms(query, self.policy.program):
            for claim_id in self._claims:
                for name, rows in self.claim(claim_id).facts.items():
                    facts.setdefault(name, {}).update(rows)  # type: ignore[arg-type]
        for value in texts_of_goal(query, bound):
            for column in CLASSIFIED_COLUMNS:
                for name, rows in self._classifier.facts(column, value).items():
                    facts.setdefault(name, {}).update(rows)
        yield self._engine.open(self.policy.program.program, facts)

    def claim_of(self, query: Query) -> str | None:
        """Return the one claim that a goal names and speaks of; None where it may be several.

        Examples
        --------
        >>> kb = KnowledgeBase.load("r14")
        >>> kb.claim_of(kb.parse("denied('C1', L, Clause)")), kb.claim_of(kb.parse("line(C, L)"))
        ('C1', None)
        """
        term = claim_apart(query, self.policy.program)
        return str(term.value) if isinstance(term, Constant) else None


def _check_inputs(lines: object, evidence: object, overrides: object) -> None:
    if not isinstance(lines, ClaimStream):
        check_rows(lines, "claims", "line", "`facts.readers.detect.open_claims`")
    if not isinstance(evidence, EvidenceIndex):
        check_rows(evidence, "evidence", "record", "`facts.readers.evidence.read_evidence`")
    check_rows(overrides, "overrides", "record", "`facts.readers.overrides.read_overrides`")


def _default_engine() -> Engine:
    from kb.engines.pydatalog import PyDatalogEngine

    return PyDatalogEngine()


def _stream(lines: Claims) -> ClaimStream:
    return lines if isinstance(lines, ClaimStream) else read_claims_from_records(lines)

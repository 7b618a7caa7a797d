"""A policy with its settings and lists: what determines claims one by one and answers queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from facts.diagnostic import UsageError
from facts.frozen import frozen
from kb.claims.arguments import (
    Bound,
    bound_rows,
    bound_values,
    check_claim_id,
    check_text,
    check_variables,
)
from kb.claims.inputs import check_inputs, claim_stream
from kb.claims.known import KnownClaims, known_claims
from kb.claims.loader import ClaimLoader
from kb.claims.result import Adjudication, accepted
from kb.claims.settings import complete_settings

if TYPE_CHECKING:
    from facts.claim import Evidence
    from facts.codes import CodeTable
    from facts.diagnostic import Diagnostic
    from facts.readers.batch import Claim
    from facts.readers.code_lists import HcpcsRelease
    from kb.claims.determine import LoadedClaim
    from kb.claims.inputs import Claims, EvidenceInput, OverrideInput, RemittanceInput
    from kb.engines.protocol import Engine
    from kb.language.ast import Query
    from kb.language.values import Value
    from kb.matching.claims import Matching
    from kb.model.determination import Determination
    from kb.model.relation import Relation
    from kb.policy.loader import Policy


class RuleBase:
    """A policy, its settings and, where given, claims to ask about.

    A knowledge base never changes, nor does its policy; what looks like a change gives a new one.
    It may be used from several threads.

    Parameters
    ----------
    policy : Policy
        The policy that decides.
    settings, strict, engine : optional
        As for ``load``.
    release : HcpcsRelease, optional
        The HCPCS release.
    precertification : CodeTable, optional
        The codes that need precertification.

    Raises
    ------
    UsageError
        If a setting or its value is unknown.

    See Also
    --------
    kb.knowledge_base.KnowledgeBase : what callers load; it takes frames and files too.
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
        self._loader = ClaimLoader(policy, self.settings, release, precertification, engine)
        self._known = KnownClaims(self._loader)
        self.diagnostics: tuple[Diagnostic, ...] = ()
        self._sealed = True

    def __setattr__(self, name: str, value: object) -> None:
        if "_sealed" in vars(self):
            help = "`with_claims`, `with_rules` and `with_facts` return another one"
            raise UsageError.of(f"a knowledge base never changes: `{name}` stays as it is", help)
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        policy, claims = self.policy, len(self._known.claims)
        return (
            f"<{type(self).__name__} of {policy.policy_id}, version {policy.version}: "
            f"{len(policy.clauses)} clauses, {claims:,} {'claim' if claims == 1 else 'claims'}>"
        )

    def with_claims(
        self,
        lines: Claims,
        evidence: EvidenceInput = (),
        overrides: OverrideInput = (),
        remittances: RemittanceInput = (),
    ) -> Self:
        """Return a knowledge base that also knows some claims; those it knew before are kept.

        A claim that is given again takes the place of the one before.

        Parameters
        ----------
        lines : iterable
            What a reader returns, or claim lines as ``ClaimLine`` or dicts.
        evidence, overrides : iterable, optional
            What a reader returns, or dicts.
        remittances : iterable of RemittedClaim, or Matching, optional
            What payers answered, or a matching of it; ``load`` with ``audit`` gives verdicts.

        Returns
        -------
        RuleBase
            Of the same class; its ``diagnostics`` tell what could not be read.

        Raises
        ------
        InputError
            If evidence or overrides have errors.
        UsageError
            If an argument is none of these.

        See Also
        --------
        RuleBase.query : ask about the claims.
        RuleBase.claim : one of the claims, as ``explain.why`` takes it.
        """
        other = copy(self)
        known, found = known_claims(self._known, lines, evidence, overrides, remittances)
        vars(other).update(_known=known, diagnostics=found)
        return other

    def with_rules(self, text: str, source: str = "<rules>") -> Self:
        """Return a knowledge base whose policy has further rules; the claims are kept.

        Parameters
        ----------
        text : str
            Rules, facts and declarations in the rule language.
        source : str, optional
            What places in errors and proofs call the text.

        Raises
        ------
        ProgramError
            With everything that is wrong in the rules, all at once.

        See Also
        --------
        RuleBase.with_facts : rows of values instead of a text.

        Examples
        --------
        >>> from kb import KnowledgeBase
        >>> kb = KnowledgeBase.load("r14").with_rules("big(C, L) :- units(C, L, U), U > 9.")
        >>> line = {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
        ...         "service_date": "2018-06-01", "procedure_code": "J7050", "units": 10}
        >>> kb.with_claims([line]).query("big(C, L)").rows
        (('C1', 1),)
        """
        from kb.policy.extended import with_rules

        check_text(text, "rules", 'give text, as in "big(C, L) :- units(C, L, U), U > 9."')
        return self._with_policy(with_rules(self.policy, text, source))

    def with_facts(self, name: str, rows: Iterable[Sequence[Bound]]) -> Self:
        """Return a knowledge base that has further facts; the claims are kept.

        Parameters
        ----------
        name : str
            Name of the predicate.
        rows : iterable of sequence
            A value for each column: text, dates, whole numbers, ``Decimal``.

        Raises
        ------
        ProgramError
            If the facts do not fit together, or the policy does not allow them.
        QueryError
            If a value is of another type.

        Examples
        --------
        >>> from kb import KnowledgeBase
        >>> kb = KnowledgeBase.load("r14").with_facts("reviewed", [("C1", 1), ("C2", 3)])
        >>> kb.query("reviewed(C, L), L > 1").rows
        (('C2', 3),)
        """
        from kb.policy.extended import with_facts

        check_text(name, "the name of a predicate", "give text")
        return self._with_policy(with_facts(self.policy, name, bound_rows(name, rows)))

    def _with_policy(self, policy: Policy) -> Self:
        switches = {name: value for name, value in self.settings.items() if name != "strict"}
        other = type(self)(
            policy,
            settings=switches,
            strict=self.settings["strict"] == "yes",
            release=self.release,
            precertification=self.precertification,
            engine=self._loader.given_engine,
        )
        known = self._known
        again = replace(known, loader=other._loader)
        vars(other).update(_known=again, diagnostics=self.diagnostics)
        return other

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

        Raises
        ------
        InputError, UsageError
            As ``adjudicate``.
        """
        check_inputs(lines, evidence, overrides)
        result = result if result is not None else Adjudication()
        index, shared = self._loader.given(evidence, overrides, result)
        return self._loader.determinations(claim_stream(lines), index, shared, result)

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

        See Also
        --------
        RuleBase.query_stream : over claims that are not kept.
        kb.bulk.query.query_files : over the claims of files, in one set.
        explain.prove : the proof of the first answer.

        Examples
        --------
        >>> from kb import KnowledgeBase
        >>> kb = KnowledgeBase.load("r14").with_claims([
        ...     {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
        ...      "service_date": "2018-06-01", "place_of_service": "22",
        ...      "procedure_code": "96365"}])
        >>> kb.query("denied(C, L, Clause)", C="C1").rows
        (('C1', 1, 'R14-FAC-1'),)
        """
        from kb.claims.goals import relation_of
        from kb.language.traversal import named_variables

        values = bound_values(bound)
        query = self.parse(goal, values)
        check_variables(values, named_variables(query.body))
        sessions = self._known.sessions(query, values)
        return relation_of(query, (session.answers(query, values) for session in sessions))

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
            What ``parse`` returns, checked with ``one_claim_at_a_time``.
        lines, evidence, overrides
            As for ``adjudicate``; memory grows with the answers alone.
        result : Adjudication, optional
            Gathers diagnostics and the tally.

        See Also
        --------
        RuleBase.query : over claims that are kept.
        """
        from kb.claims.goals import relation_of

        result = result if result is not None else Adjudication()
        index, shared = self._loader.given(evidence, overrides, result)
        claims = accepted(claim_stream(lines), index, result)
        loaded = (self._loader.load(claim, index, shared) for claim in claims)
        return relation_of(goal, (each.session.answers(goal, {}) for each in loaded))

    def one_claim_at_a_time(self, query: Query) -> bool:
        """Tell whether a checked query speaks of one claim at a time."""
        from kb.claims.goals import claim_apart

        return claim_apart(query, self.policy.program) is not None

    def parse(self, goal: str | Query, bound: Mapping[str, Value] | None = None) -> Query:
        """Parse and check a goal against the program.

        Parameters
        ----------
        goal : str or Query
            What is asked.
        bound : mapping of variable name to value, optional
            Values that variables of the goal will have.

        Raises
        ------
        QueryError
            With everything that is wrong in it.
        """
        from kb.claims.goals import read_goal

        return read_goal(goal, self.policy.program, bound)

    @property
    def claims(self) -> Mapping[str, Claim]:
        """The claims that the knowledge base knows, by id."""
        return frozen(self._known.claims)

    @property
    def matching(self) -> Matching:
        """What remittances answer to the lines of the claims."""
        return self._known.matching

    def evidence_for(self, claim_id: str) -> Sequence[Evidence]:
        """Return the evidence that is known of a claim, by ``claim_id``."""
        return self._known.evidence_for(claim_id)

    def claim(self, claim_id: str) -> LoadedClaim:
        """Return the claim of a ``claim_id`` with its facts and a session that stays open.

        Raises
        ------
        InputError
            If there is no such claim.
        UsageError
            If the id is no text.

        See Also
        --------
        explain.why, explain.why_not : why a line of the claim has its outcome, and no other.
        """
        check_claim_id(claim_id)
        return self._known.claim(claim_id)

    def claim_of(self, query: Query) -> str | None:
        """Return the one claim that a query names and speaks of; None where it may be several.

        Examples
        --------
        >>> from kb import KnowledgeBase
        >>> kb = KnowledgeBase.load("r14")
        >>> kb.claim_of(kb.parse("denied('C1', L, Clause)")), kb.claim_of(kb.parse("line(C, L)"))
        ('C1', None)
        """
        from kb.claims.goals import claim_apart
        from kb.language.ast import Constant

        term = claim_apart(query, self.policy.program)
        return str(term.value) if isinstance(term, Constant) else None

"""The knowledge base: a policy with its settings, ready to adjudicate claims and answer queries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from facts.diagnostic import InputError
from facts.log import log
from kb.claims.arguments import check_one_of, check_path
from kb.claims.inputs import Claims, EvidenceInput, OverrideInput
from kb.claims.result import Adjudication
from kb.claims.settings import read_lists
from kb.rule_base import RuleBase

if TYPE_CHECKING:
    from kb.engines.protocol import Engine


OnError: TypeAlias = Literal["collect", "raise"]


class KnowledgeBase(RuleBase):
    """A policy, its settings and, where given, claims to ask about.

    A knowledge base never changes, nor does its policy; what looks like a change gives a new one.
    It may be used from several threads.

    Parameters
    ----------
    policy, settings, strict, release, precertification, engine
        As for ``RuleBase``.

    See Also
    --------
    KnowledgeBase.load : what most callers want.
    """

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
        readings: bool = False,
        audit: bool = False,
    ) -> KnowledgeBase:
        """Load a policy by its name or from its folder, and check all of it.

        Parameters
        ----------
        policy : str or Path
            ``"r14"`` or a policy folder.
        settings : mapping of str to str, optional
            As in ``{"effective_basis": "processed_date"}``; other switches keep their defaults.
        strict : bool, optional
            Whether a fact that was not supplied pends a line instead of counting in its favour.
        hcpcs : path, optional
            A HCPCS release: the fixed-width file of CMS, or a CSV file.
        precertification : path, optional
            A CSV file of the codes that need precertification.
        engine : Engine, optional
            pyDatalog where nothing is given.
        readings : bool, optional
            Whether determinations have the readings in favour of each line.
        audit : bool, optional
            Whether the verdicts on remittances can be asked for.

        Raises
        ------
        ProgramError
            If the policy folder has faults.
        UsageError
            If a setting is unknown.
        InputError
            If a list cannot be read.

        See Also
        --------
        KnowledgeBase.adjudicate : determine claim lines.
        KnowledgeBase.with_claims : keep claims to ask about.

        Examples
        --------
        >>> kb = KnowledgeBase.load("r14")
        >>> line = {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
        ...         "service_date": "2018-06-01", "place_of_service": "22",
        ...         "procedure_code": "96365", "units": 1}
        >>> [(d.outcome, d.clause_ids) for d in kb.adjudicate([line])]
        [('denied', ('R14-FAC-1',))]
        """
        from kb.policy.loader import load_policy

        check_path(policy, "a policy", 'give a name, as in "r14", or a folder')
        codes, listed = read_lists(hcpcs, precertification)
        return cls(
            load_policy(policy, readings, audit),
            settings=settings,
            strict=strict,
            release=codes,
            precertification=listed,
            engine=engine,
        )

    def adjudicate(
        self,
        lines: Claims,
        evidence: EvidenceInput = (),
        overrides: OverrideInput = (),
        *,
        on_error: OnError = "collect",
    ) -> Adjudication:
        """Determine every line of some claims.

        Parameters
        ----------
        lines : iterable
            What a reader returns, or claim lines as ``ClaimLine`` or dicts with the columns of
            the claim table.
        evidence, overrides : iterable, optional
            What a reader returns, or dicts.
        on_error : {"collect", "raise"}, optional
            Whether faults of claims and evidence are gathered in the result, or raised all at
            once when everything was read.

        Returns
        -------
        Adjudication
            Determinations in the order of the claims; what could not be read is reported in its
            ``diagnostics`` and counted in its ``tally``.

        Raises
        ------
        InputError
            If an override has errors; with ``on_error="raise"`` if anything has.
        UsageError
            If an argument is none of these: a path is read by a reader first.

        See Also
        --------
        facts.readers.detect.open_claims : reads claims from files.
        KnowledgeBase.stream : the same, one determination at a time.
        kb.bulk.adjudicate.adjudicate_files : the same for millions of lines, from files to a file.

        Examples
        --------
        >>> kb = KnowledgeBase.load("r14")
        >>> saline = {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
        ...           "service_date": "2018-06-01", "procedure_code": "J7050", "units": "1"}
        >>> kb.adjudicate([saline])[0].outcome
        'bundled'
        """
        result = Adjudication()
        check_one_of(on_error, ("collect", "raise"), "on_error")
        result.determinations = list(self.stream(lines, evidence, overrides, result))
        tally = result.tally
        log("%s lines determined, %s rejected", tally.lines_determined, tally.lines_rejected)
        if on_error == "raise" and any(each.severity == "error" for each in result.diagnostics):
            raise InputError(result.diagnostics)
        return result

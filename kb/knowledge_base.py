"""The knowledge base: a policy with its settings, ready to adjudicate claims and answer queries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from facts.diagnostic import Diagnostic, InputError, UsageError
from facts.log import log
from kb.claims.arguments import check_one_of, check_path
from kb.claims.inputs import (
    Claims,
    EvidenceInput,
    OverrideInput,
    check_inputs,
    evidence_frame,
)
from kb.claims.result import Adjudication
from kb.claims.settings import read_lists
from kb.claims.sources import ENGINES, Sources, sources_of
from kb.rule_base import RuleBase

if TYPE_CHECKING:
    from facts.claim import Override
    from facts.readers.frames import TablePath
    from kb.bulk.result import BulkResult
    from kb.engines.protocol import Engine
    from kb.spark.entry import OnSpark


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

    @property
    def spark(self) -> OnSpark:
        """What adjudicates frames of Spark: ``kb.spark.adjudicate(frame, evidence)``."""
        from kb.spark.entry import OnSpark

        return OnSpark(self)

    def adjudicate(
        self,
        lines: Claims,
        evidence: EvidenceInput = (),
        overrides: OverrideInput = (),
        *,
        engine: str | None = None,
        on_error: OnError = "collect",
    ) -> Adjudication:
        """Determine every line of some claims.

        Parameters
        ----------
        lines : iterable, path or frame
            A path, a glob, a frame of polars (a lazy one too), pandas or Arrow, a relation of
            DuckDB, or a list of these; or what a reader returns; or claim lines as ``ClaimLine``
            or dicts with the columns of the claim table.
        evidence, overrides : iterable, path or frame, optional
            The same, with their own columns.
        engine : {"pydatalog", "duckdb"}, optional
            Files and frames that are large go to DuckDB by themselves, lines never do.
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
            If an override has errors, there is no file of a path, or two columns of a frame have
            the same name; with ``on_error="raise"`` if anything has errors.
        UsageError
            If an argument is none of these, or a frame cannot be read.

        See Also
        --------
        KnowledgeBase.adjudicate_into : from files or frames to a file.
        KnowledgeBase.stream : one determination at a time.
        facts.readers.detect.open_claims : reads claims from files.

        Examples
        --------
        >>> kb = KnowledgeBase.load("r14")
        >>> saline = {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
        ...           "service_date": "2018-06-01", "procedure_code": "J7050", "units": "1"}
        >>> kb.adjudicate([saline])[0].outcome
        'bundled'
        >>> import polars
        >>> kb.adjudicate(polars.DataFrame([saline])).to_polars()["outcome"].to_list()
        ['bundled']
        """
        check_one_of(on_error, ("collect", "raise"), "on_error")
        sources = sources_of(lines)
        result = Adjudication()
        if self._in_one_set(sources, engine):
            assert sources is not None
            result = self._adjudicate_sources(sources, evidence, overrides)
        else:
            given: Claims = lines if sources is None else sources.stream()
            result.determinations = list(self.stream(given, evidence, overrides, result))
        tally = result.tally
        log("%s lines determined, %s rejected", tally.lines_determined, tally.lines_rejected)
        if on_error == "raise" and any(each.severity == "error" for each in result.diagnostics):
            raise InputError(result.diagnostics)
        return result

    def adjudicate_into(
        self,
        output: str | Path,
        lines: Claims,
        evidence: EvidenceInput = (),
        overrides: OverrideInput = (),
        *,
        memory_limit: str | None = None,
        threads: int | None = None,
    ) -> BulkResult:
        """Determine every line of files or data frames on DuckDB, and write a file.

        Parameters
        ----------
        output : str or Path
            Parquet, JSONL or CSV, as its ending says; it is written whole or not at all.
        lines, evidence : path or frame
            A path, a glob, a data frame, or a list of these.
        overrides : iterable, path or frame, optional
            As for ``adjudicate``.
        memory_limit : str, optional
            As in ``4GB``; what does not fit is put on disk.
        threads : int, optional
            As many as DuckDB takes by itself if absent.

        Returns
        -------
        BulkResult

        Raises
        ------
        InputError, UsageError
            As ``adjudicate``; also if the output cannot be written.
        """
        from kb.bulk.adjudicate import adjudicate_files

        sources = sources_of(lines)
        if sources is None:
            help = "give a path, a data frame, or a list of these"
            raise UsageError.of("what is written to a file is read from files or frames", help)
        given, notes = self._given_in_one_set(evidence, overrides)
        found = adjudicate_files(
            self,
            sources.all,
            output,
            evidence=given.evidence,
            overrides=given.overrides,
            memory_limit=memory_limit,
            threads=threads,
        )
        found.diagnostics[:0] = notes
        return found

    def _in_one_set(self, sources: Sources | None, engine: str | None) -> bool:
        """Tell whether DuckDB is to determine the lines."""
        if engine is not None:
            check_one_of(engine, ENGINES, "engine")
        if sources is None:
            if engine == "duckdb":
                help = "give a path or a data frame; lines in Python are determined one by one"
                raise UsageError.of("DuckDB reads files and data frames", help)
            return False
        from kb.bulk.engine import choose_engine

        return choose_engine(engine, sources.paths, sources.rows) == "duckdb"

    def _adjudicate_sources(
        self, sources: Sources, evidence: EvidenceInput, overrides: OverrideInput
    ) -> Adjudication:
        from kb.bulk.in_memory import adjudicate_in_memory

        given, notes = self._given_in_one_set(evidence, overrides)
        result = adjudicate_in_memory(self, sources.all, given.evidence, given.overrides)
        result.diagnostics[:0] = notes
        return result

    def _given_in_one_set(
        self, evidence: EvidenceInput, overrides: OverrideInput
    ) -> tuple[_Supplied, list[Diagnostic]]:
        """Return evidence as files and frames, and overrides, with what is worth a note."""
        notes: list[Diagnostic] = []
        check_inputs([], evidence, overrides)
        sources = sources_of(evidence, "evidence")
        if sources is not None:
            read = sources.all
        else:
            index = self._loader.evidence(evidence)
            notes += index.diagnostics
            read = [evidence_frame(index)] if len(index) else []
        return _Supplied(read, self._loader.overrides(overrides, notes)), notes


class _Supplied(NamedTuple):
    """What a caller gives besides the claims, for a run on DuckDB."""

    evidence: list[TablePath]
    overrides: tuple[Override, ...]

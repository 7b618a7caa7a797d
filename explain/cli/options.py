"""Options that several commands share, and the knowledge base that they ask for."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explain.cli.bounded import BoundedDiagnostics
from explain.cli.output import report
from explain.cli.running import BAD_INPUT, NO_ANSWER
from facts.claim import Override
from facts.diagnostic import Diagnostic, UsageError
from facts.readers.evidence import EvidenceIndex
from facts.suggest import near_help

if TYPE_CHECKING:
    from explain.narrative.policy_document import PolicyDocument
    from kb.engines.protocol import Engine
    from kb.knowledge_base import KnowledgeBase
    from kb.planning.rules import BulkRules

ClaimFiles = Annotated[
    list[str],
    typer.Argument(metavar="FILE", help="Claims: CSV, JSONL, Parquet, 837P or 837I; globs too."),
]
ClaimOption = Annotated[
    list[str],
    typer.Option(
        "--claims",
        "-c",
        metavar="FILE",
        help="Claims: CSV, JSONL, Parquet, 837P or 837I. Several times.",
    ),
]
PolicyOption = Annotated[
    str, typer.Option("--policy", metavar="POLICY", help="A bundled policy, or a folder.")
]
DocumentOption = Annotated[
    str | None,
    typer.Option(
        "--document", metavar="FILE", help="Your copy of the policy as text: quotes cited lines."
    ),
]
ReadingsOption = Annotated[
    bool,
    typer.Option(
        "--readings",
        help="Tell which readings of the document keep an adverse clause away from a line.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print CSV.")]


@dataclass(slots=True)
class PolicyOptions:
    """The options that say which policy decides, with which settings and lists."""

    strict: Annotated[
        bool,
        typer.Option("--strict", help="Pend a line with unknown facts, instead of assuming them."),
    ] = False
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="A switch of the policy, as in effective_basis=processed_date. Several times.",
        ),
    ] = None
    hcpcs: Annotated[
        str | None,
        typer.Option("--hcpcs", metavar="FILE", help="A HCPCS release: the file of CMS, or CSV."),
    ] = None
    precertification: Annotated[
        str | None,
        typer.Option(
            "--precertification",
            metavar="FILE",
            help="CSV of the codes that need precertification.",
        ),
    ] = None
    policy: PolicyOption = "r14"

    @property
    def lists(self) -> list[str]:
        """The files of lists that are read."""
        return [path for path in (self.hcpcs, self.precertification) if path is not None]

    def knowledge_base(self, engine: Engine | None = None, readings: bool = False) -> KnowledgeBase:
        """Return the knowledge base that the options ask for.

        Parameters
        ----------
        engine : Engine, optional
            What answers its queries.
        readings : bool, optional
            Whether the readings in favour of each line are asked for.
        """
        from kb.knowledge_base import KnowledgeBase

        return KnowledgeBase.load(
            self.policy,
            settings=_parse_settings(self.settings),
            strict=self.strict,
            hcpcs=self.hcpcs,
            precertification=self.precertification,
            engine=engine,
            readings=readings,
        )

    def rules(self, readings: bool = False) -> BulkRules:
        """Return the rules of a bulk run that the options ask for.

        Parameters
        ----------
        readings : bool, optional
            Whether the readings in favour of each line are asked for.
        """
        from kb.planning.rules import asked_rules

        settings = _parse_settings(self.settings)
        return asked_rules(
            lambda: self.knowledge_base(readings=readings),
            self.policy,
            settings,
            self.strict,
            bool(self.lists),
            readings,
        )


@dataclass(slots=True)
class InputOptions:
    """The options that say what is known of the claims, and which policy decides."""

    evidence: Annotated[
        list[str] | None,
        typer.Option(
            "--evidence", metavar="FILE", help="Evidence: CSV, JSONL or Parquet. Several times."
        ),
    ] = None
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--overrides", metavar="FILE", help="Overrides of clauses: CSV or JSONL. Several times."
        ),
    ] = None
    rules: PolicyOptions = field(default_factory=PolicyOptions)

    def one_claim(
        self, files: list[str], claim: str, kb: KnowledgeBase | None = None, absent: int = NO_ANSWER
    ) -> Loaded:
        """Return the knowledge base with one claim of some files.

        Parameters
        ----------
        files : list of str
            The files of claims.
        claim : str
            Its id.
        kb : KnowledgeBase, optional
            The knowledge base, where it is loaded already.
        absent : int, optional
            Exit code where the files do not have the claim and no error hides it.

        Raises
        ------
        typer.Exit
            If there is no such claim; a message says so.
        """
        loaded = load_claims(
            kb or self.rules.knowledge_base(), files, self.evidence, self.overrides, only=claim
        )
        if claim not in loaded.lines:
            report(loaded.diagnostics)
            report(_absent_claim(claim, loaded))
            raise typer.Exit(BAD_INPUT if loaded.has_errors else absent)
        return loaded


@dataclass(slots=True)
class EngineOptions:
    """The options of the engine that reads files."""

    engine: Annotated[
        str | None,
        typer.Option(
            "--engine",
            metavar="ENGINE",
            help="pydatalog, or duckdb for millions of lines; by itself the one that fits.",
        ),
    ] = None
    memory_limit: Annotated[
        str | None,
        typer.Option(
            "--memory-limit", metavar="SIZE", help="As in 4GB; what does not fit goes to disk."
        ),
    ] = None
    threads: Annotated[
        int | None, typer.Option("--threads", metavar="N", min=1, help="Threads of DuckDB.")
    ] = None


@dataclass(slots=True)
class Loaded:
    """A knowledge base with claims, and what was wrong with the input.

    Parameters
    ----------
    kb : KnowledgeBase
        The knowledge base.
    diagnostics : BoundedDiagnostics
        What was wrong, without limit where a person asks for all.
    lines : dict of claim id to line numbers
        Every claim that was read, whether it was kept or not.
    rejected : set of str
        Claims that could not be read.
    near : list of str
        Claims of Parquet files that were not read, and that may have been meant.
    """

    kb: KnowledgeBase
    diagnostics: BoundedDiagnostics = field(default_factory=BoundedDiagnostics)
    lines: dict[str, list[int]] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)
    near: list[str] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        """Whether anything of the input could not be used."""
        return self.diagnostics.has_errors


def expanded(paths: Iterable[str]) -> list[str]:
    """Return the files of names and globs, each glob sorted; what names no file stays.

    Parameters
    ----------
    paths : iterable of str
        Names and globs.
    """
    found: list[str] = []
    for path in paths:
        matches = [] if os.path.lexists(path) else sorted(glob.glob(path, recursive=True))
        found.extend([match for match in matches if os.path.isfile(match)] or [path])
    return list(dict.fromkeys(found))


def _parse_settings(pairs: Iterable[str] | None) -> dict[str, str]:
    """Return the switches of ``--set NAME=VALUE``."""
    settings: dict[str, str] = {}
    for pair in pairs or ():
        name, sign, value = pair.partition("=")
        if not sign or not name.strip():
            raise UsageError.of(
                f"`--set {pair}` is not a setting",
                "write a name and a value, as in --set effective_basis=processed_date",
            )
        if settings.setdefault(name.strip(), value.strip()) != value.strip():
            raise UsageError.of(f"the setting `{name.strip()}` is given two values", "choose one")
    return settings


def read_document(path: str | None) -> PolicyDocument | None:
    """Return the copy of the policy document that ``--document`` names.

    Parameters
    ----------
    path : str or None
        The file, if one was named.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    if path is None:
        return None
    from explain.narrative.policy_document import read_policy_document

    return read_policy_document(path)


@dataclass(frozen=True, slots=True)
class _Supplements:
    """Evidence and overrides of the claims, and warnings on the overrides."""

    evidence: EvidenceIndex
    overrides: tuple[Override, ...]
    notes: list[Diagnostic]


def read_supplements(
    kb: KnowledgeBase,
    evidence: list[str] | None,
    overrides: list[str] | None,
    only: str | None = None,
) -> _Supplements:
    """Read the files of evidence and of overrides; of Parquet what is on one claim alone.

    Parameters
    ----------
    kb : KnowledgeBase
        The knowledge base without claims.
    evidence : list
        Files of evidence.
    overrides : list
        Files of overrides.
    only : str, optional
        The one claim that is read.

    Raises
    ------
    InputError
        If an override has errors.
    """
    from facts.readers.evidence import read_evidence
    from facts.readers.overrides import read_overrides

    notes: list[Diagnostic] = []
    changes = read_overrides(overrides or [], tuple(kb.policy.clauses), notes)
    index = read_evidence(evidence or [], kb.policy.evidence_types, only)
    return _Supplements(index, changes, notes)


def load_claims(
    kb: KnowledgeBase,
    files: list[str],
    evidence: list[str] | None,
    overrides: list[str] | None,
    only: str | None = None,
) -> Loaded:
    """Return the knowledge base with the claims of some files.

    Parameters
    ----------
    kb : KnowledgeBase
        The knowledge base without claims.
    files, evidence, overrides : list of str
        Names of files and globs.
    only : str, optional
        Keep this claim alone. Of Parquet nothing else is read; other files are read and checked
        whole.

    Returns
    -------
    Loaded

    Raises
    ------
    InputError
        If an override has errors.
    """
    from facts.readers.batch import Claim
    from facts.readers.detect import open_claims
    from facts.readers.parquet import is_parquet, near_claims

    files = expanded(files)
    evidence = expanded(evidence or ())
    supplements = read_supplements(kb, evidence, overrides, only)
    index = supplements.evidence
    loaded = Loaded(kb, BoundedDiagnostics([*supplements.notes, *index.diagnostics]))
    stream = open_claims(files, only)
    kept: list[Claim] = []
    for claim in stream:
        if not isinstance(claim, Claim):
            loaded.diagnostics.extend(claim.diagnostics)
            if claim.claim_id is not None:
                loaded.rejected.add(claim.claim_id)
            continue
        loaded.lines[claim.claim_id] = [line.line_number for line in claim.lines]
        if only is None or claim.claim_id == only:
            kept.append(claim)
    loaded.diagnostics.extend(stream.diagnostics)
    if only is not None and only not in loaded.lines:
        loaded.near.extend(near_claims(files, only))
    elif only is None or not any(is_parquet(Path(file)) for file in files):
        loaded.diagnostics.extend(index.unused(loaded.lines))
    loaded.kb = kb.with_claims(kept, index, supplements.overrides)
    return loaded


@contextmanager
def about_line(loaded: Loaded) -> Iterator[None]:
    """Let an explanation of a line that the claim does not have end in a message.

    Parameters
    ----------
    loaded : Loaded
        The claims of the command.
    """
    try:
        yield
    except UsageError as fault:
        report(loaded.diagnostics)
        report(fault.diagnostics)
        raise typer.Exit(NO_ANSWER) from None


def _absent_claim(claim: str, loaded: Loaded) -> list[Diagnostic]:
    """Say why there is no such claim; nothing where no claim was read at all."""
    if claim in loaded.rejected:
        message, help = f"claim `{claim}` cannot be explained", "first see to the errors above"
    elif loaded.lines or loaded.near or not loaded.has_errors:
        message, help = (
            f"there is no claim `{claim}`",
            near_help(claim, [*loaded.lines, *loaded.near], ""),
        )
    else:
        return []
    return [Diagnostic("error", message, None, help)]

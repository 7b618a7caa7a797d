"""Options that several commands share, and the knowledge base that they ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from explain.cli.loaded import Loaded, absent_claim, expanded, load_claims
from explain.cli.output import report
from explain.cli.running import BAD_INPUT, NO_ANSWER
from facts.claim import Override
from facts.diagnostic import Diagnostic, UsageError
from facts.readers.layout import LaidOutFiles, Layout

if TYPE_CHECKING:
    from explain.narrative.policy_document import PolicyDocument
    from kb.engines.protocol import Engine
    from kb.knowledge_base import KnowledgeBase
    from kb.planning.rules import BulkRules

ClaimFiles = Annotated[
    list[str],
    typer.Argument(metavar="FILE", help="Claims: CSV, JSONL, Parquet, 837 or FHIR R4; globs too."),
]
ClaimOption = Annotated[
    list[str],
    typer.Option(
        "--claims",
        "-c",
        metavar="FILE",
        help="Claims: CSV, JSONL, Parquet, 837 or FHIR R4. Several times.",
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
MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="COLUMN=HEADING",
        help="Which heading of a table stands for which column of claims, as in"
        " claim_id=ACCT,service_date=DOS, or a TOML file that says so. Several times.",
    ),
]
DatesOption = Annotated[
    str | None,
    typer.Option(
        "--dates", metavar="ORDER", help="How tables of claims write dates: ymd, mdy or dmy."
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

    def knowledge_base(
        self, engine: Engine | None = None, readings: bool = False, audit: bool = False
    ) -> KnowledgeBase:
        """Return the knowledge base that the options ask for.

        Parameters
        ----------
        engine : Engine, optional
            What answers its queries.
        readings : bool, optional
            Whether the readings in favour of each line are asked for.
        audit : bool, optional
            Whether verdicts on remittances are asked for.
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
            audit=audit,
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
    remittances: Annotated[
        list[str] | None,
        typer.Option(
            "--remittance",
            metavar="FILE",
            help="What payers answered: 835, or a table. Several times; globs too.",
        ),
    ] = None
    maps: MapOption = None
    dates: DatesOption = None
    rules: PolicyOptions = field(default_factory=PolicyOptions)

    def claim_files(self, files: Iterable[str]) -> LaidOutFiles[str]:
        """Return the files of names and globs, with what the options say of their tables.

        Parameters
        ----------
        files : iterable of str
            Names and globs.

        Raises
        ------
        UsageError
            If the options say something else.
        """
        return LaidOutFiles(expanded(files)).laid_out(Layout.of(self.maps or (), self.dates))

    @property
    def files(self) -> list[str]:
        """The files of evidence, overrides, remittances and lists that are read."""
        named = (self.evidence, self.overrides, self.remittances, self.rules.lists)
        return [path for paths in named for path in paths or ()]

    def knowledge_base(self, engine: Engine | None = None, readings: bool = False) -> KnowledgeBase:
        """Return the knowledge base that the options ask for, with verdicts on a remittance.

        Parameters
        ----------
        engine : Engine, optional
            What answers its queries.
        readings : bool, optional
            Whether the readings in favour of each line are asked for.
        """
        return self.rules.knowledge_base(engine, readings, audit=bool(self.remittances))

    def loaded(
        self, files: Sequence[str], kb: KnowledgeBase | None = None, only: str | None = None
    ) -> Loaded:
        """Return the knowledge base with the claims of some files.

        Parameters
        ----------
        files : sequence of str
            The files of claims.
        kb : KnowledgeBase, optional
            The knowledge base, where it is loaded already.
        only : str, optional
            Keep this claim alone.
        """
        kb = kb or self.knowledge_base()
        claims = self.claim_files(files)
        return load_claims(kb, claims, self.evidence, self.overrides, only, self.remittances)

    def changes(self, rules: BulkRules, notes: list[Diagnostic]) -> tuple[Override, ...]:
        """Return the overrides that the options name.

        Parameters
        ----------
        rules : BulkRules
            The rules whose clauses they change.
        notes : list of Diagnostic
            Gathers warnings.

        Raises
        ------
        InputError
            If an override has errors.
        """
        if not self.overrides:
            return ()
        from facts.readers.overrides import read_overrides

        return read_overrides(self.overrides, tuple(rules.kb.policy.clauses), notes)

    def one_claim(
        self,
        files: Sequence[str],
        claim: str,
        kb: KnowledgeBase | None = None,
        absent: int = NO_ANSWER,
    ) -> Loaded:
        """Return the knowledge base with one claim of some files.

        Parameters
        ----------
        files : sequence of str
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
            If there is no such claim, or several of its number; a message says so.
        """
        loaded = self.loaded(files, kb, claim)
        if not loaded.asked:
            report(loaded.diagnostics)
            report(absent_claim(claim, loaded))
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
            help="pydatalog, or duckdb for millions of lines; by itself the one that fits."
            " spark: see adjudicate.",
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

    def __post_init__(self) -> None:
        from kb.engines.duckdb.connection import check_bounds

        check_bounds(self.threads, self.memory_limit)


@dataclass(slots=True)
class AnyEngineOptions(EngineOptions):
    """The options of the engines, Spark among them."""

    master: Annotated[
        str | None,
        typer.Option(
            "--master",
            metavar="URL",
            help="With --engine spark: where Spark runs, as in local[4] or sc://host.",
        ),
    ] = None


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

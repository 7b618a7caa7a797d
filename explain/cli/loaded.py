"""The claims of a command: read, kept in a knowledge base, with what was wrong with them."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from explain.cli.bounded import BoundedDiagnostics
from explain.cli.candidates import candidates, is_asked
from explain.cli.output import report
from explain.cli.running import NO_ANSWER
from facts.claim import PART_SIGN, Override
from facts.diagnostic import Diagnostic, UsageError
from facts.readers.evidence import EvidenceIndex
from facts.readers.layout import LaidOutFiles, layout_of
from facts.suggest import near_help

if TYPE_CHECKING:
    from facts.claim import ClaimLine
    from facts.readers.remittance_files import RemittanceFiles
    from kb.knowledge_base import KnowledgeBase
    from kb.matching.claims import Matching


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
    answers : RemittanceFiles, optional
        What payers answered, where files of it were given.
    asked : str
        The id of the one claim that was asked for, where there is one.
    """

    kb: KnowledgeBase
    diagnostics: BoundedDiagnostics = field(default_factory=BoundedDiagnostics)
    lines: dict[str, list[int]] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)
    near: list[str] = field(default_factory=list)
    answers: RemittanceFiles | None = None
    asked: str = ""

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
    files: Sequence[str],
    evidence: list[str] | None,
    overrides: list[str] | None,
    only: str | None = None,
    remittances: list[str] | None = None,
) -> Loaded:
    """Return the knowledge base with the claims of some files.

    Parameters
    ----------
    kb : KnowledgeBase
        The knowledge base without claims.
    files, evidence, overrides : sequence of str
        Names of files and globs.
    only : str, optional
        Keep this claim alone. Of Parquet, and of an 837 of a megabyte and more, nothing else is
        read but the envelope; other files are read and checked whole.
    remittances : list of str, optional
        Files of what payers answered.

    Returns
    -------
    Loaded

    Raises
    ------
    InputError
        If an override has errors.
    """
    from facts.readers.batch import Claim
    from facts.readers.detect import open_claims, reads_one_claim
    from facts.readers.parquet import is_parquet, near_claims
    from kb.claims.result import note_lines

    files = LaidOutFiles(expanded(files)).laid_out(layout_of(files))
    evidence = expanded(evidence or ())
    supplements = read_supplements(kb, evidence, overrides, only)
    index = supplements.evidence
    loaded = Loaded(kb, BoundedDiagnostics([*supplements.notes, *index.diagnostics]))
    alone = only is not None and reads_one_claim(files)
    parquet = any(is_parquet(Path(file)) for file in files)
    stream = open_claims(files, None if remittances and not parquet else only)
    stream.with_superseded = only is not None
    kept: list[Claim] = []
    all_lines: dict[str, Sequence[ClaimLine]] = {}
    for claim in stream:
        if not isinstance(claim, Claim):
            loaded.diagnostics.extend(claim.diagnostics)
            if claim.claim_id is not None:
                loaded.rejected.add(claim.claim_id)
            continue
        note_lines(loaded.lines, claim)
        asked = only is None or is_asked(claim, only)
        if remittances and (claim.superseded is None or asked):
            all_lines[claim.claim_id] = claim.lines
        if asked:
            kept.append(claim)
    loaded.diagnostics.extend(stream.diagnostics)
    if only is not None and not kept:
        loaded.near.extend(near_claims(files, only))
    elif not alone:
        loaded.diagnostics.extend(index.unused(loaded.lines))
    kept = [claim for claim in kept if claim.claim_id == only] or kept
    if only is not None and len(kept) == 1:
        loaded.asked = kept[0].claim_id
    kept = [replace(claim, superseded=None) for claim in kept]
    matching = _matched(loaded, all_lines, remittances) if remittances else ()
    loaded.kb = kb.with_claims(kept, index, supplements.overrides, matching)
    return loaded


def _matched(
    loaded: Loaded, lines: dict[str, Sequence[ClaimLine]], remittances: list[str]
) -> Matching:
    """Match every claim that was read: another one may be the one that is answered."""
    from facts.readers.remittance_files import read_remittances
    from kb.matching.claims import match_claims

    loaded.answers = read_remittances(expanded(remittances))
    loaded.diagnostics.extend(loaded.answers.diagnostics)
    return match_claims(lines, loaded.answers.claims)


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


def absent_claim(claim: str, loaded: Loaded) -> list[Diagnostic]:
    """Say why there is no such claim, or which ones there are; nothing where none was read.

    Parameters
    ----------
    claim : str
        The id that was asked for.
    loaded : Loaded
        The claims of the command.
    """
    if loaded.kb.claims:
        return candidates(claim, loaded.kb.claims)
    if any(each == claim or each.startswith(claim + PART_SIGN) for each in loaded.rejected):
        message, help = f"claim `{claim}` cannot be explained", "first see to the errors above"
    elif loaded.lines or loaded.near or not loaded.has_errors:
        message, help = (
            f"there is no claim `{claim}`",
            near_help(claim, [*loaded.lines, *loaded.near], ""),
        )
    else:
        return []
    return [Diagnostic("error", message, None, help)]

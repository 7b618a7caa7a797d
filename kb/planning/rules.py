"""The rules of a bulk run: those of a policy that is loaded, or that a run before has kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from facts.claim import EvidenceTypes, Override
from facts.diagnostic import Diagnostic
from kb.planning.bulk_policy import BulkPolicy, bulk_policy, rows_of_tables
from kb.planning.cache import forget, keep, kept
from kb.policy.folder import PolicyFiles, find_policy_folder

if TYPE_CHECKING:
    from facts.readers.code_lists import HcpcsRelease
    from kb.rule_base import RuleBase


_Said = Callable[["RuleBase | None"], tuple[str, ...]]


class BulkRules:
    """The rules of a bulk run; the policy is loaded when more is asked of it than was kept.

    To read, check and compile a policy takes longer than to read a million lines, and the same
    files give the same rules: what comes of them is kept between runs.

    Parameters
    ----------
    load : callable
        Returns the knowledge base: a policy with its settings and lists.
    said : callable, optional
        Returns all that the rules depend on in addition to the code, of a knowledge base that is
        loaded; of none, what it would be of one that is loaded now. Nothing is cached without it.

    Attributes
    ----------
    notes : list of Diagnostic
        What a person should know of what is kept.

    See Also
    --------
    asked_rules : what a command asks for.
    """

    def __init__(self, load: Callable[[], RuleBase], said: _Said | None = None) -> None:
        self._load = load
        self._said = said
        self._planned: BulkPolicy | None = None
        self.notes: list[Diagnostic] = []

    @classmethod
    def of(cls, kb: RuleBase) -> BulkRules:
        """Return the rules of a ``kb`` that is loaded."""
        policy = kb.policy
        if kb.release is not None:
            return cls(lambda: kb)
        parts: tuple[object, ...] = (
            (policy.policy_id, policy.version, policy.program_sha256),
            tuple(policy.clauses.values()),
            tuple(policy.evidence_types.values()),
            rows_of_tables(kb),
            policy.program.program,
            sorted(kb.settings.items()),
        )
        said = ("knowledge base", *map(repr, parts))
        return cls(lambda: kb, lambda _: said)

    @classmethod
    def made(cls, kb: RuleBase, policy: BulkPolicy) -> BulkRules:
        """Return the rules of a knowledge base that were planned before, elsewhere perhaps.

        Parameters
        ----------
        kb : RuleBase
            A policy with its settings and lists.
        policy : BulkPolicy
            What ``lines`` returned for the overrides of the run.
        """
        rules = cls(lambda: kb)
        rules._planned = policy
        return rules

    @cached_property
    def kb(self) -> RuleBase:
        """The knowledge base, loaded when it is first asked for."""
        return self._load()

    @property
    def evidence_types(self) -> EvidenceTypes:
        """What the policy declares of each name of evidence."""
        if self._kept is not None:
            return self._kept.evidence_types
        return self.kb.policy.evidence_types

    @property
    def release(self) -> HcpcsRelease | None:
        """A HCPCS release that is loaded; with one, nothing is kept."""
        return self.kb.release if self._said is None else None

    def lines(self, overrides: tuple[Override, ...]) -> BulkPolicy:
        """Return the rules as a script over lines; overrides stand in it and are never kept.

        Raises
        ------
        NotFusable
            If the rules cannot be written as formulas over lines.
        """
        if self._planned is not None:
            return self._planned
        if not overrides and self._kept is not None:
            return self._kept
        from kb.planning.line_plan import policy_lines

        kb = self.kb
        script = policy_lines(kb.policy, kb.settings, overrides, kb.release, kb.precertification)
        made = bulk_policy(kb, script)
        if not overrides and self._said is not None:
            keep(self._said(kb), made)
        return made

    def forget(self) -> bool:
        """Forget the rules that a run before has kept; return whether these were used."""
        if self._said is None or self._kept is None:
            return False
        forget(BulkPolicy, self._said(None))
        self._kept = None
        message = "the rules that were kept do not work; they were made anew"
        self.notes.append(Diagnostic("note", message))
        return True

    @cached_property
    def _kept(self) -> BulkPolicy | None:
        return None if self._said is None else kept(BulkPolicy, self._said(None), self.notes)


def asked_rules(
    load: Callable[[], RuleBase],
    policy: str | Path,
    settings: Mapping[str, str],
    strict: bool,
    has_lists: bool,
    readings: bool = False,
) -> BulkRules:
    """Return the rules that a command asks for.

    Parameters
    ----------
    load : callable
        Returns the knowledge base of all that follows.
    policy : str or Path
        Name of a bundled policy, or a folder.
    settings : mapping of str to str
        The switches that are not as the policy has them.
    strict : bool
        Whether missing evidence pends a line.
    has_lists : bool
        Whether a list of codes is loaded; nothing is kept then.
    readings : bool, optional
        Whether the readings in favour of each line are asked for.

    Raises
    ------
    UsageError
        If there is no such policy.

    Examples
    --------
    >>> from kb import KnowledgeBase
    >>> rules = asked_rules(lambda: KnowledgeBase.load("r14"), "r14", {}, False, False)
    >>> rules.lines(()).policy_id
    'R14'
    """
    if has_lists:
        return BulkRules(load)
    folder = find_policy_folder(policy)
    try:
        files = PolicyFiles(folder, readings).sha256()
    except OSError:
        return BulkRules(load)

    def said(kb: RuleBase | None) -> tuple[str, ...]:
        return (
            "policy",
            files if kb is None else kb.policy.files_sha256,
            str(strict),
            str(readings),
            *(f"{name}={settings[name]}" for name in sorted(settings)),
        )

    return BulkRules(load, said)

"""The rules of a bulk run: those of a policy that is loaded, or that a run before has kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from facts.claim import EvidenceTypes, Override
from kb.planning.bulk_policy import BulkPolicy, bulk_policy, rows_of_tables
from kb.planning.cache import keep, kept
from kb.policy.folder import ALTERNATIVES, digest, find_policy_folder, rule_files

if TYPE_CHECKING:
    from facts.readers.code_lists import HcpcsRelease
    from kb.rule_base import RuleBase


class BulkRules:
    """The rules of a bulk run; the policy is loaded when more is asked of it than was kept.

    To read, check and compile a policy takes longer than to read a million lines, and the same
    files give the same rules: what comes of them is kept between runs.

    Parameters
    ----------
    load : callable
        Returns the knowledge base: a policy with its settings and lists.
    said : sequence of str, optional
        All that the rules depend on in addition to the code; nothing is cached without it.

    See Also
    --------
    asked_rules : what a command asks for.
    """

    def __init__(self, load: Callable[[], RuleBase], said: tuple[str, ...] | None = None) -> None:
        self._load = load
        self._said = said

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
        return cls(lambda: kb, ("knowledge base", *map(repr, parts)))

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
        if not overrides and self._kept is not None:
            return self._kept
        from kb.planning.line_plan import policy_lines

        kb = self.kb
        script = policy_lines(kb.policy, kb.settings, overrides, kb.release, kb.precertification)
        made = bulk_policy(kb, script)
        if not overrides and self._said is not None:
            keep(self._said, made)
        return made

    @cached_property
    def _kept(self) -> BulkPolicy | None:
        return None if self._said is None else kept(BulkPolicy, self._said)


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
        others = [folder / "readings.toml"]
        if readings:
            others += [path for _, path in rule_files(folder, True) if path.name == ALTERNATIVES]
        read = [path.read_bytes() for path in others if path.exists()]
        files = (digest(folder), *(hashlib.sha256(each).hexdigest() for each in read))
    except OSError:
        return BulkRules(load)
    said = (
        "policy",
        *files,
        str(strict),
        str(readings),
        *(f"{name}={settings[name]}" for name in sorted(settings)),
    )
    return BulkRules(load, said)

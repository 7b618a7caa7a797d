"""A case of a policy folder: a claim with the outcome and the exact clauses that are expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facts.codes import CodeTable, TableRow
from facts.origin import Origin
from facts.readers.code_lists import HcpcsRelease
from kb.engines.protocol import Engine
from kb.knowledge_base import KnowledgeBase
from kb.policy.loader import Policy

CLAIM_ID = "CASE"


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """What a case expects of one claim line; None where it expects nothing of a field."""

    outcome: str
    cites: frozenset[str]
    allowed: str | None = None
    missing: tuple[str, ...] | None = None
    assumes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One claim of a policy's test suite.

    Parameters
    ----------
    name : str
        What the case shows, in words.
    clause_id : str
        The clause that it is about.
    fires : bool
        Whether some line must cite the clause, or none may.
    lines, evidence, overrides : tuple of dict
        As the readers take them.
    settings : dict of str to str
        Values of switches.
    strict : bool
        Whether missing facts pend a line.
    release, precertification : tuple of dict
        A small HCPCS release and precertification list, where the case loads one.
    expected : dict of line number to ExpectedLine
        What is expected of each line, by its number.
    origin : Origin
        Place of the case.
    """

    name: str
    clause_id: str
    fires: bool
    lines: tuple[Mapping[str, Any], ...]
    evidence: tuple[Mapping[str, Any], ...]
    overrides: tuple[Mapping[str, Any], ...]
    settings: Mapping[str, str]
    strict: bool
    release: tuple[Mapping[str, Any], ...] | None
    precertification: tuple[str, ...] | None
    expected: Mapping[int, ExpectedLine]
    origin: Origin

    def knowledge_base(self, policy: Policy, engine: Engine | None = None) -> KnowledgeBase:
        """Return the knowledge base that the case asks for.

        Parameters
        ----------
        policy : Policy
            The policy that is tested.
        engine : Engine, optional
            pyDatalog where nothing is given.
        """
        return KnowledgeBase(
            policy,
            settings=self.settings,
            strict=self.strict,
            release=_release(self.release) if self.release is not None else None,
            precertification=(
                _code_list(self.precertification) if self.precertification is not None else None
            ),
            engine=engine,
        )


def _release(rows: tuple[Mapping[str, Any], ...]) -> HcpcsRelease:
    return HcpcsRelease(
        "case",
        {row["code"]: ((row.get("added"), row.get("terminated")),) for row in rows},
    )


def _code_list(codes: tuple[str, ...]) -> CodeTable:
    rows = tuple(TableRow(code, code, Origin("case", code)) for code in codes)
    return CodeTable("precertification_list", "procedure", rows)

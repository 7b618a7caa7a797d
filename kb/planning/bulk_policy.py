"""What a run over lines needs of a policy: enough to determine and to cite, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from facts.claim import EvidenceType, EvidenceTypes
from kb.compile.formulas.line_script import LineScript
from kb.engines.duckdb.lines.dictionaries import PolicyTableRow
from kb.model.clause import PolicyClause

if TYPE_CHECKING:
    from kb.rule_base import RuleBase


@dataclass(frozen=True, slots=True)
class BulkPolicy:
    """A policy under settings, as a script over lines with what its determinations cite.

    Parameters
    ----------
    policy_id, version, program_sha256 : str
        Identity of the policy.
    register : tuple of PolicyClause
        In the order of the register.
    evidence : tuple of EvidenceType
        Files of evidence.
    table_rows : tuple of PolicyTableRow
        Rows of all tables of the policy, and of a loaded list.
    script : LineScript
        The rules of the policy.
    """

    policy_id: str
    version: str
    program_sha256: str
    register: tuple[PolicyClause, ...]
    evidence: tuple[EvidenceType, ...]
    table_rows: tuple[PolicyTableRow, ...]
    script: LineScript

    @property
    def clauses(self) -> Mapping[str, PolicyClause]:
        """The clauses by their ids, in the order of the register."""
        return {clause.clause_id: clause for clause in self.register}

    @property
    def evidence_types(self) -> EvidenceTypes:
        """What the policy declares of each name of evidence."""
        return {each.name: each for each in self.evidence}


def bulk_policy(kb: RuleBase, script: LineScript) -> BulkPolicy:
    """Return what a run needs of the policy of a knowledge base.

    Parameters
    ----------
    kb : RuleBase
        A policy with its settings and lists.
    script : LineScript
        Its rules, as ``policy_lines`` returns them.
    """
    policy = kb.policy
    return BulkPolicy(
        policy.policy_id,
        policy.version,
        policy.program_sha256,
        tuple(policy.clauses.values()),
        tuple(policy.evidence_types.values()),
        rows_of_tables(kb),
        script,
    )


def rows_of_tables(kb: RuleBase) -> tuple[PolicyTableRow, ...]:
    """Return the rows of all tables of the policy of a ``kb``, and of a loaded list."""
    tables = list(kb.policy.tables.values())
    if kb.precertification is not None:
        tables.append(kb.precertification)
    return tuple(
        PolicyTableRow(
            table.name,
            row.first,
            row.last,
            row.value or "",
            "" if row.amount is None else str(row.amount),
            table.column,
        )
        for table in tables
        for row in table.rows
    )

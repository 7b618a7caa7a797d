"""Determine lines predicate by predicate, where the rules are no formulas over single lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from facts.claim import Override
from facts.diagnostic import Diagnostic, ProgramError
from facts.extras import Connection
from facts.readers.frames import TablePath
from facts.schema import BY_NAME
from kb.bulk.faults import NOT_EXACT
from kb.bulk.read.evidence import ROWS, EvidenceReader
from kb.bulk.read.lines import LINES, Checked, LineReader
from kb.bulk.result import Meter
from kb.compile.formulas.line_script import NotFusable
from kb.compile.formulas.plan import ALLOWED, answers_of
from kb.compile.planner import plan_predicates
from kb.compile.rewrite.apart import NotApart
from kb.compile.script.statements import RESERVED
from kb.engines.duckdb.claims import ClaimInputs
from kb.engines.duckdb.goal import GoalRun, Inexact
from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.lines.tables import RUN_TABLES
from kb.engines.duckdb.output.from_predicates import lines_of_predicates
from kb.planning.policy_source import policy_source
from kb.rule_base import RuleBase

_RUN_TABLES = {table.name for table in RUN_TABLES} - set(BY_NAME)


@dataclass(slots=True)
class CheckedFiles:
    """Claims and evidence of files, checked, as tables of a connection.

    Parameters
    ----------
    checked : Checked
        The claim lines.
    has_evidence : bool
        Whether there is any evidence.
    diagnostics : list of Diagnostic
        Of the claims, then of the evidence.
    evidence_read, evidence_rejected : int
        Rows of evidence.
    """

    checked: Checked
    has_evidence: bool = False
    diagnostics: list[Diagnostic] = field(default_factory=list)
    evidence_read: int = 0
    evidence_rejected: int = 0


def read_inputs(
    connection: Connection,
    kb: RuleBase,
    claims: Sequence[TablePath],
    evidence: Sequence[TablePath],
    whole: bool = True,
) -> CheckedFiles:
    """Read and check files of claims and of evidence on a connection, as a ``kb`` declares them.

    Parameters
    ----------
    connection : Connection
        A connection to DuckDB.
    kb : RuleBase
        A policy with its settings and lists.
    claims, evidence : sequence of path
        What is read.
    whole : bool, optional
        Whether the claims are all there are.
    """
    checked = LineReader(connection, claims).read()
    inputs = CheckedFiles(checked, diagnostics=[*checked.diagnostics])
    if evidence:
        reader = EvidenceReader(connection, kb.policy.evidence_types, LINES, whole)
        inputs.has_evidence = reader.read(evidence)
        inputs.diagnostics += reader.diagnostics
        inputs.evidence_read, inputs.evidence_rejected = reader.rows_read, reader.rows_rejected
    return inputs


def taken_names(connection: Connection) -> list[str]:
    """Return the names that no predicate's table may have on a connection."""
    rows = connection.execute("SELECT table_name FROM information_schema.tables").fetchall()
    return sorted({*RESERVED, *_RUN_TABLES, *(name for (name,) in rows)})


def determine_predicates(
    connection: Connection,
    kb: RuleBase,
    inputs: CheckedFiles,
    overrides: Sequence[Override],
    reads: Sequence[str],
    meter: Meter,
) -> DeterminedLines:
    """Compute the predicates of a determination for all claims at once.

    Parameters
    ----------
    connection : Connection
        Where the tables are.
    kb : RuleBase
        A policy with its settings and lists.
    inputs : CheckedFiles
        As ``read_inputs`` returns them.
    overrides : sequence of Override
        Overrides of plans and contracts.
    reads : sequence of str
        Columns of the lines that the output needs.
    meter : Meter
        How far the run is.

    Returns
    -------
    DeterminedLines
        What ``write_determinations`` writes.

    Raises
    ------
    NotFusable
        If a rule would say something else of all claims at once than of each, or a number cannot
        be computed exactly.
    """
    try:
        source = policy_source(kb, overrides)
        on_file = ROWS if inputs.has_evidence else None
        relations = ClaimInputs(connection, source, LINES, on_file)
        asked = answers_of(source.program)
        taken = taken_names(connection)
        plan = plan_predicates(source.program, (*asked, ALLOWED), relations.codes, taken)
        meter.total, begun = inputs.checked.tally.lines_read, 0.3

        def watch(share: float) -> None:
            meter.done = int(meter.total * (begun + 0.5 * share))

        GoalRun(relations, plan, watch).compute()
        return lines_of_predicates(connection, plan.catalog, LINES, reads, asked)
    except NotApart as fault:
        raise NotFusable(str(fault)) from None
    except (Inexact, ProgramError):
        raise NotFusable(NOT_EXACT) from None

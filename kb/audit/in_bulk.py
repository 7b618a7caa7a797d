"""The audit of all claims in one set, on DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from facts.claim import Override
from facts.diagnostic import Diagnostic, ProgramError
from facts.extras import Connection
from facts.readers.parquet import is_parquet
from facts.readers.remittance_files import RemittanceFiles
from facts.readers.x12.remittance_stream import RemittanceTally
from kb.audit.answered_lines import (
    CLAIM_ROWS,
    lines_to_match,
    relations,
    store_answers,
)
from kb.audit.answered_rows import answers_of_rows
from kb.audit.audit_table import ARITIES, AUDITED, CLAIM_COLUMNS, URGENCY, make_audit, table_totals
from kb.audit.audited_line import (
    COLUMNS,
    AuditedLine,
    unmatched_line,
)
from kb.audit.totals import AuditTotals
from kb.bulk.by_predicate import taken_names
from kb.bulk.faults import NOT_EXACT, inexact_faults
from kb.bulk.read.evidence import ROWS
from kb.bulk.read.lines import LINES
from kb.bulk.session import BulkSession
from kb.compile.formulas.line_script import NotFusable
from kb.compile.planner import GoalPlan, plan_predicates
from kb.compile.rewrite.apart import NotApart
from kb.engines.duckdb.claims import ClaimInputs
from kb.engines.duckdb.connection import identifier, literal, one_row
from kb.engines.duckdb.goal import GoalRun, Inexact
from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.lines.run import CheckedLines, determine_lines
from kb.engines.duckdb.output.from_predicates import DETERMINED
from kb.engines.duckdb.output.special import make_allowed_units
from kb.engines.duckdb.output.writer import COPY_OPTIONS
from kb.language.values import canonical
from kb.matching.claims import Matching, match_claims
from kb.planning.lists import prepare_lists
from kb.planning.policy_source import policy_source
from kb.planning.rules import BulkRules
from kb.rule_base import RuleBase


def _shortest(number: Decimal | None) -> Decimal | None:
    """Return a number without zeros behind it, as the other engine has it."""
    return None if number is None else Decimal(str(canonical(number)))


class NotInOneSet(Exception):
    """The rules, or their numbers, cannot be computed for all claims at once; the text says why."""


@dataclass(slots=True)
class BulkAudit:
    """An audit in a table of DuckDB.

    Parameters
    ----------
    connection : Connection
        Where the table is.
    totals : AuditTotals
        Its totals.
    diagnostics : list of Diagnostic
        What was wrong with claims and evidence.
    order : str
        SQL that orders the lines.
    answers : RemittanceTally
        What was read of the remittances.
    """

    connection: Connection
    totals: AuditTotals
    diagnostics: list[Diagnostic] = field(default_factory=list)
    order: str = "place, line_number NULLS LAST"
    answers: RemittanceTally = field(default_factory=RemittanceTally)

    def lines(self) -> Iterator[AuditedLine]:
        """Yield the audited lines."""
        found = self.connection.execute(self.query())
        while rows := found.fetchmany(10_000):
            for row in rows:
                line = AuditedLine(*row)
                yield line._replace(
                    allowed_units=_shortest(line.allowed_units),
                    units_paid=_shortest(line.units_paid),
                )

    def query(self) -> str:
        """Return the query of the audited lines."""
        names = ", ".join(map(identifier, COLUMNS))
        return f"SELECT {names} FROM {AUDITED} ORDER BY {self.order}"

    def write_parquet(self, target: str) -> None:
        """Write the audited lines to a Parquet file, ``target``."""
        options = COPY_OPTIONS["parquet"]
        self.connection.execute(f"COPY ({self.query()}) TO {literal(target)} ({options})")


def audit_in_bulk(
    session: BulkSession,
    rules: BulkRules,
    kb: RuleBase,
    remitted: Callable[[], RemittanceFiles],
    remittances: Sequence[str | Path] = (),
    evidence: Sequence[str | Path] = (),
    overrides: tuple[Override, ...] = (),
    appeal_days: Mapping[str, int] | None = None,
    as_of: date | None = None,
) -> BulkAudit:
    """Audit the claims that a session reads.

    Parameters
    ----------
    session : BulkSession
        It reads the claims.
    rules : BulkRules
        The rules of determinations.
    kb : RuleBase
        The same policy, loaded with the rules of verdicts.
    remitted : callable
        Reads the remittances; it is called while the claims are read, if at all.
    remittances : sequence of path, optional
        Their files, which DuckDB reads by itself where it can.
    evidence : sequence of path, optional
        Files of evidence.
    overrides : tuple of Override, optional
        Overrides of plans and contracts.
    appeal_days : mapping of payer to int, optional
        As for ``with_deadlines``.
    as_of : date, optional
        As for ``with_deadlines``.

    Raises
    ------
    NotInOneSet
        If the claims have to be audited one by one.
    """
    inexact: tuple[type[Exception], ...] = (Inexact, ProgramError, *inexact_faults())
    try:
        connection = session.connection
        session.start_evidence(evidence, rules.evidence_types)
        by_rows = bool(remittances) and all(is_parquet(Path(path)) for path in remittances)
        answers = None if by_rows else remitted()
        policy = rules.lines(overrides)
        checked = session.checked()
        found = BulkAudit(connection, AuditTotals(), [*checked.diagnostics])
        has_evidence = False
        filed = session.filed()
        if filed is not None:
            found.diagnostics += filed[0].diagnostics
            has_evidence = filed[1]
        prepare_lists(connection, overrides, rules.release)
        lines = determine_lines(
            connection,
            policy.script,
            policy.table_rows,
            CheckedLines(
                LINES, lambda: has_evidence, checked.distinct, checked.pairs, checked.spans
            ),
        )
        make_allowed_units(lines)
        matching = _match(found, answers or remitted, remittances if by_rows else ())
        plan = _verdicts(lines, kb, overrides, has_evidence)
        others = [unmatched_line(each.claim, each.line, each.reason) for each in matching.unmatched]
        make_audit(lines, policy, plan, others, appeal_days or {}, as_of)
        if appeal_days:
            found.order = URGENCY
        found.totals = table_totals(connection)
        return found
    except (NotFusable, NotApart) as fault:
        raise NotInOneSet(str(fault)) from None
    except inexact:
        raise NotInOneSet(NOT_EXACT) from None


def _match(
    found: BulkAudit,
    remitted: RemittanceFiles | Callable[[], RemittanceFiles],
    rows: Sequence[str | Path],
) -> Matching:
    """Make the table of answers: from rows where that can be, or else by matching in Python."""
    connection = found.connection
    tally = answers_of_rows(connection, rows, LINES) if rows else None
    if tally is not None:
        found.answers = tally
        return Matching()
    answers = remitted if isinstance(remitted, RemittanceFiles) else remitted()
    matching = match_claims(lines_to_match(connection, LINES), answers.claims)
    store_answers(connection, matching)
    found.diagnostics += answers.diagnostics
    found.answers = answers.tally
    return matching


def _verdicts(
    lines: DeterminedLines, kb: RuleBase, overrides: tuple[Override, ...], has_evidence: bool
) -> GoalPlan:
    """Make the tables of the predicates of verdicts."""
    source = policy_source(kb, overrides)
    inputs = ClaimInputs(lines.connection, source, LINES, ROWS if has_evidence else None)
    inputs.relations = relations(inputs.type_of("number"))
    wanted = list(ARITIES.items())
    (claims,) = one_row(lines.connection, f"SELECT count(*) FROM {CLAIM_ROWS}")
    if claims:
        known = kb.policy.program.signature
        wanted += [(name, 2) for name in CLAIM_COLUMNS if name in known]
    taken = taken_names(lines.connection)
    plan = plan_predicates(source.program, wanted, inputs.codes, taken, DETERMINED)
    GoalRun(inputs, plan, None, lines).compute()
    return plan

"""Answer goals over files of millions of lines: in the set, on DuckDB."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facts.claim import Override
from facts.diagnostic import Diagnostic, ProgramError, UsageError
from facts.extras import bulk_module
from facts.readers.batch import Claim, RejectedClaim, Tally
from facts.readers.detect import open_claims
from facts.readers.evidence import read_evidence
from kb.adjudication import Adjudication
from kb.assertions import CLASSIFIED_COLUMNS, Classifier, FactStore
from kb.bulk import INEXACT, connect, too_big
from kb.bulk_evidence import ROWS, EvidenceReader
from kb.bulk_input import LINES, LineReader
from kb.bulk_plan import plan_policy, prepare_lists, rows_of_tables
from kb.bulk_result import Meter
from kb.compile.apart import Codes, NotApart, are_apart
from kb.compile.components import components
from kb.compile.fused.plan import ANSWERS
from kb.compile.fused.refusal import NotFusable
from kb.compile.goal_plan import plan_goal
from kb.compile.script import RESERVED
from kb.engines.duckdb_goal import GoalRun, Inexact, answer_rows
from kb.engines.duckdb_inputs import ClaimInputs
from kb.engines.duckdb_lines import LineRun
from kb.engines.protocol import Row
from kb.goals import claim_terms, texts_of_goal
from kb.knowledge_base import KnowledgeBase
from kb.language.syntax import Program, Query
from kb.language.variables import named_variables
from kb.policy_script import policy_source
from kb.relation import Relation

_LONG = 14
"""Predicates from which on it is quicker to determine all lines first."""


@dataclass(slots=True)
class BulkAnswers:
    """The answers of a goal over files, in the order of a ``Relation``.

    Iterating reads them row by row, again and again; ``close`` lets go of what holds them, as
    does the end of a ``with`` block.

    Parameters
    ----------
    columns : tuple of str
        The named variables of the goal.
    diagnostics : list of Diagnostic
        Everything that was wrong or worth a note in the input.
    tally : Tally
        Lines read and rejected.
    rejected : list of RejectedClaim
    evidence_read, evidence_rejected : int
        Rows of evidence.
    """

    columns: tuple[str, ...]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    rejected: list[RejectedClaim] = field(default_factory=list)
    evidence_read: int = 0
    evidence_rejected: int = 0
    _count: int = 0
    _rows: Callable[[], Iterable[Row]] = tuple
    _held: ExitStack = field(default_factory=ExitStack)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows())

    def __len__(self) -> int:
        return self._count

    def __enter__(self) -> BulkAnswers:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the answers."""
        self._held.close()


def query_files(
    kb: KnowledgeBase,
    goal: str | Query,
    claims: Sequence[str | Path],
    *,
    evidence: Sequence[str | Path] = (),
    overrides: Iterable[Override] = (),
    engine: str = "duckdb",
    memory_limit: str | None = None,
    threads: int | None = None,
    meter: Meter | None = None,
) -> BulkAnswers:
    """Answer a goal over the claims of files.

    Parameters
    ----------
    kb : KnowledgeBase
        A policy with its settings and lists.
    goal : str or Query
        A conjunction in the rule language.
    claims : sequence of path
        CSV, JSONL and Parquet files, in any mixture; for ``pydatalog`` 837 files too.
    evidence : sequence of path, optional
        CSV, JSONL and Parquet files.
    overrides : iterable of Override, optional
    engine : {"duckdb", "pydatalog"}, optional
        ``duckdb`` computes each predicate that the goal needs for all claims at once.
        ``pydatalog`` goes claim by claim, or loads all claims where the goal looks at several
        together. So does ``duckdb`` where a number has no exact decimal, or where a rule would
        say something else of all claims than of each; a note tells so.
    memory_limit : str, optional
        As in ``4GB``; what does not fit is put on disk.
    threads : int, optional
    meter : Meter, optional
        Tells another thread how far the run is.

    Returns
    -------
    BulkAnswers

    Raises
    ------
    KeyboardInterrupt
        If a person stops it.
    QueryError
        If the goal has faults, or a number that it needs does not exist.
    UsageError
        If the disk or the memory does not suffice, an option is wrong, or the extra
        ``clausewise[bulk]`` is not installed.

    See Also
    --------
    KnowledgeBase.query : over claims that are in memory.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> claims = folder / "claims.csv"
    >>> _ = claims.write_text("claim_id,line_number,claim_form,service_date,procedure_code\\n"
    ...                       "C1,1,cms1500,2018-06-01,J7050\\n")
    >>> with query_files(KnowledgeBase.load("r14"), "bundled(C, L, K)", [claims]) as answers:
    ...     print(answers.columns, list(answers))
    ('C', 'L', 'K') [('C1', 1, 'R14-OFF-4')]
    """
    query = kb.parse(goal)
    held = tuple(overrides)
    meter = meter or Meter()
    if engine == "pydatalog":
        return _by_rows(kb, query, claims, evidence, held, meter)
    duckdb = bulk_module("duckdb")
    inexact = (Inexact, ProgramError, *(getattr(duckdb, name) for name in INEXACT))
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="clausewise-"))
        connection = connect(threads, memory_limit, scratch)
        stack.callback(connection.close)
        try:
            answers = _in_the_set(connection, kb, query, claims, evidence, held, meter)
            answers._held = stack.pop_all()
            return answers
        except NotApart as fault:
            reason = str(fault)
        except inexact:
            reason = "a number of these claims has no exact decimal"
        except RuntimeError as fault:
            if "interrupted" in str(fault):
                raise KeyboardInterrupt from None
            raise
        except duckdb.OutOfMemoryException as fault:
            raise UsageError([too_big(str(fault))]) from None
        except duckdb.IOException:
            raise UsageError([_disk_fault()]) from None
    answers = _by_rows(kb, query, claims, evidence, held, meter)
    message = f"the goal was answered without DuckDB, which takes longer: {reason}"
    answers.diagnostics.insert(0, Diagnostic("note", message))
    return answers


def _in_the_set(
    connection: Any,
    kb: KnowledgeBase,
    goal: Query,
    claims: Sequence[str | Path],
    evidence: Sequence[str | Path],
    overrides: tuple[Override, ...],
    meter: Meter,
) -> BulkAnswers:
    answers = BulkAnswers(named_variables(goal.body))
    meter.enter("reading")
    checked = LineReader(connection, claims).read()
    answers.tally, answers.rejected = checked.tally, checked.rejected
    answers.diagnostics += checked.diagnostics
    has_evidence = False
    if evidence:
        reader = EvidenceReader(connection, kb.policy.evidence_types, LINES)
        has_evidence = reader.read(evidence)
        answers.diagnostics += reader.diagnostics
        answers.evidence_read, answers.evidence_rejected = reader.rows_read, reader.rows_rejected
    meter.total = checked.tally.lines_read
    if not claim_terms(goal, kb.policy.program):
        return _held(answers, kb.with_claims((), (), overrides).query(goal))
    apart = kb.one_claim_at_a_time(goal)
    source = policy_source(kb, overrides)
    inputs = ClaimInputs(
        connection,
        source,
        LINES,
        ROWS if has_evidence else None,
        kb.claim_of(goal),
        {} if apart else _texts(kb, goal),
    )
    if inputs.claim is not None and not inputs.has_lines():
        return answers
    meter.enter("rules")
    lines = None
    if inputs.claim is None and _is_long(source.program, goal):
        lines = _line_run(inputs, kb, overrides, has_evidence)
    taken = connection.execute("SELECT table_name FROM information_schema.tables").fetchall()
    reserved = sorted({*RESERVED, *(name for (name,) in taken)})
    given = ANSWERS if lines is not None else ()
    plan = plan_goal(source.program, goal, inputs.codes if apart else None, reserved, given)
    run = GoalRun(inputs, plan, lambda done, of: _tell(meter, done, of), lines)
    answers._count = run.run()
    answers._rows = lambda: answer_rows(connection, bool(answers.columns))
    return answers


def _is_long(program: Program, goal: Query) -> bool:
    """Tell whether a goal needs so much of a determination that all of it is as quick."""
    plan = plan_goal(program, goal)
    keys = {key for each in plan.components for key in each.keys}
    return len(plan.components) > _LONG and any(
        name == of or name.startswith(f"{of} ") for name, _ in keys for of, _ in ANSWERS
    )


def _line_run(
    inputs: ClaimInputs, kb: KnowledgeBase, overrides: tuple[Override, ...], has_evidence: bool
) -> LineRun | None:
    """Determine every line as ``adjudicate`` does; None where the rules are no formulas of lines.

    A goal that looks at several claims together may take these answers too where all claims at
    once are told the same as each.
    """
    needed = components(inputs.source.program, ANSWERS)
    codes = Codes(inputs.codes.columns, lambda column: False)
    if not are_apart((rule for each in needed for rule in each.rules), codes):
        return None
    policy, lists = kb.policy, (kb.release, kb.precertification)
    try:
        plan = plan_policy(policy, kb.settings, overrides, *lists)
        prepare_lists(inputs.connection, overrides, kb.release)
        tables = rows_of_tables(policy, kb.precertification)
        run = LineRun(inputs.connection, plan, inputs.lines, tables, has_evidence)
        run.run()
    except NotFusable:
        return None
    return run


def _tell(meter: Meter, done: int, of: int) -> None:
    meter.done = meter.total * done // of


def _texts(kb: KnowledgeBase, goal: Query) -> FactStore:
    """What tables and lists say of the codes that a goal names; no claim needs to have them."""
    tables = {table.name: table for table in policy_source(kb).tables}
    classifier = Classifier(tables, kb.release)
    found: FactStore = {}
    for text in texts_of_goal(goal, {}):
        for column in CLASSIFIED_COLUMNS:
            for name, rows in classifier.facts(column, text).items():
                found.setdefault(name, {}).update(rows)
    return found


def _by_rows(
    kb: KnowledgeBase,
    goal: Query,
    claims: Sequence[str | Path],
    evidence: Sequence[str | Path],
    overrides: tuple[Override, ...],
    meter: Meter,
) -> BulkAnswers:
    """Answer a goal through the knowledge base's own engine."""
    meter.done = 0
    meter.enter("claims")
    index = read_evidence(list(evidence), kb.policy.evidence_types)
    stream = open_claims(list(claims))
    stream.items = _counted(stream.items, meter)
    answers = BulkAnswers(named_variables(goal.body))
    if kb.one_claim_at_a_time(goal):
        result = Adjudication()
        relation = kb.query_stream(goal, stream, index, overrides, result)
        answers.rejected = result.rejected
        answers.diagnostics += result.diagnostics
    else:
        loaded = kb.with_claims(stream, index, overrides)
        relation = loaded.query(goal)
        answers.diagnostics += loaded.diagnostics
    answers.tally = stream.tally
    answers.evidence_read, answers.evidence_rejected = index.rows_read, index.rows_rejected
    return _held(answers, relation)


def _held(answers: BulkAnswers, relation: Relation) -> BulkAnswers:
    answers._count, answers._rows = len(relation), lambda: relation.rows
    return answers


def _counted(
    items: Iterable[Claim | RejectedClaim], meter: Meter
) -> Iterator[Claim | RejectedClaim]:
    for item in items:
        yield item
        meter.done += len(item.lines) if isinstance(item, Claim) else item.lines_read


def _disk_fault() -> Diagnostic:
    message = "a file of the run cannot be read or written"
    help = "look at the files, and make room for temporary ones (TMPDIR)"
    return Diagnostic("error", message, None, help)

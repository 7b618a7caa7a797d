"""Answer goals over files of millions of lines: in the set, on DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack

from facts.claim import Override
from facts.diagnostic import Diagnostic, ProgramError
from facts.extras import Connection
from facts.leftovers import scratch_folder
from facts.readers.frames import TablePath
from facts.schema import CLASSIFIED_COLUMNS
from kb.bulk.answers import BulkAnswers, answer_by_rows, held
from kb.bulk.by_predicate import read_inputs, taken_names
from kb.bulk.faults import NOT_EXACT, inexact_faults, room_faults
from kb.bulk.read.evidence import ROWS
from kb.bulk.read.lines import LINES
from kb.bulk.result import Meter
from kb.bulk.session import close, connect
from kb.claims.assertions import Classifier, FactStore
from kb.claims.goals import claim_terms, texts_of_goal
from kb.compile.formulas.line_script import NotFusable
from kb.compile.formulas.plan import ALLOWED, ANSWERS
from kb.compile.planner import plan_goal
from kb.compile.rewrite.apart import CODE_PREDICATES, Codes, NotApart, are_apart
from kb.compile.rewrite.components import components
from kb.compile.script.source import ScriptSource
from kb.engines.duckdb.claims import ClaimInputs
from kb.engines.duckdb.connection import run_stoppable
from kb.engines.duckdb.goal import GoalRun, Inexact, answer_rows
from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.lines.run import CheckedLines, determine_lines
from kb.engines.duckdb.output.from_predicates import DETERMINED
from kb.engines.duckdb.output.special import make_allowed_units
from kb.language.ast import Constant, Key, Program, Query
from kb.language.traversal import atoms_of, named_variables
from kb.planning.lists import prepare_lists
from kb.planning.policy_source import policy_source
from kb.planning.rules import BulkRules
from kb.rule_base import RuleBase

_LONG = 14
"""Predicates from which on it is quicker to determine all lines first."""


def query_files(
    kb: RuleBase,
    goal: str | Query,
    claims: Sequence[TablePath],
    *,
    evidence: Sequence[TablePath] = (),
    overrides: Iterable[Override] = (),
    engine: str = "duckdb",
    memory_limit: str | None = None,
    threads: int | None = None,
    meter: Meter | None = None,
) -> BulkAnswers:
    """Answer a goal over the claims of files.

    Parameters
    ----------
    kb : RuleBase
        A policy with its settings and lists.
    goal : str or Query
        A conjunction in the rule language.
    claims, evidence : sequence of path
        CSV, JSONL and Parquet files, in any mixture; claims may be 837 files too.
    overrides : iterable of Override, optional
        Overrides of plans and contracts.
    engine : {"duckdb", "pydatalog"}, optional
        ``pydatalog`` goes claim by claim, or loads all claims where the goal looks at several. So
        does ``duckdb``, with a note, where it could not answer exactly, or as for each claim.
    memory_limit : str, optional
        As in ``4GB``; what does not fit is put on disk.
    threads : int, optional
        As many as DuckDB takes by itself if absent.
    meter : Meter, optional
        Tells another thread how far the run is.

    Returns
    -------
    BulkAnswers

    Raises
    ------
    QueryError, UsageError
        If the goal has faults, or a number that it needs does not exist; if there is no room, an
        option is wrong, or the extra ``clausewise[bulk]`` is not installed.

    See Also
    --------
    RuleBase.query : over claims that are in memory.
    kb.bulk.adjudicate.adjudicate_files : determinations instead of answers.

    Examples
    --------
    >>> from pathlib import Path; from tempfile import mkdtemp
    >>> claims = Path(mkdtemp(), "claims.csv")
    >>> _ = claims.write_text("claim_id,line_number,claim_form,service_date,procedure_code\\n"
    ...                       "C1,1,cms1500,2018-06-01,J7050\\n")
    >>> from kb import KnowledgeBase
    >>> with query_files(KnowledgeBase.load("r14"), "bundled(C, L, K)", [claims]) as answers:
    ...     print(answers.columns, list(answers))
    ('C', 'L', 'K') [('C1', 1, 'R14-COD-2')]
    """
    query = kb.parse(goal)
    files = claims, evidence, tuple(overrides), meter or Meter()
    if engine == "pydatalog":
        return answer_by_rows(kb, query, *files)
    inexact: tuple[type[Exception], ...] = (Inexact, ProgramError, *inexact_faults())
    with room_faults(), ExitStack() as stack:
        connection = connect(threads, memory_limit, stack.enter_context(scratch_folder()))
        stack.callback(close, connection)
        try:
            found = run_stoppable(connection, lambda: _in_one_set(connection, kb, query, *files))
            found._held = stack.pop_all()
            return found
        except NotApart as fault:
            reason = str(fault)
        except inexact:
            reason = NOT_EXACT
    answers = answer_by_rows(kb, query, *files)
    note = f"the goal was answered without DuckDB, which takes longer: {reason}"
    answers.diagnostics.insert(0, Diagnostic("note", note))
    return answers


def _in_one_set(
    connection: Connection,
    kb: RuleBase,
    goal: Query,
    claims: Sequence[TablePath],
    evidence: Sequence[TablePath],
    overrides: tuple[Override, ...],
    meter: Meter,
) -> BulkAnswers:
    answers = BulkAnswers(named_variables(goal.body))
    meter.enter("reading")
    read = read_inputs(connection, kb, claims, evidence)
    answers.tally, answers.rejected = read.checked.tally, read.checked.rejected
    answers.diagnostics += read.diagnostics
    answers.evidence_read, answers.evidence_rejected = read.evidence_read, read.evidence_rejected
    has_evidence, meter.total = read.has_evidence, read.checked.tally.lines_read
    if not claim_terms(goal, kb.policy.program):
        return held(answers, kb.with_claims((), (), overrides).query(goal))
    apart = kb.one_claim_at_a_time(goal)
    source = policy_source(kb, overrides)
    inputs = ClaimInputs(
        connection,
        source,
        LINES,
        ROWS if has_evidence else None,
        _named(kb, source, goal),
        {} if apart else _texts(kb, goal),
    )
    if apart and inputs.claims is not None and not inputs.has_lines():
        return answers
    lines = None
    predicates, determined = _needed(source.program, goal)
    if inputs.claims is None and predicates > _LONG and determined:
        lines = _line_run(
            inputs, kb, overrides, has_evidence, read.checked.pairs, meter, ALLOWED[0] in determined
        )
    if lines is not None and ALLOWED[0] in determined:
        make_allowed_units(lines)
    begun = meter.share() if lines is not None else 0.0
    reserved = taken_names(connection)
    given = _given(determined) if lines is not None else ()
    plan = plan_goal(source.program, goal, inputs.codes if apart else None, reserved, given)
    meter.enter("rules")
    run = GoalRun(inputs, plan, lambda share: _tell(meter, begun + (1 - begun) * share), lines)
    answers._count = run.run()
    answers._rows = lambda: answer_rows(connection, bool(answers.columns))
    return answers


def _named(kb: RuleBase, source: ScriptSource, goal: Query) -> set[str] | None:
    """Return the claims that a goal names where no other one matters."""
    terms = claim_terms(goal, kb.policy.program)
    named = {str(term.value) for term in terms if isinstance(term, Constant)}
    if len(named) < len(terms):
        return None
    keys = {atom.key for atom in atoms_of(goal.body)}
    if len(named) > 1 and any(name in CODE_PREDICATES for name, _ in keys):
        return None
    columns = {table.name: table.column for table in source.tables}
    return named if len(named) == 1 or _say_the_same(source.program, keys, columns) else None


def _say_the_same(program: Program, wanted: Iterable[Key], columns: Mapping[str, str]) -> bool:
    """Tell whether predicates say of all claims together what they say of each."""
    codes = Codes(columns, lambda column: False)
    needed = components(program, wanted)
    return are_apart((rule for each in needed for rule in each.rules), codes)


def _needed(program: Program, goal: Query) -> tuple[int, set[str]]:
    """Return how many predicates a goal needs, and the names of those of a determination."""
    plan = plan_goal(program, goal)
    names = {name.partition(" ")[0] for each in plan.components for name, _ in each.keys}
    return len(plan.components), names & {name for name, _ in DETERMINED}


def _given(determined: set[str]) -> tuple[Key, ...]:
    """The predicates that a run over lines answers; allowed units only where they are asked for."""
    return DETERMINED if ALLOWED[0] in determined else ANSWERS


def _line_run(
    inputs: ClaimInputs,
    kb: RuleBase,
    overrides: tuple[Override, ...],
    has_evidence: bool,
    pairs: int,
    meter: Meter,
    units: bool,
) -> DeterminedLines | None:
    """Determine every line as ``adjudicate`` does; None where the rules are no formulas of lines.

    A goal that looks at several claims together may take these answers too where all claims at
    once are reported in the same way as each.
    """
    if not _say_the_same(inputs.source.program, DETERMINED, inputs.codes.columns):
        return None
    try:
        policy = BulkRules.of(kb).lines(overrides)
        prepare_lists(inputs.connection, overrides, kb.release)
        return determine_lines(
            inputs.connection,
            policy.script,
            policy.table_rows,
            CheckedLines(inputs.lines, lambda: has_evidence, pairs=pairs),
            units=units,
            watch=meter.enter,
        )
    except NotFusable:
        return None


def _tell(meter: Meter, share: float) -> None:
    meter.done = int(meter.total * share)


def _texts(kb: RuleBase, goal: Query) -> FactStore:
    """What tables and lists say of the codes that a goal names; no claim needs to have them."""
    tables = {table.name: table for table in policy_source(kb).tables}
    classifier = Classifier(tables, kb.release)
    found: FactStore = {}
    for text in texts_of_goal(goal, {}):
        for column in CLASSIFIED_COLUMNS:
            for name, rows in classifier.facts(column, text).items():
                found.setdefault(name, {}).update(rows)
    return found

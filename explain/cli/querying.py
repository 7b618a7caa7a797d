"""``clausewise query``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from explain.cli.bounded import BoundedDiagnostics
from explain.cli.candidates import candidates
from explain.cli.loaded import expanded
from explain.cli.options import (
    ClaimOption,
    CsvOption,
    EngineOptions,
    InputOptions,
    JsonOption,
)
from explain.cli.output import csv_text, data, json_text, message, report, table_lines
from explain.cli.progress import progress
from explain.cli.running import BAD_INPUT, DONE, NO_ANSWER
from facts.diagnostic import Diagnostic, UsageError
from facts.readers.detect import reads_one_claim
from facts.readers.overrides import read_overrides
from facts.values import format_number
from kb.bulk.engine import choose_engine
from kb.bulk.result import Meter
from kb.claims.counting import CountedGoal, read_counted_goal
from kb.language.values import Row, Value

if TYPE_CHECKING:
    from kb.bulk.answers import BulkAnswers
    from kb.engines.protocol import Engine
    from kb.knowledge_base import KnowledgeBase
    from kb.language.ast import Query

_AT_ONCE = 1_000
"""Rows that are printed together."""


def query(
    goal: Annotated[
        str,
        typer.Argument(metavar="GOAL", help="A goal, as in 'denied(Claim, Line, Clause)'."),
    ],
    claims: ClaimOption = [],  # noqa: B006
    *,
    given: InputOptions,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    by: EngineOptions,
) -> int:
    """Answer a goal over some claims.

    The goal is written in the language of the rules, what it asks for in capitals. Its answers
    are a table; with --json each is an object on its own row. A goal that asks for nothing is
    answered `yes` where it holds, with --csv in a column named answer.

    Over Parquet, and tables of a megabyte and more, DuckDB answers it for all claims at once (pip
    install '.[bulk]'); --engine chooses otherwise. A goal that names its claim reads
    that claim alone of a Parquet file.

    \b
    clausewise query 'denied(Claim, Line, Clause)' -c claims.837
    clausewise query "outcome('CLM1', Line, Outcome)" -c claims.csv --csv
    clausewise query 'bundled(C, L, K), charge(C, L, Charge), Charge > 100' -c claims.csv
    clausewise query 'denied(C, L, K)' -c 'claims/*.parquet' --evidence evidence.parquet --json
    clausewise query "code_in('J7050', Table)"

    What is counted or added up stands before a colon, or among the conditions, the groups behind
    `by`; a value of a line, such as its charge, counts once for each line.

    \b
    clausewise query 'count(denied(C, L, K))' -c claims.csv
    clausewise query 'count, sum(charge) by K: denied(C, L, K)' -c claims.csv
    clausewise query 'denied(C, L, K), count(C), sum(charge) by K, provider' -c claims.csv
    """
    if as_json and as_csv:
        raise UsageError.of("`--json` and `--csv` exclude each other", "choose one of them")
    kb = given.knowledge_base()
    counted = read_counted_goal(goal, kb.policy.program)
    parsed = counted.goal if counted is not None else kb.parse(goal)
    files, given.evidence = given.claim_files(claims), expanded(given.evidence or ())
    chosen = choose_engine(by.engine, files)
    asked = _Asked(kb, files, given, chosen, by)
    answers = asked.answers(parsed) if counted is None else asked.counted(counted)
    with answers:
        _print(answers, as_json, as_csv)
    told = answers.diagnostics
    if not isinstance(told, BoundedDiagnostics):
        told = BoundedDiagnostics(told)
    report(told)
    if not len(answers):
        message("no answer" if claims else "no answer; claims are given with -c FILE")
    if told.has_errors:
        return BAD_INPUT
    return DONE if len(answers) else NO_ANSWER


@dataclass(frozen=True, slots=True)
class _Asked:
    """What goals are asked of, on which engine."""

    kb: KnowledgeBase
    claims: Sequence[str]
    given: InputOptions
    engine: str
    by: EngineOptions

    def answers(self, goal: Query) -> BulkAnswers:
        """Answer a goal over the claim that it names, over all, or over none."""
        kb = self.kb
        only = kb.claim_of(goal)
        alone = only is not None and (self.engine == "pydatalog" or reads_one_claim(self.claims))
        by_claim = bool(self.given.remittances)
        if not (alone or by_claim or not self.claims):
            return _of_all(kb, goal, self.claims, self.given, self.engine, self.by)
        if self.by.engine == "duckdb":
            kb = self.given.knowledge_base(_duckdb(self.by))
        found = _of_one_claim(kb, goal, self.claims, self.given, only)
        if by_claim and not alone and self.engine == "duckdb":
            note = "the goal was answered claim by claim, which takes longer: a remittance is given"
            found.diagnostics.extend([Diagnostic("note", note)])
        return found

    def counted(self, goal: CountedGoal) -> BulkAnswers:
        """Answer a goal whose answers are counted; what is wrong is told once."""
        from kb.bulk.answers import BulkAnswers

        made = BulkAnswers(goal.columns)
        told: list[Diagnostic] | None = None

        def ask(query: Query) -> list[Row]:
            nonlocal told
            with self.answers(query) as found:
                told = found.diagnostics if told is None else told
                return list(found)

        rows = goal.answers(ask)
        made.diagnostics = told or []
        made._count, made._rows = len(rows), lambda: rows
        return made


def _of_one_claim(
    kb: KnowledgeBase,
    goal: Query,
    claims: Sequence[str],
    given: InputOptions,
    only: str | None,
) -> BulkAnswers:
    """Answer a goal over the claim that it names, or over none; of Parquet no more is read."""
    from kb.bulk.answers import BulkAnswers, held

    loaded = given.loaded(claims, kb, only)
    relation = loaded.kb.query(goal)
    if only is not None and only not in loaded.kb.claims and loaded.kb.claims:
        loaded.diagnostics.extend(candidates(only, loaded.kb.claims))
    return held(BulkAnswers(relation.columns, loaded.diagnostics), relation)


def _of_all(
    kb: KnowledgeBase,
    goal: Query,
    claims: Sequence[str],
    given: InputOptions,
    engine: str,
    by: EngineOptions,
) -> BulkAnswers:
    """Answer a goal over all claims of files."""
    notes: list[Diagnostic] = []
    evidence = given.evidence or []
    changes = read_overrides(given.overrides or [], tuple(kb.policy.clauses), notes)
    with progress(Meter("reading")) as meter:
        if engine == "pydatalog":
            from kb.bulk.answers import answer_by_rows

            answers = answer_by_rows(kb, goal, claims, evidence, changes, meter)
        else:
            from kb.bulk.query import query_files

            answers = query_files(
                kb,
                goal,
                claims,
                evidence=evidence,
                overrides=changes,
                memory_limit=by.memory_limit,
                threads=by.threads,
                meter=meter,
            )
    answers.diagnostics[:0] = notes
    return answers


def _duckdb(by: EngineOptions) -> Engine:
    """Return the engine that was asked for, after its options have been tried."""
    from kb.bulk.session import connect
    from kb.engines.duckdb.session import DuckDBEngine

    connect(by.threads, by.memory_limit, tempfile.gettempdir()).close()
    return DuckDBEngine(by.threads, by.memory_limit)


def _print(answers: BulkAnswers, as_json: bool, as_csv: bool) -> None:
    """Print answers as they are read; a table is read twice, first for its widths."""
    texts = _texts(answers, as_json, as_csv)
    while block := list(islice(texts, _AT_ONCE)):
        data("\n".join(block))


def _texts(answers: BulkAnswers, as_json: bool, as_csv: bool) -> Iterator[str]:
    columns = answers.columns
    if as_json:
        for row in answers:
            yield json_text(dict(zip(columns, row, strict=True)))
    elif as_csv:
        yield csv_text([columns or ("answer",)])
        for row in answers:
            yield csv_text([_shown(row) or ("yes",)])
    elif columns and len(answers):
        yield from table_lines(columns, lambda: map(_shown, answers))
    elif len(answers):
        yield "yes"


def _shown(row: Sequence[Value]) -> tuple[object, ...]:
    return tuple(value if isinstance(value, (str, int)) else format_number(value) for value in row)

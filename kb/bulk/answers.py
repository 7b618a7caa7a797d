"""The answers of a goal over files, and how they are found claim by claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from facts.claim import Override
from facts.diagnostic import Diagnostic
from facts.readers.batch import Claim, RejectedClaim, Tally
from facts.readers.detect import open_claims
from facts.readers.evidence import read_evidence
from facts.readers.frames import TablePath
from kb.bulk.result import Meter
from kb.claims.goals import claim_terms
from kb.claims.result import Adjudication, accepted
from kb.engines.duckdb.connection import interruptible
from kb.language.ast import Query
from kb.language.traversal import named_variables
from kb.language.values import Row
from kb.model.relation import Relation
from kb.rule_base import RuleBase


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
        The claims that could not be read.
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
        with interruptible():
            yield from self._rows()

    def __len__(self) -> int:
        return self._count

    def __enter__(self) -> BulkAnswers:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the answers."""
        self._held.close()


def answer_by_rows(
    kb: RuleBase,
    goal: Query,
    claims: Sequence[TablePath],
    evidence: Sequence[TablePath],
    overrides: tuple[Override, ...],
    meter: Meter,
) -> BulkAnswers:
    """Answer a goal through the knowledge base's own engine.

    Parameters
    ----------
    kb : RuleBase
        A policy with its settings and lists.
    goal : Query
        A checked goal.
    claims, evidence : sequence of path
        Files to read.
    overrides : tuple of Override
        Overrides of plans and contracts.
    meter : Meter
        Counts the lines that are done.

    Returns
    -------
    BulkAnswers
        Claims are kept in memory only where the goal looks at several together.
    """
    meter.done = 0
    meter.enter("claims")
    index = read_evidence(list(evidence), kb.policy.evidence_types)
    stream = open_claims(claims)
    stream.items = _counted(stream.items, meter)
    answers = BulkAnswers(named_variables(goal.body))
    result = Adjudication()
    if kb.one_claim_at_a_time(goal):
        relation = kb.query_stream(goal, stream, index, overrides, result)
    elif not claim_terms(goal, kb.policy.program):
        result.diagnostics.extend(index.diagnostics)
        for _ in accepted(stream, index, result):
            pass
        relation = kb.with_claims((), (), overrides).query(goal)
    else:
        loaded = kb.with_claims(stream, index, overrides)
        relation = loaded.query(goal)
        answers.diagnostics += loaded.diagnostics
    answers.rejected = result.rejected
    answers.diagnostics += result.diagnostics
    answers.tally = stream.tally
    answers.evidence_read, answers.evidence_rejected = index.rows_read, index.rows_rejected
    return held(answers, relation)


def held(answers: BulkAnswers, relation: Relation) -> BulkAnswers:
    """Return answers with those of a relation."""
    answers._count, answers._rows = len(relation), lambda: relation.rows
    return answers


def _counted(
    items: Iterable[Claim | RejectedClaim], meter: Meter
) -> Iterator[Claim | RejectedClaim]:
    for item in items:
        yield item
        meter.done += len(item.lines) if isinstance(item, Claim) else item.lines_read

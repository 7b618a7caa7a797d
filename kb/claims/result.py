"""What came of a set of claims, and the claims of a stream as they are accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from facts.claim import ClaimLine
from facts.diagnostic import Diagnostic, QueryError
from facts.readers.batch import Claim, ClaimStream, RejectedClaim, Tally
from facts.values import one_line
from kb.model.clause import OUTCOMES
from kb.model.determination import Determination
from kb.model.framed import Framed, html_table
from kb.model.reading_totals import ReadingTotals

if TYPE_CHECKING:
    import pyarrow

    from facts.readers.evidence import EvidenceIndex


@dataclass(slots=True, repr=False)
class Adjudication(Framed):
    """What came of a set of claims.

    Iterating gives the determinations.

    Parameters
    ----------
    determinations : sequence of Determination
        One for each line that was not rejected. Of a run on DuckDB they are in an Arrow table, and
        made when they are asked for.
    diagnostics : list of Diagnostic
        Everything that was wrong or worth a note in the input.
    tally : Tally
        Lines read, determined and rejected; read = determined + superseded + rejected.
    rejected : list of RejectedClaim
        The claims that could not be read, or determined; what is wrong with them is in
        ``diagnostics`` too.
    readings : ReadingTotals
        What hangs on each contested reading, where the readings in favour are asked for.
    watch : callable, optional
        Called with the lines of each claim and their determinations.
    """

    determinations: Sequence[Determination] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    rejected: list[RejectedClaim] = field(default_factory=list)
    readings: ReadingTotals = field(default_factory=ReadingTotals)
    watch: Callable[[Sequence[ClaimLine], Sequence[Determination]], None] | None = field(
        default=None, compare=False
    )

    def __iter__(self) -> Iterator[Determination]:
        return iter(self.determinations)

    def __len__(self) -> int:
        return len(self.determinations)

    def __getitem__(self, position: int) -> Determination:
        return self.determinations[position]

    @property
    def outcomes(self) -> dict[str, int]:
        """How many lines have each outcome, the strongest first."""
        count = Counter[str]()
        if isinstance(self.determinations, list):
            count.update(each.outcome for each in self.determinations)
        else:
            for found in self.to_arrow()["outcome"].value_counts().to_pylist():
                count[found["values"]] += found["counts"]
        return {outcome: count[outcome] for outcome in OUTCOMES if count[outcome]}

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return each determination as plain JSON values, in the order of the contract."""
        return [each.to_json() for each in self.determinations]

    def to_arrow(self) -> pyarrow.Table:
        """Return the determinations as an Arrow table, with the types of a Parquet output.

        See Also
        --------
        Adjudication.citations : the citations as a table of their own.
        """
        from kb.model.arrow import StoredDeterminations, determination_table

        if isinstance(self.determinations, StoredDeterminations):
            return self.determinations.table
        readings = any(each.readings_in_favour is not None for each in self.determinations)
        return determination_table(self.determinations, readings)

    def citations(self) -> pyarrow.Table:
        """Return all citations as an Arrow table, one a row, with claim, line and outcome."""
        from kb.model.arrow import citation_table

        return citation_table(self.to_arrow())

    def __repr__(self) -> str:
        count = ", ".join(
            f"{number:,} {name.replace('_', ' ')}" for name, number in self.outcomes.items()
        )
        tally = self.tally
        lines = "line" if tally.lines_read == 1 else "lines"
        return (
            f"<Adjudication of {tally.lines_read:,} {lines}: {count or 'none determined'}; "
            f"{tally.lines_rejected:,} rejected>"
        )

    def _repr_html_(self) -> str:
        columns = ("claim_id", "line_number", "outcome", "clauses", "allowed_units", "reasons")
        rows = (
            (
                each.claim_id,
                each.line_number,
                each.outcome.replace("_", " "),
                " ".join(each.clause_ids),
                each.allowed_units,
                "; ".join(citation.reason for citation in each.citations),
            )
            for each in self.determinations
        )
        return html_table(columns, rows, len(self), repr(self)[1:-1])

    def reject(self, claim: RejectedClaim) -> None:
        """Gather a rejected claim and what is wrong with it."""
        self.diagnostics.extend(claim.diagnostics)
        self.rejected.append(claim)


def accepted(stream: ClaimStream, index: EvidenceIndex, result: Adjudication) -> Iterator[Claim]:
    """Yield the claims of a stream that could be read; gather all else in the result.

    Parameters
    ----------
    stream : ClaimStream
        Claims as a reader streams them.
    index : EvidenceIndex
        Evidence for claims that the stream does not have is reported at the end.
    result : Adjudication
        Its tally is that of the stream when all claims were taken.
    """
    seen: dict[str, list[int]] = {}
    has_evidence = bool(index)
    for claim in stream:
        if isinstance(claim, RejectedClaim):
            result.reject(claim)
            continue
        if has_evidence:
            note_lines(seen, claim)
        yield claim
    result.diagnostics.extend(stream.diagnostics)
    result.diagnostics.extend(index.unused(seen))
    result.tally = stream.tally


def note_lines(seen: dict[str, list[int]], claim: Claim) -> None:
    """Note the lines that evidence may be about, of the id of a claim and of its number.

    Parameters
    ----------
    seen : dict of claim id to line numbers
        Gathers them.
    claim : Claim
        The claim.
    """
    numbers = [line.line_number for line in claim.lines]
    seen[claim.claim_id] = numbers
    if claim.part:
        seen[claim.number] = sorted({*seen.get(claim.number, ()), *numbers})


def undetermined(claim: Claim, fault: QueryError) -> RejectedClaim:
    """Return a claim on which a rule has no result, with the rule's place.

    Parameters
    ----------
    claim : Claim
        The claim.
    fault : QueryError
        What a rule has no result for.
    """
    help = f"claim `{one_line(claim.claim_id)}` is rejected; see to the rule"
    faults = (
        Diagnostic("error", each.message, each.place, help, each.excerpt)
        for each in fault.diagnostics
    )
    return RejectedClaim(claim.claim_id, len(claim.lines), tuple(faults))

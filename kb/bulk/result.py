"""What comes of adjudicating files, and how far a run is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from facts.diagnostic import Diagnostic
from facts.readers.batch import RejectedClaim, Tally
from kb.model.reading_totals import ReadingTotals

Percent = Callable[[], float]


@dataclass(slots=True)
class BulkResult:
    """What came of a run.

    Parameters
    ----------
    tally : Tally
        Lines read, determined and rejected; read = determined + rejected.
    diagnostics : list of Diagnostic
        Everything that was wrong or worth a note in the input.
    outcomes : dict of outcome to lines
        How many lines have each outcome.
    rejected : list of RejectedClaim
        The claims that could not be read, or determined.
    evidence_read, evidence_rejected : int
        Rows of evidence.
    readings : ReadingTotals
        What hangs on each contested reading, where the readings in favour are asked for.
    """

    tally: Tally = field(default_factory=Tally)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=dict)
    rejected: list[RejectedClaim] = field(default_factory=list)
    evidence_read: int = 0
    evidence_rejected: int = 0
    readings: ReadingTotals = field(default_factory=ReadingTotals)


STEPS = {
    "reading": 0.12,
    "dictionaries": 0.04,
    "lines": 0.17,
    "signatures": 0.01,
    "context": 0.21,
    "answers": 0.05,
    "writing": 0.40,
}
"""Steps of a bulk run and their share of its time, as measured on ten million lines."""


@dataclass(slots=True)
class Meter:
    """How far a run is; another thread may ask while it runs.

    Parameters
    ----------
    step : str
        One of ``STEPS``, or what a run claim by claim does.
    total : int
        Lines in all, 0 while unknown.
    done : int
        What is done, where it is done one by one.
    percent : callable
        Tells how much of the present step is done, from 0 to 1.
    noun : str
        What is counted.
    exact : bool
        Whether ``total`` is counted and not estimated.
    """

    step: str = ""
    total: int = 0
    done: int = 0
    percent: Percent | None = None
    noun: str = "lines"
    exact: bool = False

    def enter(self, step: str) -> None:
        """Begin a step."""
        self.step = step

    def advance(self) -> None:
        """Note that one more is done."""
        self.done += 1

    def share(self) -> float:
        """Return how much of the run is done, from 0 to 1; 0 while unknown.

        Examples
        --------
        >>> meter = Meter("writing", total=100, percent=lambda: 0.5)
        >>> meter.share()
        0.8
        """
        if self.step not in STEPS:
            return min(1.0, self.done / self.total) if self.total else 0.0
        passed = 0.0
        for name, part in STEPS.items():
            if name == self.step:
                inside = self.percent() if self.percent is not None else 0.0
                return round(passed + part * min(max(inside, 0.0), 1.0), 6)
            passed += part
        return passed

    @property
    def lines(self) -> int:
        """Lines that are done; of a run over whole sets, its share of all lines."""
        return self.done or int(self.share() * self.total)

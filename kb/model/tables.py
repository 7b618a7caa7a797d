"""Determinations and rejected claims as the rows of flat tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from facts.claim import claim_number
from facts.origin import Origin
from facts.readers.batch import RejectedClaim
from facts.values import format_number
from kb.model.determination import Determination

CSV_COLUMNS = (
    "claim_id",
    "line_number",
    "outcome",
    "clauses",
    "effects",
    "group",
    "carc",
    "rarcs",
    "readings",
    "reasons",
    "allowed_units",
    "missing_evidence",
    "assumptions",
    "policy",
    "policy_version",
    "program_sha256",
    "claim_part",
)

IN_FAVOUR = "readings_in_favour"
"""The column behind the others where the readings in favour of lines are asked for."""

_NOTHING = "none"
"""Holds the place of a citation that has no such code, so that the cells stay aligned."""


def csv_columns(readings: bool) -> tuple[str, ...]:
    """Return the columns of a flat table of determinations.

    Parameters
    ----------
    readings : bool
        Whether the readings in favour of lines are asked for.
    """
    return (*CSV_COLUMNS, IN_FAVOUR) if readings else CSV_COLUMNS


def flat_row(determination: Determination) -> tuple[object, ...]:
    """Return a determination as one row of ``CSV_COLUMNS``, and of ``IN_FAVOUR`` where it has some.

    What belongs to one citation is at the same place of each cell.

    Parameters
    ----------
    determination : Determination
        Of one line.
    """
    row = _row(determination)
    if determination.readings_in_favour is None:
        return row
    return (*row, " ".join(map(str, determination.readings_in_favour)))


def _row(determination: Determination) -> tuple[object, ...]:
    citations = determination.citations
    allowed = determination.allowed_units
    return (
        claim_number(determination.claim_id, determination.claim_part),
        determination.line_number,
        determination.outcome,
        " ".join(each.clause_id for each in citations),
        " ".join(each.effect for each in citations),
        " ".join(each.group or _NOTHING for each in citations),
        " ".join(each.carc or _NOTHING for each in citations),
        " ".join("+".join(each.rarcs) or _NOTHING for each in citations),
        " ".join("+".join(map(str, each.readings)) or _NOTHING for each in citations),
        "; ".join(each.reason for each in citations),
        None if allowed is None else format_number(allowed),
        " ".join(determination.missing_evidence),
        " ".join(determination.assumptions),
        determination.policy,
        determination.policy_version,
        determination.program_sha256,
        determination.claim_part,
    )


REJECT_COLUMNS = ("claim_id", "lines_rejected", "file", "place", "message", "help")


def reject_rows(claims: Iterable[RejectedClaim]) -> Iterator[tuple[object, ...]]:
    """Yield a row of ``REJECT_COLUMNS`` for every fault.

    The first row of a claim has the lines that are rejected with it, the others have 0, so that
    the column adds up to the lines rejected.

    Parameters
    ----------
    claims : iterable of RejectedClaim
        The claims, with what is wrong with them.

    Examples
    --------
    >>> from facts.diagnostic import Diagnostic
    >>> fault = Diagnostic("error", "`units` is empty", Origin("c.csv", "row 2, column `units`"))
    >>> list(reject_rows([RejectedClaim("C1", 3, (fault,))]))
    [('C1', 3, 'c.csv', 'row 2, column `units`', '`units` is empty', '')]
    """
    for claim in claims:
        lines = claim.lines_read
        for fault in claim.diagnostics:
            if fault.severity != "error":
                continue
            source, place = "", ""
            if isinstance(fault.place, Origin):
                source, place = fault.place.source, fault.place.place
            yield (claim.claim_id or "", lines, source, place, fault.message, fault.help)
            lines = 0

"""The claims that could not be read, as the rows of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from facts.origin import Origin
from facts.readers.batch import RejectedClaim

REJECT_COLUMNS = ("claim_id", "lines_rejected", "file", "place", "message", "help")


def reject_rows(claims: Iterable[RejectedClaim]) -> Iterator[tuple[object, ...]]:
    """Yield a row of ``REJECT_COLUMNS`` for every fault.

    The first row of a claim has the lines that are rejected with it, the others have 0, so that
    the column adds up to the lines rejected.

    Parameters
    ----------
    claims : iterable of RejectedClaim

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

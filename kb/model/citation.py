"""The citation of a clause on a line."""

from __future__ import annotations

from collections.abc import Iterable

from kb.language.values import Value
from kb.model.clause import ADVERSE_EFFECTS, PolicyClause
from kb.model.determination import Citation


def citation_of(
    clause: PolicyClause,
    effect: str,
    mattered: Iterable[tuple[Value, ...]],
    reason: str,
) -> Citation:
    """Return the citation of a clause on a line.

    Parameters
    ----------
    clause : PolicyClause
    effect : str
    mattered : iterable of (clause id, number)
        Readings that mattered on the line.
    reason : str
        Why the clause fired, as ``PolicyClause.reason`` returns it.

    Returns
    -------
    Citation

    Examples
    --------
    >>> from datetime import date
    >>> clause = PolicyClause("R1-A-1", "", "", "denied", date(2018, 1, 1), carc="96", group="CO")
    >>> citation_of(clause, "denied", [("R1-A-1", 3), ("R1-A-2", 1)], "").readings
    (3,)
    """
    adverse = effect in ADVERSE_EFFECTS
    return Citation(
        clause.clause_id,
        effect,
        (clause.carc or None) if adverse else None,
        clause.rarcs if adverse else (),
        (clause.group or None) if adverse else None,
        tuple(sorted({int(number) for name, number in mattered if name == clause.clause_id})),
        reason,
    )

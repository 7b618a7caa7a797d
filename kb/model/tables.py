"""Determinations as the rows of a flat table."""

from __future__ import annotations

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
)

NOTHING = "none"
"""Holds the place of a citation that has no such code, so that the cells stay aligned."""


def flat_row(determination: Determination) -> tuple[object, ...]:
    """Return a determination as one row of ``CSV_COLUMNS``.

    What belongs to one citation is at the same place of each cell.
    """
    citations = determination.citations
    allowed = determination.allowed_units
    return (
        determination.claim_id,
        determination.line_number,
        determination.outcome,
        " ".join(each.clause_id for each in citations),
        " ".join(each.effect for each in citations),
        " ".join(each.group or NOTHING for each in citations),
        " ".join(each.carc or NOTHING for each in citations),
        " ".join("+".join(each.rarcs) or NOTHING for each in citations),
        " ".join("+".join(map(str, each.readings)) or NOTHING for each in citations),
        "; ".join(each.reason for each in citations),
        None if allowed is None else format_number(allowed),
        " ".join(determination.missing_evidence),
        " ".join(determination.assumptions),
        determination.policy,
        determination.policy_version,
        determination.program_sha256,
    )

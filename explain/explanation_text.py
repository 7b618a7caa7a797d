"""An explanation for a terminal: what happened in words, then the proof, then the clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explain.narrative import Change, CitationNarrative, Narrative
from explain.tree import tree_rows
from facts.values import one_line

if TYPE_CHECKING:
    from explain.explanation import Explanation


def explanation_text(explanation: Explanation, narrative: Narrative) -> str:
    """Return an explanation as plain rows.

    Parameters
    ----------
    explanation : Explanation
    narrative : Narrative
        Of the same explanation.

    Returns
    -------
    str
        The headline, then for each clause its proof as a tree, the exceptions that were tried,
        where the clause stands and what would change it; then the proof of the outcome.
    """
    rows = [*_headline_rows(explanation, narrative)]
    shown: set[str] = set()
    for cited, citation in zip(explanation.citations, narrative.citations, strict=True):
        rows += ["", *tree_rows(cited.proof, shown)]
        rows += [f"not excepted: {text}" for text in citation.not_excepted]
        rows += ["", *_clause_rows(citation, narrative.document_name)]
    rows += ["", *tree_rows(explanation.proof, shown)]
    if narrative.assumptions:
        rows += [
            "",
            *(f"assumed in the line's favour: {one.text}" for one in narrative.assumptions),
        ]
    if narrative.missing:
        rows += ["", *(f"missing: {one.text}" for one in narrative.missing)]
    turns = [change for change in narrative.changes if not change.clause_id]
    if turns:
        rows += ["", *(f"would change it, {_change_text(change)}" for change in turns)]
    return "\n".join(rows)


def _change_text(change: Change) -> str:
    """Return a change with the name and the value that a file would have to give."""
    return f"{change.said}  [{change.name} = {change.value or 'any value'}]"


def _headline_rows(explanation: Explanation, narrative: Narrative) -> list[str]:
    headline = narrative.headline
    outcome = headline.outcome.replace("_", " ")
    rows = [f"Claim {one_line(explanation.claim_id)}, line {explanation.line_number}: {outcome}"]
    if headline.clause_id:
        title = f" ({headline.clause_title})" if headline.clause_title else ""
        said = headline.outcome_text
        rows.append(f"{said[:1].upper()}{said[1:]} under {headline.clause_id}{title}.")
    rows.append(headline.sentence)
    return rows


def _clause_rows(citation: CitationNarrative, document_name: str) -> list[str]:
    name = citation.clause_id
    rows = [f"{name}: {citation.title}" if citation.title else name]
    if citation.summary:
        rows.append(f"  {citation.summary}")
    rows.append(f"  {citation.place.text}")
    rows += [f"    {document_name}, line {quote.number}: {quote.text}" for quote in citation.quotes]
    rows += [f"  {code.text}" for code in citation.codes]
    for related in citation.related:
        rows.append(f"  see also {related.text}")
    for reading in citation.readings:
        rows.append(f"  reading {reading.number}: {reading.answer}")
    rows += [f"  would lift it, {_change_text(change)}" for change in citation.changes]
    if citation.change_summary:
        rows.append(f"  would change it: {citation.change_summary}")
    return rows

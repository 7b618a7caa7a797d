"""An explanation for a terminal: the outcome in words, then the proof, then the clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explain.english.phrases import capitalised
from explain.narrative.model import Change, CitationNarrative, Narrative
from explain.proof.graph import tree_rows

if TYPE_CHECKING:
    from explain.narrative.explained import ExplainedLine


def explanation_text(explanation: ExplainedLine, narrative: Narrative) -> str:
    """Return an explanation as plain rows.

    Parameters
    ----------
    explanation : ExplainedLine
        The proofs.
    narrative : Narrative
        The narrative of the same explanation.

    Returns
    -------
    str
        The headline, then for each clause its proof as a tree, the exceptions that were tried,
        its place in the document and what would change it; then the proof of the outcome.
    """
    masked = narrative.masked
    rows = [*_headline_rows(narrative)]
    if narrative.answer is not None:
        rows += narrative.answer.rows
    shown: set[str] = set()
    for cited, citation in zip(explanation.citations, narrative.citations, strict=True):
        rows += ["", *(_reason_rows(citation) if masked else tree_rows(cited.proof, shown))]
        rows += [f"not excepted: {text}" for text in citation.not_excepted]
        rows += ["", *_clause_rows(citation, narrative.document_name)]
    if not masked:
        for proof in (explanation.proof, *explanation.verdict):
            rows += ["", *tree_rows(proof, shown)]
    if narrative.assumptions:
        rows += [
            "",
            *(f"assumed in the line's favour: {one.text}" for one in narrative.assumptions),
        ]
    if narrative.in_favour:
        rows += ["", *(one.text for one in narrative.in_favour)]
    if narrative.missing:
        rows += ["", *(f"missing: {one.text}" for one in narrative.missing)]
    turns = [change for change in narrative.changes if not change.clause_id]
    if turns:
        rows += ["", *(f"would change it, {_change_text(change)}" for change in turns)]
    return "\n".join(rows)


def _change_text(change: Change) -> str:
    """Return a change with the name and the value that an evidence file would need."""
    return f"{change.said}  [{change.name} = {change.value or 'any value'}]"


def _reason_rows(citation: CitationNarrative) -> list[str]:
    """Return the reasons of a clause without the tree, whose places would reveal what is masked."""
    return [
        f"{'  ' * reason.depth}- {reason.text}{' (shown above)' if reason.repeated else ''}"
        for reason in citation.reasons
    ]


def _headline_rows(narrative: Narrative) -> list[str]:
    headline, identity = narrative.headline, narrative.identity
    outcome = headline.outcome.replace("_", " ")
    rows = [f"Claim {identity.claim_id}, line {identity.line_number}: {outcome}"]
    if headline.clause_id:
        title = f" ({headline.clause_title})" if headline.clause_title else ""
        rows.append(f"{capitalised(headline.outcome_text)} under {headline.clause_id}{title}.")
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

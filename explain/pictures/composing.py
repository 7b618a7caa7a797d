"""The picture of a narrative: what decided the line, at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath

from explain.english.places import Place
from explain.narrative.model import CitationNarrative, Narrative, title_of
from explain.narrative.reasoning import GraphStep
from explain.pictures.folding import MOST_BOXES, Fold, Folded, folded
from explain.pictures.picture import Arrow, Box, Picture

_MOST_NOTES = 2


def picture_of(narrative: Narrative, most: int = MOST_BOXES) -> Picture:
    """Return the picture of a claim line's proof.

    The outcome is at the top, under it the clauses, under these the facts of the claim and of
    the policy that they rest on. The same narrative gives the same picture.

    Parameters
    ----------
    narrative : Narrative
        The narrative of one claim line.
    most : int, optional
        Boxes to draw at most; what does not fit is folded, with a note.

    See Also
    --------
    explain.pictures.drawing.picture_svg, explain.pictures.dot.picture_dot
    explain.pictures.mermaid.picture_mermaid, explain.pictures.raster.picture_png

    Examples
    --------
    >>> from explain.explanation import why
    >>> from explain.narrative.builder import narrative_of
    >>> from kb.knowledge_base import KnowledgeBase
    >>> kb = KnowledgeBase.load("r14").with_claims([
    ...     {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
    ...      "service_date": "2018-06-01", "procedure_code": "J7050"}])
    >>> picture = picture_of(narrative_of(why(kb.claim("C1"), 1)))
    >>> [(box.kind, box.heading or box.text) for box in picture.boxes][0]
    ('outcome', 'NOT SEPARATELY REIMBURSED')
    """
    graph = narrative.graph
    steps = {step.id: step for step in graph.steps}
    citations = {citation.clause_id: citation for citation in narrative.citations}
    cited = {step.clause_id: step.id for step in graph.steps if step.kind == "clause"}
    clauses = [cited[clause_id] for clause_id in citations if clause_id in cited]
    decisive = narrative.headline.outcome
    further = {cited[one.clause_id]: one for one in citations.values() if one.effect != decisive}
    closed = [number for number, one in further.items() if _is_closed(one, narrative)]
    drawn = folded(graph, clauses, closed, most)
    ids = {number: f"n{position}" for position, number in enumerate(drawn.drawn(), 1)}
    boxes = tuple(_box(ids[number], steps[number], narrative, citations, drawn) for number in ids)
    arrows = []
    for number in ids:
        for part in drawn.below[number]:
            citation = further.get(part)
            label = f"also: {citation.effect_text}" if citation is not None else ""
            arrows.append(Arrow(ids[number], ids[part], label, citation is None))
    return Picture(title_of((narrative,)), boxes, tuple(arrows), len(steps), drawn.exceeds)


def _is_closed(citation: CitationNarrative, narrative: Narrative) -> bool:
    """Whether the reasons of a clause that did not decide are folded."""
    return narrative.is_adverse and citation.effect != "override"


def _box(
    number: str,
    step: GraphStep,
    narrative: Narrative,
    citations: Mapping[str, CitationNarrative],
    drawn: Folded,
) -> Box:
    folds = drawn.folds.get(step.id, [])
    note = _folds_text(folds)
    hidden = tuple(dict.fromkeys(part.text for fold in folds for part in fold.steps))
    if step.kind == "outcome":
        heading = narrative.headline.outcome_text.upper()
        adverse = narrative.is_adverse
        if adverse:
            folds = [Fold("that no clause has a stronger effect", fold.steps) for fold in folds]
            note = _folds_text(folds)
        return Box(number, "outcome", _subject(narrative), heading, "", note, hidden, adverse)
    citation = citations.get(step.clause_id)
    if step.kind == "clause" and citation is not None:
        heading = ": ".join(part for part in (citation.clause_id, citation.title) if part)
        text = citation.summary or step.text
        decides = citation.effect == narrative.headline.outcome
        place = citation.place.text
        return Box(number, "clause", text, heading, place, note, hidden, decides=decides)
    place = "; ".join(_short(place) for place in step.places[:2])
    return Box(number, step.kind, step.text, "", place, note, hidden)


def _short(place: Place) -> str:
    """Return a place with the name of its file alone, without its folder."""
    return replace(place, source=PurePath(place.source).name or place.source).text


def _subject(narrative: Narrative) -> str:
    """Return the subject of the outcome: the line, its code and its day."""
    identity = narrative.identity
    said = [f"line {identity.line_number}"]
    if not narrative.masked:
        said = [f"{said[0]} of claim {identity.claim_id}"]
    code = identity.procedure_code or identity.revenue_code
    if code:
        said.append(f"{code} {identity.modifiers}".strip())
    if identity.service_date and not narrative.masked:
        said.append(identity.service_date)
    return ", ".join(said)


def _folds_text(folds: list[Fold]) -> str:
    if not folds:
        return ""
    words = list(dict.fromkeys(fold.words for fold in folds))
    said = "; ".join(words[:_MOST_NOTES])
    if len(words) > _MOST_NOTES:
        said += f"; and {len(words) - _MOST_NOTES} more"
    count = len({step.id for fold in folds for step in fold.steps})
    return f"not drawn: {said} ({count} {'step' if count == 1 else 'steps'})"

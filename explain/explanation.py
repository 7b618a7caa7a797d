"""Why a claim line has its outcome: as proofs, as a text and as a certificate."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from explain.narrative.explained import ExplainedLine
from explain.proof.explainer import Explainer
from facts.values import one_line
from kb.claims.determine import LoadedClaim, check_loaded


class Explanation(ExplainedLine):
    """Why a claim line has its outcome: an explained line that can be printed and checked."""

    @cached_property
    def text(self) -> str:
        """The explanation for a terminal."""
        from explain.narrative.builder import narrative_of
        from explain.text.explanation import explanation_text

        return explanation_text(self, narrative_of(self))

    def to_json(self) -> dict[str, Any]:
        """Return the explanation as a certificate that `explain.certificate.checker` can check."""
        from explain.certificate.write import certificate_of_explanation

        return certificate_of_explanation(self)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        line = f"line {self.line_number} of claim {one_line(self.claim_id)}"
        clauses = ", ".join(each.clause.clause_id for each in self.citations)
        return f"<Explanation of {line}: {self.outcome}{clauses and ' under '}{clauses}>"

    def _repr_html_(self) -> str:
        """The picture of the proof, where ``clausewise[report]`` can draw it, then the text."""
        from html import escape

        from explain.pictures.drawing import can_draw

        text = f"<pre>{escape(self.text)}</pre>"
        if not can_draw():
            return text
        from explain.narrative.builder import narrative_of
        from explain.pictures.composing import picture_of
        from explain.pictures.drawing import picture_svg

        return picture_svg(picture_of(narrative_of(self)), key=False) + text


def why(loaded: LoadedClaim, line_number: int, *, masked: bool = False) -> Explanation:
    """Explain the outcome of a claim line.

    Parameters
    ----------
    loaded : LoadedClaim
        A claim of a knowledge base: ``kb.claim("C1")``.
    line_number : int
        Number of the line in the claim.
    masked : bool, optional
        Whether to withhold identity, dates of service, provider and charges.

    Returns
    -------
    Explanation

    Raises
    ------
    UsageError
        If the claim has no such line, or it is no loaded claim.

    See Also
    --------
    explain.why_not : why a clause or an outcome does not hold.
    explain.narrative_of : the explanation as plain English and structured values.

    Examples
    --------
    >>> from kb import KnowledgeBase
    >>> kb = KnowledgeBase.load("r14").with_claims([
    ...     {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
    ...      "service_date": "2018-06-01", "procedure_code": "J7050"}])
    >>> explanation = why(kb.claim("C1"), 1)
    >>> explanation.outcome, explanation.citations[0].clause.clause_id
    ('bundled', 'R14-COD-2')
    """
    check_loaded(loaded)
    return Explanation.of(Explainer.of(loaded, masked=masked), line_number)

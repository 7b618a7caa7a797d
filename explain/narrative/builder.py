"""The narrative of an explanation: headline, reasons, facts, exceptions, changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from explain.english.phrases import sentence, show, words
from explain.english.places import document_place, file_name, lines_place, section_of
from explain.english.terms import outcome_text
from explain.narrative.answer import PayerAnswer
from explain.narrative.explained import CitedClause, ExplainedLine
from explain.narrative.line import LineIdentity
from explain.narrative.model import (
    Change,
    CitationNarrative,
    CodeMeaning,
    Headline,
    Narrative,
    PolicyIdentity,
    ReadingInFavour,
    ReadingUsed,
    RelatedPolicy,
    Supposed,
)
from explain.narrative.policy_document import PolicyDocument
from explain.narrative.steps import ProofSteps
from explain.narrative.what_if import WhatIf
from facts.reference_sets import describe
from kb.model.clause import ADVERSE_EFFECTS, PolicyClause, Reading


def narrative_of(
    explanation: ExplainedLine, *, document: PolicyDocument | None = None
) -> Narrative:
    """Return everything that an export shows of an explanation.

    Parameters
    ----------
    explanation : ExplainedLine
        As ``explain.why`` returns it.
    document : PolicyDocument, optional
        The person's own copy of the policy, of which cited lines are quoted.

    Returns
    -------
    Narrative

    Raises
    ------
    InputError
        If the document ends before a line that a clause cites.

    See Also
    --------
    explain.why : the explanation.
    explain.exports.making.document_of : the document that an export writes.

    Examples
    --------
    >>> from explain.explanation import why
    >>> from kb.knowledge_base import KnowledgeBase
    >>> kb = KnowledgeBase.load("r14").with_claims([
    ...     {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
    ...      "service_date": "2018-06-01", "procedure_code": "J7050"}])
    >>> narrative = narrative_of(why(kb.claim("C1"), 1))
    >>> narrative.headline.outcome_text, narrative.headline.clause_id
    ('not separately reimbursed', 'R14-COD-2')
    """
    return _Narrator(explanation, document).narrative()


_NOT_WORSE_THAN_PENDED = ("pended", "reimbursable", "not_addressed")


class _Narrator:
    """Makes the narrative of one line."""

    def __init__(self, explanation: ExplainedLine, document: PolicyDocument | None) -> None:
        self.explanation = explanation
        self.document = document
        self.explainer = explanation.explainer
        self.policy = self.explainer.loaded.policy
        self.line = self.explainer.line(explanation.line_number)
        self.key = (self.line.claim_id, self.line.line_number)
        self.steps = ProofSteps(self.explainer)
        self.what_if = WhatIf(self.explainer)

    def narrative(self) -> Narrative:
        explanation, rows = self.explanation, self.explainer.derivations.rows
        allowed = "".join(show(row[2]) for row in rows("allowed", (*self.key, None))[:1])
        citations = tuple(self._citation(cited) for cited in explanation.citations)
        changes = [change for citation in citations for change in citation.changes]
        changes += self._turns()
        return Narrative(
            identity=LineIdentity.of(
                self.line,
                masked=self.explainer.mask is not None,
                billing=self.explainer.loaded.claim.parties.payee.identifier,
            ),
            policy=self._policy(),
            headline=self._headline(allowed, citations),
            citations=citations,
            assumptions=tuple(self._assumptions()),
            missing=tuple(self._missing()),
            allowed_units=allowed,
            changes=tuple(dict.fromkeys(changes)),
            graph=self.steps.graph(explanation.proofs),
            document_name=file_name(self.document.name) if self.document is not None else "",
            masked=self.explainer.mask is not None,
            in_favour=tuple(self._in_favour()),
            answer=self._answer(),
        )

    def _answer(self) -> PayerAnswer | None:
        if not self.explanation.verdict:
            return None
        from kb.audit.by_claim import audit_claim

        (line,) = (
            line
            for line in audit_claim(self.explainer.loaded)
            if line.line_number == self.line.line_number
        )
        return PayerAnswer.of(line)

    def _policy(self) -> PolicyIdentity:
        policy = self.policy
        usual = {name: switch.default for name, switch in policy.switches.items()}
        settings = [
            (words(str(name)), words(str(value)))
            for name, value in sorted(self.explainer.loaded.facts.get("setting", ()))
            if value != usual.get(str(name), "no")
        ]
        return PolicyIdentity(
            policy.policy_id, policy.title, policy.version, policy.program_sha256, tuple(settings)
        )

    def _headline(self, allowed: str, citations: tuple[CitationNarrative, ...]) -> Headline:
        outcome, number = self.explanation.outcome, self.line.line_number
        text = outcome_text(outcome, allowed)
        for citation in citations:
            if citation.effect == outcome:
                return Headline(
                    outcome, text, citation.clause_id, citation.title, citation.sentence
                )
        policy = self.policy.policy_id
        said = {
            "pended": f"line {number} waits for facts that were not supplied",
            "reimbursable": f"no clause of {policy} keeps line {number} from full payment",
            "not_addressed": f"{policy} does not address line {number}",
        }
        return Headline(outcome, text, "", "", sentence(said.get(outcome, text)))

    def _citation(self, cited: CitedClause) -> CitationNarrative:
        clause, effect = cited.clause, cited.effect
        adverse = effect in ADVERSE_EFFECTS
        rows = self.explainer.derivations.rows("reduction", (*self.key, clause.clause_id, None))
        allowed = show(min(row[3] for row in rows)) if rows and effect == "reduced" else ""
        return CitationNarrative(
            clause_id=clause.clause_id,
            title=clause.title,
            summary=clause.summary,
            effect=effect,
            effect_text=outcome_text(effect, allowed),
            effective_from=clause.effective_from.isoformat(),
            place=document_place(clause),
            sentence=sentence(clause.reason(self.line)),
            reasons=self.steps.reasons(cited.proof, clause),
            facts=self.steps.facts(cited.proof, clause),
            not_excepted=tuple(node.text for node in cited.exceptions),
            readings=tuple(self._reading(reading, clause) for reading in cited.readings),
            codes=tuple(_codes(clause)) if adverse else (),
            allowed_units=allowed,
            changes=tuple(self._changes(clause)) if adverse else (),
            change_summary=clause.changes if adverse else "",
            related=tuple(
                RelatedPolicy(name, self.policy.related.get(name, "")) for name in clause.related
            ),
            quotes=self.document.quote(clause.document_lines) if self.document is not None else (),
            action=clause.action if adverse else "",
        )

    def _reading(self, reading: Reading, clause: PolicyClause | None = None) -> ReadingUsed:
        setting = ""
        if reading.switch:
            rows = self.explainer.derivations.rows("setting", (reading.switch, None))
            setting = "".join(words(str(row[1])) for row in rows[:1])
        return ReadingUsed(
            reading.number,
            reading.question,
            reading.answer,
            lines_place(reading.document_lines).document_lines,
            reading.switch,
            setting,
            section_of(reading.document_lines, clause, self.policy.clauses),
        )

    def _in_favour(self) -> Iterator[ReadingInFavour]:
        """Yield the readings that keep an adverse clause away, where they are asked for."""
        if not self.policy.tells_readings:
            return
        paid = self.explanation.outcome == "reimbursable"
        rows = self.explainer.derivations.rows("in_favour", (*self.key, None, None, None))
        for _, _, number, clause_id, effect in sorted(rows):
            reading = self.policy.readings.get(int(number))
            used = self._reading(reading) if reading else ReadingUsed(int(number), "", "")
            yield ReadingInFavour(used, str(clause_id), str(effect), paid)

    def _changes(self, clause: PolicyClause) -> Iterator[Change]:
        """Yield the facts that would lift a clause and are not on file."""
        sentences, rows = self.explainer.sentences, self.explainer.derivations.rows
        for exception in clause.exceptions:
            name, value = exception.evidence, exception.value
            outcome = self._outcome_with((name, value))
            after, stays = outcome_text(outcome), outcome == self.explanation.outcome
            if name not in self.policy.evidence_types:
                meaning = f"{words(name)} {value}".strip()
                kind: Literal["claim", "evidence"] = "claim"
            elif rows("evidence", (*self.key, name, value or None)):
                continue
            else:
                meaning, kind = sentences.evidence_says(name, value or None), "evidence"
            yield Change(clause.clause_id, kind, name, value, meaning, exception.text, after, stays)

    def _turns(self) -> Iterator[Change]:
        """Yield evidence that was assumed or is missing, with the outcome that it would bring."""
        actual = self.explanation.outcome
        if actual == "reimbursable":
            for supposed in self._assumptions():
                for value in self._choices(supposed.name):
                    outcome = self._outcome_with((supposed.name, value))
                    if outcome in ADVERSE_EFFECTS:
                        yield self._turn(supposed.name, value, outcome)
        elif actual == "pended":
            yield from self._completing()

    def _completing(self) -> Iterator[Change]:
        """Yield the missing evidence that would let a pended line go on, all of it together."""
        pairs: list[tuple[str, str]] = []
        for missing in self._missing():
            if missing.name not in self.policy.evidence_types:
                return
            for value in self._choices(missing.name) or ("",):
                if self._outcome_with((missing.name, value)) in _NOT_WORSE_THAN_PENDED:
                    pairs.append((missing.name, value))
                    break
        outcome = self._outcome_with(*pairs) if pairs else ""
        if outcome and outcome != "pended":
            why = "together with all else that is missing" if len(pairs) > 1 else ""
            for name, value in pairs:
                yield self._turn(name, value, outcome, why)

    def _turn(self, name: str, value: str, outcome: str, why: str = "") -> Change:
        meaning = self.explainer.sentences.evidence_says(name, value or None)
        return Change("", "evidence", name, value, meaning, why, outcome_text(outcome))

    def _choices(self, name: str) -> tuple[str, ...]:
        known = self.policy.evidence_types.get(name)
        return known.choices if known is not None else ()

    def _outcome_with(self, *supposed: tuple[str, str]) -> str:
        return self.what_if.outcome(self.line.line_number, supposed)

    def _assumptions(self) -> Iterator[Supposed]:
        if self.explanation.outcome == "reimbursable":
            for row in sorted(self.explainer.derivations.rows("assumption", (*self.key, None))):
                yield self._supposed(str(row[2]))

    def _missing(self) -> Iterator[Supposed]:
        for row in sorted(self.explainer.derivations.rows("missing", (*self.key, None))):
            yield self._supposed(str(row[2]))

    def _supposed(self, name: str) -> Supposed:
        sentences = self.explainer.sentences
        known = self.policy.evidence_types.get(name)
        if known is None:
            return Supposed(name, sentences.atom("missing", (*self.key, name)))
        return Supposed(name, sentences.absence("evidence", (*self.key, name, None)), known.meaning)


def _codes(clause: PolicyClause) -> Iterator[CodeMeaning]:
    if clause.carc:
        yield CodeMeaning("CARC", clause.carc, describe("carc", clause.carc))
    for code in clause.rarcs:
        yield CodeMeaning("RARC", code, describe("rarc", code))
    if clause.group:
        yield CodeMeaning("group", clause.group, describe("group_code", clause.group))

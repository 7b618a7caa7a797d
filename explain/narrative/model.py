"""The narrative of a claim line: everything that an export shows of it.

Nothing here depends on a format. Texts are plain: a renderer escapes them for its own markup.
``explain.narrative.builder.narrative_of`` makes a narrative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from explain.english.places import Place, lines_place
from explain.english.wrapping import shortened
from explain.narrative.answer import PayerAnswer
from explain.narrative.line import LineIdentity
from explain.narrative.policy_document import QuotedLine
from explain.narrative.reasoning import FactUsed, ProofGraph, Reason
from kb.model.clause import ADVERSE_EFFECTS


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """A code of the remittance with its short meaning in our own words.

    Parameters
    ----------
    system : {"CARC", "RARC", "group"}
        The kind of code.
    code, meaning : str
        As in ``97`` and ``included in the payment of another service``.
    """

    system: Literal["CARC", "RARC", "group"]
    code: str
    meaning: str

    @property
    def text(self) -> str:
        """As in ``CARC 97: included in the payment of another service``."""
        name = f"{self.system} {self.code}"
        return f"{name}: {self.meaning}" if self.meaning else name


@dataclass(frozen=True, slots=True)
class ReadingUsed:
    """How an unclear place of the document was read, where that mattered.

    Parameters
    ----------
    number : int
        Number of the reading, in the policy.
    question, answer : str
        What is unclear, and how it was read.
    document_lines : str
        The unclear place.
    switch, setting : str
        The switch that changes the reading, and its value; empty where there is none.
    section : str
        Heading of the unclear place.
    """

    number: int
    question: str
    answer: str
    document_lines: str = ""
    switch: str = ""
    setting: str = ""
    section: str = ""

    @property
    def place(self) -> Place:
        """The unclear place in the policy document."""
        return lines_place(self.document_lines, self.section)


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that would change what a clause says of the line, if it were on file.

    Parameters
    ----------
    clause_id : str
        The clause that would be lifted; empty where none is.
    kind : {"evidence", "claim"}
        Whether it is evidence or a field of the claim.
    name, value : str
        As an evidence file or the claim would have it; an empty value means any.
    meaning : str
        What the fact says, in words.
    text : str
        Its effect: ``an infusion that is the main reason for the visit is paid separately``.
    outcome : str
        The outcome that the line would have by this alone, in words; empty where that was not
        worked out.
    stays : bool
        Whether the outcome would stay as it is.
    """

    clause_id: str
    kind: Literal["evidence", "claim"]
    name: str
    value: str
    meaning: str
    text: str = ""
    outcome: str = ""
    stays: bool = False

    @property
    def said(self) -> str:
        """The fact that is needed and what follows, in one sentence without a full stop."""
        where = "on file" if self.kind == "evidence" else "on the claim"
        why = f" ({self.text})" if self.text else ""
        then = f"; the line would {'still ' if self.stays else ''}be {self.outcome}"
        return f"{where}: {self.meaning}{why}{then if self.outcome else ''}"


@dataclass(frozen=True, slots=True)
class Supposed:
    """A fact that was not supplied: assumed in the line's favour, or missing.

    Parameters
    ----------
    name : str
        As in the determination: ``coverage_criteria_met``.
    text : str
        That it is not on file, in a sentence without a full stop.
    meaning : str
        What the fact would say.
    """

    name: str
    text: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class RelatedPolicy:
    """Another policy that a clause names.

    Parameters
    ----------
    policy_id, title : str
        As in ``R16`` and ``Dialysis``; the title may be empty.
    """

    policy_id: str
    title: str = ""

    @property
    def text(self) -> str:
        """As in ``R16 (Dialysis and what it takes)``."""
        return f"{self.policy_id} ({self.title})" if self.title else self.policy_id


@dataclass(frozen=True, slots=True)
class CitationNarrative:
    """A clause that is cited on a line, and why.

    Parameters
    ----------
    clause_id, title, summary : str
        As the policy has them.
    effect, effect_text : str
        ``bundled`` and ``not separately reimbursed``.
    effective_from : str
        ISO date.
    place : Place
        Section and lines of the policy document.
    sentence : str
        The reason in one sentence, with a capital and a full stop.
    reasons : tuple of Reason
        The steps of the reasoning, in reading order.
    facts : tuple of FactUsed
        The facts that the clause rests on.
    not_excepted : tuple of str
        Exceptions that were tried and failed; sentences without a full stop.
    readings : tuple of ReadingUsed
        Readings of the document that mattered.
    codes : tuple of CodeMeaning
        CARC first, then RARCs, then the group code; none where the clause adjusts nothing.
    allowed_units : str
        Units that the clause allows; empty where it limits none.
    changes : tuple of Change
        Facts that would lift the clause.
    change_summary : str
        What would change the clause's effect, in words.
    related : tuple of RelatedPolicy
        Other policies that the clause names.
    quotes : tuple of QuotedLine
        The lines of the document that the clause points to, where a copy was given.
    action : str
        One of ``kb.model.clause.ACTIONS``: what to do, by this clause alone.
    """

    clause_id: str
    title: str
    summary: str
    effect: str
    effect_text: str
    effective_from: str
    place: Place
    sentence: str
    reasons: tuple[Reason, ...] = ()
    facts: tuple[FactUsed, ...] = ()
    not_excepted: tuple[str, ...] = ()
    readings: tuple[ReadingUsed, ...] = ()
    codes: tuple[CodeMeaning, ...] = ()
    allowed_units: str = ""
    changes: tuple[Change, ...] = ()
    change_summary: str = ""
    related: tuple[RelatedPolicy, ...] = ()
    quotes: tuple[QuotedLine, ...] = ()
    action: str = ""

    @property
    def is_adverse(self) -> bool:
        """Whether the clause keeps the line from full payment."""
        return self.effect in ADVERSE_EFFECTS


@dataclass(frozen=True, slots=True)
class PolicyIdentity:
    """The policy that was applied.

    Parameters
    ----------
    policy_id, title, version : str
        As in ``R14``, its title, and the date of its edition.
    program_sha256 : str
        Hash of everything that a determination depends on.
    settings : tuple of (name, value)
        Switches that do not have their usual value, in words.
    """

    policy_id: str
    title: str
    version: str
    program_sha256: str
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Headline:
    """The outcome in a few words.

    Parameters
    ----------
    outcome : str
        One of ``kb.model.clause.OUTCOMES``.
    outcome_text : str
        ``denied``, ``not separately reimbursed``, ``reduced to 5 units``, ...
    clause_id, clause_title : str
        The clause that decided; empty where none did.
    sentence : str
        With a capital and a full stop.
    """

    outcome: str
    outcome_text: str
    clause_id: str
    clause_title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ReadingInFavour:
    """A reading that keeps an adverse clause away from the line.

    Parameters
    ----------
    reading : ReadingUsed
    clause_id, effect : str
        The clause that would count if the reading were read otherwise, and its effect.
    paid : bool
        Whether the line is paid.
    """

    reading: ReadingUsed
    clause_id: str
    effect: str
    paid: bool

    @property
    def text(self) -> str:
        """The reading and what it keeps away, in one sentence without a full stop."""
        said = self.reading.answer.rstrip(".")
        for opening in ("No: ", "Yes: "):
            said = said.removeprefix(opening)
        said = said[:1].lower() + said[1:] if said[1:2].islower() else said
        begun = "paid" if self.paid else "in the line's favour"
        verb = _WOULD[self.effect]
        number = self.reading.number
        return f"{begun} under reading {number}: {said}; read otherwise {self.clause_id} {verb}"


_WOULD = {
    "denied": "would deny",
    "bundled": "would bundle",
    "reduced": "would reduce",
    "pended": "would pend",
}


@dataclass(frozen=True, slots=True)
class Narrative:
    """Everything that an export shows of one claim line.

    Parameters
    ----------
    identity : LineIdentity
        The fields of the line.
    policy : PolicyIdentity
        The policy that was applied.
    headline : Headline
        The outcome in a few words.
    citations : tuple of CitationNarrative
        Strongest effect first; those that are not adverse last.
    assumptions, missing : tuple of Supposed
        Facts that were not supplied.
    allowed_units : str
        Units that are allowed, where the outcome is ``reduced``.
    changes : tuple of Change
        What would change the outcome, over all clauses and assumptions; each once.
    graph : ProofGraph
        All proofs of the line, for a picture.
    document_name : str
        The file that the quotes were taken from; empty where none was given.
    masked : bool
        Whether identity, dates of service, provider and charge were withheld.
    in_favour : tuple of ReadingInFavour
        In the order of their numbers, where the policy was loaded with them.
    answer : PayerAnswer, optional
        What a payer answered, where a remittance was given and the line is not masked.
    """

    identity: LineIdentity
    policy: PolicyIdentity
    headline: Headline
    citations: tuple[CitationNarrative, ...]
    assumptions: tuple[Supposed, ...]
    missing: tuple[Supposed, ...]
    allowed_units: str
    changes: tuple[Change, ...]
    graph: ProofGraph
    document_name: str = ""
    masked: bool = False
    in_favour: tuple[ReadingInFavour, ...] = ()
    answer: PayerAnswer | None = None

    @property
    def is_adverse(self) -> bool:
        """Whether the line is kept from full payment."""
        return self.headline.outcome in ADVERSE_EFFECTS

    @property
    def adverse(self) -> tuple[CitationNarrative, ...]:
        """The citations that keep the line from full payment."""
        return tuple(citation for citation in self.citations if citation.is_adverse)


def title_of(narratives: Sequence[Narrative]) -> str:
    """Return the title of some lines of one claim.

    Parameters
    ----------
    narratives : sequence of Narrative
        In the order of their lines; at least one.

    Returns
    -------
    str
        As in ``Claim CLM1, line 2: denied``; a long claim id is shortened.
    """
    first = narratives[0]
    claim = f"Claim {shortened(first.identity.claim_id)}"
    if len(narratives) == 1:
        return f"{claim}, line {first.identity.line_number}: {first.headline.outcome_text}"
    numbers = [str(each.identity.line_number) for each in narratives]
    return f"{claim}, lines {', '.join(numbers[:-1])} and {numbers[-1]}"

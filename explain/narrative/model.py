"""What an explanation says, as plain English and structured values: what every export shows.

Nothing here knows of a format. Texts are plain: a renderer escapes them for its own markup.
``explain.narrative.builder.narrative_of`` writes a narrative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from kb.model.clause import ADVERSE_EFFECTS

FactKind: TypeAlias = Literal["claim", "evidence", "policy", "setting", "override"]
"""Where a fact comes from."""

StepKind: TypeAlias = Literal[
    "outcome", "clause", "conclusion", "claim", "evidence", "policy", "setting", "override",
    "absence", "comparison", "sum",
]  # fmt: skip
"""What a step of a proof is: a conclusion, a fact by where it comes from, or a check."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a person can look up.

    Parameters
    ----------
    source : str
        A file as the person gave it, ``policy document``, ``settings``.
    place : str
        The place in it: ``segment 23 (SV1), element SV104``, ``row 3, column `units```.
    section : str
        Heading of the policy document.
    document_lines : str
        Lines of the policy document: ``106, 162, 188-220``.

    Examples
    --------
    >>> Place("policy document", section="Facility", document_lines="106, 162").text
    'policy document, section "Facility", lines 106, 162'
    """

    source: str
    place: str = ""
    section: str = ""
    document_lines: str = ""

    @property
    def text(self) -> str:
        """The place in words."""
        parts = [self.source, self.place]
        if self.section:
            parts.append(f'section "{self.section}"')
        if self.document_lines:
            noun = "line" if self.document_lines.isdigit() else "lines"
            parts.append(f"{noun} {self.document_lines}")
        return ", ".join(part for part in parts if part)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class FactUsed:
    """A fact that a clause rests on, with every place that states it."""

    kind: FactKind
    text: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """A step of the reasoning, in the order in which a person reads the steps.

    Parameters
    ----------
    kind : str
        One of ``StepKind``.
    text : str
        One sentence without a full stop.
    depth : int
        0 for what the clause rests on directly, 1 for what that rests on, and so on.
    places : tuple of Place
    repeated : bool
        Whether the step was told before; what it rests on is not told again.
    """

    kind: StepKind
    text: str
    depth: int = 0
    places: tuple[Place, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """A code of the remittance: ``CARC 97``, with its short meaning in our own words."""

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
    question, answer : str
    document_lines : str
    switch, setting : str
        The switch that turns the reading and the value that it has; empty where there is none.
    """

    number: int
    question: str
    answer: str
    document_lines: str = ""
    switch: str = ""
    setting: str = ""

    @property
    def place(self) -> Place:
        """Where the unclear place stands in the policy document."""
        return Place("policy document", document_lines=self.document_lines)


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that would change what a clause says of the line, if it were on file.

    Parameters
    ----------
    clause_id : str
    kind : {"evidence", "claim"}
        Whether it is evidence or a field of the claim.
    name, value : str
        As an evidence file or the claim would have it; an empty value means any.
    meaning : str
        What the fact says, in words.
    text : str
        What it does: ``an infusion that is the main reason for the visit is paid apart``.
    outcome : str
        What the outcome of the line would become by this alone, in words; empty where that was
        not worked out.
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
        """What has to be on file and what follows, in one sentence without a full stop."""
        where = "on file" if self.kind == "evidence" else "on the claim"
        why = f" ({self.text})" if self.text else ""
        then = f"; the line would {'still ' if self.stays else ''}be {self.outcome}"
        return f"{where}: {self.meaning}{why}{then if self.outcome else ''}"


@dataclass(frozen=True, slots=True)
class Supposed:
    """A fact that nobody supplied: assumed in the line's favour, or missing.

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
    """Another policy that a clause names."""

    policy_id: str
    title: str = ""

    @property
    def text(self) -> str:
        """As in ``R16 (Dialysis and what it takes)``."""
        return f"{self.policy_id} ({self.title})" if self.title else self.policy_id


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line of the person's own copy of the policy document."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class CitationNarrative:
    """A clause that is cited on a line, and why.

    Parameters
    ----------
    clause_id, title, summary : str
    effect, effect_text : str
        ``bundled`` and ``not separately reimbursed``.
    effective_from : str
        ISO date.
    place : Place
        Section and lines of the policy document.
    sentence : str
        The reason in one sentence, with a capital and a full stop.
    reasons : tuple of Reason
    facts : tuple of FactUsed
    not_excepted : tuple of str
        Exceptions that were tried and failed; sentences without a full stop.
    readings : tuple of ReadingUsed
    codes : tuple of CodeMeaning
        CARC first, then RARCs, then the group code; none where the clause adjusts nothing.
    allowed_units : str
        Units that the clause allows; empty where it limits none.
    changes : tuple of Change
    change_summary : str
        What would change the clause's effect, in words.
    related : tuple of RelatedPolicy
    quotes : tuple of QuotedLine
        The lines of the document that the clause points to, where a copy was given.
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

    @property
    def is_adverse(self) -> bool:
        """Whether the clause keeps the line from full payment."""
        return self.effect in ADVERSE_EFFECTS


@dataclass(frozen=True, slots=True)
class LineIdentity:
    """What identifies a claim line; each field as text, empty where the claim has none.

    Fields that were masked read ``(withheld)``.
    """

    claim_id: str
    line_number: int
    claim_form: str
    service_date: str
    service_date_to: str = ""
    procedure_code: str = ""
    modifiers: str = ""
    revenue_code: str = ""
    place_of_service: str = ""
    type_of_bill: str = ""
    units: str = ""
    charge: str = ""
    rendering_provider: str = ""

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """Label and value of each field that the line has, in the order of a claim form."""
        named = ((label, str(getattr(self, name))) for name, label in _IDENTITY_LABELS)
        return tuple((label, value) for label, value in named if value)


_IDENTITY_LABELS = (
    ("claim_id", "Claim"),
    ("line_number", "Line"),
    ("claim_form", "Claim form"),
    ("type_of_bill", "Type of bill"),
    ("service_date", "Service date"),
    ("service_date_to", "Last service date"),
    ("place_of_service", "Place of service"),
    ("revenue_code", "Revenue code"),
    ("procedure_code", "Procedure code"),
    ("modifiers", "Modifiers"),
    ("units", "Units"),
    ("charge", "Charge"),
    ("rendering_provider", "Rendering provider"),
)


@dataclass(frozen=True, slots=True)
class PolicyIdentity:
    """The policy that was applied.

    Parameters
    ----------
    policy_id, title, version : str
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
    """What happened, in a few words.

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
class GraphStep:
    """A step of the proof for a picture.

    Parameters
    ----------
    id : str
        Unique in its narrative, the same for the same explanation: ``s0``, ``s1``, ...
    kind : str
        One of ``StepKind``. An absence was checked and found to be so.
    text : str
    places : tuple of Place
    clause_id : str
        The clause that the step belongs to.
    others : int
        Other ways in which a conclusion follows too.
    background : bool
        Whether the step belongs to what every clause asks for: that it is in force, that the line
        lies within the policy, that nobody waived it. Pictures fold these first.
    """

    id: str
    kind: StepKind
    text: str
    places: tuple[Place, ...] = ()
    clause_id: str = ""
    others: int = 0
    background: bool = False


@dataclass(frozen=True, slots=True)
class ProofGraph:
    """All proofs of a line as one graph, the outcome first, each step once.

    Parameters
    ----------
    steps : tuple of GraphStep
        The first is the outcome; each step stands before what only it rests on.
    edges : tuple of (str, str)
        From a step to what it rests on, in the order of reading.
    """

    steps: tuple[GraphStep, ...]
    edges: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Narrative:
    """Everything that an export shows of one claim line.

    Parameters
    ----------
    identity : LineIdentity
    policy : PolicyIdentity
    headline : Headline
    citations : tuple of CitationNarrative
        Strongest effect first; those that are not adverse last.
    assumptions, missing : tuple of Supposed
    allowed_units : str
        Units that are allowed, where the outcome is ``reduced``.
    changes : tuple of Change
        What would change the outcome, over all clauses and assumptions; each once.
    graph : ProofGraph
    document_name : str
        The file that the quotes were taken from; empty where none was given.
    masked : bool
        Whether identity, dates of service, provider and charge were withheld.
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

    @property
    def is_adverse(self) -> bool:
        """Whether the line is kept from full payment."""
        return self.headline.outcome in ADVERSE_EFFECTS

"""The parts of one exported document: narratives of one claim, and fields that a person gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from explain.exports.letter_head import LetterHead

if TYPE_CHECKING:
    from explain.narrative.model import Narrative

DEFAULT_PROFILE = "explanation"
"""The profile of a document for colleagues, not for sending out."""


@dataclass(frozen=True, slots=True)
class LetterFields:
    """Fields of a letter that a person gave; none of them is ever made up.

    A profile says which of them it needs; an empty one becomes a marked blank.

    Parameters
    ----------
    date : str
        ISO date of the document.
    deadline : str
        The last day to ask for a review, as the person wrote it.
    review_procedure : str
        The way to ask for a review, as the person wrote it.
    rights : str
        The rights that follow a review, as the person wrote them.
    copies : str
        The way to get a copy of the rules that were relied on, as the person wrote it.
    sender, recipient : str
        Names and addresses, as the person wrote them.
    """

    date: str = ""
    deadline: str = ""
    review_procedure: str = ""
    rights: str = ""
    copies: str = ""
    sender: str = ""
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One document to render.

    Parameters
    ----------
    title : str
        Plain text: ``Claim CLINIC-1, line 1: denied``.
    narratives : sequence of Narrative
        Lines of one claim, in the order of their numbers; at least one.
    profile : str
        One of ``explain.exports.profiles.PROFILES``.
    inputs : LetterFields
        What a person gave.
    certificates : sequence of dict
        Certificates of the same lines, for formats that carry them.
    head : LetterHead
        Whom a letter is about.
    appendix : bool
        Whether the proof follows a letter that can have it.
    """

    title: str
    narratives: Sequence[Narrative]
    profile: str = DEFAULT_PROFILE
    inputs: LetterFields = field(default_factory=LetterFields)
    certificates: Sequence[Mapping[str, Any]] = ()
    head: LetterHead = field(default_factory=LetterHead)
    appendix: bool = True

    @property
    def masked(self) -> bool:
        """Whether identity, dates of service, provider and charge are withheld."""
        return any(narrative.masked for narrative in self.narratives)

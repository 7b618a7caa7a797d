"""What one exported document holds: the narratives of one claim, and what a person put in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explain.narrative.model import Narrative

DEFAULT_PROFILE = "explanation"
"""The profile of a document for colleagues, not for sending out."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a person gave for a document; nothing of it is ever made up.

    A profile says which of them it needs; one that is empty is left as a marked blank.

    Parameters
    ----------
    date : str
        ISO date of the document.
    deadline : str
        Until when a review can be asked for, as the person wrote it.
    review_procedure : str
        How a review is asked for, as the person wrote it.
    rights : str
        What rights follow a review, as the person wrote it.
    copies : str
        How a copy of the rules that were relied on is asked for, as the person wrote it.
    sender, recipient : str
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
    inputs : Inputs
    certificates : sequence of dict
        Of the same lines, for formats that carry them.
    """

    title: str
    narratives: Sequence[Narrative]
    profile: str = DEFAULT_PROFILE
    inputs: Inputs = field(default_factory=Inputs)
    certificates: Sequence[Mapping[str, Any]] = ()

    @property
    def masked(self) -> bool:
        """Whether identity, dates of service, provider and charge are withheld."""
        return any(narrative.masked for narrative in self.narratives)

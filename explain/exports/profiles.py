"""Profiles: the purpose of a document, and the contents that follow from it.

References
----------
.. [1] 29 CFR 2560.503-1(g)(1): the specific reason, the provision relied on, what further material
   is needed and why, the review procedure and its time limits, the rule that was relied on.
"""

from __future__ import annotations

from dataclasses import dataclass

from explain.exports.document import DEFAULT_PROFILE
from facts.diagnostic import UsageError
from facts.suggest import near_help
from facts.values import quoted


@dataclass(frozen=True, slots=True)
class Profile:
    """The contents of a kind of document.

    Parameters
    ----------
    name : str
        As a person types it.
    opening : str
        First paragraph.
    is_letter : bool
        Whether it is sent: it has a date, sender, recipient, review procedure and deadline, each
        given by a person or left as a marked blank, and it is on adverse lines alone.
    adverse_only : bool
        Whether clauses that do not keep a line from full payment are left out.
    deepest : int
        Depth of the steps of the reasoning.
    places : bool
        Whether steps have the segment or the row of the claim.
    facts : bool
        Whether the facts have a table of their own.
    readings, picture : bool
        Whether there are the readings that mattered, and a picture of the proof.
    """

    name: str
    opening: str
    is_letter: bool = True
    adverse_only: bool = True
    deepest: int = 99
    places: bool = True
    facts: bool = True
    readings: bool = True
    picture: bool = True


PROFILES: dict[str, Profile] = {
    each.name: each
    for each in (
        Profile(
            DEFAULT_PROFILE,
            "Why the lines of this claim have their outcomes: the clauses, the facts with their "
            "places, the exceptions that were tried and what would change the outcome.",
            is_letter=False,
            adverse_only=False,
        ),
        Profile(
            "provider-dispute",
            "This letter gives the specific reasons for which lines of the claim below were not "
            "paid in full, the provisions relied on, the facts of the claim with their places, "
            "and what further material would change the outcome.",
        ),
        Profile(
            "member-notice",
            "This notice says why lines of the claim below were not paid in full, on which rule "
            "that rests, and what further information would change it.",
            deepest=0,
            places=False,
            facts=False,
            readings=False,
            picture=False,
        ),
    )
}
"""Every profile by its name."""


def profile_of(name: str) -> Profile:
    """Return a profile by its name.

    Raises
    ------
    UsageError
        If there is none of that name.

    Examples
    --------
    >>> profile_of("member-notice").is_letter
    True
    """
    if name not in PROFILES:
        message = f"there is no profile {quoted(name)}"
        raise UsageError.of(message, near_help(name, PROFILES))
    return PROFILES[name]

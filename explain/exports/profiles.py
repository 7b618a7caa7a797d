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
    has_appendix : bool
        Whether the proof follows as an appendix, which can be left out.
    """

    name: str
    opening: str
    is_letter: bool = True
    adverse_only: bool = True
    has_appendix: bool = False


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
            "We dispute the payment of the lines of the claim named above. We ask you to "
            "determine them again, and to pay the amount at issue. For each line that you do not "
            "pay, please tell us the provision and the facts that it rests on.",
            has_appendix=True,
        ),
        Profile(
            "member-notice",
            "Your provider sent us a bill. We did not pay all of it. This notice tells you "
            "why, and what you can do.",
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

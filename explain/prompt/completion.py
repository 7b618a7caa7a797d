"""What can be typed next at the prompt: commands, predicates, clauses and claim ids."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explain.prompt.dialogue import Dialogue

_WORD = re.compile(r"""(?:^|(?<=[\s(,;]))(['"]?[\w.@/-]*)$""")
_MOST = 200


def completions(dialogue: Dialogue, before: str) -> Iterator[tuple[str, str]]:
    """Yield the texts that can follow, each with what it replaces.

    Parameters
    ----------
    dialogue : Dialogue
        What is known so far.
    before : str
        The text before the cursor.

    Yields
    ------
    (str, str)
        A completion, and the end of ``before`` that it takes the place of.

    Examples
    --------
    >>> from kb import KnowledgeBase
    >>> dialogue = Dialogue(KnowledgeBase.load("r14"), lambda kb, claims, evidence: (kb, []))
    >>> next(completions(dialogue, "denied(C, L, 'R14-FAC"))
    ("'R14-FAC-1'", "'R14-FAC")
    """
    found = _WORD.search(before)
    word = found.group(1) if found else ""
    if not word and before.strip():
        return
    kb = dialogue.kb
    if word.startswith("'") or before.lstrip().startswith("why "):
        mark = "'" if word.startswith("'") else ""
        names = [*kb.policy.clauses, *kb.claims] if mark else list(kb.claims)
        words = [f"{mark}{name}{mark}" for name in names]
    elif not before.strip() or before.strip() == word:
        words = [*dialogue.commands, *(f"{name}(" for name in sorted(kb.policy.program.signature))]
    else:
        words = [f"{name}(" for name in sorted(kb.policy.program.signature)]
    fitting = (each for each in words if each.casefold().startswith(word.casefold()))
    for _, each in zip(range(_MOST), fitting, strict=False):
        yield each, word

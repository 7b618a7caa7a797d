"""Diagnostics as a person can read them: of every kind the first ones, the others counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from facts.diagnostic import Diagnostic

_MOST_OF_A_KIND = 100
"""Diagnostics of one kind that are shown: the same sentence but for its values."""

MOST = 2_000
"""Diagnostics that are shown in all."""

_VALUE = re.compile(r"(?<!^)`[^`]*`|\d+")


class BoundedDiagnostics(list[Diagnostic]):
    """Diagnostics that do not grow with the input.

    Parameters
    ----------
    diagnostics : iterable of Diagnostic, optional
        The first of them.
    without_limit : bool, optional
        Keep them all.

    Examples
    --------
    >>> told = BoundedDiagnostics(Diagnostic("note", f"`units` is odd: `{n}`") for n in range(250))
    >>> len(told), told.left_out
    (100, '150 more notes')
    """

    def __init__(self, diagnostics: Iterable[Diagnostic] = (), without_limit: bool = False) -> None:
        super().__init__()
        self._without_limit = without_limit
        self._kinds: Counter[tuple[str, str]] = Counter()
        self._left_out: Counter[str] = Counter()
        self.extend(diagnostics)

    def append(self, diagnostic: Diagnostic) -> None:
        """Keep a diagnostic, or count it."""
        if self._without_limit:
            super().append(diagnostic)
            return
        kind = (diagnostic.severity, _VALUE.sub("`", diagnostic.message))
        if len(self) < MOST and self._kinds[kind] < _MOST_OF_A_KIND:
            self._kinds[kind] += 1
            super().append(diagnostic)
        else:
            self._left_out[diagnostic.severity] += 1

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Keep or count several diagnostics."""
        for diagnostic in diagnostics:
            self.append(diagnostic)

    @property
    def has_errors(self) -> bool:
        """Whether any of them is an error, kept or counted."""
        return self._left_out["error"] > 0 or any(each.severity == "error" for each in self)

    @property
    def left_out(self) -> str:
        """How many are counted and not kept, in words; empty where there are none."""
        counts = [
            f"{count} more {severity}{'' if count == 1 else 's'}"
            for severity in ("error", "warning", "note")
            if (count := self._left_out[severity])
        ]
        return ", ".join(counts)

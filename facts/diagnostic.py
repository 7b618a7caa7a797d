"""Diagnostics: one sentence for a person, with the place and the text underlined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

from facts.origin import Origin
from facts.span import Span

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something that a person has to know about their input.

    Parameters
    ----------
    severity : {"error", "warning", "note"}
        An error keeps its input from being used; a warning or note does not.
    message : str
        One lower-case sentence without a full stop, the person's input in backticks.
    place : Span or Origin, optional
        The place of the input. A span can be underlined; an origin names its place in words.
    help : str, optional
        What to do about it.
    excerpt : str, optional
        The row of text that holds the span, for the underline.

    Examples
    --------
    >>> span = Span("rules.pl", 2, 1, 2, 6)
    >>> print(Diagnostic("error", "unknown predicate `unitz`", span, "did you mean `units`?",
    ...                  "unitz(C, L, U).").render())
    error: unknown predicate `unitz`
      --> rules.pl:2:1
      |
    2 | unitz(C, L, U).
      | ^^^^^
      = help: did you mean `units`?
    """

    severity: Severity
    message: str
    place: Span | Origin | None = None
    help: str = ""
    excerpt: str = ""

    def render(self) -> str:
        """Return the diagnostic as the text that a terminal shows."""
        rows = [f"{self.severity}: {self.message}"]
        if isinstance(self.place, Span):
            margin = " " * len(str(self.place.row))
            marks = "^" * self.place.width
            rows.append(f"{margin} --> {self.place}")
            if self.excerpt:
                rows += [
                    f"{margin} |",
                    f"{self.place.row} | {self.excerpt}",
                    f"{margin} | {_padding(self.excerpt, self.place.column)}{marks}",
                ]
            if self.help:
                rows.append(f"{margin} = help: {self.help}")
            return "\n".join(rows)
        if self.place is not None:
            rows.append(f"  --> {self.place}")
        if self.excerpt:
            rows.append(f"  | {self.excerpt}")
        if self.help:
            rows.append(f"  = help: {self.help}")
        return "\n".join(rows)

    def to_json(self) -> dict[str, object]:
        """Return the diagnostic as plain JSON values."""
        place: dict[str, object] | None = None
        if isinstance(self.place, Span):
            place = {
                "source": self.place.source,
                "row": self.place.row,
                "column": self.place.column,
                "end_row": self.place.end_row,
                "end_column": self.place.end_column,
            }
        elif self.place is not None:
            place = {"source": self.place.source, "place": self.place.place}
        return {
            "severity": self.severity,
            "message": self.message,
            "place": place,
            "help": self.help or None,
        }


class ClausewiseError(Exception):
    """Base of every exception that clausewise raises on purpose.

    Parameters
    ----------
    diagnostics : iterable of Diagnostic
        Everything that is wrong, all at once, in reading order.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(diagnostic.render() for diagnostic in self.diagnostics))

    @classmethod
    def of(cls, message: str, help: str = "", place: Span | Origin | None = None) -> Self:
        """Return an exception with one error.

        Parameters
        ----------
        message : str
            One lower-case sentence without a full stop, the person's input in backticks.
        help : str, optional
            What to do about it.
        place : Span or Origin, optional
            The place of the input.

        Examples
        --------
        >>> print(UsageError.of("there is no format `doc`", "html or pdf"))
        error: there is no format `doc`
          = help: html or pdf
        """
        return cls([Diagnostic("error", message, place, help)])


class InputError(ClausewiseError):
    """Claims, evidence, overrides or lists that cannot be read."""


class ProgramError(ClausewiseError):
    """A rule file or a policy folder that has faults."""


class QueryError(ClausewiseError):
    """A goal that is not a query of the loaded program."""


class UsageError(ClausewiseError):
    """A wrong option, setting or argument."""


def _padding(text: str, column: int) -> str:
    """Blanks up to a column that keep tabs, so that the underline is under the text."""
    return "".join("\t" if character == "\t" else " " for character in text[: column - 1])

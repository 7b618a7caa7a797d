"""The fields of a row, without blanks around them, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from facts.diagnostic import Diagnostic
from facts.no_value import is_no_value
from facts.readers.column_values import no_value_fault, word_note
from facts.readers.line_table import RawRow, note
from facts.values import ValueFault

T = TypeVar("T")


class RowFields:
    """The fields of a row whose values are read one by one; words for nothing are none of them.

    A word for nothing in the column ``value`` is left to what reads it: it may be a value there.

    Parameters
    ----------
    row : RawRow
        The row; its faults come first.
    required : iterable of str
        Fields that may not be empty. Of a row with faults that is not asked.

    Examples
    --------
    >>> from facts.readers.records import RecordTrace
    >>> from facts.values import parse_whole_number
    >>> row = RowFields(RawRow(1, {"value": "x"}, RecordTrace("<evidence>", 1)), ["value"])
    >>> row.read("value", parse_whole_number), [fault.message for fault in row.faults]
    (None, ['`value` is not a whole number: `x`'])
    """

    def __init__(self, row: RawRow, required: Iterable[str]) -> None:
        self.texts = {name: text.strip() for name, text in row.fields.items()}
        self.faults = list(row.faults)
        self.notes: list[Diagnostic] = []
        self._trace = row.trace
        needed = tuple(required) if not self.faults else ()
        words = {name: text for name, text in self.texts.items() if is_no_value(name, text)}
        for name, word in sorted(words.items()):
            if name == "value":
                continue
            del self.texts[name]
            if name in needed:
                self.error(f"`{name}` {no_value_fault(word)}", name)
            else:
                self.notes.append(note(word_note(name, word), row.trace.origin(name)))
        for name in needed:
            if not self.texts.get(name) and name not in words:
                self.error(f"`{name}` is empty", name)

    def error(self, message: str, field: str, help: str = "") -> None:
        """Add an error.

        Parameters
        ----------
        message : str
            What is wrong.
        field : str
            The field it is wrong in.
        help : str, optional
            What to do.
        """
        self.faults.append(Diagnostic("error", message, self._trace.origin(field), help))

    def read(
        self, name: str, parser: Callable[[str], T], text: str | None = None, place: str = ""
    ) -> T | None:
        """Return the value of a field; None where it is empty or cannot be read.

        Parameters
        ----------
        name : str
            What an error calls the value.
        parser : callable
            Makes a value of a text, or raises ``ValueFault``.
        text : str, optional
            The text; that of the field of this name if absent.
        place : str, optional
            The field that has the text; that of this name if absent.
        """
        text = self.texts.get(name) if text is None else text
        try:
            return parser(text) if text else None
        except ValueFault as fault:
            self.error(f"`{name}` {fault.message}", place or name, fault.help)
            return None

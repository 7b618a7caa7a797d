"""The place of a table, a key or an item in a TOML file, and what is wrong with its syntax."""

from __future__ import annotations

import re
import tomllib

from facts.diagnostic import Diagnostic
from facts.span import Span

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""\s*([A-Za-z0-9_-]+|"[^"]*"|'[^']*')\s*=""")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*')
_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_LONGEST = 100


class TomlPlaces:
    r"""The rows of a TOML file by table, key and item.

    A table of an array is called by its name and number, as in ``clause 2``.

    Parameters
    ----------
    text : str
        Text of the file.

    Examples
    --------
    >>> places = TomlPlaces('[[clause]]\nid = "A"\n[[clause]]\nid = "B"\ncites = [\n  "x",\n]\n')
    >>> places.row("clause 2"), places.row("clause 2", "id"), places.row("clause 2", "cites", 1)
    (3, 4, 6)
    """

    def __init__(self, text: str) -> None:
        self._rows = text.split("\n")
        self._tables: dict[str, int] = {}
        self._keys: dict[tuple[str, str], int] = {}
        self._items: dict[tuple[str, str], list[int]] = {}
        self._scan()

    def row(self, table: str, key: str = "", item: int = 0) -> int:
        """Return the row of an item of a key, of the key, or of its table; 0 where none is seen.

        Parameters
        ----------
        table : str
            Empty for what is above all tables.
        key : str, optional
            A key of the table.
        item : int, optional
            Counted from 1.
        """
        items = self._items.get((table, key), [])
        if 0 < item <= len(items):
            return items[item - 1]
        parent, _, name = table.rpartition(".")
        return (
            self._keys.get((table, key), 0)
            or (self._table(key) if key and not table else 0)
            or self._tables.get(table, 0)
            or self._keys.get((parent, name), 0)
        )

    def _table(self, name: str) -> int:
        """Return the row of the first table of a name, or below it."""
        return min(
            (row for known, row in self._tables.items() if re.split(r"[ .]", known)[0] == name),
            default=0,
        )

    def text(self, row: int) -> str:
        """Return a row without the blanks around it, cut where it is long."""
        text = self._rows[row - 1].strip() if 0 < row <= len(self._rows) else ""
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

    def _scan(self) -> None:
        numbers: dict[str, int] = {}
        table, key, depth, quote = "", "", 0, ""
        for number, row in enumerate(self._rows, 1):
            if quote:
                if quote in row:
                    quote = ""
                continue
            for mark in ('"""', "'''"):
                if row.count(mark) == 1:
                    quote = mark
            plain = _STRING.sub("", row)
            if depth:
                if (depth == 1 and plain.strip(" \t\r],")) or '"' in row or "'" in row:
                    self._items[table, key].append(number)
            elif header := _HEADER.match(row):
                table = header[2]
                if header[1] == "[[":
                    numbers[table] = numbers.get(table, 0) + 1
                    table = f"{table} {numbers[table]}"
                self._tables.setdefault(table, number)
                continue
            elif found := _KEY.match(row):
                key = found[1].strip("\"'")
                self._keys.setdefault((table, key), number)
                self._items[table, key] = []
                plain = plain.partition("=")[2]
            depth = max(0, depth + plain.count("[") - plain.count("]"))


def syntax_fault(text: str, fault: tomllib.TOMLDecodeError, label: str) -> Diagnostic:
    """Return the fault of a file that is not TOML, with the text where it shows.

    Parameters
    ----------
    text : str
        Text of the file.
    fault : tomllib.TOMLDecodeError
        What the parser says.
    label : str
        Name of the file in diagnostics.
    """
    match = _PLACE.fullmatch(str(fault))
    said = match[1] if match is not None else str(fault)
    rows = text.split("\n")
    if match is not None and match[2]:
        row, column = int(match[2]), int(match[3])
    else:
        while len(rows) > 1 and not rows[-1].strip():
            rows.pop()
        row, column = len(rows), len(rows[-1].rstrip()) + 1
    excerpt = rows[row - 1].rstrip("\r") if row <= len(rows) else ""
    token = re.match(r"[^\s\]},]+|.", excerpt[column - 1 :])
    end = column + (len(token[0]) if token is not None else 1)
    message, help = _sentence(said, token[0] if token is not None else "")
    if message.endswith(("not closed", "twice")) and column > 1 and not excerpt[end - 1 :].strip():
        column = len(excerpt) - len(excerpt.lstrip()) + 1
        end = max(len(excerpt.rstrip()), column) + 1
    if len(excerpt) > 1000:
        excerpt = ""
    return Diagnostic("error", message, Span(label, row, column, row, end), help, excerpt)


def _sentence(said: str, token: str) -> tuple[str, str]:
    """Return our own sentence for a fault of syntax."""
    shown = f"`{token[:60]}`" if token.strip() else "this"
    for begin, message, help in (
        ("Invalid date", f"{shown} is not a day of the calendar", "as in 2014-07-22"),
        ("Expected ']]'", "the name of a table is not closed", "write `[[name]]`"),
        ("Expected ']'", "the name of a table is not closed", "write `[name]`"),
        ("Expected '='", "a key has no `=` behind it", "write `key = value`"),
        ("Invalid initial", f"{shown} is no key", "a key is a word, or text in quotes"),
        ("Unclosed array", "a list is not closed", "write `]`, and a comma between its items"),
        ("Unclosed inline", "a table in braces is not closed", "write `}`"),
        ("Unterminated", "a text is not closed", "close it with the quote that opened it"),
        ("Illegal character '\\n'", "a text is not closed", "close it with a quote on its row"),
        ("Expected newline", f"{shown} is after a value", "each key has a row of its own"),
        ("Invalid value", f"{shown} is no value", "text goes in quotes"),
        ("Cannot overwrite", "a key or a table is given twice", "keep one of them"),
        ("Cannot declare", "a table is given twice", "keep one, or write `[[name]]` for a list"),
        ("Duplicate inline", "a key is given twice", "keep one of them"),
    ):
        if said.startswith(begin):
            return message, help
    return f"not valid TOML: {said[:1].lower()}{said[1:].replace(chr(39), '`')}", ""

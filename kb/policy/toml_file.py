"""A TOML file of a policy folder, its values, and a diagnostic for each fault."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from facts.diagnostic import Diagnostic, Severity
from facts.origin import Origin
from facts.suggest import near_help
from facts.utf8 import read_utf8
from kb.policy.toml_places import TomlPlaces, syntax_fault

T = TypeVar("T")


class TomlFile:
    """A TOML file and the diagnostics found while its values are taken out.

    Parameters
    ----------
    path : Path
        The file.
    label : str
        Its name in diagnostics.
    found : list of Diagnostic
        Collects what is wrong.

    Attributes
    ----------
    broken : bool
        Whether the file could not be read; what is missing in it is then reported nowhere else.
    """

    def __init__(self, path: Path, label: str, found: list[Diagnostic]) -> None:
        self.label = label
        self.found = found
        self.data: dict[str, Any] = {}
        self.broken = True
        self._unread: set[str] = set()
        self._text = ""
        self._places: TomlPlaces | None = None
        if not path.exists():
            help = "a policy folder needs it"
            found.append(Diagnostic("error", "the file is missing", Origin(label), help))
            return
        text, fault = read_utf8(path, label)
        if fault is not None:
            found.append(fault)
            return
        self._text = text
        try:
            self.data = tomllib.loads(text)
            self.broken = False
        except tomllib.TOMLDecodeError as error:
            found.append(syntax_fault(text, error, label))

    def error(
        self, message: str, help: str = "", place: str = "", key: str = "", item: int = 0
    ) -> None:
        """Note an error at a place of the file, with the row of its key."""
        self.found.append(self._diagnostic("error", message, help, place, key, item))

    def warning(self, message: str, help: str = "", place: str = "", key: str = "") -> None:
        """Note a warning at a place of the file, with the row of its key."""
        self.found.append(self._diagnostic("warning", message, help, place, key, 0))

    def origin(self, place: str, key: str = "", item: int = 0) -> Origin:
        """Return a place of the file, in words and with its row."""
        row = self._row(place, key, item)
        return Origin(self.label, ", ".join(filter(None, (place, f"row {row}" if row else ""))))

    def _diagnostic(
        self, severity: Severity, message: str, help: str, place: str, key: str, item: int
    ) -> Diagnostic:
        row = self._row(place, key, item)
        excerpt = self._places.text(row) if self._places is not None else ""
        return Diagnostic(severity, message, self.origin(place, key, item), help, excerpt)

    def _row(self, place: str, key: str, item: int) -> int:
        if self._places is None:
            self._places = TomlPlaces(self._text)
        return self._places.row(place.partition(" (")[0], key, item)

    def known_as(self, key: str, value: T) -> T | None:
        """Return what was read under a key, or None where the file or the key is broken.

        What is not known for this reason is reported nowhere else.
        """
        return None if self.broken or key in self._unread else value

    def known(
        self,
        table: Mapping[str, Any],
        keys: Collection[str],
        place: str,
        severity: Severity = "warning",
    ) -> None:
        """Tell each key that nothing reads."""
        for key in table:
            if key not in keys:
                self.stray(key, keys, place, key, severity)

    def stray(
        self,
        name: str,
        keys: Collection[str],
        place: str,
        key: str,
        severity: Severity = "warning",
    ) -> None:
        """Tell a key that nothing reads, with the nearest that something does."""
        help = near_help(name, keys, f"known are {', '.join(keys)}")
        message = f"nothing reads the key `{name}`"
        self.found.append(self._diagnostic(severity, message, help, place, key, 0))

    def text(self, table: Mapping[str, Any], key: str, place: str, required: bool = False) -> str:
        """Return a text value, or the empty text after noting what is wrong."""
        value: object = table.get(key, "")
        if not isinstance(value, str):
            self.error(f"`{key}` has to be text", place=place, key=key)
            return ""
        if required and not value:
            self.error(f"`{key}` is missing", place=place, key=key)
        return value

    def texts(self, table: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.error(f"`{key}` has to be a list of texts", place=place, key=key)
            return ()
        return tuple(value)

    def day(self, table: Mapping[str, Any], key: str, place: str) -> date:
        """Return a date."""
        value = table.get(key)
        if type(value) is not date:
            message = f"`{key}` has to be a date" if key in table else f"`{key}` is missing"
            help = "write a day without quotes, as in 2014-07-22"
            self.error(message, help, place, key)
            return date.min
        return value

    def number(self, table: Mapping[str, Any], key: str, place: str) -> int | None:
        """Return a whole number, or None where the key is absent."""
        value = table.get(key)
        if value is not None and type(value) is not int:
            self.error(f"`{key}` has to be a whole number", place=place, key=key)
            return None
        return value

    def tables(self, key: str) -> dict[str, dict[str, Any]]:
        """Return the sub-tables of a table, by name."""
        value = self.data.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(row, dict) for row in value.values()):
            self._unread.add(key)
            self.error(f"`{key}` has to be a table of tables", f"write [{key}.<name>]", key=key)
            return {}
        return value

    def rows(self, key: str) -> list[dict[str, Any]]:
        """Return an array of tables."""
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self._unread.add(key)
            self.error(f"`{key}` has to be an array of tables", f"write [[{key}]]", key=key)
            return []
        return value

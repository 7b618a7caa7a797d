"""A TOML file of a policy folder, its values, and a diagnostic for each fault."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol, TypeVar

from facts.diagnostic import Diagnostic, Severity
from facts.origin import Origin
from facts.suggest import near_help
from facts.utf8 import Readable, read_utf8
from kb.policy.toml_places import TomlPlaces, syntax_fault

T = TypeVar("T")


class Field(NamedTuple):
    """A key of a table of a TOML file.

    Parameters
    ----------
    key : str
        Its name.
    kind : str
        ``text``, ``texts``, ``number``, ``date``, ``flag`` or ``tables``; empty for a key whose
        value is read elsewhere.
    required : bool
        Whether it has to have a value.
    values : collection of str
        The texts that it can have; any where there are none.
    noun : str
        What such a text is called.
    help : str
        What to do where the value is of another kind.
    default : object, optional
        The value where the file has none; of its kind where it is None.
    """

    key: str
    kind: str = "text"
    required: bool = False
    values: Collection[str] = ()
    noun: str = ""
    help: str = ""
    default: Any = None


class _ValueKind(NamedTuple):
    """A kind of value: what it has to be, and its substitute."""

    test: Callable[[object], bool]
    words: str
    default: Any
    help: str = ""


def _list_of(kind: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(isinstance(each, kind) for each in value)


_KINDS = {
    "text": _ValueKind(lambda value: isinstance(value, str), "text", ""),
    "texts": _ValueKind(_list_of(str), "a list of texts", ()),
    "number": _ValueKind(lambda value: type(value) is int, "a whole number", None),
    "date": _ValueKind(
        lambda value: type(value) is date,
        "a date",
        date.min,
        "write a day without quotes, as in 2014-07-22",
    ),
    "flag": _ValueKind(lambda value: isinstance(value, bool), "true or false", False),
    "tables": _ValueKind(_list_of(dict), "a list of tables", ()),
}


class _File(Readable, Protocol):
    """A file that may be missing: a ``Path``, say."""

    def exists(self) -> bool:
        """Return whether it is there."""


class TomlFile:
    """A TOML file and the diagnostics found while its values are taken out.

    Parameters
    ----------
    path : Path or PolicyFile
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

    def __init__(self, path: _File, label: str, found: list[Diagnostic]) -> None:
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
        """Note an error at a place of the file, with the row of its key.

        Parameters
        ----------
        message : str
            One sentence with the person's input in backticks.
        help : str, optional
            What to do about it.
        place : str, optional
            The table in words, as in ``clause 2 (R14-COV-1)``; empty for the whole file.
        key : str, optional
            Key of the table.
        item : int, optional
            Number of an item of its list, from 1.
        """
        self.found.append(self._diagnostic("error", message, help, place, key, item))

    def warning(self, message: str, help: str = "", place: str = "", key: str = "") -> None:
        """Note a warning at a place of the file, with the row of its key.

        Parameters
        ----------
        message : str
            One sentence with the person's input in backticks.
        help : str, optional
            What to do about it.
        place : str, optional
            The table in words, as in ``clause 2 (R14-COV-1)``; empty for the whole file.
        key : str, optional
            Key of the table.
        """
        self.found.append(self._diagnostic("warning", message, help, place, key, 0))

    def origin(self, place: str, key: str = "", item: int = 0) -> Origin:
        """Return a place of the file, in words and with its row.

        Parameters
        ----------
        place : str
            The table in words, as in ``clause 2 (R14-COV-1)``; empty for the whole file.
        key : str, optional
            Key of the table.
        item : int, optional
            Number of an item of its list, from 1.
        """
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

        Parameters
        ----------
        key : str
            Key of the table.
        value : T
            What was read.
        """
        return None if self.broken or key in self._unread else value

    def known(
        self,
        table: Mapping[str, Any],
        keys: Collection[str],
        place: str,
        severity: Severity = "warning",
    ) -> None:
        """Report each key that nothing reads.

        Parameters
        ----------
        table : mapping of str to Any
            A table of the file.
        keys : collection of str
            The keys that something reads.
        place : str
            The table in words, as in ``clause 2 (R14-COV-1)``; empty for the whole file.
        severity : Severity, optional
            How bad it is.
        """
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
        """Report a key that nothing reads, with the nearest that something does.

        Parameters
        ----------
        name : str
            The key that nothing reads.
        keys : collection of str
            The keys that something reads.
        place : str
            The table in words, as in ``clause 2 (R14-COV-1)``; empty for the whole file.
        key : str
            Key of the table.
        severity : Severity, optional
            How bad it is.
        """
        help = near_help(name, keys, f"known are {', '.join(keys)}")
        message = f"nothing reads the key `{name}`"
        self.found.append(self._diagnostic(severity, message, help, place, key, 0))

    def record(
        self,
        table: Mapping[str, Any],
        fields: Sequence[Field],
        place: str,
        severity: Severity = "warning",
    ) -> dict[str, Any]:
        """Return the values of declared keys; each that is wrong, missing or stray is reported.

        Parameters
        ----------
        table : mapping
            A table of the file.
        fields : sequence of Field
            The keys that it can have.
        place : str
            The table in words, as in ``clause 2 (R14-COV-1)``.
        severity : {"error", "warning", "note"}, optional
            How bad a key is that is not declared.

        Returns
        -------
        dict of key to value
            The default of the field where the file has no good value.
        """
        self.known(table, [each.key for each in fields], place, severity)
        return {each.key: self.value(table, each, place) for each in fields if each.kind}

    def value(self, table: Mapping[str, Any], field: Field, place: str) -> Any:
        """Return the value of one key, or its default after a report of what is wrong.

        Parameters
        ----------
        table : mapping
            A table of the file.
        field : Field
            The key.
        place : str
            The table in words.
        """
        key, value = field.key, table.get(field.key)
        kind = _KINDS[field.kind]
        default = kind.default if field.default is None else field.default
        if value is None or (field.required and value == ""):
            if field.required:
                self.error(f"`{key}` is missing", field.help or kind.help, place, key)
            return default
        if not kind.test(value):
            self.error(f"`{key}` has to be {kind.words}", field.help or kind.help, place, key)
            return default
        for each in [value] if isinstance(value, str) else value if field.values else ():
            if field.values and each and each not in field.values:
                help = near_help(each, field.values)
                self.error(f"unknown {field.noun} `{each}`", help, place, key)
        return tuple(value) if isinstance(value, list) else value

    def tables(self, key: str) -> dict[str, dict[str, Any]]:
        """Return the sub-tables of a table, by name.

        Parameters
        ----------
        key : str
            Key of the table.
        """
        value = self.data.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(row, dict) for row in value.values()):
            self._unread.add(key)
            self.error(f"`{key}` has to be a table of tables", f"write [{key}.<name>]", key=key)
            return {}
        return value

    def rows(self, key: str) -> list[dict[str, Any]]:
        """Return an array of tables.

        Parameters
        ----------
        key : str
            Key of the table.
        """
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self._unread.add(key)
            self.error(f"`{key}` has to be an array of tables", f"write [[{key}]]", key=key)
            return []
        return value

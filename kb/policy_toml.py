"""Read the TOML files of a policy folder into clauses, switches, readings and declarations."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from facts.claim import EvidenceType
from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.suggest import nearest
from kb.clause import EFFECTS, Exception_, PolicyClause, Reading, Switch, TableDeclaration

TABLE_COLUMNS = (
    "procedure",
    "revenue_code",
    "place_of_service",
    "bill_class",
    "diagnosis",
    "description",
)
"""Claim columns that a table can classify."""

_EVIDENCE_KINDS = ("choice", "number", "whole number", "text", "line_number")


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
    """

    def __init__(self, path: Path, label: str, found: list[Diagnostic]) -> None:
        self.label = label
        self.found = found
        self.data: dict[str, Any] = {}
        try:
            self.data = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            self.error("the file is missing", "a policy folder needs it")
        except (OSError, UnicodeDecodeError):
            self.error("the file cannot be read as UTF-8 text")
        except tomllib.TOMLDecodeError as fault:
            self.error(f"not valid TOML: {str(fault)[:1].lower()}{str(fault)[1:]}")

    def error(self, message: str, help: str = "", place: str = "") -> None:
        """Note an error at a place of the file."""
        self.found.append(Diagnostic("error", message, Origin(self.label, place), help))

    def text(self, table: Mapping[str, Any], key: str, place: str, required: bool = False) -> str:
        """Return a text value, or the empty text after noting what is wrong."""
        value: object = table.get(key, "")
        if not isinstance(value, str):
            self.error(f"`{key}` has to be text", place=place)
            return ""
        if required and not value:
            self.error(f"`{key}` is missing", place=place)
        return value

    def texts(self, table: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.error(f"`{key}` has to be a list of texts", place=place)
            return ()
        return tuple(value)

    def day(self, table: Mapping[str, Any], key: str, place: str) -> date:
        """Return a date."""
        value = table.get(key)
        if type(value) is not date:
            self.error(
                f"`{key}` has to be a date", "write it without quotes, as in 2014-07-22", place
            )
            return date.min
        return value

    def number(self, table: Mapping[str, Any], key: str, place: str) -> int | None:
        """Return a whole number, or None where the key is absent."""
        value = table.get(key)
        if value is not None and type(value) is not int:
            self.error(f"`{key}` has to be a whole number", place=place)
            return None
        return value

    def tables(self, key: str) -> dict[str, dict[str, Any]]:
        """Return the sub-tables of a table, by name."""
        value = self.data.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(row, dict) for row in value.values()):
            self.error(f"`{key}` has to be a table of tables")
            return {}
        return value

    def rows(self, key: str) -> list[dict[str, Any]]:
        """Return an array of tables."""
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self.error(f"`{key}` has to be an array of tables")
            return []
        return value


def read_clauses(file: TomlFile) -> dict[str, PolicyClause]:
    """Return the clauses of ``clauses.toml`` by id, in the order of the file."""
    clauses: dict[str, PolicyClause] = {}
    for position, row in enumerate(file.rows("clause"), 1):
        place = f"clause {position}"
        clause_id = file.text(row, "id", place, required=True)
        place = f"clause {position} ({clause_id})"
        effect = file.text(row, "effect", place, required=True)
        if effect and effect not in EFFECTS:
            near = nearest(effect, EFFECTS)
            file.error(
                f"unknown effect `{effect}`",
                f"did you mean `{near}`?" if near else f"one of {', '.join(EFFECTS)}",
                place,
            )
        if clause_id in clauses:
            file.error(f"clause `{clause_id}` is given twice", place=place)
        exceptions = row.get("exceptions", [])
        clauses[clause_id] = PolicyClause(
            clause_id,
            file.text(row, "section", place, required=True),
            file.text(row, "document_lines", place),
            effect,
            file.day(row, "effective_from", place),
            file.text(row, "carc", place),
            file.texts(row, "rarcs", place),
            file.text(row, "group", place),
            file.text(row, "title", place, required=True),
            file.text(row, "summary", place, required=True),
            file.text(row, "narrative", place),
            tuple(
                Exception_(
                    str(item.get("evidence", "")),
                    str(item.get("value", "")),
                    str(item.get("text", "")),
                )
                for item in exceptions
                if isinstance(item, dict)
            ),
            file.text(row, "changes", place),
            file.texts(row, "related", place),
        )
    return clauses


def read_switches(file: TomlFile) -> dict[str, Switch]:
    """Return the switches of ``policy.toml``."""
    switches = {}
    for name, row in file.tables("switches").items():
        place = f"switches.{name}"
        values = file.texts(row, "values", place)
        default = file.text(row, "default", place, required=True)
        if default and default not in values:
            file.error(f"the default `{default}` is not one of the values", place=place)
        switches[name] = Switch(
            name,
            default,
            values,
            file.number(row, "reading", place),
            file.text(row, "meaning", place),
        )
    return switches


def read_evidence_types(file: TomlFile) -> dict[str, EvidenceType]:
    """Return the evidence that ``policy.toml`` declares."""
    types = {}
    for name, row in file.tables("evidence").items():
        place = f"evidence.{name}"
        kind = file.text(row, "kind", place, required=True)
        if kind and kind not in _EVIDENCE_KINDS:
            file.error(f"unknown kind `{kind}`", f"one of {', '.join(_EVIDENCE_KINDS)}", place)
        types[name] = EvidenceType(
            name,
            kind,
            file.texts(row, "choices", place),
            file.text(row, "meaning", place),
            row.get("several") is True,
        )
    return types


def read_table_declarations(file: TomlFile) -> dict[str, TableDeclaration]:
    """Return the tables that ``policy.toml`` declares."""
    declarations = {}
    for name, row in file.tables("tables").items():
        place = f"tables.{name}"
        column = file.text(row, "column", place, required=True)
        if column and column not in TABLE_COLUMNS:
            near = nearest(column, TABLE_COLUMNS)
            file.error(
                f"unknown column `{column}`",
                f"did you mean `{near}`?" if near else f"one of {', '.join(TABLE_COLUMNS)}",
                place,
            )
        declarations[name] = TableDeclaration(
            name,
            column,
            file.text(row, "title", place),
            file.text(row, "basis", place),
            file.text(row, "document_lines", place),
            file.number(row, "reading", place),
        )
    return declarations


def read_readings(file: TomlFile) -> dict[int, Reading]:
    """Return the readings of ``readings.toml`` by number."""
    readings = {}
    for position, row in enumerate(file.rows("reading"), 1):
        place = f"reading {position}"
        number = file.number(row, "number", place)
        if number is None:
            file.error("`number` is missing", place=place)
            continue
        readings[number] = Reading(
            number,
            file.text(row, "document_lines", place),
            file.text(row, "question", place, required=True),
            file.text(row, "answer", place, required=True),
            file.text(row, "switch", place),
        )
    return readings

"""The TOML files of a policy folder as clauses, switches, readings and declarations."""

from __future__ import annotations

import re
from typing import Any

from facts.claim import EvidenceType
from facts.schema import TABLE_KINDS
from facts.suggest import near_help, nearest
from kb.model.clause import (
    EFFECTS,
    REASON_SLOTS,
    Exception_,
    PolicyClause,
    Reading,
    Switch,
    TableDeclaration,
)
from kb.policy.toml_file import TomlFile

_EVIDENCE_KINDS = ("choice", "number", "whole number", "text", "line_number")


NARRATIVE_SLOTS = (*REASON_SLOTS, "clause")
"""What the narrative of a clause can name in braces."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}|[{}]")

_POLICY_KEYS = (
    "id",
    "title",
    "version",
    "published",
    "header_effective_date",
    "history",
    "related",
    "switches",
    "evidence",
    "tables",
)
_CLAUSE_KEYS = (
    "id",
    "section",
    "document_lines",
    "effect",
    "also",
    "effective_from",
    "carc",
    "rarcs",
    "group",
    "title",
    "summary",
    "narrative",
    "exceptions",
    "changes",
    "related",
)
_EXCEPTION_KEYS = ("evidence", "value", "text")
_SWITCH_KEYS = ("default", "values", "reading", "document_lines", "meaning")
_EVIDENCE_KEYS = ("kind", "choices", "unit", "meaning", "several")
_TABLE_KEYS = ("column", "title", "basis", "document_lines", "reading")
_READING_KEYS = ("number", "document_lines", "question", "answer", "switch")


def read_clauses(file: TomlFile) -> dict[str, PolicyClause]:
    """Return the clauses of ``clauses.toml`` by id, in the order of the file."""
    clauses: dict[str, PolicyClause] = {}
    file.known(file.data, ("clause",), "")
    for position, row in enumerate(file.rows("clause"), 1):
        place = f"clause {position}"
        clause_id = file.text(row, "id", place, required=True)
        place = f"clause {position} ({clause_id})"
        effect = file.text(row, "effect", place, required=True)
        if effect and effect not in EFFECTS:
            file.error(
                f"unknown effect `{effect}`",
                near_help(effect, EFFECTS),
                place,
                "effect",
            )
        if clause_id in clauses:
            file.error(f"clause `{clause_id}` is given twice", place=place, key="id")
        file.known(row, _CLAUSE_KEYS, place)
        clause = PolicyClause(
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
            _narrative(file, row, place),
            _exceptions(file, row, place),
            file.text(row, "changes", place),
            file.texts(row, "related", place),
            _also(file, row, place),
        )
        clauses.setdefault(clause_id, clause)
    return clauses


def _narrative(file: TomlFile, row: dict[str, Any], place: str) -> str:
    text = file.text(row, "narrative", place)
    for match in _PLACEHOLDER.finditer(text):
        if match[1] in NARRATIVE_SLOTS:
            continue
        near = nearest(match[1], NARRATIVE_SLOTS) if match[1] else None
        known = ", ".join(f"{{{name}}}" for name in NARRATIVE_SLOTS)
        help = f"did you mean `{{{near}}}`?" if near else f"a narrative may name {known}"
        file.error(f"no narrative can fill `{match[0]}`", help, place, "narrative")
    return text


def _also(file: TomlFile, row: dict[str, Any], place: str) -> tuple[str, ...]:
    effects = file.texts(row, "also", place)
    for effect in effects:
        if effect not in EFFECTS:
            help = near_help(effect, EFFECTS)
            file.error(f"unknown effect `{effect}`", help, place, "also")
    return effects


def _exceptions(file: TomlFile, row: dict[str, Any], place: str) -> tuple[Exception_, ...]:
    found = []
    items = row.get("exceptions", [])
    if not isinstance(items, list):
        items = [None]
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict) or not all(isinstance(each, str) for each in item.values()):
            help = 'as in { evidence = "fluid_restricted", value = "yes", text = "..." }'
            file.error("an exception holds three texts", help, place, "exceptions", number)
            continue
        for name in item:
            if name not in _EXCEPTION_KEYS:
                file.stray(name, _EXCEPTION_KEYS, place, "exceptions")
        found.append(Exception_(*(item.get(name, "") for name in _EXCEPTION_KEYS)))
    return tuple(found)


def read_identity(file: TomlFile) -> dict[str, str]:
    """Return id, title and version of ``policy.toml``, and tell keys that nothing reads."""
    if file.broken:
        return dict.fromkeys(("id", "title", "version"), "")
    file.known(file.data, _POLICY_KEYS, "")
    return {key: file.text(file.data, key, "", required=True) for key in ("id", "title", "version")}


def read_related(file: TomlFile) -> dict[str, str]:
    """Return the titles of other policies that ``policy.toml`` names."""
    related = file.data.get("related", {})
    if not isinstance(related, dict):
        file.error("`related` has to be a table of titles", "write [related]", key="related")
        return {}
    return {name: file.text(related, name, "related") for name in related}


def read_switches(file: TomlFile) -> dict[str, Switch]:
    """Return the switches of ``policy.toml``."""
    switches = {}
    for name, row in file.tables("switches").items():
        place = f"switches.{name}"
        file.known(row, _SWITCH_KEYS, place)
        values = file.texts(row, "values", place)
        default = file.text(row, "default", place, required=True)
        if default and default not in values:
            help = near_help(default, values)
            file.error(f"the default `{default}` is not one of the values", help, place, "default")
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
        file.known(row, _EVIDENCE_KEYS, place)
        kind = file.text(row, "kind", place, required=True)
        if kind and kind not in _EVIDENCE_KINDS:
            help = near_help(kind, _EVIDENCE_KINDS)
            file.error(f"unknown kind `{kind}`", help, place, "kind")
        choices = file.texts(row, "choices", place)
        if kind == "choice" and not row.get("choices"):
            help = 'add them, as in choices = ["yes", "no"]'
            file.error("a choice has no `choices`", help, place, "kind")
        if not isinstance(row.get("several", False), bool):
            file.error("`several` has to be true or false", "", place, "several")
        meaning = file.text(row, "meaning", place)
        types[name] = EvidenceType(name, kind, choices, meaning, row.get("several") is True)
    return types


def read_table_declarations(file: TomlFile) -> dict[str, TableDeclaration]:
    """Return the tables that ``policy.toml`` declares."""
    declarations = {}
    for name, row in file.tables("tables").items():
        place = f"tables.{name}"
        file.known(row, _TABLE_KEYS, place)
        column = file.text(row, "column", place, required=True)
        if column and column not in TABLE_KINDS:
            file.error(
                f"unknown column `{column}`",
                near_help(column, TABLE_KINDS),
                place,
                "column",
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
        file.known(row, _READING_KEYS, place)
        number = file.number(row, "number", place)
        if number is None:
            if "number" not in row:
                file.error("`number` is missing", place=place)
            continue
        if number in readings:
            file.error(f"reading {number} is given twice", place=place, key="number")
        readings[number] = Reading(
            number,
            file.text(row, "document_lines", place),
            file.text(row, "question", place, required=True),
            file.text(row, "answer", place, required=True),
            file.text(row, "switch", place),
        )
    return readings

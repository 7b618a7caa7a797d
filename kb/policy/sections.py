"""The TOML files of a policy folder as clauses, switches, readings and declarations."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from facts.claim import EvidenceType
from facts.schema import TABLE_KINDS
from facts.suggest import near_help, nearest
from kb.model.clause import (
    ACTIONS,
    EFFECTS,
    REASON_SLOTS,
    Exception_,
    PolicyClause,
    Reading,
    Switch,
    TableDeclaration,
)
from kb.policy.toml_file import Field, TomlFile

_EVIDENCE_KINDS = ("choice", "number", "whole number", "text", "line_number")


_NARRATIVE_SLOTS = (*REASON_SLOTS, "clause")
"""What the narrative of a clause can name in braces."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}|[{}]")

_POLICY = (
    Field("id", required=True),
    Field("title", required=True),
    Field("version", required=True),
    Field("published", "date", required=True),
    *(
        Field(key, "")
        for key in (
            "header_effective_date",
            "history",
            "related",
            "switches",
            "evidence",
            "tables",
        )
    ),
)
_CLAUSE = (
    Field("id", required=True),
    Field("section", required=True),
    Field("document_lines"),
    Field("effect", required=True, values=EFFECTS, noun="effect"),
    Field("also", "texts", values=EFFECTS, noun="effect"),
    Field("effective_from", "date", required=True),
    Field("carc"),
    Field("rarcs", "texts"),
    Field("group"),
    Field("title", required=True),
    Field("summary", required=True),
    Field("narrative"),
    Field("exceptions", ""),
    Field("changes"),
    Field("related", "texts"),
    Field("action", values=tuple(ACTIONS), noun="action"),
    Field("action_reason"),
)
_SWITCH = (
    Field("default", required=True),
    Field("values", "texts"),
    Field("reading", "number"),
    Field("document_lines", ""),
    Field("meaning"),
)
_EVIDENCE = (
    Field("kind", required=True, values=_EVIDENCE_KINDS, noun="kind"),
    Field("choices", "texts"),
    Field("unit", ""),
    Field("meaning"),
    Field("several", "flag"),
)
_TABLE = (
    Field("column", required=True, values=TABLE_KINDS, noun="column"),
    Field("title"),
    Field("basis"),
    Field("document_lines"),
    Field("reading", "number"),
    Field("rows_of", "texts"),
    Field("without_unit"),
)
_READING = (
    Field("number", "number", required=True),
    Field("document_lines"),
    Field("question", required=True),
    Field("answer", required=True),
    Field("switch"),
)
_EXCEPTION_KEYS = ("evidence", "value", "text")


def read_clauses(file: TomlFile) -> dict[str, PolicyClause]:
    """Return the clauses of ``clauses.toml`` by id, in the order of the file.

    Parameters
    ----------
    file : TomlFile
        The file.
    """
    clauses: dict[str, PolicyClause] = {}
    file.known(file.data, ("clause",), "")
    for position, row in enumerate(file.rows("clause"), 1):
        place = f"clause {position}"
        if isinstance(row.get("id"), str) and row["id"]:
            place = f"{place} ({row['id']})"
        record = file.record(row, _CLAUSE, place)
        clause_id = record.pop("id")
        if clause_id in clauses:
            file.error(f"clause `{clause_id}` is given twice", place=place, key="id")
        _check_narrative(file, record["narrative"], place)
        exceptions = _exceptions(file, row, place)
        clauses.setdefault(clause_id, PolicyClause(clause_id, **record, exceptions=exceptions))
    return clauses


def _check_narrative(file: TomlFile, text: str, place: str) -> None:
    """Report what a narrative has in braces and nothing can fill."""
    for match in _PLACEHOLDER.finditer(text):
        if match[1] in _NARRATIVE_SLOTS:
            continue
        near = nearest(match[1], _NARRATIVE_SLOTS) if match[1] else None
        known = ", ".join(f"{{{name}}}" for name in _NARRATIVE_SLOTS)
        help = f"did you mean `{{{near}}}`?" if near else f"a narrative may name {known}"
        file.error(f"no narrative can fill `{match[0]}`", help, place, "narrative")


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


def read_identity(file: TomlFile) -> dict[str, Any]:
    """Return id, title, version and day of publication of ``policy.toml``.

    Parameters
    ----------
    file : TomlFile
        The file; keys of it that nothing reads are reported.
    """
    if file.broken:
        return {**dict.fromkeys(("id", "title", "version"), ""), "published": date.min}
    return file.record(file.data, _POLICY, "")


def read_related(file: TomlFile) -> dict[str, str]:
    """Return the titles of other policies that ``policy.toml`` names.

    Parameters
    ----------
    file : TomlFile
        The file.
    """
    related = file.data.get("related", {})
    if not isinstance(related, dict):
        file.error("`related` has to be a table of titles", "write [related]", key="related")
        return {}
    return {name: file.value(related, Field(name), "related") for name in related}


def read_switches(file: TomlFile) -> dict[str, Switch]:
    """Return the switches of ``policy.toml``.

    Parameters
    ----------
    file : TomlFile
        The file.
    """
    switches = {}
    for name, row in file.tables("switches").items():
        place = f"switches.{name}"
        switch = switches[name] = Switch(name, **file.record(row, _SWITCH, place))
        if switch.default and switch.default not in switch.values:
            message = f"the default `{switch.default}` is not one of the values"
            file.error(message, near_help(switch.default, switch.values), place, "default")
    return switches


def read_evidence_types(file: TomlFile) -> dict[str, EvidenceType]:
    """Return the evidence that ``policy.toml`` declares.

    Parameters
    ----------
    file : TomlFile
        The file.
    """
    types = {}
    for name, row in file.tables("evidence").items():
        place = f"evidence.{name}"
        types[name] = EvidenceType(name, **file.record(row, _EVIDENCE, place))
        if types[name].kind == "choice" and not row.get("choices"):
            help = 'add them, as in choices = ["yes", "no"]'
            file.error("a choice has no `choices`", help, place, "kind")
    return types


def read_table_declarations(file: TomlFile) -> dict[str, TableDeclaration]:
    """Return the tables that ``policy.toml`` declares.

    Parameters
    ----------
    file : TomlFile
        The file.
    """
    return {
        name: TableDeclaration(name, **file.record(row, _TABLE, f"tables.{name}"))
        for name, row in file.tables("tables").items()
    }


def read_readings(file: TomlFile) -> dict[int, Reading]:
    """Return the readings of ``readings.toml`` by number.

    Parameters
    ----------
    file : TomlFile
        The file.
    """
    readings = {}
    for position, row in enumerate(file.rows("reading"), 1):
        place = f"reading {position}"
        reading = Reading(**file.record(row, _READING, place))
        if reading.number in readings:
            file.error(f"reading {reading.number} is given twice", place=place, key="number")
        if reading.number is not None:
            readings[reading.number] = reading
    return readings

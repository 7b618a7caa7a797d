"""The predicates that a claim asserts: their columns, types and English sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "number", "date"]


@dataclass(frozen=True, slots=True)
class Column:
    """A named and typed argument of a predicate."""

    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True)
class Predicate:
    """What is known of an input predicate.

    Parameters
    ----------
    name : str
    columns : tuple of Column
    sentence : str
        English template of a fact, its columns in braces: ``line {line} bills {code}``.
    absence : str
        English template of a checked absence.
    attribute : str, optional
        Column of the claim table that holds the last argument, where the predicate is a
        single-valued attribute of a claim line.
    """

    name: str
    columns: tuple[Column, ...]
    sentence: str
    absence: str = ""
    attribute: str | None = None

    @property
    def arity(self) -> int:
        """Number of columns."""
        return len(self.columns)


_KEY = (Column("claim", "text"), Column("line", "number"))


def _attribute(
    name: str,
    column: str,
    kind: ColumnType,
    words: str,
    attribute: str | None = None,
    article: str = "",
) -> Predicate:
    return Predicate(
        name,
        (*_KEY, Column(column, kind)),
        f"line {{line}} has {article}{words} {{{column}}}",
        f"line {{line}} has no {words} {{{column}}}",
        attribute or name,
    )


def _of_line(name: str, columns: tuple[Column, ...], sentence: str, absence: str) -> Predicate:
    return Predicate(name, (*_KEY, *columns), sentence, absence)


def _text(name: str) -> Column:
    return Column(name, "text")


INPUT_PREDICATES: tuple[Predicate, ...] = (
    Predicate("line", _KEY, "line {line} stands on claim {claim}", "there is no line {line}"),
    _attribute("claim_form", "form", "text", "claim form"),
    _attribute("service_date", "date", "date", "service date"),
    _attribute("service_date_to", "date", "date", "last service date"),
    _attribute("processed_date", "date", "date", "processing date"),
    _attribute("service_days", "days", "number", "days of service:"),
    _attribute("type_of_bill", "type", "text", "type of bill"),
    _attribute("bill_class", "class", "text", "type of bill that starts with", article="a "),
    _attribute("revenue_code", "code", "text", "revenue code"),
    _attribute("place_of_service", "place", "text", "place of service"),
    _attribute("procedure", "code", "text", "procedure code", "procedure_code"),
    _attribute("units", "units", "number", "units"),
    _attribute("charge", "charge", "number", "charge"),
    _attribute("ndc", "code", "text", "national drug code"),
    _attribute("ndc_quantity", "quantity", "number", "drug quantity"),
    _attribute("ndc_unit", "unit", "text", "drug unit"),
    _attribute("description", "text", "text", "description"),
    _attribute("rendering_provider", "provider", "text", "rendering provider"),
    _attribute("prior_authorization", "number", "text", "prior authorization"),
    _attribute("plan", "plan", "text", "plan", "plan_id"),
    _attribute("contract", "contract", "text", "contract", "contract_id"),
    _of_line(
        "modifier",
        (_text("modifier"),),
        "line {line} carries modifier {modifier}",
        "line {line} does not carry modifier {modifier}",
    ),
    _of_line(
        "diagnosis",
        (_text("code"),),
        "the claim has diagnosis {code}",
        "the claim does not have diagnosis {code}",
    ),
    _of_line(
        "diagnosis_indicator",
        (_text("code"), _text("indicator")),
        "diagnosis {code} has present-on-admission indicator {indicator}",
        "diagnosis {code} does not have present-on-admission indicator {indicator}",
    ),
    _of_line(
        "evidence",
        (_text("name"), _text("value")),
        "on file for line {line}: {name} = {value}",
        "nothing on file for line {line} says {name} = {value}",
    ),
    _of_line(
        "evidence_number",
        (_text("name"), Column("value", "number")),
        "on file for line {line}: {name} = {value}",
        "nothing on file for line {line} gives {name}",
    ),
    Predicate(
        "code_in",
        (_text("code"), _text("table")),
        "{code} stands in table {table}",
        "{code} does not stand in table {table}",
    ),
    Predicate(
        "code_amount",
        (_text("code"), _text("table"), Column("amount", "number")),
        "one unit of {code} is {amount} (table {table})",
        "table {table} has no amount for {code}",
    ),
    Predicate(
        "mentions",
        (_text("text"), _text("table"), _text("value")),
        "the description says {value} (table {table})",
        "the description says nothing of {value} (table {table})",
    ),
    Predicate(
        "setting",
        (_text("name"), _text("value")),
        "the setting {name} is {value}",
        "the setting {name} is not {value}",
    ),
    Predicate(
        "clause_effect",
        (_text("clause"), _text("effect")),
        "clause {clause} has effect {effect}",
        "clause {clause} does not have effect {effect}",
    ),
    Predicate(
        "clause_from",
        (_text("clause"), Column("date", "date")),
        "clause {clause} is effective from {date}",
        "clause {clause} is not effective from {date}",
    ),
    Predicate(
        "override",
        (
            _text("authority"),
            _text("identifier"),
            _text("clause"),
            _text("effect"),
            Column("from", "date"),
            Column("to", "date"),
        ),
        "{authority} {identifier} overrides clause {clause}: {effect}, from {from} to {to}",
        "no {authority} override of clause {clause} says {effect}",
    ),
    Predicate(
        "list_loaded",
        (_text("list"),),
        "the list {list} is loaded",
        "the list {list} is not loaded",
    ),
    Predicate(
        "release_code",
        (_text("code"), Column("added", "date"), Column("terminated", "date")),
        "the HCPCS release has {code}, added {added}, terminated {terminated}",
        "the HCPCS release lacks {code}",
    ),
)
"""Every predicate that facts of a claim, of a policy's tables and of settings can assert.

A date that is open at its end is ``9999-12-31``; one that is open at its start ``0001-01-01``.
Dates are ISO text inside facts, so that the order of text is the order of time.
"""

BY_NAME: dict[str, Predicate] = {predicate.name: predicate for predicate in INPUT_PREDICATES}
FIRST_DATE = "0001-01-01"
LAST_DATE = "9999-12-31"

"""What a claim asserts: the tables that a person supplies, and the predicates made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

ColumnType = Literal["text", "number", "date"]

ColumnDerivation = Literal["itself", "first two", "last", "days", "words", "codes", "indicators"]
"""How the values of a predicate come from a column of the claim table.

``itself`` is the value of the column, ``first two`` its first two characters, ``last`` the column
or, where it is empty, ``service_date``, ``days`` the days from ``service_date`` to that, both
counted. The others have a row for each word of the column: ``words`` the word, ``codes`` what the
word has before its ``:``, ``indicators`` what it has on either side of it.
"""


class TableColumn(NamedTuple):
    """A column of a table that a person supplies.

    Parameters
    ----------
    name : str
        As the heading of a file has it.
    type : str
        ``text``, ``whole number``, ``number`` or ``date``.
    required : bool
        Whether every row has a value.
    """

    name: str
    type: str
    required: bool = False


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
        As rules write it.
    columns : tuple of Column
        Its arguments.
    sentence : str
        English template of a fact, its columns in braces: ``line {line} bills {code}``.
    absence : str
        English template of a checked absence.
    attribute : str, optional
        Name of the last argument as a value of the line, where each line has at most one.
    source : str
        Column of the claim table that the arguments behind claim and line come from.
    derivation : str
        How they come from it.
    classified : str
        Kind of the policy tables that the third argument is looked up in, one of
        ``TABLE_KINDS``; empty where it is looked up in none.
    """

    name: str
    columns: tuple[Column, ...]
    sentence: str
    absence: str = ""
    attribute: str | None = None
    source: str = ""
    derivation: ColumnDerivation = "itself"
    classified: str = ""

    @property
    def arity(self) -> int:
        """Number of columns."""
        return len(self.columns)


def _table(text: str) -> tuple[TableColumn, ...]:
    """Columns written as ``name type``, with ``!`` behind a required name."""
    found = []
    for item in text.split(","):
        name, kind = item.strip().split(" ", 1)
        found.append(TableColumn(name.rstrip("!"), kind, name.endswith("!")))
    return tuple(found)


CLAIM_COLUMNS = _table(
    "claim_id! text, line_number! whole number, claim_form! text, service_date! date, "
    "service_date_to date, processed_date date, type_of_bill text, revenue_code text, "
    "place_of_service text, procedure_code text, modifiers text, units number, charge number, "
    "ndc text, ndc_quantity number, ndc_unit text, description text, rendering_provider text, "
    "prior_authorization text, diagnoses text, plan_id text, contract_id text, "
    "line_control text, payer_control text"
)
EVIDENCE_COLUMNS = _table(
    "claim_id! text, line_number whole number, evidence! text, value! text, document text"
)
OVERRIDE_COLUMNS = _table(
    "authority! text, authority_id! text, clause_id! text, effect! text, effective_from date, "
    "effective_to date, citation text"
)

REMITTANCE_COLUMNS = _table(
    "claim_id! text, line_number whole number, payer text, check_number text, check_date date, "
    "status text, payer_control text, charge! number, paid! number, procedure_code text, "
    "modifiers text, submitted_code text, revenue_code text, units_billed number, "
    "units_paid number, service_date date, line_control text, adjustments text, remarks text"
)
"""A remittance as a table, a row for each service line; adjustments as in ``CO-97:30 PR-1:5``."""

CLASSIFIED_COLUMNS = ("procedure", "revenue_code", "place_of_service", "bill_class", "diagnosis")
"""The kinds of policy tables of codes, each named after the predicate of the codes."""

TABLE_KINDS = (*CLASSIFIED_COLUMNS, "description")
"""The kinds of policy tables: of codes, and of words in descriptions."""


def _columns(text: str) -> tuple[Column, ...]:
    """Columns written as ``name`` or ``name: type``."""
    found = []
    for item in text.split(", "):
        name, _, kind = item.partition(": ")
        found.append(Column(name, kind or "text"))  # type: ignore[arg-type]
    return tuple(found)


_KEY = _columns("claim, line: number")


def _attribute(
    name: str,
    column: str,
    words: str,
    source: str = "",
    derivation: ColumnDerivation = "itself",
    article: str = "",
) -> Predicate:
    return Predicate(
        name,
        (*_KEY, *_columns(column)),
        f"line {{line}} has {article}{words} {{{column.partition(':')[0]}}}",
        f"line {{line}} has no {words} {{{column.partition(':')[0]}}}",
        name if derivation != "itself" else source or name,
        source or name,
        derivation,
        name if name in TABLE_KINDS else "",
    )


def _of_line(
    name: str,
    columns: str,
    sentence: str,
    absence: str,
    source: str = "",
    derivation: ColumnDerivation = "itself",
    classified: str = "",
) -> Predicate:
    keyed = (*_KEY, *_columns(columns))
    return Predicate(name, keyed, sentence, absence, None, source, derivation, classified)


INPUT_PREDICATES: tuple[Predicate, ...] = (
    Predicate("line", _KEY, "line {line} is on claim {claim}", "there is no line {line}"),
    _attribute("claim_form", "form", "claim form"),
    _attribute("service_date", "date: date", "service date"),
    _attribute("service_date_to", "date: date", "last service date"),
    _attribute("last_day", "date: date", "last day of service:", "service_date_to", "last"),
    _attribute("processed_date", "date: date", "processing date"),
    _attribute("service_days", "days: number", "days of service:", "service_date_to", "days"),
    _attribute("type_of_bill", "type", "type of bill"),
    _attribute(
        "bill_class", "class", "type of bill that starts with", "type_of_bill", "first two", "a "
    ),
    _attribute("revenue_code", "code", "revenue code"),
    _attribute("place_of_service", "place", "place of service"),
    _attribute("procedure", "code", "procedure code", "procedure_code"),
    _attribute("units", "units: number", "units"),
    _attribute("charge", "charge: number", "charge"),
    _attribute("ndc", "code", "national drug code"),
    _attribute("ndc_quantity", "quantity: number", "drug quantity"),
    _attribute("ndc_unit", "unit", "drug unit"),
    _attribute("description", "text", "description"),
    _attribute("rendering_provider", "provider", "rendering provider"),
    _attribute("prior_authorization", "number", "prior authorization"),
    _attribute("plan", "plan", "plan", "plan_id"),
    _attribute("contract", "contract", "contract", "contract_id"),
    _attribute("line_control", "number", "line control number"),
    _attribute("payer_control", "number", "payer claim control number"),
    _of_line(
        "modifier",
        "modifier",
        "line {line} carries modifier {modifier}",
        "line {line} does not carry modifier {modifier}",
        "modifiers",
        "words",
    ),
    _of_line(
        "diagnosis",
        "code",
        "the claim has diagnosis {code}",
        "the claim does not have diagnosis {code}",
        "diagnoses",
        "codes",
        "diagnosis",
    ),
    _of_line(
        "diagnosis_indicator",
        "code, indicator",
        "diagnosis {code} has present-on-admission indicator {indicator}",
        "diagnosis {code} does not have present-on-admission indicator {indicator}",
        "diagnoses",
        "indicators",
        "diagnosis",
    ),
    _of_line(
        "evidence",
        "name, value",
        "on file for line {line}: {name} = {value}",
        "nothing on file for line {line} says {name} = {value}",
    ),
    _of_line(
        "evidence_number",
        "name, value: number",
        "on file for line {line}: {name} = {value}",
        "nothing on file for line {line} gives {name}",
    ),
    Predicate(
        "code_in",
        _columns("code, table"),
        "{code} is in table {table}",
        "{code} is not in table {table}",
    ),
    Predicate(
        "code_amount",
        _columns("code, table, amount: number"),
        "one unit of {code} is {amount} (table {table})",
        "table {table} has no amount for {code}",
    ),
    Predicate(
        "mentions",
        _columns("text, table, value"),
        "the description says {value} (table {table})",
        "the description says nothing of {value} (table {table})",
    ),
    _of_line(
        "remitted",
        "charge: number, paid: number",
        "the payer was asked {charge} for line {line} and paid {paid}",
        "no remittance speaks of line {line}",
    ),
    _of_line(
        "remitted_units",
        "billed: number, paid: number",
        "the payer counts {billed} units billed on line {line} and {paid} paid",
        "no remittance tells units of line {line}",
    ),
    _of_line(
        "adjusted",
        "group, carc, amount: number",
        "the payer takes {amount} off line {line}, group {group}, CARC {carc}",
        "the payer takes nothing off line {line} by CARC {carc}",
    ),
    _of_line(
        "remarked",
        "rarc",
        "the payer remarks {rarc} on line {line}",
        "the payer does not remark {rarc} on line {line}",
    ),
    _of_line(
        "remitted_as",
        "code",
        "the payer decided line {line} as {code}",
        "the payer decided line {line} as no other code",
    ),
    _of_line(
        "remitted_by",
        "payer, check",
        "{payer} answered line {line} with check {check}",
        "no payer answered line {line}",
    ),
    _of_line(
        "remitted_on",
        "date: date",
        "the check for line {line} is of {date}",
        "no check for line {line} has a date",
    ),
    _of_line(
        "matched_by",
        "method",
        "line {line} was found in the remittance by {method}",
        "line {line} was not found in a remittance",
    ),
    Predicate(
        "claim_adjusted",
        _columns("claim, group, carc, amount: number"),
        "the payer takes {amount} off the claim beside its lines, group {group}, CARC {carc}",
        "the payer takes nothing off the claim beside its lines by CARC {carc}",
    ),
    Predicate(
        "carc_family",
        _columns("carc, family"),
        "CARC {carc} is about {family}",
        "CARC {carc} is not about {family}",
    ),
    Predicate(
        "rarc_family",
        _columns("rarc, family"),
        "RARC {rarc} is about {family}",
        "RARC {rarc} is not about {family}",
    ),
    Predicate(
        "family_fits",
        _columns("family, effect"),
        "reasons about {family} go with {effect}",
        "reasons about {family} do not go with {effect}",
    ),
    Predicate(
        "clause_carc",
        _columns("clause, carc"),
        "{clause} has CARC {carc}",
        "{clause} does not have CARC {carc}",
    ),
    Predicate(
        "clause_rarc",
        _columns("clause, rarc"),
        "{clause} has RARC {rarc}",
        "{clause} does not have RARC {rarc}",
    ),
    Predicate(
        "setting",
        _columns("name, value"),
        "the setting {name} is {value}",
        "the setting {name} is not {value}",
    ),
    Predicate(
        "clause_effect",
        _columns("clause, effect"),
        "clause {clause} has effect {effect}",
        "clause {clause} does not have effect {effect}",
    ),
    Predicate(
        "clause_from",
        _columns("clause, date: date"),
        "clause {clause} is effective from {date}",
        "clause {clause} is not effective from {date}",
    ),
    Predicate(
        "override",
        _columns("authority, identifier, clause, effect, from: date, to: date"),
        "{authority} {identifier} overrides clause {clause}: {effect}, from {from} to {to}",
        "no {authority} override of clause {clause} says {effect}",
    ),
    Predicate(
        "list_loaded",
        _columns("list"),
        "the list {list} is loaded",
        "the list {list} is not loaded",
    ),
    Predicate(
        "release_code",
        _columns("code, added: date, terminated: date"),
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

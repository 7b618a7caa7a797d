"""Turn the lines of one claim, its evidence and the overrides into input facts with origins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from facts.claim import ClaimLine, Evidence, Override, Trace
from facts.codes import CodeTable
from facts.origin import Origin
from facts.readers.code_lists import HcpcsRelease
from facts.schema import FIRST_DATE, INPUT_PREDICATES, LAST_DATE
from kb.engines.protocol import Facts
from kb.language.values import Row
from kb.model.clause import PolicyClause

FactStore = dict[str, dict[Row, list[Origin]]]
"""Facts under construction."""

PLAIN_ATTRIBUTES: tuple[tuple[str, str], ...] = tuple(
    (predicate.name, predicate.attribute)
    for predicate in INPUT_PREDICATES
    if predicate.attribute in ClaimLine._fields and predicate.columns[2].type != "date"
)
"""Predicate and claim column of each attribute that needs no conversion."""

DATE_ATTRIBUTES = ("service_date", "service_date_to", "processed_date")

CLASSIFIED_COLUMNS: dict[str, str] = {
    "procedure": "procedure",
    "revenue_code": "revenue_code",
    "place_of_service": "place_of_service",
    "bill_class": "bill_class",
    "diagnosis": "diagnosis",
}
"""Column of a policy table to the predicate whose last argument it classifies."""

_PROGRAM_ORIGIN = [Origin("program")]


def bill_class(type_of_bill: str) -> str:
    """Return the first two digits of a type of bill, as in ``13`` for ``131``."""
    return type_of_bill[:2]


def service_days(line: ClaimLine) -> int:
    """Return the days of service of a line, the first and the last both counted."""
    return ((line.service_date_to or line.service_date) - line.service_date).days + 1


class Classifier:
    """Tells the tables that a code stands in, once per distinct code.

    Parameters
    ----------
    tables : mapping of str to CodeTable
    release : HcpcsRelease, optional
    """

    def __init__(self, tables: Mapping[str, CodeTable], release: HcpcsRelease | None) -> None:
        self._by_column: dict[str, list[CodeTable]] = {}
        for table in tables.values():
            self._by_column.setdefault(table.column, []).append(table)
        self._release = release
        self._known: dict[tuple[str, str], FactStore] = {}

    def facts(self, column: str, code: str) -> FactStore:
        """Return what the tables and lists say of a code, as facts."""
        key = (column, code)
        known = self._known.get(key)
        if known is None:
            if len(self._known) > 50_000:
                self._known.clear()
            known = self._known[key] = self._classify(column, code)
        return known

    def _classify(self, column: str, code: str) -> FactStore:
        store: FactStore = {}
        for table in self._by_column.get(column, ()):
            for row in table.rows_of(code):
                if column == "description":
                    _add(store, "mentions", (code, table.name, row.value or ""), row.origin)
                    continue
                _add(store, "code_in", (code, table.name), row.origin)
                if row.amount is not None:
                    _add(store, "code_amount", (code, table.name, _number(row.amount)), row.origin)
        if column == "procedure" and self._release is not None:
            for added, terminated in self._release.codes.get(code, ()):
                ends = terminated.isoformat() if terminated else LAST_DATE
                starts = added.isoformat() if added else FIRST_DATE
                _add(store, "release_code", (code, starts, ends), self._release.origin(code))
        return store


def policy_facts(
    clauses: Iterable[PolicyClause],
    settings: Mapping[str, str],
    overrides: Iterable[Override],
    lists: Iterable[str],
) -> FactStore:
    """Return the facts that are the same for every claim.

    Parameters
    ----------
    clauses : iterable of PolicyClause
    settings : mapping of str to str
        Every switch with its value, and ``strict``.
    overrides : iterable of Override
    lists : iterable of str
        Names of the lists that are loaded.

    Returns
    -------
    dict of predicate name to rows with origins
    """
    store: FactStore = {}
    for clause in clauses:
        origin = Origin("clauses.toml", clause.clause_id, clause.document_lines)
        _add(store, "clause_effect", (clause.clause_id, clause.effect), origin)
        _add(store, "clause_from", (clause.clause_id, clause.effective_from.isoformat()), origin)
    for name, value in sorted(settings.items()):
        _add(store, "setting", (name, value), Origin("settings", name))
    for name in sorted(lists):
        _add(store, "list_loaded", (name,), Origin("loaded lists", name))
    for override in overrides:
        row = (
            override.authority,
            override.authority_id,
            override.clause_id,
            override.effect,
            override.effective_from.isoformat() if override.effective_from else FIRST_DATE,
            override.effective_to.isoformat() if override.effective_to else LAST_DATE,
        )
        _add(store, "override", row, _origin(override.trace, ""))
    return store


def claim_facts(
    lines: Sequence[ClaimLine],
    evidence: Iterable[Evidence],
    classifier: Classifier,
    shared: FactStore,
) -> Facts:
    """Return all facts of one claim: its own and those shared by every claim.

    Parameters
    ----------
    lines : sequence of ClaimLine
        Every line of one claim.
    evidence : iterable of Evidence
        Evidence of that claim; evidence for a line takes the place of claim-wide evidence.
    classifier : Classifier
    shared : dict
        What ``policy_facts`` returns. It is not changed.

    Returns
    -------
    dict of predicate name to rows with origins
    """
    store: FactStore = {}
    for line in lines:
        _add_line(store, line, classifier)
    _add_evidence(store, lines, tuple(evidence))
    return {**shared, **store}


def _add_line(store: FactStore, line: ClaimLine, classifier: Classifier) -> None:
    claim, number, trace = line.claim_id, line.line_number, line.trace
    _add(store, "line", (claim, number), _origin(trace, ""))
    for predicate, column in PLAIN_ATTRIBUTES:
        value = getattr(line, column)
        if value is None or value == "":
            continue
        if type(value) is Decimal:
            value = _number(value)
        _add(store, predicate, (claim, number, value), _origin(trace, column))
        if predicate in CLASSIFIED_COLUMNS or predicate == "description":
            _merge(store, classifier.facts(predicate, value))
    for column in DATE_ATTRIBUTES:
        day = getattr(line, column)
        if day is not None:
            _add(store, column, (claim, number, day.isoformat()), _origin(trace, column))
    to = _origin(trace, "service_date_to" if line.service_date_to else "service_date")
    _add(store, "service_days", (claim, number, service_days(line)), to)
    if line.type_of_bill:
        first_two = bill_class(line.type_of_bill)
        _add(store, "bill_class", (claim, number, first_two), _origin(trace, "type_of_bill"))
        _merge(store, classifier.facts("bill_class", first_two))
    for modifier in line.modifiers:
        _add(store, "modifier", (claim, number, modifier), _origin(trace, "modifiers"))
    for diagnosis in line.diagnoses:
        origin = _origin(trace, "diagnoses")
        _add(store, "diagnosis", (claim, number, diagnosis.code), origin)
        _merge(store, classifier.facts("diagnosis", diagnosis.code))
        if diagnosis.indicator:
            row = (claim, number, diagnosis.code, diagnosis.indicator)
            _add(store, "diagnosis_indicator", row, origin)


def _add_evidence(
    store: FactStore, lines: Sequence[ClaimLine], evidence: tuple[Evidence, ...]
) -> None:
    if not evidence:
        return
    own = {(item.line_number, item.name) for item in evidence if item.line_number is not None}
    for item in evidence:
        for line in lines:
            number = line.line_number
            if item.line_number is None:
                if (number, item.name) in own:
                    continue
            elif item.line_number != number:
                continue
            key = (line.claim_id, number, item.name)
            origin = _origin(item.trace, "value")
            if isinstance(item.value, str):
                _add(store, "evidence", (*key, item.value), origin)
            else:
                _add(store, "evidence_number", (*key, _number(Decimal(item.value))), origin)


def _number(value: Decimal) -> int | Decimal:
    """Whole decimals become whole numbers, so that equal numbers look alike."""
    return int(value) if value == value.to_integral_value() else value


def _origin(trace: Trace | None, field: str) -> Origin:
    return trace.origin(field) if trace is not None else Origin("claims given in Python", field)


def _add(store: FactStore, predicate: str, row: Row, origin: Origin) -> None:
    rows = store.get(predicate)
    if rows is None:
        rows = store[predicate] = {}
    origins = rows.get(row)
    if origins is None:
        rows[row] = [origin]
    elif origin not in origins:
        origins.append(origin)


def _merge(store: FactStore, more: FactStore) -> None:
    for predicate, rows in more.items():
        store.setdefault(predicate, {}).update(rows)

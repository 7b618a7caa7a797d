"""Turn the lines of one claim, its evidence and the overrides into input facts with origins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from facts.claim import ClaimLine, Evidence, Override, Trace
from facts.origin import Origin
from facts.schema import FIRST_DATE, INPUT_PREDICATES, LAST_DATE
from kb.language.values import Row, Value

if TYPE_CHECKING:
    from facts.codes import CodeTable
    from facts.readers.code_lists import HcpcsRelease
    from kb.engines.protocol import Facts
    from kb.model.clause import PolicyClause

FactStore = dict[str, dict[Row, list[Origin]]]
"""Facts under construction."""

_OF_COLUMNS = tuple(
    (each.name, each.source, each.derivation, each.classified == each.name)
    for each in INPUT_PREDICATES
    if each.source
)
"""Predicates of columns of the claim table, and whether tables are looked up for their values."""


class Classifier:
    """Finds the tables that have a code, once per distinct code.

    Parameters
    ----------
    tables : mapping of str to CodeTable
        Policy tables by name.
    release : HcpcsRelease, optional
        The HCPCS release, where one is loaded.
    """

    def __init__(self, tables: Mapping[str, CodeTable], release: HcpcsRelease | None) -> None:
        self._by_column: dict[str, list[CodeTable]] = {}
        for table in tables.values():
            self._by_column.setdefault(table.column, []).append(table)
        self._release = release
        self._known: dict[tuple[str, str], FactStore] = {}

    def facts(self, column: str, code: str) -> FactStore:
        """Return what the tables and lists say of a code, as facts.

        Parameters
        ----------
        column : str
            One of ``facts.schema.TABLE_KINDS``.
        code : str
            A code, or a description.
        """
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
        The register of the policy.
    settings : mapping of str to str
        Every switch with its value, and ``strict``.
    overrides : iterable of Override
        Overrides of its clauses.
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
        Looks codes up in tables and lists.
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
    for predicate, column, derivation, is_looked_up in _OF_COLUMNS:
        value = getattr(line, column)
        if derivation in ("days", "last") and value is None:
            column, value = "service_date", line.service_date
        if value is None or value == "" or value == ():
            continue
        origin = _origin(trace, column)
        for row in _DERIVED[derivation](value, line):
            _add(store, predicate, (claim, number, *row), origin)
            if is_looked_up:
                _merge(store, classifier.facts(predicate, str(row[0])))


def _itself(value: Any) -> Value:
    """A value of a claim line as rules see it."""
    if type(value) is Decimal:
        return _number(value)
    return value.isoformat() if isinstance(value, date) else value


_DERIVED: dict[str, Callable[[Any, ClaimLine], Iterable[Row]]] = {
    "itself": lambda value, line: ((_itself(value),),),
    "first two": lambda value, line: ((value[:2],),),
    "last": lambda value, line: ((value.isoformat(),),),
    "days": lambda value, line: (((value - line.service_date).days + 1,),),
    "words": lambda value, line: ((word,) for word in value),
    "codes": lambda value, line: ((item.code,) for item in value),
    "indicators": lambda value, line: (tuple(item) for item in value if item.indicator),
}
"""The values that a predicate has of a column, by its derivation."""


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

"""Evidence: what a claim form does not carry. Checked against what a policy declares."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from facts.claim import Evidence, EvidenceType, EvidenceTypes, claim_number
from facts.diagnostic import Diagnostic
from facts.no_value import is_no_value
from facts.origin import Origin
from facts.readers.column_values import changed_number, no_value_fault, number_help
from facts.readers.fhir.documents import is_fhir_file
from facts.readers.frames import Frame, TablePath, located
from facts.readers.line_table import RawRow
from facts.readers.notes import Notes
from facts.readers.records import record_rows
from facts.readers.row_fields import RowFields
from facts.readers.table_file import table_rows
from facts.schema import EVIDENCE_COLUMNS
from facts.suggest import Suggestions, alike_names, nearest
from facts.values import ValueFault, parse_amount, parse_id, parse_whole_number, quoted

COLUMNS = tuple(each.name for each in EVIDENCE_COLUMNS)
REQUIRED = tuple(each.name for each in EVIDENCE_COLUMNS if each.required)


_MOST_NEAR = 50
"""Warnings that look for the nearest known name."""

_MOST_LINES = 20
"""Lines of a claim that a warning lists."""

Alike = Callable[[Sequence[str]], Mapping[str, Collection[str]]]
"""Returns for each of some claims that are not there those that may be meant."""


class EvidenceIndex:
    """Evidence by claim, and everything that was wrong with it.

    Parameters
    ----------
    items : iterable of Evidence, optional
        The evidence.
    diagnostics : iterable of Diagnostic, optional
        What is wrong with the evidence.
    rows_read, rows_rejected : int, optional
        Rows of the input.
    """

    def __init__(
        self,
        items: Iterable[Evidence] = (),
        diagnostics: Iterable[Diagnostic] = (),
        rows_read: int = 0,
        rows_rejected: int = 0,
    ) -> None:
        self._by_claim: dict[str, list[Evidence]] = {}
        for item in items:
            self._by_claim.setdefault(item.claim_id, []).append(item)
        self.diagnostics = tuple(diagnostics)
        self.rows_read = rows_read
        self.rows_rejected = rows_rejected

    def __len__(self) -> int:
        return sum(map(len, self._by_claim.values()))

    def __iter__(self) -> Iterator[Evidence]:
        for items in self._by_claim.values():
            yield from items

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """Claims that have evidence."""
        return tuple(self._by_claim)

    def for_claim(self, claim_id: str, part: str | None = None) -> Sequence[Evidence]:
        """Return the evidence of a claim.

        Parameters
        ----------
        claim_id : str
            Its id.
        part : str, optional
            The end of its id that tells it from others of the same number. Evidence of the
            number alone holds for all of them, unless there is other of the id.
        """
        own = self._by_claim.get(claim_id, ())
        if not part:
            return own
        said = {(item.line_number, item.name) for item in own}
        shared = self._by_claim.get(claim_number(claim_id, part), ())
        return [*own, *(each for each in shared if (each.line_number, each.name) not in said)]

    def with_faults_of(self, other: EvidenceIndex) -> EvidenceIndex:
        """Return this evidence with the diagnostics and the counts of the ``other`` before it."""
        return EvidenceIndex(
            self,
            (*other.diagnostics, *self.diagnostics),
            other.rows_read + self.rows_read,
            other.rows_rejected + self.rows_rejected,
        )

    def unused(
        self, seen: Mapping[str, Sequence[int]], alike: Alike | None = None
    ) -> list[Diagnostic]:
        """Return warnings for evidence of claims and lines that are not there.

        Parameters
        ----------
        seen : mapping of claim id to line numbers
            The claims that were read, at least those that have evidence.
        alike : callable, optional
            Where ``seen`` has not all claims.
        """
        found: list[Diagnostic] = []
        missing = [claim_id for claim_id in self._by_claim if claim_id not in seen][:_MOST_NEAR]
        meant = alike(missing) if alike is not None else alike_names(missing, seen)
        for claim_id, items in self._by_claim.items():
            if claim_id not in seen:
                near = nearest(claim_id, meant.get(claim_id, ()))
                found.append(
                    Diagnostic(
                        "warning",
                        f"there is evidence for claim {quoted(claim_id)}, which is not there",
                        _origin(items[0], "claim_id"),
                        f"did you mean {quoted(near)}?" if near else "",
                    )
                )
                continue
            numbers = set(seen[claim_id])
            found += [
                Diagnostic(
                    "warning",
                    f"there is evidence for line {item.line_number} of claim "
                    f"{quoted(claim_id)}, which is not there",
                    _origin(item, "line_number"),
                    f"the claim has {_lines(seen[claim_id])}",
                )
                for item in items
                if item.line_number is not None and item.line_number not in numbers
            ]
        return found


def read_evidence(
    paths: TablePath | Sequence[TablePath], types: EvidenceTypes, only: str | None = None
) -> EvidenceIndex:
    """Read evidence from CSV, JSONL and Parquet files, or from the claims of FHIR files.

    Parameters
    ----------
    paths : path or sequence of path
        Columns ``claim_id, line_number, evidence, value, document``; an empty line number means
        every line of the claim. Of a FHIR file, the supporting information of its claims.
    types : mapping of str to EvidenceType
        What the policy declares.
    only : str, optional
        Of Parquet files, read the evidence of this claim alone.

    Returns
    -------
    EvidenceIndex
        What could be read, and diagnostics of what could not.

    See Also
    --------
    index_evidence : the same for evidence that is in memory.
    facts.readers.detect.open_claims : the claims that it is about.
    """
    if isinstance(paths, (str, Path, Frame)):
        paths = [paths]
    found: list[Diagnostic] = []
    rows: list[RawRow] = []
    for path in dict.fromkeys(map(located, paths)):
        if not isinstance(path, Frame) and is_fhir_file(path):
            from facts.readers.fhir.evidence import evidence_rows

            rows.extend(evidence_rows(path, types, found))
        else:
            rows.extend(table_rows(path, COLUMNS, REQUIRED, found, only))
    return index_rows(rows, types, found)


def index_evidence(items: Iterable[Any], types: EvidenceTypes) -> EvidenceIndex:
    """Index evidence given in Python, as ``Evidence`` or as dicts.

    Parameters
    ----------
    items : iterable
        ``Evidence``, or dicts.
    types : mapping of str to EvidenceType
        What the policy declares.

    Returns
    -------
    EvidenceIndex
    """
    found: list[Diagnostic] = []
    rows = record_rows(items, Evidence, COLUMNS, "<evidence>", found)
    return index_rows(rows, types, found)


def index_rows(
    rows: Iterable[RawRow],
    types: EvidenceTypes,
    found: list[Diagnostic],
    counting: bool = True,
) -> EvidenceIndex:
    """Index what can be read; of values that contradict each other none is kept.

    To keep the first would let the order of the rows decide.

    Parameters
    ----------
    rows : iterable of RawRow
        The rows.
    types : mapping of str to EvidenceType
        What the policy declares.
    found : list of Diagnostic
        What was found before; what is wrong with the rows comes behind.
    counting : bool, optional
        Whether it counts the rows of those notes that have their number.
    """
    notes = Notes()
    by_key: dict[tuple[str, int | None, str], list[Evidence]] = {}
    names = Suggestions(types)
    read = rejected = 0
    for row in rows:
        read += 1
        item = _evidence(row, types, names, found, notes)
        if item is None:
            rejected += 1
        else:
            by_key.setdefault((item.claim_id, item.line_number, item.name), []).append(item)
    kept: list[Evidence] = []
    for (_, _, name), items in by_key.items():
        distinct = {item.value: item for item in reversed(items)}
        if len(distinct) > 1 and not types[name].several:
            rejected += len(items)
            found += [
                _contradiction(item, items[0]) for item in items if item.value != items[0].value
            ]
        else:
            kept += reversed(distinct.values())
    found += notes if counting else ()
    return EvidenceIndex(kept, found, read, rejected)


def _evidence(
    row: RawRow, types: EvidenceTypes, names: Suggestions, found: list[Diagnostic], notes: Notes
) -> Evidence | None:
    fields = RowFields(row, REQUIRED)
    texts = fields.texts
    claim_id = fields.read("claim_id", parse_id)
    line_number = fields.read("line_number", partial(parse_whole_number, least=1))
    name = texts.get("evidence", "").lower()
    declared = types.get(name)
    value: str | Decimal | None = None
    if name and declared is None:
        near = names.of(name)
        fields.error(
            f"unknown evidence {quoted(texts['evidence'])}",
            "evidence",
            f"did you mean `{near}`?" if near else "the policy does not declare it",
        )
    elif declared is not None:
        parser = partial(evidence_value, declared)
        value = fields.read(name, parser, texts.get("value", ""), "value")
    if fields.faults or value is None or claim_id is None:
        found.extend(fields.faults)
        return None
    if isinstance(value, Decimal) and (changed := changed_number(texts["value"], value)):
        message = f"`{name}` was read as {quoted(changed)} instead of {quoted(texts['value'])}"
        help = number_help(texts["value"])
        found.append(Diagnostic("note", message, row.trace.origin("value"), help))
    notes.once(fields.notes)
    document = texts.get("document") or None
    return Evidence(claim_id, line_number, name, value, document, row.trace)


def evidence_value(declared: EvidenceType, text: str) -> str | Decimal:
    """Return the value of a piece of evidence by its declared kind.

    Parameters
    ----------
    declared : EvidenceType
        What the policy declares.
    text : str
        What is in the file.

    Raises
    ------
    ValueFault
    """
    if declared.kind == "choice":
        choice = text.lower()
        if choice in declared.choices:
            return choice
        _refuse_word(text)
        near = nearest(choice, declared.choices)
        choices = f"one of {', '.join(declared.choices)}"
        raise ValueFault(
            f"cannot be {quoted(text)}", f"did you mean `{near}`? {choices}" if near else choices
        )
    _refuse_word(text)
    if declared.kind == "number":
        return parse_amount(text)
    if declared.kind == "whole number":
        return Decimal(parse_whole_number(text))
    if declared.kind == "line_number":
        return Decimal(parse_whole_number(text, least=1))
    return text


def _lines(numbers: Sequence[int]) -> str:
    """Return the lines of a claim in words; of many the first and the last."""
    if len(numbers) > _MOST_LINES:
        return f"{len(numbers)} lines, from {min(numbers)} to {max(numbers)}"
    return f"the lines {', '.join(map(str, numbers))}"


def _refuse_word(text: str) -> None:
    if is_no_value("value", text):
        help = "leave the row out where nothing is known"
        raise ValueFault(no_value_fault(text), help)


def _contradiction(item: Evidence, other: Evidence) -> Diagnostic:
    where = "every line" if item.line_number is None else f"line {item.line_number}"
    return Diagnostic(
        "error",
        f"`{item.name}` has two values for {where} of claim {quoted(item.claim_id)}: "
        f"{quoted(str(other.value))} and {quoted(str(item.value))}",
        _origin(item, "value"),
        f"the other is in {_origin(other, 'value')}; none of them is kept",
    )


def _origin(item: Evidence, field: str) -> Origin:
    return item.trace.origin(field) if item.trace is not None else Origin("<evidence>", field)

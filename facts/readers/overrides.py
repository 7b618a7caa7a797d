"""Overrides: what a plan or a contract changes of a policy's clauses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from facts.claim import Override
from facts.diagnostic import Diagnostic, InputError
from facts.origin import Origin
from facts.readers.frames import Frame, TablePath, located
from facts.readers.line_table import RawRow
from facts.readers.notes import Notes
from facts.readers.records import record_rows
from facts.readers.row_fields import RowFields
from facts.readers.table_file import table_rows
from facts.schema import OVERRIDE_COLUMNS
from facts.suggest import Suggestions, near_help
from facts.values import parse_date, parse_id, quoted

COLUMNS = tuple(each.name for each in OVERRIDE_COLUMNS)
REQUIRED = tuple(each.name for each in OVERRIDE_COLUMNS if each.required)
AUTHORITIES = ("plan", "contract")
EFFECTS = ("waived", "denied")
MOST_ALIKE = 10
"""Places of one override that are kept; more of them say nothing new."""


def read_overrides(
    paths: TablePath | Sequence[TablePath],
    clause_ids: Collection[str],
    notes: list[Diagnostic] | None = None,
) -> tuple[Override, ...]:
    """Read overrides from CSV and JSONL files.

    Parameters
    ----------
    paths : path or sequence of path
        Columns ``authority, authority_id, clause_id, effect, effective_from, effective_to,
        citation``; both dates count, an empty one is open.
    clause_ids : collection of str
        The clauses of the policy.
    notes : list of Diagnostic, optional
        Gathers warnings.

    Returns
    -------
    tuple of Override

    Raises
    ------
    InputError
        With everything that is wrong: half of the overrides would be a wrong contract.
    """
    if isinstance(paths, (str, Path, Frame)):
        paths = [paths]
    found: list[Diagnostic] = []
    rows: list[RawRow] = []
    for path in map(located, paths):
        rows.extend(table_rows(path, COLUMNS, REQUIRED, found))
    overrides = _checked(rows, clause_ids, found)
    if notes is not None:
        notes.extend(found)
    return overrides


def collect_overrides(
    items: Iterable[Any], clause_ids: Collection[str], notes: list[Diagnostic] | None = None
) -> tuple[Override, ...]:
    """Return overrides given in Python, as ``Override`` or as dicts.

    Parameters
    ----------
    items : iterable
        ``Override``, or dicts.
    clause_ids : collection of str
        The clauses of the policy.
    notes : list of Diagnostic, optional
        Gathers warnings.

    Raises
    ------
    InputError
    """
    found: list[Diagnostic] = []
    rows = record_rows(items, Override, COLUMNS, "<overrides>", found)
    overrides = _checked(rows, clause_ids, found)
    if notes is not None:
        notes.extend(found)
    return overrides


def _checked(
    rows: Iterable[RawRow], clause_ids: Collection[str], found: list[Diagnostic]
) -> tuple[Override, ...]:
    known = frozenset(clause_ids)
    suggestions = Suggestions(clause_ids)
    notes = Notes()
    overrides = [_override(row, known, suggestions, found, notes) for row in rows]
    if any(diagnostic.severity == "error" for diagnostic in found):
        raise InputError(found)
    found.extend(notes)
    kept = _without_repeats((override for override in overrides if override is not None), found)
    found.extend(_contradictions(kept))
    return kept


def _without_repeats(
    overrides: Iterable[Override], found: list[Diagnostic]
) -> tuple[Override, ...]:
    """Return overrides, of those that say the same the first ones."""
    kept: list[Override] = []
    alike: dict[tuple[object, ...], list[Override]] = {}
    counts: Counter[tuple[object, ...]] = Counter()
    for override in overrides:
        key: tuple[object, ...] = override[:6]
        counts[key] += 1
        if counts[key] <= MOST_ALIKE:
            alike.setdefault(key, []).append(override)
            kept.append(override)
    for key, count in counts.items():
        if count > MOST_ALIKE:
            first = alike[key][0]
            message = f"the override of {_named(first)} occurs {count} times"
            help = f"its first {MOST_ALIKE} places are kept"
            found.append(Diagnostic("note", message, _origin(first), help))
    return tuple(kept)


def _contradictions(overrides: Iterable[Override]) -> Iterator[Diagnostic]:
    """Yield warnings of overrides that waive and deny the same on the same days."""
    groups: dict[tuple[str, str, str], list[Override]] = {}
    for override in overrides:
        groups.setdefault(override[:3], []).append(override)
    for group in groups.values():
        if len({override.effect for override in group}) < len(EFFECTS):
            continue
        group.sort(key=lambda each: (each.effective_from or date.min, each.effect))
        longest: dict[str, Override] = {}
        for override in group:
            for effect, other in longest.items():
                if effect != override.effect and _last(other) >= (
                    override.effective_from or date.min
                ):
                    yield _contradiction(override, other)
            known = longest.get(override.effect)
            if known is None or _last(override) > _last(known):
                longest[override.effect] = override


def _contradiction(override: Override, other: Override) -> Diagnostic:
    first = override.effective_from
    last = min(_last(override), _last(other))
    when = f" from {first}" if first is not None else ""
    when += f" to {last}" if last != date.max else ""
    return Diagnostic(
        "warning",
        f"{_named(override)} is waived and denied{when}",
        _origin(override),
        f"the other is in {_origin(other)}; the waiver holds",
    )


def _named(override: Override) -> str:
    return (
        f"clause {quoted(override.clause_id)} for the {override.authority}"
        f" {quoted(override.authority_id)}"
    )


def _last(override: Override) -> date:
    return override.effective_to or date.max


def _origin(override: Override) -> Origin:
    return override.trace.origin("") if override.trace is not None else Origin("<overrides>")


def _override(
    row: RawRow,
    clause_ids: Collection[str],
    suggestions: Suggestions,
    found: list[Diagnostic],
    notes: Notes,
) -> Override | None:
    fields = RowFields(row, REQUIRED)
    texts = fields.texts

    def one_of(name: str, values: tuple[str, ...], given: str) -> None:
        if given and given not in values:
            help = near_help(given, values)
            fields.error(f"unknown {name.removesuffix('_id')} {quoted(given)}", name, help)

    authority, effect = texts.get("authority", "").lower(), texts.get("effect", "").lower()
    one_of("authority", AUTHORITIES, authority)
    one_of("effect", EFFECTS, effect)
    clause_id = texts.get("clause_id", "")
    if clause_id and clause_id not in clause_ids:
        near = suggestions.of(clause_id)
        help = f"did you mean `{near}`?" if near else "`clausewise clauses` lists them"
        fields.error(f"unknown clause {quoted(clause_id)}", "clause_id", help)
    identifier = fields.read("authority_id", parse_id)
    first = fields.read("effective_from", parse_date)
    last = fields.read("effective_to", parse_date)
    if first is not None and last is not None and last < first:
        fields.error(
            f"`effective_to` {quoted(str(last))} is before `effective_from` {quoted(str(first))}",
            "effective_to",
        )
    found.extend(fields.faults)
    if fields.faults or identifier is None:
        return None
    notes.once(fields.notes)
    return Override(
        authority,
        identifier,
        clause_id,
        effect,
        first,
        last,
        texts.get("citation") or None,
        row.trace,
    )

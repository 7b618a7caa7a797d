"""Near misses for a terminal and as JSON, without the rules that all policies share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from explain.whynot.near_miss import Failure, Miss

_SHARED = "rules/"
"""Folder of the rules of the determination, which are the same for every policy."""

_MOST_WAYS = 5
"""Near misses that a terminal shows; JSON has all."""

_MOST_PARTS = 3
"""Rules that are shown for one condition within a near miss."""


def direct_ways(misses: Iterable[Miss]) -> tuple[Miss, ...]:
    """Return near misses by the rules that a policy states itself, nearest first.

    A rule that only leads to other rules is replaced by these; what else held and failed in it
    is kept.

    Parameters
    ----------
    misses : iterable of Miss
        As the search found them.
    """
    ways = [way for miss in misses for way in _direct(miss)]
    ways.sort(key=lambda way: way.size)
    return tuple(ways)


def _direct(miss: Miss) -> Iterator[Miss]:
    rule = miss.rule
    leads_on = rule.span.source.startswith(_SHARED) or len(rule.body) == 1
    at = next((at for at, failure in enumerate(miss.failures) if failure.misses), None)
    if not leads_on or at is None:
        yield miss
        return
    others = (*miss.failures[:at], *miss.failures[at + 1 :])
    for inner in miss.failures[at].misses:
        for way in _direct(inner):
            yield replace(
                way,
                clause_id=way.clause_id or miss.clause_id,
                held=tuple(dict.fromkeys((*miss.held, *way.held))),
                failures=(*way.failures, *others),
                unknown=way.unknown + miss.unknown,
            )


def ways_rows(ways: tuple[Miss, ...], named: bool = False) -> list[str]:
    """Return near misses as rows for a terminal.

    Parameters
    ----------
    ways : tuple of Miss
        As ``direct_ways`` returns them.
    named : bool, optional
        Whether to name the clause of each.
    """
    rows: list[str] = []
    for number, way in enumerate(ways[:_MOST_WAYS], 1):
        clause = f"{way.clause_id}: " if named and way.clause_id else ""
        missing = "1 condition fails" if way.size == 1 else f"{way.size} conditions fail"
        rows += ["", f"{number}. {clause}{missing}  [{way.place}]", *_miss_rows(way, "   ", set())]
    if len(ways) > _MOST_WAYS:
        rest = len(ways) - _MOST_WAYS
        rows += ["", f"{rest} more {'rule is' if rest == 1 else 'rules are'} further away"]
    return rows


def _miss_rows(miss: Miss, indent: str, shown: set[str]) -> list[str]:
    rows = [f"{indent}holds: {held}" for held in miss.held if not held.expected]
    for failure in miss.failures:
        rows += _failure_rows(failure, indent, shown)
    return rows


def _failure_rows(failure: Failure, indent: str, shown: set[str]) -> list[str]:
    if failure.text in shown:
        return [f"{indent}fails: {failure.text} (as above)"]
    shown.add(failure.text)
    rows = [f"{indent}fails: {failure.text}"]
    inner = indent + "   "
    rows += [f"{inner}found: {text}" for text in failure.instead]
    parts = direct_ways(failure.misses)
    if len(parts) == 1 and [inner.text for inner in parts[0].failures] == [failure.text]:
        return _same_rows(parts[0], rows, inner, shown)
    if not parts:
        return [*rows, f"{inner}needed: {failure.needed}"]
    for number, part in enumerate(parts[:_MOST_PARTS]):
        if len(parts) > 1:
            rows.append(f"{inner}{'either' if number == 0 else 'or'}")
        rows += _miss_rows(part, inner + ("   " if len(parts) > 1 else ""), shown)
    if len(parts) > _MOST_PARTS:
        rest = len(parts) - _MOST_PARTS
        rows.append(f"{inner}or by {rest} more {'rule' if rest == 1 else 'rules'}")
    return rows


def _same_rows(part: Miss, rows: list[str], inner: str, shown: set[str]) -> list[str]:
    """Return the rows of a condition whose one rule says the same in the same words."""
    (failure,) = part.failures
    shown.discard(failure.text)
    below = _failure_rows(failure, inner[:-3], shown)
    return [
        *rows,
        *(f"{inner}holds: {held}" for held in part.held if not held.expected),
        *below[1:],
    ]


def way_json(miss: Miss) -> dict[str, Any]:
    """Return a near miss as plain JSON values."""
    return {
        "clause_id": miss.clause_id or None,
        "rule": miss.place,
        "conditions_failed": miss.size,
        "held": [
            {"text": held.text, "places": [str(place) for place in held.places]}
            for held in miss.held
        ],
        "failed": [
            {
                "text": failure.text,
                "needed": failure.needed,
                "instead": list(failure.instead),
                "misses": [way_json(part) for part in failure.misses],
            }
            for failure in miss.failures
        ],
        "unknown": miss.unknown,
    }

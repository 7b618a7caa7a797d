"""Which columns of a table stand for which: by a mapping, by their names, by usual names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.column_names import JOINED, decides, meant, usual
from facts.readers.layout import IGNORE, Layout
from facts.schema import CLAIM_COLUMNS
from facts.values import one_line, quoted

WITHOUT = {
    "line_number": "every row would hold for every line of its claim",
    "effective_from": "every row would hold from the first day on",
    "effective_to": "no row would ever end",
}
"""Columns that may be missing, and what the rows would say then."""

_ONLY_TOLD = (
    *("processed_date", "charge", "ndc_quantity", "ndc_unit", "plan_id", "contract_id"),
    *("line_control", "payer_control"),
)
_DECIDING = frozenset(each.name for each in CLAIM_COLUMNS if each.name not in _ONLY_TOLD)
"""Columns of claims that are not missed with a warning alone, as money is, and what few have."""

MOST_UNKNOWN = 30
"""Unknown columns that are reported one by one."""


@dataclass(frozen=True, slots=True)
class NamedColumns:
    """Which columns of a table stand for which.

    Parameters
    ----------
    picks : mapping of str to tuple of int
        For columns that are read the places of those that stand for them, to be joined in order.
    told : mapping of str to tuple of str
        Columns that go by other names, with these.
    strange : tuple of str
        Names that are not read.
    faults : tuple of (str, str)
        Sentences, each with its help, on names that would both be one column.
    absent : tuple of (str, str)
        Columns of the mapping, each with a name of it that is not there.
    mapped : frozenset of str
        Columns of the mapping; other names that mean them are not missed.
    """

    picks: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    told: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    strange: tuple[str, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
    mapped: frozenset[str] = frozenset()

    def notes(self, place: Origin) -> list[Diagnostic]:
        """Return a note for each column that goes by another name, which stands at a place."""
        return [read_as(column, names, place) for column, names in self.told.items()]

    def place_of(self, column: str) -> str:
        """Return what places call a column."""
        names = self.told.get(column)
        if names is None:
            return f"column `{column}`"
        return f"column{'s' * (len(names) > 1)} {_listed(names)}"


NOTHING_NAMED = NamedColumns()
"""Every column goes by its own name."""


def read_as(column: str, names: Sequence[str], place: Origin) -> Diagnostic:
    """Return the note on a column that goes by other names.

    Parameters
    ----------
    column : str
        The column.
    names : sequence of str
        The names that stand for it.
    place : Origin
        Where they are.
    """
    verb, help = ("are", "they are joined in this order") if len(names) > 1 else ("is", "")
    return Diagnostic("note", f"{_listed(names)} {verb} read as `{column}`", place, help)


def absent_name(column: str, name: str, place: Origin) -> Diagnostic:
    """Return the error on a name of the mapping, for a column, that is not at a place."""
    message = f"there is no column {quoted(name)}, which is to be read as `{column}`"
    return Diagnostic("error", message, place, "look at the mapping, and at the names of the file")


def name_columns(
    names: Sequence[str], known: Collection[str], layout: Layout, exact: bool = False
) -> NamedColumns:
    """Return which columns of a table stand for which.

    A mapping comes first, then the columns' own names, then usual ones. What repeats a column's own
    name is left to ``check_columns``.

    Parameters
    ----------
    names : sequence of str
        The headings, as they are.
    known : collection of str
        Columns that are read.
    layout : Layout
        What a person says of them.
    exact : bool, optional
        Whether a name in other letters than the column's own is a usual name, to be told.
    """
    lower = [name.strip().lower() for name in names]
    picks: dict[str, tuple[int, ...]] = {}
    told: dict[str, tuple[str, ...]] = {}
    gone: list[tuple[str, str]] = []
    faults: list[tuple[str, str]] = []
    left = {place for place, name in enumerate(lower) if name}
    left -= {place for place in left if lower[place] in {each.lower() for each in layout.ignored}}
    for column, wanted in layout.columns.items():
        if column not in known:
            continue
        gone += [(column, each) for each in wanted if each.lower() not in lower]
        picks[column] = tuple(lower.index(each.lower()) for each in wanted if each.lower() in lower)
        told[column] = tuple(names[place].strip() for place in picks[column])
        left -= set(picks[column])
    found: dict[str, list[tuple[int, int]]] = {}
    own: dict[str, list[int]] = {}
    for place in sorted(left):
        name = names[place].strip() if exact else lower[place]
        if name in known:
            own.setdefault(name, []).append(place)
        elif (meaning := usual(names[place], known)) is not None:
            found.setdefault(meaning.column, []).append((meaning.position, place))
    for column in dict.fromkeys((*own, *found)):
        if column in picks:
            continue
        first, others = own.get(column, []), sorted(found.get(column, ()))
        positions = Counter(position for position, _ in others)
        joins = len(others) == 1 or (column in JOINED and max(positions.values(), default=0) == 1)
        places = [*first, *(place for _, place in others)]
        left -= set(places)
        if others and (first or not joins):
            faults.append(_clash([names[place].strip() for place in places], column, known))
        picks[column] = tuple(places[:1] if first else places)
        if not first:
            told[column] = tuple(names[place].strip() for place in places)
    strange = tuple(dict.fromkeys(names[place].strip() for place in sorted(left)))
    told = {column: places for column, places in told.items() if places and places != (column,)}
    picks = {column: places for column, places in picks.items() if places}
    mapped = frozenset(layout.columns)
    return NamedColumns(picks, told, strange, tuple(faults), tuple(gone), mapped)


def _listed(names: Iterable[str]) -> str:
    """Return names as a sentence has them: each quoted, the last behind ``and``."""
    quotes = [quoted(name) for name in names]
    return " and ".join(filter(None, (", ".join(quotes[:-1]), quotes[-1])))


def _clash(names: Sequence[str], column: str, known: Collection[str]) -> tuple[str, str]:
    every = "both" if len(names) == 2 else "all"
    help = _mapped("say which one:", column, names[0], known) or "keep one of them"
    return f"the columns {_listed(names)} would {every} be `{column}`", help


def check_columns(
    named: NamedColumns,
    names: Sequence[str],
    place: Origin,
    required: Iterable[str],
    known: Iterable[str],
) -> list[Diagnostic]:
    """Return errors for missing, repeated and contradicting columns, and warnings for unknown ones.

    An unknown column that looks like a missing one of which the meaning of a row hangs is an
    error too.

    Parameters
    ----------
    named : NamedColumns
        Which columns stand for which.
    names : sequence of str
        The header as a person wrote it.
    place : Origin
        Place of the header.
    required, known : iterable of str
        Columns that must be there, and that are read.
    """
    required, known = tuple(required), tuple(known)
    found = []
    for column in required:
        if column not in named.picks:
            likely = named.strange[:MOST_UNKNOWN]
            near = next((each for each in likely if meant(each, [column])), None)
            help = _header(names)
            if near:
                more = _mapped(" then", column, near, known)
                help = f"is {quoted(near)} meant for it?{more}"
            found.append(Diagnostic("error", f"the column `{column}` is missing", place, help))
    counts = Counter(name.strip().lower() for name in names)
    for name, count in counts.items():
        if count > 1 and name in known:
            message = f"the column `{name}` occurs {'twice' if count == 2 else f'{count} times'}"
            found.append(Diagnostic("error", message, place, "keep one of them"))
    found += [Diagnostic("error", message, place, help) for message, help in named.faults]
    found += [absent_name(column, name, place) for column, name in named.absent]
    if "" in counts:
        found.append(Diagnostic("warning", "a column without a name, which is not read", place))
    present = {*named.picks, *required}
    mapped = named.mapped
    for name in named.strange[:MOST_UNKNOWN]:
        found.append(unknown_column(name, known, place, present, mapped))
    if len(named.strange) > MOST_UNKNOWN:
        rest = named.strange[MOST_UNKNOWN:]
        message = f"{len(rest)} more unknown columns, which are not read"
        found.append(Diagnostic("warning", message, place))
        deciding = (unknown_column(name, known, place, present, mapped) for name in rest[:1000])
        found += [each for each in deciding if each.severity == "error"]
    return found + named.notes(place)


def unknown_column(
    name: str,
    known: Collection[str],
    place: Origin,
    present: Collection[str],
    mapped: Collection[str] = (),
) -> Diagnostic:
    """Return the diagnostic of a column that is not read.

    Parameters
    ----------
    name : str
        The column.
    known : collection of str
        Columns that are read.
    place : Origin
        Where it is.
    present : collection of str
        Columns that are there, or that are missed elsewhere.
    mapped : collection of str, optional
        Columns that a person mapped.

    Returns
    -------
    Diagnostic
        An error where the column means a missing one on which the meaning of a row depends.
    """
    near = meant(name, known)
    if is_missed(name, known, present, mapped):
        if near in WITHOUT:
            message = f"unknown column {quoted(name)}, and the column `{near}` is missing"
            help = f"did you mean `{near}`? without it {WITHOUT[near]}"
        else:
            message = f"unknown column {quoted(name)}, which may be the missing `{near}`"
            help = _mapped("say what it is:", near or "", name, known)
            help += f", or --map {IGNORE}={one_line(name)}"
        return Diagnostic("error", message, place, help)
    help = f"did you mean `{near}`?" if near else ""
    if near in mapped:
        help = f"`{near}` is mapped to another column"
    return Diagnostic("warning", f"unknown column {quoted(name)}, which is not read", place, help)


def _mapped(before: str, column: str, name: str, known: Collection[str]) -> str:
    """Return how a name is mapped, behind some words; nothing where the table is not of claims."""
    return f"{before} --map {column}={one_line(name)}" if "claim_form" in known else ""


def is_missed(
    name: str, known: Iterable[str], present: Collection[str], mapped: Collection[str]
) -> bool:
    """Return whether a name that is not read means a column on which the meaning of a row depends.

    Parameters
    ----------
    name : str
        The name.
    known : iterable of str
        Columns that are read.
    present : collection of str
        Columns that are there, or that are missed elsewhere.
    mapped : collection of str
        Columns that a person mapped.
    """
    known = tuple(known)
    if meant(name, known) in WITHOUT.keys() - set(present):
        return True
    column = decides(name, known)
    if column not in _DECIDING or column in mapped:
        return False
    return column not in present or column == "modifiers"


def _header(names: Sequence[str]) -> str:
    shown = list(dict.fromkeys(name.strip().lower() for name in names))
    listed = ", ".join(quoted(name) for name in shown[:8])
    return f"the header has {listed}{', ...' if len(shown) > 8 else ''}"

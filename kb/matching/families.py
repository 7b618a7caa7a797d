"""The families of reasons: what a CARC or RARC is about, and which effects that fits."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from facts.diagnostic import Diagnostic, ProgramError
from facts.origin import Origin
from facts.utf8 import read_utf8
from kb.language.values import Row

FAMILIES, REASONS = "families.csv", "reason_families.csv"
"""A family with what it fits; a reason with its family and the source of that."""

_SYSTEMS = {"carc": "carc_family", "rarc": "rarc_family"}


@cache
def family_facts(shared: Path, folder: Path) -> tuple[tuple[str, Row, Origin], ...]:
    """Return what the tables of families say, as facts with their rows.

    Parameters
    ----------
    shared : Path
        The folder of the shared rules.
    folder : Path
        The folder of a policy, whose tables of the same names take the place of the shared ones.

    Raises
    ------
    ProgramError
        If a table cannot be read, or names a family that there is not.

    Examples
    --------
    >>> rules = Path(__file__).parents[1] / "rules"
    >>> next(fact for fact in family_facts(rules, rules) if fact[1] == ("97", "included"))[0]
    'carc_family'
    """
    found: list[Diagnostic] = []
    facts: list[tuple[str, Row, Origin]] = []
    families = set()
    for place, row in _rows(shared, folder, FAMILIES, ("family", "fits"), found):
        families.add(row["family"])
        facts += [("family_fits", (row["family"], each), place) for each in row["fits"].split()]
    for place, row in _rows(shared, folder, REASONS, ("system", "code", "family"), found):
        if row["system"] not in _SYSTEMS or row["family"] not in families:
            wrong = "system" if row["system"] not in _SYSTEMS else "family"
            message = f"there is no {wrong} `{row[wrong]}`"
            known = ", ".join(sorted(_SYSTEMS if wrong == "system" else families))
            found.append(Diagnostic("error", message, place, f"one of {known}"))
        else:
            facts.append((_SYSTEMS[row["system"]], (row["code"], row["family"]), place))
    if found:
        raise ProgramError(found)
    return tuple(facts)


def _rows(
    shared: Path, folder: Path, name: str, columns: tuple[str, ...], found: list[Diagnostic]
) -> Iterator[tuple[Origin, dict[str, str]]]:
    own = folder / name
    source = name if own.is_file() and folder != shared else f"rules/{name}"
    text, fault = read_utf8(own if own.is_file() else shared / name, source)
    if fault is not None:
        found.append(fault)
        return
    reader = csv.DictReader(text.splitlines())
    for column in columns:
        if column not in (reader.fieldnames or ()):
            message = f"the column `{column}` is missing"
            found.append(Diagnostic("error", message, Origin(source, "row 1")))
            return
    for number, row in enumerate(reader, 2):
        yield Origin(source, f"row {number}"), {name: row[name] or "" for name in columns}

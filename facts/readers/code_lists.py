"""Lists that a person loads alongside the claims: a HCPCS release, a precertification list."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, TypeVar

from facts.codes import CodeTable, TableRow
from facts.diagnostic import Diagnostic, InputError
from facts.origin import Origin
from facts.readers.delimited import open_delimited
from facts.readers.line_table import RawRow
from facts.readers.opening import open_bytes
from facts.readers.text_file import LONGEST_ROW, look
from facts.values import ValueFault, parse_code, parse_date, quoted

Value = TypeVar("Value")

Period = tuple[date | None, date | None]
"""The days that a code was added and terminated; None where it is open."""

_CODE, _RECORD = slice(0, 5), slice(10, 11)
_ADDED, _TERMINATED = slice(268, 276), slice(284, 292)
_FIRST_OF_PROCEDURE = "3"


@dataclass(frozen=True, slots=True)
class HcpcsRelease:
    """The codes of a HCPCS Level II release and the periods in which they hold.

    Parameters
    ----------
    name : str
        The file.
    codes : mapping of str to tuple of periods
        The periods of each code.
    rows : mapping of str to int, optional
        Row of the file that has a code.
    """

    name: str
    codes: Mapping[str, tuple[Period, ...]]
    rows: Mapping[str, int] = field(default_factory=dict)

    def origin(self, code: str) -> Origin:
        """Return the place of a code in the release."""
        row = self.rows.get(code)
        return Origin(self.name, f"row {row}" if row else code)


def read_hcpcs_release(path: str | Path) -> HcpcsRelease:
    """Read a HCPCS release.

    Parameters
    ----------
    path : path
        The fixed-width file that CMS publishes, or the zip that holds it, or a CSV file
        ``code,added,terminated`` with ISO dates.

    Returns
    -------
    HcpcsRelease

    Raises
    ------
    InputError
        With everything that cannot be read.

    Notes
    -----
    Columns of the fixed-width file, from 1: code 1-5, record type 11 (3 is the first row of a
    procedure), added 269-276, terminated 285-292. Source: CMS, HCPCS record layout.
    """
    file = Path(path)
    found: list[Diagnostic] = []
    codes: dict[str, tuple[Period, ...]] = {}
    rows: dict[str, int] = {}
    entries = _zip_entries(file, found) if _is_zip(file) else _entries(file, found)
    for row, code, period in entries:
        codes[code] = (*codes.get(code, ()), period)
        rows.setdefault(code, row)
    if not codes and not found:
        found.append(Diagnostic("error", f"`{file}` has no codes", Origin(str(file))))
    if any(diagnostic.severity == "error" for diagnostic in found):
        raise InputError(found)
    return HcpcsRelease(str(file), codes, rows)


def read_precertification_list(path: str | Path) -> CodeTable:
    """Read the codes that need precertification.

    Parameters
    ----------
    path : path
        A CSV file with the column ``code``, or ``first`` and ``last`` for ranges.

    Returns
    -------
    CodeTable

    Raises
    ------
    InputError
    """
    source = str(path)
    found: list[Diagnostic] = []
    rows: list[TableRow] = []
    file = open_delimited(Path(path), (), ("code", "first", "last", "note"))
    found.extend(file.diagnostics)
    if file.readable and not {"code", "first"} & set(file.columns):
        message = "the column `code` is missing"
        help = "a list has the column `code`, or `first` and `last` for ranges"
        found.append(Diagnostic("error", message, Origin(source, "row 1"), help))
    elif file.readable:
        for row in file.rows():
            if row.faults:
                found.extend(row.faults)
                continue
            fields = row.fields
            try:
                first = parse_code(fields.get("code") or fields.get("first") or "")
                last = parse_code(fields["last"]) if fields.get("last") else first
            except ValueFault as fault:
                place = row.trace.origin("code" if "code" in file.columns else "first")
                found.append(Diagnostic("error", f"the code {fault.message}", place, fault.help))
                continue
            if len(first) != len(last) or last < first:
                found.append(
                    Diagnostic(
                        "error",
                        f"{quoted(first)} to {quoted(last)} is not a range",
                        row.trace.origin("last"),
                    )
                )
                continue
            rows.append(TableRow(first, last, row.trace.origin("")))
    if any(diagnostic.severity == "error" for diagnostic in found):
        raise InputError(found)
    return CodeTable("precertification_list", "procedure", rows)


def _is_zip(path: Path) -> bool:
    try:
        return path.is_file() and zipfile.is_zipfile(path)
    except (OSError, ValueError):
        return False


def _zip_entries(path: Path, found: list[Diagnostic]) -> Iterator[tuple[int, str, Period]]:
    """Read the largest text file of a zip: the release itself, its notes are smaller."""
    try:
        with zipfile.ZipFile(path) as archive:
            texts = [info for info in archive.infolist() if info.filename.lower().endswith(".txt")]
            if not texts:
                found.append(Diagnostic("error", f"`{path}` holds no text file", Origin(str(path))))
                return
            largest = max(texts, key=lambda info: (info.file_size, info.filename))
            with archive.open(largest) as raw:
                text = io.TextIOWrapper(raw, encoding="latin-1")
                yield from _fixed_width(text, f"{path}:{largest.filename}", found)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as fault:
        found.append(Diagnostic("error", f"`{path}` cannot be read: {fault}", Origin(str(path))))


def _entries(path: Path, found: list[Diagnostic]) -> Iterator[tuple[int, str, Period]]:
    head, fault = look(path)
    if fault is not None and "UTF-8" not in fault.message:
        found.append(fault)
        return
    header = head.lstrip().partition("\n")[0].lower()
    if "code" in header and ("," in header or header.strip() == "code"):
        yield from _csv(path, found)
        return
    with io.TextIOWrapper(open_bytes(path), encoding="latin-1", newline="") as file:
        yield from _fixed_width(file, str(path), found)


def _csv(path: Path, found: list[Diagnostic]) -> Iterator[tuple[int, str, Period]]:
    file = open_delimited(path, ("code",), ("code", "added", "terminated"))
    found.extend(file.diagnostics)
    for row in file.rows() if file.readable else ():
        faults = list(row.faults)
        code = None if faults else _value(row, "code", parse_code, faults)
        added = _value(row, "added", parse_date, faults) if row.fields.get("added") else None
        terminated = (
            _value(row, "terminated", parse_date, faults) if row.fields.get("terminated") else None
        )
        if added and terminated and terminated < added:
            message = f"`terminated` {quoted(str(terminated))} is before `added` "
            message += quoted(str(added))
            faults.append(Diagnostic("error", message, row.trace.origin("terminated")))
        found.extend(faults)
        if code is not None and not faults:
            yield row.number, code, (added, terminated)


def _value(
    row: RawRow, name: str, parser: Callable[[str], Value], faults: list[Diagnostic]
) -> Value | None:
    try:
        return parser(row.fields.get(name, ""))
    except ValueFault as fault:
        message = f"`{name}` {fault.message}"
        faults.append(Diagnostic("error", message, row.trace.origin(name), fault.help))
        return None


def _fixed_width(
    lines: IO[str], source: str, found: list[Diagnostic]
) -> Iterator[tuple[int, str, Period]]:
    for number, line in enumerate(iter(lambda: lines.readline(LONGEST_ROW), ""), 1):
        if line[_RECORD] != _FIRST_OF_PROCEDURE:
            continue
        code = line[_CODE].strip()
        try:
            added, terminated = (_compact_date(line[place]) for place in (_ADDED, _TERMINATED))
            yield number, parse_code(code), (added, terminated)
        except ValueFault as fault:
            found.append(
                Diagnostic("error", f"the row {fault.message}", Origin(source, f"row {number}"))
            )


def _compact_date(text: str) -> date | None:
    text = text.strip()
    if not text:
        return None
    return parse_date(f"{text[:4]}-{text[4:6]}-{text[6:]}")

"""Rows that wait on disk until all rows of their claim were read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping

from facts.diagnostic import Diagnostic, Severity
from facts.origin import Origin
from facts.readers.line_table import RawRow


class StoredRows:
    """Rows by claim, in a temporary database that no other process sees."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute(
            "CREATE TABLE kept (claim TEXT, file INTEGER, number INTEGER, "
            "fields TEXT, faults TEXT, faulty TEXT)"
        )

    def put(self, claim_id: str, file_number: int, row: RawRow) -> None:
        """Store a row.

        Parameters
        ----------
        claim_id : str
            The claim of the row.
        file_number : int
            Number of the file of the row.
        row : RawRow
            The row.
        """
        self._database.execute(
            "INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?)",
            (
                json.dumps(claim_id),
                file_number,
                row.number,
                json.dumps(row.fields),
                json.dumps([_written(fault) for fault in row.faults]) if row.faults else "[]",
                json.dumps(tuple(row.faulty)) if row.faulty else "[]",
            ),
        )

    def claims(
        self, restore: Callable[[int, int, Mapping[str, str]], RawRow]
    ) -> Iterator[tuple[str, list[RawRow]]]:
        """Yield the rows of every claim, claims in the order of their first row.

        Parameters
        ----------
        restore : callable
            Makes a row again of the number of its file, its own number and its fields.
        """
        self._database.execute("CREATE INDEX by_claim ON kept (claim)")
        order = "SELECT claim FROM kept GROUP BY claim ORDER BY min(rowid)"
        for (claim_id,) in self._database.execute(order):
            rows = []
            for file, number, fields, faults, faulty in self._database.execute(
                "SELECT file, number, fields, faults, faulty FROM kept "
                "WHERE claim = ? ORDER BY rowid",
                (claim_id,),
            ):
                row = restore(file, number, json.loads(fields))
                row.faults = tuple(_read(*fault) for fault in json.loads(faults))
                row.faulty = json.loads(faulty)
                rows.append(row)
            yield json.loads(claim_id), rows

    def close(self) -> None:
        """Close the database, which deletes it."""
        self._database.close()


def _written(fault: Diagnostic) -> list[str]:
    place = fault.place
    source, where = (place.source, place.place) if isinstance(place, Origin) else ("", "")
    return [fault.severity, fault.message, source, where, fault.help]


def _read(severity: Severity, message: str, source: str, where: str, help: str) -> Diagnostic:
    return Diagnostic(severity, message, Origin(source, where), help)

"""Remittances of files: each read by its content, the claims of all one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from facts.diagnostic import Diagnostic
from facts.readers.detect import is_x12
from facts.readers.parquet import is_parquet
from facts.readers.remittance_tables import read_remittance_table
from facts.readers.text_file import look
from facts.readers.x12.remittance_stream import RejectedRemittance, RemittanceTally
from facts.readers.x12.remittances import read_835
from facts.remittance import Payment, RemittedClaim


@dataclass(slots=True)
class RemittanceFiles:
    """The claims of remittance files, and what was wrong with them.

    Parameters
    ----------
    claims : list of RemittedClaim
        In the order of the files.
    payments : list of Payment
        Their checks.
    diagnostics : list of Diagnostic
        Everything that was wrong or worth a note.
    tally : RemittanceTally
        Claims, lines and money: read = kept + rejected.
    """

    claims: list[RemittedClaim] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    tally: RemittanceTally = field(default_factory=RemittanceTally)


def read_remittances(paths: Sequence[str | Path], traced: bool = True) -> RemittanceFiles:
    """Read the remittances of some files.

    Parameters
    ----------
    paths : sequence of path
        835 files, and tables of the columns ``facts.schema.REMITTANCE_COLUMNS``.
    traced : bool, optional
        Whether claims and lines keep the places of their fields, which takes room.

    Returns
    -------
    RemittanceFiles
        Rejected claims are counted, and what is wrong with them is in ``diagnostics``.

    Examples
    --------
    >>> read_remittances(["no such file.835"]).diagnostics[0].severity
    'error'
    """
    found = RemittanceFiles()
    for path in dict.fromkeys(map(str, paths)):
        for item in _claims(path, found, traced):
            found.tally.count(item)
            if isinstance(item, RemittedClaim):
                found.claims.append(item)
            else:
                found.diagnostics.extend(item.diagnostics)
    return found


def _claims(
    path: str, found: RemittanceFiles, traced: bool
) -> Iterator[RemittedClaim | RejectedRemittance]:
    if is_parquet(Path(path)):
        yield from read_remittance_table(Path(path), found.diagnostics)
        return
    head, fault = look(Path(path))
    if fault is not None:
        found.diagnostics.append(fault)
    elif is_x12(head):
        stream = read_835(path, traced)
        yield from stream.items
        found.diagnostics.extend(stream.diagnostics)
        found.payments.extend(stream.payments)
    else:
        yield from read_remittance_table(Path(path), found.diagnostics)

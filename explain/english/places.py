"""Places that a person can look up: in a claim, and in the policy document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from facts.values import one_line
from kb.model.clause import PolicyClause


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a person can look up.

    Parameters
    ----------
    source : str
        A file as the person gave it, ``policy document``, ``settings``.
    place : str
        The place in it: ``segment 23 (SV1), element SV104``, ``row 3, column `units```.
    section : str
        Heading of the policy document.
    document_lines : str
        Lines of the policy document: ``106, 162, 188-220``.

    Examples
    --------
    >>> Place("policy document", section="Facility", document_lines="106, 162").text
    'policy document, section "Facility", lines 106, 162'
    """

    source: str
    place: str = ""
    section: str = ""
    document_lines: str = ""

    @property
    def text(self) -> str:
        """The place in words."""
        parts = [self.source, self.place]
        if self.section:
            parts.append(f'section "{self.section}"')
        if self.document_lines:
            noun = "line" if self.document_lines.isdigit() else "lines"
            parts.append(f"{noun} {self.document_lines}")
        return ", ".join(part for part in parts if part)

    def __str__(self) -> str:
        return self.text


def document_place(clause: PolicyClause) -> Place:
    """Return the place of a clause in the policy document."""
    return lines_place(clause.document_lines, clause.section)


def lines_place(document_lines: str, section: str = "", source: str = "") -> Place:
    """Return the place of some lines of the policy document.

    Parameters
    ----------
    document_lines : str
        As in ``106,162,188-220``.
    section : str, optional
        Heading of the lines.
    source : str, optional
        A name for what the lines are read as, where it is not the document itself.

    Examples
    --------
    >>> lines_place("106,162,188-220").text
    'policy document, lines 106, 162, 188-220'
    """
    lines = ", ".join(part.strip() for part in document_lines.split(",") if part.strip())
    return Place(source or "policy document", section=section, document_lines=lines)


def line_numbers(document_lines: str) -> list[int]:
    """Return the numbers of document lines written as ``106,162,188-220``, in that order.

    Examples
    --------
    >>> line_numbers("3, 7-9")
    [3, 7, 8, 9]
    """
    numbers: list[int] = []
    for part in document_lines.split(","):
        first, _, last = part.strip().partition("-")
        if first.strip().isdecimal():
            start = int(first)
            numbers.extend(range(start, int(last) + 1 if last.strip().isdecimal() else start + 1))
    return list(dict.fromkeys(numbers))


def section_of(
    document_lines: str, clause: PolicyClause | None, clauses: Mapping[str, PolicyClause]
) -> str:
    """Return the heading of some lines of the policy document; empty where no clause tells.

    Parameters
    ----------
    document_lines : str
        As in ``106,162,188-220``.
    clause : PolicyClause, optional
        The clause that is spoken of: its heading, where it cites all of the lines.
    clauses : mapping of str to PolicyClause
        All clauses: else the heading of the one that cites all of the lines and fewest others.
    """
    wanted = set(line_numbers(document_lines))
    if not wanted:
        return ""
    if clause is not None and wanted.issubset(line_numbers(clause.document_lines)):
        return clause.section
    found = (
        (len(cited), number, each.section)
        for number, each in enumerate(clauses.values())
        if wanted.issubset(cited := line_numbers(each.document_lines))
    )
    return min(found, default=(0, 0, ""))[2]


def file_name(source: str) -> str:
    """Return the name of a file without the folders that it lies in on somebody's disk.

    Parameters
    ----------
    source : str
        A file as the person gave it, or another name for a source.

    Examples
    --------
    >>> file_name("/home/me/claims/may.837"), file_name("settings")
    ('may.837', 'settings')
    """
    return one_line(re.split(r"[/\\]", source.rstrip("/\\"))[-1])

"""The nouns of a policy besides its rules: clause, switch, reading, declared table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

ADVERSE_EFFECTS = ("denied", "bundled", "reduced", "pended")
"""Effects that keep a line from full payment, the strongest first."""

EFFECTS = (*ADVERSE_EFFECTS, "supports", "override", "scope")
REASON_SLOTS = {
    "line": "",
    "procedure": "no procedure code",
    "place": "none",
    "units": "an unknown number of",
}
"""What a narrative can name of its line, and what stands there where the line does not have it."""

OUTCOMES = (*ADVERSE_EFFECTS, "reimbursable", "not_addressed")


@dataclass(frozen=True, slots=True)
class Exception_:
    """A fact that would lift a clause if it were on file, and what that means in words."""

    evidence: str
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class PolicyClause:
    """A clause of a policy: where it stands in the document, what it does, in our own words.

    Parameters
    ----------
    clause_id : str
        As in ``R14-FAC-1``.
    section, document_lines : str
        Heading and lines of the policy document.
    effect : str
        One of ``EFFECTS``.
    effective_from : date
        First day that the clause is in force.
    carc, group : str
        Claim adjustment reason code and group code, empty where the clause adjusts nothing.
    rarcs : tuple of str
        Remittance advice remark codes.
    title, summary : str
        Own words.
    narrative : str
        One-sentence template of the reason, with ``{line} {procedure} {place} {units} {clause}``.
    exceptions : tuple of Exception_
        What on file would lift the clause.
    changes : str
        What would change the outcome, in words.
    related : tuple of str
        Other policies that the clause names.
    also : tuple of str
        Further effects that rules may conclude by ``applies``.
    """

    clause_id: str
    section: str
    document_lines: str
    effect: str
    effective_from: date
    carc: str = ""
    rarcs: tuple[str, ...] = ()
    group: str = ""
    title: str = ""
    summary: str = ""
    narrative: str = ""
    exceptions: tuple[Exception_, ...] = ()
    changes: str = ""
    related: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def reason(self, slots: Mapping[str, str]) -> str:
        """Return why the clause fired on a line, as one sentence.

        Parameters
        ----------
        slots : mapping of str to str
            What stands for each of ``REASON_SLOTS``.

        Examples
        --------
        >>> from datetime import date
        >>> clause = PolicyClause("R1-A-1", "", "", "denied", date(2018, 1, 1),
        ...                       narrative="line {line} bills {procedure}")
        >>> clause.reason({"line": "2", "procedure": "J7050"})
        'line 2 bills J7050'
        """
        text = self.narrative.replace("{clause}", self.clause_id)
        for name in REASON_SLOTS:
            if name in slots:
                text = text.replace(f"{{{name}}}", slots[name])
        return text


@dataclass(frozen=True, slots=True)
class Switch:
    """A setting of a policy: its values, the default one, and the reading behind it."""

    name: str
    default: str
    values: tuple[str, ...]
    reading: int | None = None
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How an unclear place of the document is read."""

    number: int
    document_lines: str
    question: str
    answer: str
    switch: str = ""


@dataclass(frozen=True, slots=True)
class TableDeclaration:
    """What ``policy.toml`` says of a table: the claim column it classifies, and on what basis."""

    name: str
    column: str
    title: str = ""
    basis: str = ""
    document_lines: str = ""
    reading: int | None = None

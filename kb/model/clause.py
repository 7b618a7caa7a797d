"""The nouns of a policy besides its rules: clause, switch, reading, declared table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from facts.claim import ClaimLine
from facts.values import format_number, one_line

ADVERSE_EFFECTS = ("denied", "bundled", "reduced", "pended")
"""Effects that keep a line from full payment, the strongest first."""

EFFECTS = (*ADVERSE_EFFECTS, "supports", "override", "scope")
OUTCOMES = (*ADVERSE_EFFECTS, "reimbursable", "not_addressed")

ACTIONS = {
    "document": "send a document",
    "rebill": "correct and rebill",
    "appeal": "appeal on the reading",
    "accept": "accept",
}
"""What to do with a line that a clause is adverse to, by the word of a register."""

_LEAST_FIRST = ("accept", "rebill", "appeal", "document")


def action_of(actions: Iterable[str]) -> str:
    """Return the action for a line that several clauses are adverse to.

    What a document cannot lift decides: it is no use to send one where another clause bars the
    line.

    Parameters
    ----------
    actions : iterable of str
        The actions of its clauses, empty where a policy does not say.

    Examples
    --------
    >>> action_of(["document", "rebill", ""]), action_of([])
    ('rebill', '')
    """
    return min((each for each in actions if each), key=_LEAST_FIRST.index, default="")


REASON_SLOTS = {
    "line": ("line_number", ""),
    "procedure": ("procedure_code", "no procedure code"),
    "place": ("place_of_service", "none"),
    "units": ("units", "an unknown number of"),
}
"""What a narrative can name of its line: the column, and the words for a line without a value."""


def fill_slots(
    text: str, values: Mapping[str, str], replace: Callable[[str, str, str], str] = str.replace
) -> str:
    """Return the template of a reason with its slots filled.

    Parameters
    ----------
    text : str
        The template, or SQL of it.
    values : mapping of str to str
        The value of each of ``REASON_SLOTS`` that is filled, or SQL of it.
    replace : callable, optional
        Replaces a slot in a text by a value; where these are SQL, it returns SQL that does.

    Returns
    -------
    str

    Examples
    --------
    >>> fill_slots("line {line} bills {procedure}", {"line": "2", "procedure": "J7050"})
    'line 2 bills J7050'
    """
    for name in REASON_SLOTS:
        if name in values:
            text = replace(text, f"{{{name}}}", values[name])
    return text


@dataclass(frozen=True, slots=True)
class Exception_:
    """A fact that would lift a clause if it were on file, and what that means in words."""

    evidence: str
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class PolicyClause:
    """A clause of a policy: its place in the document and its effect, in our own words.

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
    action, action_reason : str
        One of ``ACTIONS``, and why, in own words; empty where a policy does not say.
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
    action: str = ""
    action_reason: str = ""

    @property
    def reason_template(self) -> str:
        """The reason with its ``REASON_SLOTS`` open; the title where there is no narrative."""
        return (self.narrative or self.title).replace("{clause}", self.clause_id)

    def reason(self, line: ClaimLine) -> str:
        """Return why the clause fired on a line.

        Parameters
        ----------
        line : ClaimLine
            The line that the reason names.

        Returns
        -------
        str
            One sentence without a capital and without a full stop.

        Examples
        --------
        >>> from datetime import date
        >>> clause = PolicyClause("R1-A-1", "", "", "denied", date(2018, 1, 1),
        ...                       narrative="line {line} bills {procedure}, place {place}")
        >>> clause.reason(ClaimLine("C1", 2, "cms1500", date(2018, 6, 1), procedure_code="J7050"))
        'line 2 bills J7050, place none'
        """
        values = {
            "line": str(line.line_number),
            "procedure": line.procedure_code,
            "place": line.place_of_service,
            "units": None if line.units is None else format_number(line.units),
        }
        filled = {
            name: one_line(values[name] or absent) for name, (_, absent) in REASON_SLOTS.items()
        }
        return fill_slots(self.reason_template, filled)


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
    """What ``policy.toml`` says of a table: the claim column it classifies, and on what basis.

    A table with ``rows_of`` has no file: it has the rows of other tables whose unit is not
    ``without_unit``.
    """

    name: str
    column: str
    title: str = ""
    basis: str = ""
    document_lines: str = ""
    reading: int | None = None
    rows_of: tuple[str, ...] = ()
    without_unit: str = ""

"""Lines, claims and charges at issue, in groups: by outcome, clause, provider and the like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product

from facts.claim import ClaimLine
from facts.diagnostic import Diagnostic, UsageError
from facts.suggest import near_help
from facts.values import one_line
from kb.model.at_issue import at_issue
from kb.model.clause import ACTIONS, ADVERSE_EFFECTS, action_of
from kb.model.determination import Determination
from kb.model.maker import CitedPolicy

GroupValue = str | int | None
GroupKey = tuple[GroupValue, ...]
Grouping = tuple[str, ...]
"""Names of dimensions, the outermost first."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """What lines are grouped by.

    Parameters
    ----------
    name : str
        As a person asks for it.
    heading : str
        What a value of it is, in words.
    column : str
        The column of the claim table that it comes from; empty where it is determined.
    several : bool
        Whether one line may have several values.
    """

    name: str
    heading: str
    column: str = ""
    several: bool = False


DIMENSIONS = {
    each.name: each
    for each in (
        Dimension("outcome", "outcome"),
        Dimension("clause", "clause", several=True),
        Dimension("procedure", "procedure code", "procedure_code"),
        Dimension("provider", "rendering provider", "rendering_provider"),
        Dimension("plan", "plan", "plan_id"),
        Dimension("place", "place of service", "place_of_service"),
        Dimension("month", "month of service", "service_date"),
        Dimension("contract", "contract", "contract_id"),
        Dimension("revenue", "revenue code", "revenue_code"),
        Dimension("form", "claim form", "claim_form"),
        Dimension("action", "what to do"),
        Dimension("reading", "contested reading", several=True),
    )
}
"""Everything that lines can be grouped by."""

USUAL: tuple[Grouping, ...] = tuple(
    (name,) for name in ("outcome", "clause", "procedure", "provider", "plan", "place", "month")
)
"""The groupings that are shown where a person asks for none."""

_OTHER_NAMES = {
    "payer": "plan",
    "code": "procedure",
    "cpt": "procedure",
    "hcpcs": "procedure",
    "procedure_code": "procedure",
    "rendering_provider": "provider",
    "npi": "provider",
    "plan_id": "plan",
    "contract_id": "contract",
    "place_of_service": "place",
    "pos": "place",
    "revenue_code": "revenue",
    "claim_form": "form",
    "service_date": "month",
    "clause_id": "clause",
}


@dataclass(slots=True)
class GroupTotals:
    """What a group of lines amounts to.

    Parameters
    ----------
    lines, lines_at_issue : int
        All of its lines, and those with an adverse outcome.
    claims, claims_at_issue : int
        The claims of these lines.
    charge, at_issue : Decimal
        What all lines bill, and what the adverse ones are not paid of it.
    uncharged : int
        Lines without a charge, which add nothing.
    """

    lines: int = 0
    lines_at_issue: int = 0
    claims: int = 0
    claims_at_issue: int = 0
    charge: Decimal = Decimal(0)
    at_issue: Decimal = Decimal(0)
    uncharged: int = 0


@dataclass(slots=True)
class Summary:
    """Totals of lines for each value of some groupings.

    Parameters
    ----------
    tables : tuple of Grouping
        What was asked for.
    groups : dict of Grouping to dict of GroupKey to GroupTotals
        Filled for each of ``groupings``.
    policy : str
        The policy that decides, and the day of its document.
    titles : dict of str to str
        The titles of its clauses.
    actions : dict of str to str
        What to do with a line, by the clauses that are adverse to it.

    Examples
    --------
    >>> from datetime import date
    >>> line = ClaimLine("C1", 1, "cms1500", date(2018, 6, 1), charge=Decimal(9))
    >>> denied = Determination("C1", 1, "denied", (), None, (), (), "R14", "", "")
    >>> summary = Summary((("month", "outcome"),))
    >>> summary.add_claim([line], [denied])
    >>> summary.groups["month", "outcome"]["2018-06", "denied"].at_issue
    Decimal('9')
    >>> summary.total.claims
    1
    """

    tables: tuple[Grouping, ...] = USUAL
    groups: dict[Grouping, dict[GroupKey, GroupTotals]] = field(default_factory=dict)
    policy: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    actions: dict[str, str] = field(default_factory=dict)

    def name(self, policy: CitedPolicy) -> None:
        """Take the names of a ``policy`` and of its clauses."""
        self.policy = f"{policy.policy_id}, {policy.version}"
        self.titles = {each.clause_id: each.title for each in policy.clauses.values()}
        self.actions = {each.clause_id: each.action for each in policy.clauses.values()}

    @property
    def groupings(self) -> tuple[Grouping, ...]:
        """Every grouping with the outer ones that it is nested in, each once."""
        outer = (table[:length] for table in self.tables for length in range(len(table) + 1))
        return tuple(dict.fromkeys(((), *outer)))

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions of all groupings, each once."""
        return tuple(dict.fromkeys(name for table in self.tables for name in table))

    @property
    def total(self) -> GroupTotals:
        """The totals of all lines."""
        return self.groups.get((), {}).get((), GroupTotals())

    def add_claim(
        self, lines: Sequence[ClaimLine], determinations: Sequence[Determination]
    ) -> None:
        """Add all lines of a claim.

        Parameters
        ----------
        lines : sequence of ClaimLine
            The lines of one claim.
        determinations : sequence of Determination
            Of the same lines.
        """
        seen: dict[tuple[Grouping, GroupKey], bool] = {}
        for line, determination in zip(lines, determinations, strict=True):
            values = {
                name: _values(name, line, determination, self.actions) for name in self.dimensions
            }
            adverse = determination.outcome in ADVERSE_EFFECTS
            lost = at_issue(
                determination.outcome, line.charge, line.units, determination.allowed_units
            )
            for grouping in self.groupings:
                for key in product(*(values[name] for name in grouping)):
                    totals = self.groups.setdefault(grouping, {}).setdefault(key, GroupTotals())
                    totals.lines += 1
                    totals.lines_at_issue += adverse
                    totals.charge += line.charge or 0
                    totals.at_issue += lost
                    totals.uncharged += line.charge is None
                    seen[grouping, key] = seen.get((grouping, key), False) or adverse
        for (grouping, key), adverse in seen.items():
            totals = self.groups[grouping][key]
            totals.claims += 1
            totals.claims_at_issue += adverse


def cited_adverse(determination: Determination) -> tuple[str, ...]:
    """Return the ids of the adverse clauses that a determination cites, each once.

    Parameters
    ----------
    determination : Determination
        Of one line.
    """
    adverse = (each for each in determination.citations if each.effect in ADVERSE_EFFECTS)
    return tuple(dict.fromkeys(each.clause_id for each in adverse))


def determined_values(
    name: str, determination: Determination, actions: Mapping[str, str]
) -> tuple[GroupValue, ...]:
    """Return the values of a dimension that is determined; one that is None where there is none.

    Parameters
    ----------
    name : str
        One of ``DIMENSIONS`` without a column.
    determination : Determination
        Of one line, or of all lines of which the same is said.
    actions : mapping of str to str
        The actions of the clauses.
    """
    if name == "outcome":
        return (determination.outcome,)
    if name == "action":
        asked = (actions.get(each, "") for each in cited_adverse(determination))
        return (ACTIONS.get(action_of(asked)),)
    found: tuple[GroupValue, ...] = determination.readings_in_favour or ()
    if name == "clause":
        found = cited_adverse(determination)
    return found or (None,)


def _values(
    name: str, line: ClaimLine, determination: Determination, actions: Mapping[str, str]
) -> tuple[GroupValue, ...]:
    column = DIMENSIONS[name].column
    if not column:
        return determined_values(name, determination, actions)
    if name == "month":
        return (line.service_date.isoformat()[:7],)
    return (getattr(line, column),)


def parse_groupings(texts: Iterable[str]) -> tuple[Grouping, ...]:
    """Return the groupings that a person asks for.

    Parameters
    ----------
    texts : iterable of str
        Each names one dimension, or several with commas, the outermost first.

    Raises
    ------
    UsageError
        If a name is unknown, or stands twice.

    Examples
    --------
    >>> parse_groupings(["clause,provider", "payer"])
    (('clause', 'provider'), ('plan',))
    """
    faults: list[Diagnostic] = []
    found = dict.fromkeys(tuple(_names(text, faults)) for text in texts)
    if faults:
        raise UsageError(faults)
    return tuple(found)


def _names(text: str, faults: list[Diagnostic]) -> Iterator[str]:
    seen: set[str] = set()
    for part in text.split(","):
        given = part.strip().casefold().replace("-", "_")
        name = _OTHER_NAMES.get(given, given)
        if name not in DIMENSIONS:
            help = near_help(given, (*DIMENSIONS, *_OTHER_NAMES), f"one of {', '.join(DIMENSIONS)}")
            message = f"lines are not grouped by `{one_line(part.strip())}`"
            faults.append(Diagnostic("error", message, None, help))
        elif name in seen:
            message = f"`{one_line(text)}` names `{name}` twice"
            faults.append(Diagnostic("error", message, None, "name it once"))
        seen.add(name)
        yield name

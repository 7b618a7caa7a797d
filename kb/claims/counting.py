"""Counts, sums and groups over the answers of a goal, as people type them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from facts.diagnostic import QueryError
from facts.schema import INPUT_PREDICATES
from facts.suggest import near_help, nearest
from facts.values import one_line
from kb.claims.goals import read_goal
from kb.language.ast import Atom, Query, Relational, Term, Variable
from kb.language.keywords import MEASURES
from kb.language.traversal import named_variables
from kb.language.values import Row, Value, canonical, row_key
from kb.model.program import CheckedProgram

AGGREGATES = ("count", *MEASURES)
_ATTRIBUTES = {
    str(each.name): each
    for each in INPUT_PREDICATES
    if each.attribute and [column.name for column in each.columns[:2]] == ["claim", "line"]
}
_NUMBERS = tuple(name for name, each in _ATTRIBUTES.items() if each.columns[2].type == "number")
_OTHER_NAMES = {"provider": "rendering_provider", "place": "place_of_service", "code": "procedure"}
_EXAMPLE = "write it as in 'count, sum(charge) by Clause: denied(Claim, Line, Clause)'"
_GROUPS = re.compile(
    r"^(?P<head>.*?)(?:^|\s)(?:group(?:ed)?\s+)?by\s+(?P<names>[\w\s,]+)$", re.S | re.I
)
_ITEM = re.compile(r"^(?P<name>[A-Za-z]+)\s*(?:\((?P<inner>.*)\))?$", re.S)

_NOT_EXACT = ("avg", "average", "mean", "total")
"""What people ask for instead of a sum; an average has no exact decimal."""

Ask = Callable[[Query], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class AskedAggregate:
    """A count, or a sum, the least or the greatest of some values.

    Parameters
    ----------
    function : str
        One of ``AGGREGATES``.
    of : str
        A variable of the goal or a value of its lines; empty where answers are counted.
    """

    function: str
    of: str = ""

    @property
    def column(self) -> str:
        """As it heads its column."""
        return f"{self.function}({self.of})" if self.of else self.function


@dataclass(frozen=True, slots=True)
class CountedGoal:
    """A goal whose answers are counted and added up, in groups.

    Parameters
    ----------
    goal : Query
        What is asked.
    aggregates : tuple of AskedAggregate
        What is made of its answers.
    groups : tuple of str
        Variables of the goal, or values of its lines.
    line : tuple of Term, optional
        The claim and the line that the goal speaks of, where it is one line.
    program : CheckedProgram
        The rules of the policy.
    """

    goal: Query
    aggregates: tuple[AskedAggregate, ...]
    groups: tuple[str, ...]
    line: tuple[Term, Term] | None
    program: CheckedProgram

    @property
    def columns(self) -> tuple[str, ...]:
        """The groups, then the aggregates."""
        return (*self.groups, *(each.column for each in self.aggregates))

    def answers(self, ask: Ask) -> list[Row]:
        """Return a row for each group, the largest by its last aggregate first.

        A value of a line counts once for each line of a group, however many answers tell of it.

        Parameters
        ----------
        ask : callable
            Returns the answers of a goal.
        """
        names = named_variables(self.goal.body)
        rows = list(ask(self.goal))
        wanted = dict.fromkeys([*self.groups, *(each.of for each in self.aggregates if each.of)])
        of_lines = {name: self._of_lines(name, ask) for name in wanted if name not in names}
        places = {name: place for place, name in enumerate(names)}
        groups: dict[Row, list[Row]] = {}
        for row in rows:
            line = self._line_of(row, places)
            key = tuple(
                row[places[name]] if name in places else of_lines[name].get(line, "-")
                for name in self.groups
            )
            groups.setdefault(key, []).append(row)
        if not self.groups:
            groups.setdefault((), [])
        made = []
        for key, found in groups.items():
            values = [self._value(each, found, places, of_lines) for each in self.aggregates]
            if None not in values:
                made.append((*key, *(value for value in values if value is not None)))
        count = len(self.groups)
        made.sort(key=lambda row: row_key(row[:count]))
        made.sort(key=lambda row: row_key(row[-1:]), reverse=True)
        return made

    def _value(
        self,
        aggregate: AskedAggregate,
        rows: Sequence[Row],
        places: dict[str, int],
        of_lines: dict[str, dict[Row, Value]],
    ) -> Value | None:
        """Return one aggregate of a group; None for the least or greatest of nothing."""
        if not aggregate.of:
            return len(rows)
        if aggregate.of in places:
            values = [row[places[aggregate.of]] for row in rows]
            if aggregate.function == "count":
                return len(set(values))
        else:
            known = of_lines[aggregate.of]
            lines = dict.fromkeys(self._line_of(row, places) for row in rows)
            values = [known[line] for line in lines if line in known]
            if aggregate.function == "count":
                return len(values)
        numbers = [value for value in values if not isinstance(value, str)]
        if aggregate.function == "sum":
            return canonical(sum(numbers, Decimal(0) if numbers else 0))
        if not values:
            return None
        choose = min if aggregate.function == "min" else max
        return choose(numbers) if numbers else choose(str(value) for value in values)

    def _line_of(self, row: Row, places: dict[str, int]) -> Row:
        if self.line is None:
            return ()
        return tuple(
            row[places[term.name]] if isinstance(term, Variable) else term.value
            for term in self.line
        )

    def _of_lines(self, name: str, ask: Ask) -> dict[Row, Value]:
        """Return a value of each line that the goal tells of."""
        assert self.line is not None
        variable = _free_name(named_variables(self.goal.body))
        value = Relational(Atom(name, (*self.line, Variable(variable))))
        extended = read_goal(Query((*self.goal.body, value), text=self.goal.text), self.program)
        names = named_variables(extended.body)
        places = {each: place for place, each in enumerate(names)}
        return {self._line_of(row, places): row[places[variable]] for row in ask(extended)}


def read_counted_goal(text: str, program: CheckedProgram) -> CountedGoal | None:
    """Read a goal with counts, sums or groups; None where it has none of them.

    Any of these is understood: ``count(GOAL)``, ``GOAL, count``, ``count, sum(charge) by Clause:
    GOAL``, ``GOAL, sum(charge) by Clause, procedure``.

    Parameters
    ----------
    text : str
        As a person typed it.
    program : CheckedProgram
        The rules of the policy.

    Raises
    ------
    QueryError
        If the goal has faults, or counts and groups what it does not have.
    """
    text = text.strip().removeprefix("?-").rstrip(" .\n")
    head, goal = _split_head(text)
    aggregates: list[AskedAggregate] = []
    conditions: list[str] = []
    names: list[str] = []
    for part in (head, goal) if head else (goal,):
        body, given = _split_groups(part)
        names += given
        for condition in _conjuncts(body):
            item = _aggregate(condition, program)
            if item is None:
                conditions.append(condition)
            else:
                aggregates.append(item[0])
                conditions += item[1]
    if not aggregates and not names and not head:
        return None
    if not conditions:
        raise QueryError.of("nothing says what is counted", _EXAMPLE)
    query = read_goal(", ".join(conditions), program)
    line = _line_of_goal(query, program)
    known = named_variables(query.body)
    return CountedGoal(
        query,
        tuple(_resolved(each, known, line) for each in aggregates or [AskedAggregate("count")]),
        tuple(_named(name, known, tuple(_ATTRIBUTES), line, "grouped by") for name in names),
        line,
        program,
    )


def _split_head(text: str) -> tuple[str, str]:
    """Return what stands before a colon outside of quotes and brackets, and what stands behind."""
    for place, character in _outside(text):
        if character == ":" and text[place : place + 2] != ":=":
            behind = text[place + 1 :].removeprefix("-")
            return text[:place], behind
    return "", text


def _split_groups(text: str) -> tuple[str, list[str]]:
    found = _GROUPS.match(text)
    if found is None or any(quote in found["names"] for quote in "'\"("):
        return text, []
    head = found["head"].rstrip().rstrip(",")
    return head, [name.strip() for name in found["names"].split(",") if name.strip()]


def _conjuncts(text: str) -> Iterator[str]:
    """Yield the conditions of a goal, each as it was typed."""
    first = 0
    for place, character in _outside(text):
        if character == ",":
            yield text[first:place].strip()
            first = place + 1
    if text[first:].strip():
        yield text[first:].strip()


def _outside(text: str) -> Iterator[tuple[int, str]]:
    """Yield the characters of a text that stand outside of quotes and brackets."""
    depth, quoted = 0, False
    for place, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        if quoted:
            continue
        depth += (character == "(") - (character == ")")
        if not depth:
            yield place, character


def _aggregate(text: str, program: CheckedProgram) -> tuple[AskedAggregate, list[str]] | None:
    """Return an aggregate, with conditions that it may hold; None where a text is a condition."""
    if re.match(r"select\b", text, re.I):
        raise QueryError.of("a goal is written in the language of the rules, not in SQL", _EXAMPLE)
    text = re.sub(r"^(count|sum|min|max)\s+(\w+)$", r"\1(\2)", text, flags=re.I)
    found = _ITEM.match(text)
    if found is None or (found["inner"] is not None and not _closes_last(text)):
        return None
    name, inner = found["name"], found["inner"]
    parts = list(_conjuncts(inner)) if inner is not None else []
    conditions = [part for part in parts if "(" in part or re.search(r"[<>=]", part)]
    known = name in program.signature
    if name.casefold() not in AGGREGATES:
        if known and inner is not None:
            return None
        simple = inner is None or (len(parts) == 1 and not conditions)
        near = nearest(name.casefold(), AGGREGATES) if simple else None
        if simple and name.casefold() in _NOT_EXACT:
            near = "sum"
        if near is None and inner is not None:
            return None
        help = f"did you mean `{near}`?" if near else _EXAMPLE
        raise QueryError.of(f"`{one_line(text)}` is no condition and no aggregate", help)
    measured = [part for part in parts if part not in conditions and part not in ("*", "_")]
    function = name.casefold()
    if len(measured) > 1 or (function != "count" and not measured):
        raise QueryError.of(f"`{one_line(text)}` does not say of what", _EXAMPLE)
    return AskedAggregate(function, measured[0] if measured else ""), conditions


def _closes_last(text: str) -> bool:
    """Return whether the bracket that opens first closes at the end."""
    return [place for place, _ in _outside(text) if text[place] == ")"] == [len(text) - 1]


def _line_of_goal(query: Query, program: CheckedProgram) -> tuple[Term, Term] | None:
    """Return the claim and line of a goal that speaks of one line at a time."""
    found: dict[tuple[Term, Term], None] = {}
    for literal in query.body:
        if not isinstance(literal, Relational) or literal.negated:
            continue
        columns = [column.name for column in program.signature[literal.atom.predicate].columns]
        terms = literal.atom.terms
        if columns[:2] == ["claim", "line"] and not any(_is_any(term) for term in terms[:2]):
            found[terms[0], terms[1]] = None
    return next(iter(found)) if len(found) == 1 else None


def _is_any(term: Term) -> bool:
    return isinstance(term, Variable) and term.name.startswith("_")


def _resolved(
    aggregate: AskedAggregate, known: Sequence[str], line: tuple[Term, Term] | None
) -> AskedAggregate:
    if not aggregate.of:
        return aggregate
    values = tuple(_ATTRIBUTES) if aggregate.function in ("count", "min", "max") else _NUMBERS
    named = _named(aggregate.of, known, values, line, "counted" if not values else "added up")
    return AskedAggregate(aggregate.function, named)


def _named(
    name: str,
    known: Sequence[str],
    values: tuple[str, ...],
    line: tuple[Term, Term] | None,
    what: str,
) -> str:
    """Return the variable or the value of a line that a person means."""
    if name in known:
        return name
    folded = {variable.casefold(): variable for variable in known}
    given = name.casefold()
    value = _OTHER_NAMES.get(given, given)
    if value in values and name[:1].islower():
        if line is None:
            message = f"`{one_line(name)}` is not clear: the goal speaks of no line, or of several"
            help = f"add a condition that names it, as in `{value}(Claim, Line, X)`, and use X"
            raise QueryError.of(message, help)
        return value
    if given in folded:
        return folded[given]
    if value in values and line is not None:
        return value
    help = near_help(name, (*known, *values), f"one of {', '.join((*known, *values))}")
    raise QueryError.of(f"`{one_line(name)}` cannot be {what}: the goal does not have it", help)


def _free_name(taken: Iterable[str]) -> str:
    names = set(taken)
    return next(name for number in range(len(names) + 1) if (name := f"Value{number}") not in names)

"""Tests of a line: what formulas are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from kb.language.ast import BodyLiteral, Comparator, Comparison, Constant, Expression, Variable
from kb.language.values import Value


@dataclass(frozen=True, slots=True)
class Filled:
    """A column has a value."""

    column: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A column compares so with a constant."""

    column: str
    operator: Comparator
    value: Value


@dataclass(frozen=True, slots=True)
class HasWord:
    """A column of words has this one; any, where it is none."""

    column: str
    word: str | None


@dataclass(frozen=True, slots=True)
class InTable:
    """The code of a column is in a table of the policy; in any, where it is none."""

    column: str
    table: str | None


@dataclass(frozen=True, slots=True)
class Mentions:
    """The text of a column mentions a phrase of a table, which has this value there."""

    column: str
    table: str | None
    value: str | None


@dataclass(frozen=True, slots=True)
class RowTest:
    """Several columns of the line compare so; its variables are columns."""

    comparison: Comparison


@dataclass(frozen=True, slots=True)
class OnFile:
    """Evidence of a name is on file for the line, with this value where there is one."""

    name: str
    value: Value | None


@dataclass(frozen=True, slots=True)
class SideTest:
    """A body holds whose variables can have several values; columns begin with ``@`` there."""

    body: tuple[BodyLiteral, ...]


@dataclass(frozen=True, slots=True)
class OtherLines:
    """Other lines of the claim meet a condition: at least one, or as many as is said.

    Parameters
    ----------
    keys : tuple of str
        Columns that they share with the line.
    order : {"any", "other", "earlier", "later"}
        Where they stand.
    condition : int
        The formula of one of them.
    evidence : str
        Name of the evidence that gives the number of the other line, if one does.
    operator : str, optional
        How their number compares with ``value``.
    value : number
        What their number is compared with.
    """

    keys: tuple[str, ...]
    order: str
    condition: int
    evidence: str = ""
    operator: Comparator | None = None
    value: Value = 0


ColumnTest: TypeAlias = Filled | Compared | HasWord | InTable | Mentions
Test: TypeAlias = ColumnTest | RowTest | OnFile | SideTest | OtherLines


@dataclass(frozen=True, slots=True)
class SideValue:
    """The value of a variable of a body that holds of the line; see ``SideTest``."""

    body: tuple[BodyLiteral, ...]
    name: str


def compared(operator: Comparator, left: Expression, right: Expression) -> Compared | RowTest:
    """Return the test of a comparison over columns: of one column with a constant, or of a row.

    Parameters
    ----------
    operator : str
        As in the rule language.
    left, right : Expression
        Their variables are columns.

    Examples
    --------
    >>> compared("<", Constant(2), Variable("units"))
    Compared(column='units', operator='>', value=2)
    """
    if isinstance(left, Variable) and isinstance(right, Constant):
        return Compared(left.name, operator, right.value)
    if isinstance(right, Variable) and isinstance(left, Constant):
        return Compared(right.name, turned(operator), left.value)
    return RowTest(Comparison(operator, left, right))


def turned(operator: Comparator) -> Comparator:
    """Return the comparison that holds of two sides the other way round.

    Parameters
    ----------
    operator : str
        As in the rule language.
    """
    return _TURNED.get(operator, operator)


_TURNED: dict[Comparator, Comparator] = {
    "<": ">",
    "=<": ">=",
    ">": "<",
    ">=": "=<",
    "@<": "@>",
    "@=<": "@>=",
    "@>": "@<",
    "@>=": "@=<",
}

"""A policy as formulas over lines in the SQL of DuckDB: all of it that depends on no line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.compile.formulas.circuit import Circuit
from kb.language.values import Value

WORD = 62
"""Bits of a number that holds several tests or answers; a BIGINT keeps its sign."""

LINES = "line_rows"
"""The view of the lines that the SQL of a script reads."""

DAYS = "days"
"""The key of lines whose days of service meet: their spans share a day."""

FILED_LINES = "filed_lines"
"""The table of those lines that have evidence on file."""


class NotFusable(Exception):
    """A rule that has no formula over one wide row: predicates are computed one by one instead."""


@dataclass(frozen=True, slots=True)
class Member:
    """A test of whether a value belongs to the tables of a policy, as a bit of a mask.

    Parameters
    ----------
    bit : int
        Its position, from 0.
    kind : {"in", "mentions"}
        Whether codes are compared, or words looked for.
    table, value : str, optional
        The table, and the value in it, where they are named.
    """

    bit: int
    kind: str
    table: str | None
    value: str | None


@dataclass(frozen=True, slots=True)
class Feature:
    """What is known of a column of each line, as a few bits of its signature.

    Parameters
    ----------
    name : str
        The column; ``row`` where several are compared.
    dictionary : str
        Table of ``value, mask, class`` that has a row for every distinct value; empty where the
        bits are computed line by line.
    mask : str
        SQL of the bits of a ``value``, but for those of ``members``.
    members : tuple of Member
        Bits that tables decide.
    tests : tuple of str
        SQL of each bit over a line, where there is no dictionary.
    """

    name: str
    dictionary: str = ""
    mask: str = "0"
    members: tuple[Member, ...] = ()
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceTest:
    """A test of the evidence on file: of its name, and of its text or number where they matter."""

    name: str
    value: str | None
    number: str | None


@dataclass(frozen=True, slots=True)
class SideQuery:
    """The lines for which something holds that a line can have several of.

    Parameters
    ----------
    sql : str
        SELECT of claim_id, line_number, and value where there is one.
    reads : tuple of str
        The tables that it reads in addition to the lines.
    filed : bool
        Whether only lines with evidence on file can be among them.
    """

    sql: str
    reads: tuple[str, ...]
    filed: bool


@dataclass(frozen=True, slots=True)
class Side:
    """A mask per line of evidence on file, and of values that a line can have several of.

    Its bits are those of ``evidence``, then those of ``queries``.
    """

    name: str
    evidence: tuple[EvidenceTest, ...]
    queries: tuple[SideQuery, ...]


@dataclass(frozen=True, slots=True)
class OtherTest:
    """A test of other lines of the claim: how many of them meet a condition.

    Parameters
    ----------
    keys : tuple of str
        Columns in addition to the claim that have to be equal; with ``DAYS`` the days of both have
        to meet.
    order : {"any", "other", "earlier", "later"}
        Order of the other line.
    check : str
        What is asked of their number, as in ``>= 2``.
    counted : bool
        Whether more is asked than that there is one.
    evidence : str
        Name of the evidence that gives the number of the other line, if one does.
    """

    keys: tuple[str, ...]
    order: str
    check: str
    counted: bool
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class AllowedValue:
    """Units that a clause allows: SQL over a line ``l``, or the value of a query."""

    sql: str
    query: SideQuery | None = None


_NO_FORMULAS = Circuit()


@dataclass(frozen=True, slots=True)
class LineScript:
    """A plan over lines as SQL.

    Parameters
    ----------
    features : tuple of Feature
        Feature n has mask n; those of ``sides`` follow, and after them the context of a line.
    sides : tuple of Side
        Masks of evidence and of values that a line can have several of.
    filed_columns : tuple of str
        Columns of the lines with evidence that the sides read.
    others : tuple of OtherTest
        Test n of other lines is bit n of a context.
    asked : Circuit
        Over the masks: which tests of other lines each signature meets, then which of them matter
        for it.
    final : Circuit
        Over the masks and the context: the answers.
    answers : tuple of (predicate, row)
        Each possible answer about a line: answer n is output n of ``final``. The next output says
        whether units are allowed, those behind it whether each of ``allowed`` counts.
    function : {"min", "max"}
        Which of several allowed units count.
    allowed : tuple of AllowedValue
        Each way in which units are allowed.
    reads : tuple of str
        Columns of the lines that ``allowed`` reads.
    readings : bool
        Whether the readings in favour of lines are among the answers.
    """

    features: tuple[Feature, ...] = ()
    sides: tuple[Side, ...] = ()
    filed_columns: tuple[str, ...] = ()
    others: tuple[OtherTest, ...] = ()
    asked: Circuit = _NO_FORMULAS
    final: Circuit = _NO_FORMULAS
    answers: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    function: str = "min"
    allowed: tuple[AllowedValue, ...] = ()
    reads: tuple[str, ...] = ()
    readings: bool = False


def mask_of(bits: Iterable[int]) -> int:
    """Return a number that has some bits.

    Parameters
    ----------
    bits : iterable of int
        Positions, from 0.

    Examples
    --------
    >>> mask_of([0, 2])
    5
    """
    return sum(1 << bit for bit in set(bits))

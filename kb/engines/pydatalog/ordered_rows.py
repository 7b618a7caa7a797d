"""Rows that are found by comparisons: sets of rows as the bits of whole numbers.

A comparison with one value is a set of rows, several of them are the bits that all have. So whether
a row meets them, and how many do, is told without a look at each row.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from kb.language.values import Row, Value, standard_key

_CHECKPOINTS = 512
"""Sets of the least rows by a column that are kept; others are made from the nearest."""

_NUMERIC = frozenset({"<", "=<", ">", ">=", "=:=", "=\\="})
_UNEQUAL = frozenset({"=\\=", "\\="})
_EQUAL = frozenset({"=:=", "="})


class OrderedRows:
    """Distinct rows, found by comparisons of their columns with values.

    Parameters
    ----------
    rows : sequence of tuple
        Distinct, all of one length.
    shown : int
        The columns from the left whose values are wanted of a row.

    Examples
    --------
    >>> rows = OrderedRows([("a", 1), ("b", 2), ("b", 3)], 1)
    >>> found = rows.where(1, ">=", 2)
    >>> found.bit_count(), list(rows.shown(found))
    (2, [('b',)])
    """

    def __init__(self, rows: Sequence[Row], shown: int) -> None:
        self._rows = rows
        self._shown = shown
        self.all = (1 << len(rows)) - 1
        self._columns: dict[int, _OrderedColumn] = {}

    def compares(self, column: int, operator: str, value: Value) -> bool:
        """Return whether a comparison has a meaning: numbers are not compared with text.

        Parameters
        ----------
        column : int
            From 0.
        operator : Comparator
            The value of the row stands on its left.
        value : value
            The value on its right.
        """
        if operator not in _NUMERIC:
            return True
        return not isinstance(value, str) and self._column(column).has_no_text

    def where(self, column: int, operator: str, value: Value) -> int:
        """Return the rows whose value in a column compares so with a value, as bits.

        Parameters
        ----------
        column : int
            From 0.
        operator : Comparator
            The value of the row stands on its left.
        value : value
            The value on its right.
        """
        own = self._column(column)
        if operator in _UNEQUAL:
            return self.all & ~own.equal(value)
        if operator in _EQUAL:
            return own.equal(value)
        ordered = operator.removeprefix("@")
        if ordered == "<":
            return own.least(bisect_left(own.keys, standard_key(value)))
        if ordered == "=<":
            return own.least(bisect_right(own.keys, standard_key(value)))
        if ordered == ">":
            return self.all ^ own.least(bisect_right(own.keys, standard_key(value)))
        return self.all ^ own.least(bisect_left(own.keys, standard_key(value)))

    @cached_property
    def is_told_apart(self) -> bool:
        """Whether no two rows have the same wanted values."""
        return len(self._groups) == len(self._rows)

    def shown(self, found: int) -> Iterator[Row]:
        """Yield the distinct wanted values of some rows.

        Parameters
        ----------
        found : int
            The rows, as bits.
        """
        if self.is_told_apart or found.bit_count() < len(self._groups):
            seen: dict[Row, None] = {}
            for position in positions_of(found):
                seen[self._rows[position][: self._shown]] = None
            yield from seen
        else:
            for values, rows in self._groups.items():
                if rows & found:
                    yield values

    @cached_property
    def _groups(self) -> dict[Row, int]:
        """The rows that have the same wanted values, as bits."""
        groups: dict[Row, list[int]] = {}
        for position, row in enumerate(self._rows):
            groups.setdefault(row[: self._shown], []).append(position)
        if len(groups) == len(self._rows):
            return dict.fromkeys(groups, 0)
        return {values: bits_of(own) for values, own in groups.items()}

    def _column(self, column: int) -> _OrderedColumn:
        found = self._columns.get(column)
        if found is None:
            found = self._columns[column] = _OrderedColumn([row[column] for row in self._rows])
        return found


class _OrderedColumn:
    """The rows in the order of one column."""

    def __init__(self, values: Sequence[Value]) -> None:
        keys = [standard_key(value) for value in values]
        self._order = sorted(range(len(keys)), key=keys.__getitem__)
        self.keys = [keys[position] for position in self._order]
        self.has_no_text = not self.keys or self.keys[-1][0] == 0
        self._in_order = self._order == list(range(len(keys)))
        self._step = max(16, len(keys) // _CHECKPOINTS)
        self._known: dict[int, int] = {}

    def equal(self, value: Value) -> int:
        """Return the rows that have a value, as bits."""
        key = standard_key(value)
        first, last = bisect_left(self.keys, key), bisect_right(self.keys, key)
        return bits_of(self._order[first:last])

    def least(self, count: int) -> int:
        """Return the first rows in order, as bits."""
        if self._in_order:
            return (1 << count) - 1
        whole, rest = divmod(count, self._step)
        if whole and not self._known:
            self._keep()
        found = self._known.get(whole, 0)
        if rest:
            found |= bits_of(self._order[count - rest : count])
        return found

    def _keep(self) -> None:
        found = 0
        for start in range(0, len(self._order) - self._step + 1, self._step):
            found |= bits_of(self._order[start : start + self._step])
            self._known[start // self._step + 1] = found


def bits_of(positions: Sequence[int]) -> int:
    """Return a number that has the bits at some positions.

    Parameters
    ----------
    positions : sequence of int
        From 0.

    Examples
    --------
    >>> bits_of([0, 3]), bits_of([])
    (9, 0)
    """
    if len(positions) < 8:
        few = 0
        for position in positions:
            few |= 1 << position
        return few
    many = bytearray(max(positions) // 8 + 1)
    for position in positions:
        many[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(many, "little")


def positions_of(bits: int) -> Iterator[int]:
    """Yield where the bits of a number are, from the least.

    Parameters
    ----------
    bits : int
        At least 0.

    Examples
    --------
    >>> list(positions_of(9))
    [0, 3]
    """
    digits = f"{bits:b}"
    last = len(digits) - 1
    found = digits.rfind("1")
    while found >= 0:
        yield last - found
        found = digits.rfind("1", 0, found)

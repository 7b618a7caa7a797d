"""What holds of the other lines of a claim: counts of them as the bits of a context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from facts.extras import bulk_module
from kb.compile.fused.formula import Leaf
from kb.compile.fused.plan import LinePlan, condition_of

exp = bulk_module("sqlglot.expressions")

ORDERED = ("earlier", "later")


@dataclass(frozen=True, slots=True)
class Scope:
    """The other lines that share columns with a line: of its claim, of its claim and date, ...

    Parameters
    ----------
    keys : tuple of str
        Columns beside the claim that have to be equal.
    conditions : tuple of int
        What may be asked of the other lines: the counted ones.
    ordered : tuple of int
        Conditions that are asked of lines before or after.
    """

    keys: tuple[str, ...]
    conditions: tuple[int, ...]
    ordered: tuple[int, ...]


@dataclass(slots=True)
class OtherLines:
    """What a plan asks of other lines, and how it is found out.

    Parameters
    ----------
    plan : LinePlan

    Attributes
    ----------
    conditions : list of int
        What may be asked of another line; condition n is bit n of the column ``answers``.
    asks : list of int
        Formulas under which each test of other lines can matter; bits of the column ``asks``.
    scopes : list of Scope
    """

    plan: LinePlan
    conditions: list[int] = field(init=False)
    asks: list[int] = field(init=False)
    scopes: list[Scope] = field(init=False)
    _connection: Any = None
    _field_bits: int = 2

    def __post_init__(self) -> None:
        conditions: dict[int, None] = {}
        scopes: dict[tuple[str, ...], tuple[dict[int, None], dict[int, None]]] = {}
        for _, leaf in self.plan.context:
            condition = condition_of(leaf)
            conditions[condition] = None
            if leaf[0] == "related":
                continue
            counted, ordered = scopes.setdefault(leaf[1], ({}, {}))
            (ordered if leaf[2] in ORDERED else counted)[condition] = None
        self.conditions = list(conditions)
        self.asks = [self.plan.asks.get(node, 1) for node, _ in self.plan.context]
        self.scopes = [
            Scope(keys, tuple(counted), tuple(ordered))
            for keys, (counted, ordered) in sorted(scopes.items())
        ]

    def find(self, connection: Any, has_evidence: bool) -> None:
        """Make the table ``contexts``: the bits of other lines, of each line that asks and has one.

        Parameters
        ----------
        connection : DuckDB connection
            It has the tables ``signed`` and ``asked``.
        has_evidence : bool
            Whether ``evidence_rows`` has rows.
        """
        self._connection = connection
        keys = sorted({key for scope in self.scopes for key in scope.keys})
        columns = "".join(f", l.{key}" for key in keys)
        connection.execute(
            "CREATE TEMP TABLE asking AS SELECT l.line, l.claim_id, l.line_number"
            f"{columns}, s.id, s.asks, s.answers FROM signed l JOIN asked s USING (signature) "
            "WHERE s.asks <> 0"
        )
        wants = " + ".join(
            f"CASE WHEN asks & {self._asking(condition)} <> 0 "
            f"THEN {self._mask([condition])} ELSE 0 END"
            for condition in self.conditions
        )
        connection.execute(
            "CREATE TEMP TABLE others AS SELECT l.claim_id, l.line_number"
            f"{columns}, s.answers FROM signed l JOIN asked s USING (signature) "
            f"JOIN (SELECT claim_id, bit_or({wants or 0}) AS wanted FROM asking "
            "GROUP BY claim_id) a USING (claim_id) WHERE s.answers & a.wanted <> 0"
        )
        longest = connection.execute("SELECT max(line_number) FROM signed").fetchone()[0] or 1
        self._field_bits = max(2, int(longest).bit_length())
        joins: list[str] = []
        bits = ["false"] * len(self.plan.context)
        for number, scope in enumerate(self.scopes):
            joins += self._scope(number, scope, bits)
        for position, (_, leaf) in enumerate(self.plan.context):
            if leaf[0] == "related":
                joins.append(self._related(position, leaf, bits, has_evidence))
        word = " + ".join(
            f"CASE WHEN {bit} THEN {1 << position} ELSE 0 END"
            for position, bit in enumerate(bits)
            if bit != "false"
        )
        connection.execute(
            "CREATE TEMP TABLE contexts AS SELECT * FROM (SELECT l.line, l.line_number, l.id, "
            f"(({word or 0}) & l.asks)::BIGINT AS context FROM asking l {' '.join(joins)}) "
            "WHERE context <> 0"
        )

    def _scope(self, number: int, scope: Scope, bits: list[str]) -> list[str]:
        keys = "".join(f", l.{key}" for key in scope.keys)
        asking = 0
        for position, (_, leaf) in enumerate(self.plan.context):
            if leaf[0] != "related" and leaf[1] == scope.keys:
                asking |= 1 << position
        joins = []
        claim = f"CASE WHEN l.asks & {asking} <> 0 THEN l.claim_id END"
        if scope.conditions:
            mask, totals, own = self._totals(scope)
            self._connection.execute(
                f"CREATE TEMP TABLE scope{number} AS SELECT l.claim_id{keys}, {totals} "
                f"FROM others l WHERE l.answers & {mask} <> 0 GROUP BY l.claim_id{keys}"
            )
            joins.append(_left_join(f"scope{number}", claim, scope.keys))
            for position, (_, leaf) in enumerate(self.plan.context):
                if leaf[0] == "related" or leaf[1] != scope.keys or leaf[2] in ORDERED:
                    continue
                word, shift = own[condition_of(leaf)]
                field_mask = (1 << self._field_bits) - 1
                total = f"((scope{number}.w{word} >> {shift}) & {field_mask})"
                if leaf[2] == "other":
                    total = f"({total} - {self._own(condition_of(leaf))})"
                bits[position] = _counted(leaf, total)
        for condition in scope.ordered:
            name = f"scope{number}_{condition}"
            mask = self._mask([condition])
            self._connection.execute(
                f"CREATE TEMP TABLE {name} AS SELECT l.claim_id{keys}, "
                "list(l.line_number) AS found "
                f"FROM others l WHERE l.answers & {mask} <> 0 GROUP BY l.claim_id{keys}"
            )
            joins.append(_left_join(name, claim, scope.keys))
            for position, (_, leaf) in enumerate(self.plan.context):
                if leaf[0] == "related" or leaf[1] != scope.keys:
                    continue
                if leaf[2] in ORDERED and condition_of(leaf) == condition:
                    side = "<" if leaf[2] == "earlier" else ">"
                    total = f"len(list_filter({name}.found, lambda n: n {side} l.line_number))"
                    bits[position] = _counted(leaf, total)
        return joins

    def _totals(self, scope: Scope) -> tuple[int, str, dict[int, tuple[int, int]]]:
        """Counts of several conditions as fields of a few sums."""
        per_word = 62 // self._field_bits
        sums: list[list[str]] = []
        own: dict[int, tuple[int, int]] = {}
        for number, condition in enumerate(scope.conditions):
            word, place = divmod(number, per_word)
            if place == 0:
                sums.append([])
            shift = place * self._field_bits
            sums[word].append(f"({self._own(condition)} << {shift})")
            own[condition] = (word, shift)
        totals = ", ".join(
            f"sum({' + '.join(parts)})::BIGINT AS w{word}" for word, parts in enumerate(sums)
        )
        return self._mask(scope.conditions), totals, own

    def _own(self, condition: int) -> str:
        return f"((l.answers >> {self.conditions.index(condition)}) & 1)"

    def _asking(self, condition: int) -> int:
        """The bits of what is asked about other lines that meet a condition."""
        return sum(
            1 << position
            for position, (_, leaf) in enumerate(self.plan.context)
            if condition_of(leaf) == condition
        )

    def _mask(self, conditions: Sequence[int]) -> int:
        return sum(1 << self.conditions.index(condition) for condition in conditions)

    def _related(self, position: int, leaf: Leaf, bits: list[str], has_evidence: bool) -> str:
        """Lines whose evidence names another line that meets a condition."""
        name = f"related{position}"
        mask = self._mask([condition_of(leaf)])
        other = "" if leaf[2] == "any" else " AND e.line_number <> l.line_number"
        rows = (
            "SELECT DISTINCT e.claim_id, e.line_number FROM evidence_rows e JOIN others l "
            "ON l.claim_id = e.claim_id AND l.line_number = e.number "
            f"WHERE e.name = $1 AND l.answers & {mask} <> 0{other}"
            if has_evidence
            else "SELECT claim_id, line_number FROM others WHERE false AND $1 = ''"
        )
        self._connection.execute(f"CREATE TEMP TABLE {name} AS {rows}", [leaf[1]])
        bits[position] = f"({name}.line_number IS NOT NULL)"
        return (
            f"LEFT JOIN {name} ON {name}.claim_id = "
            f"CASE WHEN l.asks & {1 << position} <> 0 THEN l.claim_id END "
            f"AND {name}.line_number = l.line_number"
        )


def _left_join(name: str, claim: str, keys: Sequence[str]) -> str:
    ties = "".join(f" AND {name}.{key} = l.{key}" for key in keys)
    return f"LEFT JOIN {name} ON {name}.claim_id = {claim}{ties}"


def _counted(leaf: Leaf, total: str) -> str:
    if leaf[0] == "group":
        return f"({total} > 0)"
    operator = {"=<": "<=", "=:=": "=", "=\\=": "<>", "\\=": "<>"}.get(leaf[4], leaf[4])
    value = exp.convert(leaf[5]).sql(dialect="duckdb", copy=False)
    return f"(coalesce({total}, 0) {operator} {value})"

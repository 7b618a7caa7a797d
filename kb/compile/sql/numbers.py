"""Pass: exact arithmetic as SQL. A quotient stays a pair until it is rounded or compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from facts.diagnostic import Diagnostic, ProgramError, QueryError
from facts.extras import bulk_module
from kb.compile.sql.literals import Sql as Sql
from kb.compile.sql.literals import constant_of, is_whole, literal
from kb.compile.sql.number_types import (
    SQLITE_LIMIT,
    SQLITE_SCALE,
    is_factor,
    is_literal,
    sign_type,
    stored_type,
    whole_type,
)
from kb.compile.sql.stored import SCALE, decimal_of
from kb.language.arithmetic import evaluate
from kb.language.ast import Constant, Expression, Operation, Variable
from kb.language.traversal import variables_of

exp = bulk_module("sqlglot.expressions")

_UNITS = 10**SCALE
_LONGEST = 20_000
"""Nodes of the SQL of one number."""

_IGNORE_NULLS = ("duckdb", "postgres", "spark")
"""Where LEAST and GREATEST pass over nulls; no null comes to them."""

_COMPARISONS = {
    "<": exp.LT,
    "=<": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "=:=": exp.EQ,
    "=\\=": exp.NEQ,
    "=": exp.EQ,
    "\\=": exp.NEQ,
}


@dataclass(frozen=True, slots=True)
class Ratio:
    """An exact number as SQL: a numerator, and a denominator above zero where there is one.

    The denominator is null where a person divides by zero; nothing holds of such a number.
    ``whole`` says that the number is known to have nothing behind its point.
    """

    numerator: Sql
    denominator: Sql | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Numbers:
    """Writes numbers for one SQL dialect.

    Parameters
    ----------
    dialect : str
        sqlglot's name of the dialect.
    undefined : {"stop", "null", "try"}
        What becomes of a result that has no exact decimal: DuckDB stops, or it is null, as a
        division by zero always is. With ``try`` a result that is too large is null as well, in
        DuckDB.
    """

    dialect: str = "duckdb"
    undefined: Literal["stop", "null", "try"] = "stop"

    def column_type(self, kind: str) -> Sql:
        """Return the SQL type of a column; dates are ISO text."""
        if kind != "number":
            return exp.DataType.build("TEXT")
        if self.dialect == "sqlite":
            return exp.DataType(this=exp.DType.USERDEFINED, kind="NUMERIC")
        return exp.DataType.build(stored_type(self.dialect))

    def cast(self, item: Sql) -> Sql:
        """Return an item as a number of the type that columns have."""
        return exp.cast(item, self.column_type("number"))

    @property
    def stops(self) -> bool:
        """Whether a result without an exact decimal stops the statement."""
        return self.undefined == "stop" and self.dialect == "duckdb"

    def expression(self, item: Expression, values: Mapping[str, Sql]) -> Ratio:
        """Return an arithmetic expression as a ratio.

        Parameters
        ----------
        item : Expression
        values : mapping of variable name to SQL

        Raises
        ------
        ProgramError
            If a number or an operation cannot be compiled exactly.
        """
        if isinstance(item, Variable):
            return Ratio(values[item.name].copy())
        if isinstance(item, Constant):
            return Ratio(self.constant(item))
        parts = [self.expression(operand, values) for operand in item.operands]
        made = _folded(item) or self._operation(item, parts)
        if sum(1 for _ in made.numerator.walk()) > _LONGEST:
            message = "the arithmetic is too long to be written as SQL"
            help = "split it with `is` into several steps"
            raise ProgramError([Diagnostic("error", message, item.span, help)])
        return made

    def constant(self, item: Constant) -> Sql:
        """Return a constant as SQL: text as text, a number as a decimal literal."""
        if isinstance(item.value, str):
            if "\0" in item.value and self.dialect != "duckdb":
                message = "a text with a null character cannot stand in a script"
                raise ProgramError([Diagnostic("error", message, item.span)])
            return exp.Literal.string(item.value)
        value = decimal_of(item.value)
        if value is None:
            message = f"`{item.value}` has no exact decimal of {SCALE} digits after the point"
            help = f"a number has at most {38 - SCALE} digits before and {SCALE} behind its point"
            raise ProgramError([Diagnostic("error", message, item.span, help)])
        if (self.dialect == "bigquery" and value % 1) or not is_literal(int(value), self.dialect):
            return self.cast(exp.Literal.string(format(value, "f")))
        return literal(value)

    def compare(self, operator: str, left: Ratio, right: Ratio) -> Sql:
        """Return a comparison of two ratios, multiplied crosswise as whole numbers."""
        one, other = left.numerator, right.numerator
        if left.denominator is not None or right.denominator is not None:
            one = self._times(one, right.denominator)
            other = self._times(other, left.denominator)
        return self.guarded(_COMPARISONS[operator](this=one, expression=other))

    def stored(self, ratio: Ratio) -> Sql:
        """Return a ratio as one number column."""
        if ratio.denominator is None:
            return ratio.numerator
        above = exp.Mul(this=self._whole(ratio.numerator), expression=literal(self._units))
        return self._divided(above, self._whole(ratio.denominator), "quotient")

    def guarded(self, item: Sql) -> Sql:
        """Return an item that is null where a number is too large, if that is asked for."""
        if self.undefined == "try" and _calculates(item):
            return exp.Anonymous(this="TRY", expressions=[item])
        return item

    def may_fail(self, item: Sql) -> bool:
        """Tell whether an expression of numbers may be null."""
        if self.undefined == "try":
            return _calculates(item)
        return _partial(item)

    @property
    def _units(self) -> int:
        """How many units of the last digit a whole number has; SQLite has 64 bits for them."""
        return int(10**SQLITE_SCALE) if self.dialect == "sqlite" else _UNITS

    def _operation(self, item: Operation, parts: list[Ratio]) -> Ratio:
        match item.operator, parts:
            case ("+" | "-") as operator, [left, right]:
                return self._sum(operator, left, right)
            case "*", [left, right]:
                below = self._product(left.denominator, right.denominator)
                return Ratio(self._product(left.numerator, right.numerator), below)
            case "/", [left, right]:
                return self._quotient(left, right)
            case "-", [only]:
                return Ratio(exp.Neg(this=_term(only.numerator)), only.denominator)
            case "+", [only]:
                return only
            case "abs", [only]:
                return Ratio(exp.Abs(this=only.numerator), only.denominator)
            case ("floor" | "ceiling") as operator, [only]:
                return Ratio(self._rounded(operator, only), whole=True)
            case ("min" | "max") as operator, [left, right]:
                pair = self.stored(left), self.stored(right)
                return Ratio(_extreme(operator, *pair, self.dialect))
            case ("//" | "mod") as operator, [left, right]:
                one, other = self._integer(left), self._integer(right)
                if not constant_of(right.numerator) or right.denominator is not None:
                    other = exp.Nullif(this=other, expression=literal(0))
                if operator == "//":
                    return Ratio(self._number(self._int_div(one, other)), whole=True)
                once = exp.Add(this=exp.Mod(this=one, expression=other), expression=other.copy())
                rest = exp.Mod(this=_term(once), expression=other.copy())
                return Ratio(self._number(rest), whole=True)
        message = f"`{item.operator}` cannot be compiled exactly"
        raise ProgramError([Diagnostic("error", message, item.span)])

    def _sum(self, operator: str, left: Ratio, right: Ratio) -> Ratio:
        node = exp.Add if operator == "+" else exp.Sub
        one, other = left.numerator, right.numerator
        if right.denominator is not None:
            one = self._product(one, right.denominator)
        if left.denominator is not None:
            other = self._product(other, left.denominator)
        total = node(this=_term(one), expression=_term(other))
        below = self._product(left.denominator, right.denominator)
        return Ratio(self._number(total), below)

    def _quotient(self, left: Ratio, right: Ratio) -> Ratio:
        above, below = left.numerator, right.numerator.copy()
        constant = constant_of(below)
        if constant:
            below = below.find(exp.Literal).copy() if constant < 0 else below
            above = exp.Neg(this=_term(above)) if constant < 0 else above
        else:
            sign: Sql = exp.Sign(this=below.copy())
            kind = sign_type(self.dialect)
            sign = exp.cast(sign, kind) if kind else sign
            above = self._number(exp.Mul(this=_term(above), expression=sign))
            below = exp.Nullif(this=exp.Abs(this=below), expression=literal(0))
        if right.denominator is not None:
            above = self._product(above, right.denominator)
        return Ratio(above, self._product(below, left.denominator))

    def _rounded(self, operator: str, ratio: Ratio) -> Sql:
        above = self._whole(ratio.numerator)
        below = (
            self._whole(ratio.denominator)
            if ratio.denominator is not None
            else literal(self._units)
        )
        remains = exp.Mod(this=above.copy(), expression=below.copy())
        beyond = (exp.GT if operator == "ceiling" else exp.LT)(this=remains, expression=literal(0))
        one = exp.Case(ifs=[exp.If(this=beyond, true=literal(1))], default=literal(0))
        node = exp.Add if operator == "ceiling" else exp.Sub
        return self._number(node(this=self._int_div(above, below), expression=one))

    def _product(self, left: Sql | None, right: Sql | None) -> Sql | None:
        if left is None or right is None:
            only = left if right is None else right
            return None if only is None else only.copy()
        if self._is_factor(left) or self._is_factor(right):
            return self._number(exp.Mul(this=_term(left), expression=_term(right)))
        product = exp.Mul(this=self._whole(left), expression=self._whole(right))
        return self._divided(product, literal(self._units), "product")

    def _is_factor(self, item: Sql) -> bool:
        """Whether a product with a constant needs no detour over whole units."""
        value = constant_of(item) if self.dialect != "sqlite" else None
        return value is not None and value == int(value) and is_factor(int(value), self.dialect)

    def _times(self, item: Sql, other: Sql | None) -> Sql:
        """The product of two numbers as a whole number of the square of a unit."""
        factor = literal(self._units) if other is None else self._whole(other)
        product = exp.Mul(this=self._whole(item), expression=factor)
        if self.dialect == "sqlite":
            return exp.Case(ifs=[exp.If(this=_is_integer(product), true=product)])
        return product

    def _divided(self, above: Sql, below: Sql, what: str) -> Sql:
        """A quotient of whole numbers in units, where it is whole."""
        units = exp.cast(self._int_div(above, below), whole_type(self.dialect))
        if self.dialect == "bigquery":
            made = exp.Div(this=units, expression=literal(self._units), typed=True, safe=False)
        elif self.dialect == "sqlite":
            # the double nearest to the quotient, which a product with 0.0001 may miss
            made = exp.Div(this=units, expression=exp.Literal.number(f"{self._units}.0"))
        else:
            made = exp.Mul(this=units, expression=literal(1 / Decimal(self._units)))
        value = self._number(made)
        remains = exp.Mod(this=_term(above.copy()), expression=below.copy())
        exact: Sql = exp.EQ(this=remains, expression=literal(0))
        if self.dialect == "sqlite":
            exact = exp.and_(_is_integer(above), exact)
        case = exp.Case(ifs=[exp.If(this=exact, true=value)])
        if self.stops:
            text = exp.Literal.string(f"a {what} has no exact decimal")
            case.set("default", _when_known(below, exp.Anonymous(this="error", expressions=[text])))
        return case

    def _int_div(self, above: Sql, below: Sql) -> Sql:
        """A quotient of whole numbers without what is behind its point."""
        if self.dialect in ("duckdb", "bigquery"):
            return exp.IntDiv(this=_term(above), expression=below)
        remains = exp.Mod(this=_term(above.copy()), expression=below.copy())
        whole = _term(exp.Sub(this=_term(above), expression=remains))
        return exp.Div(this=whole, expression=below, typed=True, safe=False)

    def _whole(self, item: Sql) -> Sql:
        """The item as a whole number of units."""
        item = item.copy()
        constant = constant_of(item)
        if constant is not None:
            return self._units_of(constant)
        units = self._integral(exp.Mul(this=_term(item), expression=literal(self._units)))
        if self.dialect == "sqlite":
            rounded = exp.Round(this=item.copy(), decimals=literal(SQLITE_SCALE))
            same = exp.EQ(this=rounded, expression=item.copy())
            small = exp.LT(this=exp.Abs(this=item.copy()), expression=literal(SQLITE_LIMIT))
            return exp.Case(ifs=[exp.If(this=exp.and_(same, small), true=units)])
        return units

    def _units_of(self, constant: Fraction) -> Sql:
        value = int(constant * self._units)
        if is_literal(value, self.dialect):
            return self._integral(literal(value))
        return exp.cast(exp.Literal.string(str(value)), whole_type(self.dialect))

    def _integer(self, ratio: Ratio) -> Sql:
        """A ratio as a whole number, null where it is none."""
        item = self.stored(ratio)
        # the whole numbers of BigQuery are decimals with digits behind the point
        whole = self._integral(exp.Round(this=item) if self.dialect == "bigquery" else item)
        if self.stops or ratio.whole or is_whole(item):
            return whole
        same = exp.EQ(this=whole.copy(), expression=item.copy())
        return exp.Case(ifs=[exp.If(this=same, true=whole)])

    def _integral(self, item: Sql) -> Sql:
        if self.dialect == "duckdb":
            return exp.cast(item, "HUGEINT")
        if self.dialect == "sqlite":
            item = exp.Round(this=item)
        return exp.cast(item, whole_type(self.dialect))

    def _number(self, item: Sql) -> Sql:
        if self.dialect == "sqlite":
            # ROUND may leave the sixteenth digit wrong, and a text has fifteen
            item = exp.cast(exp.Round(this=item, decimals=literal(SCALE)), "TEXT")
        return self.cast(item)


def _folded(item: Operation) -> Ratio | None:
    """The value of an operation on constants, where it has an exact decimal."""
    if any(variables_of(item)):
        return None
    try:
        value = decimal_of(evaluate(item, {}))
    except QueryError:
        return None
    return None if value is None else Ratio(literal(value))


def _term(item: Sql) -> Sql:
    """An item that can stand beside any operator."""
    return exp.paren(item) if isinstance(item, (exp.Binary, exp.Neg)) else item


def _calculates(item: Sql) -> bool:
    return item.find(exp.Mul, exp.Add, exp.Sub, exp.Div, exp.IntDiv, exp.Mod) is not None


def _partial(item: Sql) -> bool:
    """Whether there are values for which an expression has none."""
    return any(
        isinstance(node, exp.Nullif) or not node.args.get("default")
        for node in item.find_all(exp.Nullif, exp.Case)
    )


def _extreme(operator: str, left: Sql, right: Sql, dialect: str) -> Sql:
    """The least or greatest of two numbers, null where one of them is."""
    if not _partial(left) and not _partial(right):
        node = exp.Least if operator == "min" else exp.Greatest
        return node(this=left, expressions=[right], ignore_nulls=dialect in _IGNORE_NULLS)
    first, second = (exp.LTE, exp.GT) if operator == "min" else (exp.GTE, exp.LT)
    return exp.Case(
        ifs=[
            exp.If(this=first(this=left, expression=right), true=left.copy()),
            exp.If(this=second(this=left.copy(), expression=right.copy()), true=right.copy()),
        ]
    )


def _is_integer(item: Sql) -> Sql:
    """The test that SQLite did not make a double of a whole number that is too large."""
    kind = exp.Anonymous(this="TYPEOF", expressions=[item.copy()])
    return exp.EQ(this=kind, expression=exp.Literal.string("integer"))


def _when_known(item: Sql, stop: Sql) -> Sql:
    """Stop, but not for a null, which means a division by zero."""
    known = exp.Not(this=exp.Is(this=item.copy(), expression=exp.Null()))
    return exp.Case(ifs=[exp.If(this=known, true=stop)])

"""Exact arithmetic as SQL. A quotient stays a pair until it is rounded or compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal

from facts.diagnostic import ProgramError, QueryError
from kb.compile.sql.number_types import NUMBER, SCALE, decimal_of
from kb.compile.sql.ratio import Ratio
from kb.compile.sql.tree import Sql, constant_of, exp, number, term
from kb.language.arithmetic import evaluate
from kb.language.ast import Constant, Expression, Operation, Variable
from kb.language.traversal import variables_of

Undefined = Literal["null", "stop", "try"]
"""What becomes of a result that has no exact decimal: it is null, as a division by zero always is,
or DuckDB stops. With ``try`` a result that is too large is null as well, in DuckDB."""

_LONGEST = 20_000
"""Nodes of the SQL of one number."""

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "<": exp.LT,
    "=<": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "=:=": exp.EQ,
    "=\\=": exp.NEQ,
    "=": exp.EQ,
    "\\=": exp.NEQ,
}


@dataclass(frozen=True)
class Numbers:
    """Writes numbers in SQL that every database with exact decimals understands.

    What a dialect says otherwise is overridden in ``kb.compile.sql.number_dialects``.

    Parameters
    ----------
    undefined : {"null", "stop", "try"}
        What becomes of a result that has no exact decimal; only DuckDB can do other than null.
    """

    undefined: Undefined = "null"

    stored_type: ClassVar[str] = NUMBER
    """Type of number columns, as sqlglot reads it."""

    has_decimals: ClassVar[bool] = True
    """Whether that type is one of decimals."""

    whole_type: ClassVar[str] = "DECIMAL(38, 0)"
    """Type of whole numbers of units."""

    units: ClassVar[int] = 10**SCALE
    """How many units of its last digit a factor or a quotient has."""

    sign_type: ClassVar[str | None] = None
    """Type to cast a sign to where it is a double, which no decimal may meet."""

    ignores_nulls: ClassVar[bool] = False
    """Whether LEAST and GREATEST pass over nulls; no null comes to them."""

    def column_type(self, kind: str) -> exp.DataType:
        """Return the SQL type of a column; dates are ISO text.

        Parameters
        ----------
        kind : {"text", "number", "date"}
            What the column holds.
        """
        if kind == "number" and not self.has_decimals:
            return exp.DataType(this=exp.DType.USERDEFINED, kind=self.stored_type)
        return exp.DataType.build(self.stored_type if kind == "number" else "TEXT")

    def cast(self, item: Sql) -> Sql:
        """Return an item as a number of the type that columns have.

        Parameters
        ----------
        item : sqlglot expression
            A number.
        """
        return exp.cast(item, self.column_type("number"))

    def constant(self, item: Constant) -> Sql:
        """Return a constant as SQL: text as text, a number as a decimal literal.

        Parameters
        ----------
        item : Constant
            Text or a number.

        Raises
        ------
        ProgramError
            If it is a number of more digits than a column holds, or a text with a null character.
        """
        if isinstance(item.value, str):
            self._check_text(item)
            return exp.Literal.string(item.value)
        value = decimal_of(item.value)
        if value is None:
            message = f"`{item.value}` has no exact decimal of {SCALE} digits after the point"
            help = f"a number has at most {38 - SCALE} digits before and {SCALE} behind its point"
            raise ProgramError.of(message, help, place=item.span)
        if self._is_literal(value):
            return number(value)
        return self.cast(exp.Literal.string(format(value, "f")))

    def expression(self, item: Expression, values: Mapping[str, Sql]) -> Ratio:
        """Return an arithmetic expression as a ratio.

        Parameters
        ----------
        item : Expression
            Its variables have values.
        values : mapping of variable name to SQL
            What each variable is.

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
            raise ProgramError.of(message, help, place=item.span)
        return made

    def compare(self, operator: str, left: Ratio, right: Ratio) -> Sql:
        """Return a comparison of two ratios, multiplied crosswise as whole numbers.

        Parameters
        ----------
        operator : str
            As in the rule language.
        left, right : Ratio
            What is compared.
        """
        one, other = left.numerator, right.numerator
        if left.denominator is not None or right.denominator is not None:
            one = self._times(one, right.denominator)
            other = self._times(other, left.denominator)
        return self.guarded(_COMPARISONS[operator](this=one, expression=other))

    def stored(self, ratio: Ratio) -> Sql:
        """Return a ratio as one number column.

        Parameters
        ----------
        ratio : Ratio
            A number.
        """
        if ratio.denominator is None:
            return ratio.numerator
        above = exp.Mul(this=self._whole(ratio.numerator), expression=number(self.units))
        return self._divided(above, self._whole(ratio.denominator), "quotient")

    def guarded(self, item: Sql) -> Sql:
        """Return an item that is null where a number is too large, if that is asked for.

        Parameters
        ----------
        item : sqlglot expression
            A number or a comparison.
        """
        if self.undefined == "try" and _calculates(item):
            return exp.Anonymous(this="TRY", expressions=[item])
        return item

    def may_fail(self, item: Sql) -> bool:
        """Tell whether an expression of numbers may be null.

        Parameters
        ----------
        item : sqlglot expression
            A number or a comparison.
        """
        return _calculates(item) if self.undefined == "try" else _partial(item)

    def _check_text(self, item: Constant) -> None:
        """Refuse a text that a script cannot hold."""
        if "\0" in str(item.value):
            message = "a text with a null character cannot stand in a script"
            raise ProgramError.of(message, place=item.span)

    def _is_literal(self, value: int | Decimal) -> bool:
        """Whether a number can be written as it is."""
        return True

    def _is_factor(self, value: int) -> bool:
        """Whether a stored number times this constant keeps all its digits."""
        return True

    def _integral(self, item: Sql) -> Sql:
        """A number as a whole number of the widest type."""
        return exp.cast(item, self.whole_type)

    def _whole_part(self, item: Sql) -> Sql:
        """A number without what is behind its point."""
        return self._integral(item)

    def _from_units(self, units: Sql) -> Sql:
        """A whole number of units as a number."""
        return exp.Mul(this=units, expression=number(1 / Decimal(self.units)))

    def _number(self, item: Sql) -> Sql:
        """The result of an operation as a number column stores it."""
        return self.cast(item)

    def _is_divisible(self, above: Sql, below: Sql) -> Sql:
        """The test that a quotient of whole numbers is whole."""
        remains = exp.Mod(this=term(above.copy()), expression=below.copy())
        return exp.EQ(this=remains, expression=number(0))

    def _inexact(self, below: Sql, what: str) -> Sql | None:
        """What a number is that has no exact decimal: null, where this is none."""
        return None

    def _whole(self, item: Sql) -> Sql:
        """The item as a whole number of units."""
        constant = constant_of(item)
        if constant is not None:
            value = int(constant * self.units)
            if self._is_literal(value):
                return self._integral(number(value))
            return exp.cast(exp.Literal.string(str(value)), self.whole_type)
        return self._integral(exp.Mul(this=term(item.copy()), expression=number(self.units)))

    def _times(self, item: Sql, other: Sql | None) -> Sql:
        """The product of two numbers as a whole number of the square of a unit."""
        return exp.Mul(this=self._whole(item), expression=self._below(other))

    def _int_div(self, above: Sql, below: Sql) -> Sql:
        """A quotient of whole numbers without what is behind its point."""
        remains = exp.Mod(this=term(above.copy()), expression=below.copy())
        whole = term(exp.Sub(this=term(above), expression=remains))
        return exp.Div(this=whole, expression=below, typed=True, safe=False)

    def _below(self, denominator: Sql | None) -> Sql:
        """A denominator as a whole number of units."""
        return number(self.units) if denominator is None else self._whole(denominator)

    def _operation(self, item: Operation, parts: list[Ratio]) -> Ratio:
        match item.operator, parts:
            case ("+" | "-") as operator, [left, right]:
                return self._sum(operator, left, right)
            case "*", [left, right]:
                product = self._product(left.numerator, right.numerator)
                return Ratio(product, self._common(left, right))
            case "/", [left, right]:
                return self._quotient(left, right)
            case "-", [only]:
                return Ratio(exp.Neg(this=term(only.numerator)), only.denominator)
            case "+", [only]:
                return only
            case "abs", [only]:
                return Ratio(exp.Abs(this=only.numerator), only.denominator)
            case ("floor" | "ceiling") as operator, [only]:
                return Ratio(self._rounded(operator, only), whole=True)
            case ("min" | "max") as operator, [left, right]:
                return Ratio(self._extreme(operator, self.stored(left), self.stored(right)))
            case ("//" | "mod") as operator, [left, right]:
                one, other = self._integer(left), self._integer(right)
                if not constant_of(right.numerator) or right.denominator is not None:
                    other = exp.Nullif(this=other, expression=number(0))
                if operator == "//":
                    return Ratio(self._number(self._int_div(one, other)), whole=True)
                once = exp.Add(this=exp.Mod(this=one, expression=other), expression=other.copy())
                rest = exp.Mod(this=term(once), expression=other.copy())
                return Ratio(self._number(rest), whole=True)
        message = f"`{item.operator}` cannot be compiled exactly"
        raise ProgramError.of(message, place=item.span)

    def _sign(self, item: Sql) -> Sql:
        """The sign of a number."""
        sign = exp.Sign(this=item)
        return sign if self.sign_type is None else exp.cast(sign, self.sign_type)

    def _sum(self, operator: str, left: Ratio, right: Ratio) -> Ratio:
        node = exp.Add if operator == "+" else exp.Sub
        one = self._product(left.numerator, right.denominator)
        other = self._product(right.numerator, left.denominator)
        total = node(this=term(one), expression=term(other))
        return Ratio(self._number(total), self._common(left, right))

    def _quotient(self, left: Ratio, right: Ratio) -> Ratio:
        above, below = left.numerator, right.numerator.copy()
        constant = constant_of(below)
        if constant:
            if constant < 0:
                (below,) = below.find_all(exp.Literal)
                above = exp.Neg(this=term(above))
        else:
            above = self._number(exp.Mul(this=term(above), expression=self._sign(below.copy())))
            below = exp.Nullif(this=exp.Abs(this=below), expression=number(0))
        above = self._product(above, right.denominator)
        return Ratio(above, self._product(below, left.denominator))

    def _rounded(self, operator: str, ratio: Ratio) -> Sql:
        above = self._whole(ratio.numerator)
        below = self._below(ratio.denominator)
        remains = exp.Mod(this=above.copy(), expression=below.copy())
        beyond = (exp.GT if operator == "ceiling" else exp.LT)(this=remains, expression=number(0))
        one = exp.Case(ifs=[exp.If(this=beyond, true=number(1))], default=number(0))
        node = exp.Add if operator == "ceiling" else exp.Sub
        return self._number(node(this=self._int_div(above, below), expression=one))

    def _common(self, left: Ratio, right: Ratio) -> Sql | None:
        """The denominator of a sum or a product."""
        if left.denominator is None:
            return right.denominator
        return self._product(left.denominator, right.denominator)

    def _product(self, left: Sql, right: Sql | None) -> Sql:
        if right is None:
            return left.copy()
        if self._keeps_digits(left) or self._keeps_digits(right):
            return self._number(exp.Mul(this=term(left), expression=term(right)))
        product = exp.Mul(this=self._whole(left), expression=self._whole(right))
        return self._divided(product, number(self.units), "product")

    def _keeps_digits(self, item: Sql) -> bool:
        """Whether a product with an item needs no detour over whole units."""
        value = constant_of(item)
        return value is not None and _is_whole(value) and self._is_factor(int(value))

    def _divided(self, above: Sql, below: Sql, what: str) -> Sql:
        """A quotient of whole numbers in units, where it is whole."""
        units = exp.cast(self._int_div(above, below), self.whole_type)
        value = self._number(self._from_units(units))
        case = exp.Case(ifs=[exp.If(this=self._is_divisible(above, below), true=value)])
        inexact = self._inexact(below, what)
        if inexact is not None:
            case.set("default", inexact)
        return case

    def _integer(self, ratio: Ratio) -> Sql:
        """A ratio as a whole number, null where it is none."""
        item = self.stored(ratio)
        whole = self._whole_part(item)
        if ratio.whole or _is_whole(constant_of(item)) or self.undefined == "stop":
            return whole
        same = exp.EQ(this=whole.copy(), expression=item.copy())
        return exp.Case(ifs=[exp.If(this=same, true=whole)])

    def _extreme(self, operator: str, left: Sql, right: Sql) -> Sql:
        """The least or greatest of two numbers, null where one of them is."""
        if not _partial(left) and not _partial(right):
            node = exp.Least if operator == "min" else exp.Greatest
            return node(this=left, expressions=[right], ignore_nulls=self.ignores_nulls)
        first, second = (exp.LTE, exp.GT) if operator == "min" else (exp.GTE, exp.LT)
        return exp.Case(
            ifs=[
                exp.If(this=first(this=left, expression=right), true=left.copy()),
                exp.If(this=second(this=left.copy(), expression=right.copy()), true=right.copy()),
            ]
        )


def _folded(item: Operation) -> Ratio | None:
    """The value of an operation on constants, where it has an exact decimal."""
    if any(variables_of(item)):
        return None
    try:
        value = decimal_of(evaluate(item, {}))
    except QueryError:
        return None
    return None if value is None else Ratio(number(value))


def _is_whole(value: Fraction | None) -> bool:
    return value is not None and value.denominator == 1


def _calculates(item: Sql) -> bool:
    return item.find(exp.Mul, exp.Add, exp.Sub, exp.Div, exp.IntDiv, exp.Mod) is not None


def _partial(item: Sql) -> bool:
    """Whether there are values for which an expression has none."""
    return any(
        isinstance(node, exp.Nullif) or not node.args.get("default")
        for node in item.find_all(exp.Nullif, exp.Case)
    )

"""Check: every column and every variable holds text, numbers or dates, and only one of them.

The types of declared columns are given. Those of the others follow from the constants and the
columns that their variables meet, by unification.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from facts.diagnostic import Diagnostic
from facts.schema import Column, ColumnType
from facts.span import Span
from kb.checks.context import Context, Unit
from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparison,
    Constant,
    Expression,
    Operation,
    Relational,
    Term,
    Variable,
)
from kb.language.keywords import ARITHMETIC_COMPARATORS, ORDER_COMPARATORS
from kb.language.printer import print_atom, print_literal, print_value
from kb.language.values import Value

_TEXT, _NUMBER, _DATE = 1, 2, 4
_ANY = _TEXT | _NUMBER | _DATE
_KIND: dict[ColumnType, int] = {"text": _TEXT, "number": _NUMBER, "date": _DATE}
_SHOWN = {_TEXT: "text", _NUMBER: "a number", _DATE: "a date", _TEXT | _DATE: "text"}

_Use: TypeAlias = Atom | BodyLiteral | None
"""Where a type comes from: an atom or literal, or the value given for a variable of a query."""


class _Slot:
    """A column or variable of which the type is looked for."""

    __slots__ = ("kinds", "parent", "span", "use")

    def __init__(self) -> None:
        self.parent: _Slot | None = None
        self.kinds = _ANY
        self.use: _Use = None
        self.span: Span | None = None

    def root(self) -> _Slot:
        slot = self
        while slot.parent is not None:
            if slot.parent.parent is not None:
                slot.parent = slot.parent.parent
            slot = slot.parent
        return slot


def check_types(context: Context) -> Iterator[Diagnostic]:
    """Yield what is used as two types.

    Parameters
    ----------
    context : Context
        The columns of its signature have their types afterwards.

    Yields
    ------
    Diagnostic
    """
    declared = set(context.inputs)
    declared.update(declaration.predicate for declaration in context.program.declarations)
    open_columns: dict[str, list[_Slot]] = {}
    if not context.is_query:
        for name, predicate in context.signature.items():
            if name not in declared:
                open_columns[name] = [_Slot() for _ in predicate.columns]
    for unit in context.units:
        yield from _Inference(context, open_columns).unit(unit)
    for name, slots in open_columns.items():
        predicate = context.signature[name]
        columns = tuple(
            Column(column.name, _type(slot.root().kinds))
            for column, slot in zip(predicate.columns, slots, strict=True)
        )
        context.signature[name] = replace(predicate, columns=columns)


class _Inference:
    """The types of the variables of one rule or query."""

    def __init__(self, context: Context, open_columns: dict[str, list[_Slot]]) -> None:
        self.context = context
        self.open_columns = open_columns
        self.slots: dict[str, _Slot] = {}
        self.found: list[Diagnostic] = []

    def unit(self, unit: Unit) -> list[Diagnostic]:
        """Return what is wrong in a rule or query."""
        for name, value in self.context.bound.items():
            slot = self.slots.setdefault(name, _Slot())
            slot.kinds = _kinds(value)
        self.body(unit.body)
        if unit.head is not None:
            self.atom(unit.head)
        return self.found

    def body(self, body: tuple[BodyLiteral, ...]) -> None:
        for literal in body:
            if type(literal) is Relational:
                self.atom(literal.atom)
            elif type(literal) is Comparison:
                self.comparison(literal)
            elif type(literal) is Assignment:
                self.number(literal.variable, literal)
                self.number(literal.expression, literal)
            elif type(literal) is Aggregate:
                self.body(literal.goal)
                if literal.expression is not None:
                    self.number(literal.expression, literal)
                self.number(literal.result, literal)

    def atom(self, atom: Atom) -> None:
        predicate = self.context.known(atom)
        if predicate is None:
            return
        columns = self.open_columns.get(atom.predicate)
        if columns is None:
            for term, column in zip(atom.terms, predicate.columns, strict=True):
                kind = _KIND[column.type]
                if type(term) is Variable:
                    self.narrow(self.slot(term), kind, term, atom)
                elif type(term) is Constant and not kind & _kinds(term.value):
                    self.wrong_constant(term, f"column `{column.name}` of `{atom.predicate}`", kind)
            return
        for position, (term, open_slot) in enumerate(zip(atom.terms, columns, strict=True), 1):
            if type(term) is Variable:
                self.unify(self.slot(term), open_slot, term, atom)
            elif type(term) is Constant:
                slot = open_slot.root()
                kinds = _kinds(term.value)
                if slot.kinds & kinds:
                    self.narrow(slot, kinds, term, atom)
                else:
                    what = f"column {position} of `{atom.predicate}`"
                    self.wrong_constant(term, what, slot.kinds, slot)

    def slot(self, variable: Variable) -> _Slot:
        slot = self.slots.get(variable.name)
        if slot is None:
            slot = self.slots[variable.name] = _Slot()
            return slot
        return slot.root() if slot.parent is not None else slot

    def comparison(self, literal: Comparison) -> None:
        if literal.operator in ARITHMETIC_COMPARATORS:
            self.number(literal.left, literal)
            self.number(literal.right, literal)
            return
        for side in (literal.left, literal.right):
            if isinstance(side, Operation):
                message = f"`{literal.operator}` does not compute `{side.operator}`"
                help = "compute with `is`, or compare numbers with `=:=`"
                self.found.append(self.context.error(message, side.span, help))
                return
        left, right = literal.left, literal.right
        if literal.operator in ORDER_COMPARATORS:
            for side in (left, right):
                if isinstance(side, Constant) and _kinds(side.value) == _NUMBER:
                    self.unordered(print_value(side.value), side.span, literal)
                    return
                if isinstance(side, Variable):
                    slot = self.slot(side)
                    if slot.kinds == _NUMBER:
                        self.unordered(side.name, side.span, literal, slot)
                        return
                    self.narrow(slot, _TEXT | _DATE, side, literal)
        if isinstance(left, Constant):
            left, right = right, left
        if isinstance(left, Constant) or isinstance(right, Operation):
            self.two_constants(literal)
        elif isinstance(left, Variable) and isinstance(right, Variable):
            one, other = self.slot(left).root(), self.slot(right).root()
            if one.kinds & other.kinds:
                self.unify(one, other, right, literal)
            else:
                self.unlike(literal, left.name, one, right.name, other)
        elif isinstance(left, Variable) and isinstance(right, Constant):
            slot = self.slot(left)
            kinds = _kinds(right.value)
            if slot.kinds & kinds:
                self.narrow(slot, kinds, left, literal)
            else:
                self.wrong_constant(right, f"`{left.name}`", slot.kinds, slot)

    def unlike(self, literal: Comparison, left: str, one: _Slot, right: str, other: _Slot) -> None:
        """Tell that two variables of different types are compared."""
        message = (
            f"`{print_literal(literal)}` compares {_SHOWN.get(one.kinds, 'text')} "
            f"with {_SHOWN.get(other.kinds, 'text')}"
        )
        help = (
            f"see `{left}` in `{_shown(one.use)}` at {one.span or 'the query'} "
            f"and `{right}` in `{_shown(other.use)}` at {other.span or 'the query'}"
        )
        self.found.append(self.context.error(message, literal.span, help))

    def two_constants(self, literal: Comparison) -> None:
        left, right = literal.left, literal.right
        if not (isinstance(left, Constant) and isinstance(right, Constant)):
            return
        if not _kinds(left.value) & _kinds(right.value):
            message = f"`{print_literal(literal)}` compares text with a number"
            self.found.append(self.context.error(message, literal.span))

    def number(self, expression: Expression, use: BodyLiteral) -> None:
        """Note that an expression is computed with."""
        waiting = [expression]
        while waiting:
            part = waiting.pop()
            if isinstance(part, Operation):
                waiting += reversed(part.operands)
            elif isinstance(part, Variable):
                self.narrow(self.slot(part), _NUMBER, part, use)
            elif _kinds(part.value) != _NUMBER:
                message = f"`{print_value(part.value)}` is text, and `{_shown(use)}` takes numbers"
                help = "text and dates are compared with `@<`, `@=<`, `@>`, `@>=`, `=`, `\\=`"
                self.found.append(self.context.error(message, part.span, help))

    def narrow(self, slot: _Slot, kinds: int, term: Term, use: _Use) -> None:
        both = slot.kinds & kinds
        if both == slot.kinds:
            return
        if both:
            slot.kinds, slot.use, slot.span = both, use, term.span
        else:
            self.conflict(term, kinds, use, slot)

    def unify(self, slot: _Slot, other: _Slot, term: Term, use: _Use) -> None:
        slot, other = slot.root(), other.root()
        if slot is other:
            return
        both = slot.kinds & other.kinds
        if not both:
            self.unlike_column(term, slot, use, other)
            return
        if other.kinds != both:
            other.use, other.span = slot.use, slot.span
        other.kinds = both
        slot.parent = other

    def conflict(self, term: Term, kinds: int, use: _Use, slot: _Slot) -> None:
        name = term.name if isinstance(term, Variable) else print_value(term.value)
        here, there = _SHOWN.get(kinds, "text"), _SHOWN.get(slot.kinds, "text")
        if slot.use is None and slot.span is None:
            message = f"the value given for `{name}` is {there}, and `{_shown(use)}` has {here}"
            self.found.append(self.context.error(message, term.span))
            return
        message = f"`{name}` is {here} in `{_shown(use)}` and {there} in `{_shown(slot.use)}`"
        help = f"the other use is at {slot.span}"
        if isinstance(use, Comparison) and use.operator in ARITHMETIC_COMPARATORS:
            help = "text and dates are compared with `@<`, `@=<`, `@>`, `@>=`, `=`, `\\=`"
        self.found.append(self.context.error(message, term.span, help))

    def unlike_column(self, term: Term, slot: _Slot, use: _Use, column: _Slot) -> None:
        """Tell that a variable does not fit a column whose type was inferred."""
        name = term.name if isinstance(term, Variable) else "_"
        message = (
            f"`{name}` is {_SHOWN.get(slot.kinds, 'text')} in `{_shown(slot.use)}`, "
            f"and its column in `{_shown(use)}` is {_SHOWN.get(column.kinds, 'text')}"
        )
        help = f"see `{_shown(column.use)}` at {column.span}" if column.span else ""
        self.found.append(self.context.error(message, term.span, help))

    def unordered(
        self, shown: str, span: Span, literal: Comparison, slot: _Slot | None = None
    ) -> None:
        sign = literal.operator
        message = f"`{shown}` is a number, and `{sign}` compares text and dates"
        if slot is not None and slot.use is not None:
            message = (
                f"`{shown}` is a number in `{_shown(slot.use)}`, "
                f"and `{print_literal(literal)}` compares text and dates"
            )
        self.found.append(self.context.error(message, span, f"write `{sign[1:]}`"))

    def wrong_constant(
        self, constant: Constant, what: str, kinds: int, slot: _Slot | None = None
    ) -> None:
        shown = print_value(constant.value)
        given = _kinds(constant.value)
        help = ""
        if slot is not None and slot.use is not None:
            help = f"see `{_shown(slot.use)}` at {slot.span}"
        if kinds == _DATE and given & _TEXT:
            message = f"`{shown}` is not a date, which {what} is"
            help = help or "dates are written like '2010-07-15'"
        else:
            message = f"`{shown}` is {_SHOWN[given]}, and {what} is {_SHOWN.get(kinds, 'text')}"
            if kinds == _NUMBER and str(constant.value).isdigit() and not help:
                help = f"write {constant.value} without quotes"
            elif kinds == _TEXT and given == _NUMBER and not help:
                help = f"write '{shown}' in quotes"
        self.found.append(self.context.error(message, constant.span, help))


def _kinds(value: Value) -> int:
    if not isinstance(value, str):
        return _NUMBER
    return _TEXT | _DATE if is_date(value) else _TEXT


def is_date(text: str) -> bool:
    """Whether a text is a day of the calendar, written as in 2010-07-15.

    Parameters
    ----------
    text : str
        A constant.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_date("2012-02-29"), is_date("2010-02-29"), is_date("20120229")
    (True, False, False)
    """
    if len(text) != 10 or text[4] != "-" or text[7] != "-" or not text.isascii():
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _type(kinds: int) -> ColumnType:
    if kinds & _TEXT:
        return "text"
    return "number" if kinds & _NUMBER else "date"


def _shown(use: _Use) -> str:
    if use is None:
        return "the given value"
    return print_atom(use) if isinstance(use, Atom) else print_literal(use)

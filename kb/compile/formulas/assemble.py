"""Pass: a flat body as a conjunction of tests of one line and of the other lines of its claim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from facts.schema import BY_NAME, INPUT_PREDICATES
from kb.compile.formulas.constants import Rows
from kb.compile.formulas.domains import KEY_COLUMNS
from kb.compile.formulas.formula import Formulas
from kb.compile.formulas.refusal import NotFusable
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
from kb.language.traversal import all_names, names_of, substitute

LINE_INPUTS = frozenset(
    predicate.name
    for predicate in INPUT_PREDICATES
    if [column.name for column in predicate.columns[:KEY_COLUMNS]] == ["claim", "line"]
)
_ORDERS = {
    "=\\=": ("other", "other"),
    "\\=": ("other", "other"),
    "<": ("earlier", "later"),
    ">": ("later", "earlier"),
}
_LINE = "line_number"
Prop = Callable[[Atom], int]
"""Gives the formula of a derived atom of one line."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a single value of a line comes from: a column of that line's row."""

    line: str
    column: str


@dataclass(slots=True)
class Assembly:
    """What a flat body says.

    Parameters
    ----------
    formulas : Formulas
    constants : mapping
    prop : callable
        Gives the formula of a derived atom.
    count : callable
        Gives the test of a counting aggregate.
    claim, line : str
        Variables of the claim and of the line that the body is about.
    """

    formulas: Formulas
    constants: Rows
    prop: Prop
    count: Callable[[Aggregate, str, str, str, Any], int]
    claim: str
    line: str
    columns: dict[str, Origin] = field(default_factory=dict)
    parts: dict[str, list[int]] = field(default_factory=dict)
    joins: dict[str, set[str]] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    expressions: dict[str, Expression] = field(default_factory=dict)
    counts: dict[str, Aggregate] = field(default_factory=dict)
    residuals: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    related: dict[str, str] = field(default_factory=dict)

    def read(self, body: tuple[BodyLiteral, ...]) -> int:
        """Return the formula of a flat body."""
        lines = self._lines(body)
        for name in lines:
            self.parts.setdefault(name, [])
            self.columns.setdefault(name, Origin(name, _LINE))
        rest = self._attributes(body)
        rest = self._assignments(rest)
        rest = self._residual(rest)
        for literal in rest:
            self._literal(literal)
        own = self.parts[self.line]
        for name in lines:
            if name != self.line:
                own.append(self._other(name))
        return self.formulas.all_of(own)

    def value(self, term: Term) -> tuple[Any, ...]:
        """Return where the value of a wanted term comes from."""
        if isinstance(term, Constant):
            return ("constant", term.value)
        if term.name in self.expressions:
            return ("expression", self._own(self.expressions[term.name]))
        if term.name in self.residuals:
            leaf = self.residuals[term.name]
            return ("residual", leaf[1], leaf[2][term.name])
        origin = self.columns.get(term.name)
        if origin is None or origin.line != self.line:
            raise NotFusable(f"the value of {term.name} is not of the line")
        return ("expression", Variable(origin.column))

    def _lines(self, body: tuple[BodyLiteral, ...]) -> dict[str, None]:
        found = {self.line: None}
        for literal in body:
            if isinstance(literal, Relational) and self._of_line(literal.atom):
                if literal.atom.arity < KEY_COLUMNS:
                    raise NotFusable(f"`{literal.atom.predicate}` is not about a line")
                claim, line = literal.atom.terms[:KEY_COLUMNS]
                if not isinstance(claim, Variable) or claim.name != self.claim:
                    raise NotFusable("a body speaks of two claims")
                if not isinstance(line, Variable):
                    raise NotFusable("a line is a constant")
                if not literal.negated:
                    found[line.name] = None
        return found

    def _of_line(self, atom: Atom) -> bool:
        if atom.predicate in BY_NAME:
            return atom.predicate in LINE_INPUTS
        return atom.key not in self.constants

    def _attributes(self, body: tuple[BodyLiteral, ...]) -> list[BodyLiteral]:
        """Tie variables to columns of the row; return the other literals."""
        rest = []
        for literal in body:
            column = _attribute(literal)
            if column is None or (isinstance(literal, Relational) and literal.negated):
                rest.append(literal)
                continue
            assert isinstance(literal, Relational)
            line, term = literal.atom.terms[1], literal.atom.terms[2]
            assert isinstance(line, Variable)
            if isinstance(term, Constant):
                self._add(line.name, ("cmp", column, "=", term.value))
                continue
            known = self.columns.setdefault(term.name, Origin(line.name, column))
            self._add(line.name, ("known", column))
            if known == Origin(line.name, column):
                continue
            if known.line == line.name:
                same = Comparison("=", Variable(known.column), Variable(column))
                self._add(line.name, ("row", same))
            elif known.column == column and self.line in (known.line, line.name):
                other = known.line if line.name == self.line else line.name
                self.joins.setdefault(other, set()).add(column)
            else:
                raise NotFusable("two lines are tied by different columns")
        return rest

    def _assignments(self, body: list[BodyLiteral]) -> list[BodyLiteral]:
        rest: list[BodyLiteral] = []
        for literal in body:
            if isinstance(literal, Assignment):
                names = names_of(literal.expression)
                if all(name in self.columns or name in self.expressions for name in names):
                    self.expressions[literal.variable.name] = self._spelt(literal.expression)
                    continue
            elif isinstance(literal, Aggregate):
                if literal.function != "count":
                    raise NotFusable("an aggregate other than count in a condition")
                self.counts[literal.result.name] = literal
                continue
            rest.append(literal)
        return rest

    def _residual(self, body: list[BodyLiteral]) -> list[BodyLiteral]:
        """Take out the literals that are tied by values which a line can have several of."""
        tied: list[set[str]] = []
        for position, literal in enumerate(body):
            others = list(all_names(body[:position] + body[position + 1 :]))
            names = {
                name
                for name in all_names([literal])
                if name not in self.columns
                and name not in self.expressions
                and name not in self.counts
                and name != self.claim
                and (name in others or isinstance(literal, Assignment))
            }
            if names and not (isinstance(literal, Relational) and self._derived(literal.atom)):
                for group in [group for group in tied if group & names]:
                    names |= group
                    tied.remove(group)
                tied.append(names)
        taken: set[int] = set()
        for names in tied:
            members = [
                (number, literal)
                for number, literal in enumerate(body)
                if names & set(all_names([literal]))
            ]
            taken |= {number for number, _ in members}
            self._residual_leaf([literal for _, literal in members], names)
        needs = [
            (number, literal)
            for number, literal in enumerate(body)
            if number not in taken
            and isinstance(literal, Relational)
            and literal.atom.predicate
            in ("override", "release_code", "diagnosis", "diagnosis_indicator", "code_amount")
        ]
        for number, literal in needs:
            taken.add(number)
            self._residual_leaf([literal], set())
        return [literal for number, literal in enumerate(body) if number not in taken]

    def _residual_leaf(self, literals: list[BodyLiteral], names: set[str]) -> None:
        lines = {
            origin.line
            for name in all_names(literals)
            if (origin := self.columns.get(name)) is not None
        }
        if len(lines) > 1 or any(isinstance(literal, Aggregate) for literal in literals):
            raise NotFusable("values tie two lines")
        line = lines.pop() if lines else self.line
        spelt: dict[str, Term] = {
            name: Variable(f"@{origin.column}") for name, origin in self.columns.items()
        }
        spelt[self.claim] = Variable("@claim_id")
        made = {name: f"r{number}" for number, name in enumerate(sorted(names))}
        spelt |= {name: Variable(new) for name, new in made.items()}
        body = substitute(literals, spelt)
        leaf = ("residual", body)
        for name in names:
            self.residuals[name] = ("residual", body, made)
        self._add(line, leaf)

    def _derived(self, atom: Atom) -> bool:
        return atom.predicate not in BY_NAME and atom.key not in self.constants

    def _literal(self, literal: BodyLiteral) -> None:
        if isinstance(literal, Comparison):
            self._comparison(literal)
            return
        if not isinstance(literal, Relational):
            raise NotFusable("an assignment has values of no line")
        atom = literal.atom
        if self._derived(atom):
            line = atom.terms[1]
            assert isinstance(line, Variable)
            if literal.negated and any(
                isinstance(term, Variable) and self._bound(term.name)
                for term in atom.terms[KEY_COLUMNS:]
            ):
                raise NotFusable(f"a value stands in a negated `{atom.predicate}`")
            node = self.prop(atom)
        elif atom.key in self.constants:
            line, node = self._known_rows(atom)
        else:
            line, node = self._input(atom)
        if literal.negated:
            node = self.formulas.not_(node)
        self.parts.setdefault(line.name, []).append(node)
        if line.name not in self.columns:
            raise NotFusable("a negated atom speaks of a line that nothing names")

    def _bound(self, name: str) -> bool:
        return name in self.columns or name in self.expressions or name in self.residuals

    def _known_rows(self, atom: Atom) -> tuple[Variable, int]:
        """A negated atom of known rows over columns of a line."""
        rows = self.constants[atom.key]
        origins = [
            self.columns.get(term.name) if isinstance(term, Variable) else None
            for term in atom.terms
        ]
        lines = {origin.line for origin in origins if origin is not None}
        if len(lines) != 1:
            raise NotFusable("known rows are tied to two lines")
        choices = []
        for row in rows:
            tests = []
            for term, origin, value in zip(atom.terms, origins, row, strict=True):
                if origin is not None:
                    tests.append(self.formulas.leaf(("cmp", origin.column, "=", value)))
                elif isinstance(term, Constant) and term.value != value:
                    break
            else:
                choices.append(self.formulas.all_of(tests))
        return Variable(lines.pop()), self.formulas.any_of(choices)

    def _input(self, atom: Atom) -> tuple[Variable, int]:
        leaf = self.formulas.leaf
        name, terms = atom.predicate, atom.terms
        if name in ("code_in", "mentions"):
            origin = self.columns.get(terms[0].name) if isinstance(terms[0], Variable) else None
            if origin is None:
                raise NotFusable(f"`{name}` of a code that stands in no column")
            rest = tuple(self._given(term) for term in terms[1:])
            kind = "in" if name == "code_in" else "mentions"
            return Variable(origin.line), leaf((kind, origin.column, *rest))
        if name not in LINE_INPUTS:
            raise NotFusable(f"`{name}` is tied to no line")
        line = terms[1]
        assert isinstance(line, Variable)
        if name == "line":
            return line, 1
        if BY_NAME[name].attribute is not None:
            column, term = str(BY_NAME[name].attribute), terms[2]
            if isinstance(term, Constant):
                return line, leaf(("cmp", column, "=", term.value))
            if term.name in self.columns:
                same = Comparison("=", Variable(column), Variable(self.columns[term.name].column))
                return line, leaf(("row", same))
            return line, leaf(("known", column))
        if name == "modifier":
            return line, leaf(("has", "modifiers", self._given(terms[2])))
        if name == "evidence" and isinstance(terms[2], Constant):
            return line, leaf(("evidence", terms[2].value, self._given(terms[3])))
        if name == "evidence_number" and isinstance(terms[2], Constant):
            named = self.columns.get(terms[3].name) if isinstance(terms[3], Variable) else None
            if named is not None and named.column == _LINE and line.name == self.line:
                self.related[named.line] = str(terms[2].value)
                return line, 1
            return line, leaf(("evidence_number", terms[2].value, self._given(terms[3])))
        raise NotFusable(f"`{name}` has no formula here")

    def _comparison(self, literal: Comparison) -> None:
        left, right = literal.left, literal.right
        for one, other, turned in ((left, right, False), (right, left, True)):
            if isinstance(one, Variable) and one.name in self.counts:
                if not isinstance(other, Constant):
                    raise NotFusable("a count is compared with a value")
                operator = _turned(literal.operator) if turned else literal.operator
                node = self.count(
                    self.counts[one.name], self.claim, self.line, operator, other.value
                )
                self.parts[self.line].append(node)
                return
        names = names_of(left, right)
        origins = {name: self.columns[name] for name in names if name in self.columns}
        lines = {origin.line for origin in origins.values()}
        if len(lines) == 2 and isinstance(left, Variable) and isinstance(right, Variable):
            self._order(literal.operator, origins[left.name], origins[right.name])
            return
        if len(lines) > 1:
            raise NotFusable("a comparison of two lines")
        line = lines.pop() if lines else self.line
        self._add(line, test_of(literal.operator, self._own(left), self._own(right)))

    def _order(self, operator: str, left: Origin, right: Origin) -> None:
        if left.column != _LINE or right.column != _LINE or operator not in _ORDERS:
            raise NotFusable("two lines are compared by something else than their number")
        if self.line not in (left.line, right.line):
            raise NotFusable("two other lines are compared")
        own_right = right.line == self.line
        other = left.line if own_right else right.line
        order = _ORDERS[operator][0 if own_right else 1]
        known = self.orders.setdefault(other, order)
        if known != order:
            both = {known, order}
            if both - {"other"} and len(both - {"other"}) > 1:
                raise NotFusable("a line is both before and after")
            self.orders[other] = (both - {"other"}).pop()

    def _spelt(self, item: Expression) -> Expression:
        """An expression without assigned variables."""
        if isinstance(item, Variable):
            return self.expressions.get(item.name, item)
        if isinstance(item, Operation):
            return Operation(item.operator, tuple(self._spelt(part) for part in item.operands))
        return item

    def _own(self, item: Expression) -> Expression:
        """An expression with columns in the place of variables."""
        item = self._spelt(item)
        if isinstance(item, Variable):
            origin = self.columns.get(item.name)
            if origin is None:
                raise NotFusable(f"nothing gives {item.name} a value")
            return Variable(origin.column)
        if isinstance(item, Operation):
            return Operation(item.operator, tuple(self._own(part) for part in item.operands))
        return item

    def _other(self, name: str) -> int:
        """The test that another line of the claim has what the body says of it."""
        condition = self.formulas.all_of(self.parts[name])
        keys = tuple(sorted(self.joins.get(name, ())))
        order = self.orders.get(name, "any")
        if name in self.related:
            if keys or order not in ("any", "other"):
                raise NotFusable("evidence names a line that is tied in another way too")
            self._add(self.line, ("evidence_number", self.related[name], None))
            return self.formulas.leaf(("related", self.related[name], order, condition))
        return self.formulas.leaf(("group", keys, order, condition))

    def _given(self, term: Term) -> Any:
        """The constant of a term; None for a variable that nothing else speaks of."""
        if isinstance(term, Constant):
            return term.value
        if self._bound(term.name):
            raise NotFusable("a value of several is a column of the line")
        return None

    def _add(self, line: str, test: tuple[Any, ...]) -> None:
        self.parts.setdefault(line, []).append(self.formulas.leaf(test))


def test_of(operator: str, left: Expression, right: Expression) -> tuple[Any, ...]:
    """Return the test of a comparison over columns: of one column with a constant, or of a row."""
    if isinstance(left, Variable) and isinstance(right, Constant):
        return ("cmp", left.name, operator, right.value)
    if isinstance(right, Variable) and isinstance(left, Constant):
        return ("cmp", right.name, _turned(operator), left.value)
    return ("row", Comparison(operator, left, right))  # type: ignore[arg-type]


def _turned(operator: str) -> str:
    pairs = {"<": ">", "=<": ">=", ">": "<", ">=": "=<"}
    if operator.startswith("@"):
        return "@" + pairs[operator[1:]]
    return pairs.get(operator, operator)


def _attribute(literal: BodyLiteral) -> str | None:
    if not isinstance(literal, Relational):
        return None
    known = BY_NAME.get(literal.atom.predicate)
    return known.attribute if known is not None and known.arity == literal.atom.arity else None

"""A flat body as a conjunction of tests of one line and of the other lines of its claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from facts.schema import BY_NAME
from kb.compile.formulas.domains import KEY_COLUMNS, LINE_INPUTS, Rows
from kb.compile.formulas.formula import TRUE, FormulaGraph
from kb.compile.formulas.line_column import LineColumn, attribute_of
from kb.compile.formulas.line_script import NotFusable
from kb.compile.formulas.line_tests import (
    Compared,
    Filled,
    HasWord,
    InTable,
    Mentions,
    OnFile,
    SideTest,
    SideValue,
    Test,
    compared,
    turned,
)
from kb.compile.formulas.ties import Tie
from kb.compile.sql.line_columns import ALWAYS_FILLED
from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparator,
    Comparison,
    Constant,
    Expression,
    Operation,
    Relational,
    Term,
    Variable,
)
from kb.language.dependencies import united
from kb.language.matching import match
from kb.language.traversal import all_names, names_of, substitute
from kb.language.values import Value

_SEVERAL = ("override", "release_code", "diagnosis", "diagnosis_indicator", "code_amount")
"""Input predicates that a line can have several rows of."""

_LINE = "line_number"
_SPAN = ("service_date", "last_day")
"""Days of two lines meet where each begins no later than the other ends."""


@dataclass(slots=True)
class Assembly:
    """What a flat body says.

    Parameters
    ----------
    formulas : FormulaGraph
        Where nodes are made.
    constants : mapping of (name, arity) to rows
        Predicates that are known before any line is read.
    prop : callable
        Gives the formula of a derived atom.
    count : callable
        Gives the test of a counting aggregate.
    claim, line : str
        Variables of the claim and of the line that the body is about.
    """

    formulas: FormulaGraph
    constants: Rows
    prop: Callable[[Atom], int]
    count: Callable[[Aggregate, str, str, Comparator, Value], int]
    claim: str
    line: str
    columns: dict[str, LineColumn] = field(default_factory=dict)
    parts: dict[str, list[int]] = field(default_factory=dict)
    ties: dict[str, Tie] = field(default_factory=dict)
    expressions: dict[str, Expression] = field(default_factory=dict)
    counts: dict[str, Aggregate] = field(default_factory=dict)
    side_values: dict[str, SideValue] = field(default_factory=dict)

    def read(self, body: tuple[BodyLiteral, ...]) -> int:
        """Return the formula of a flat body.

        Parameters
        ----------
        body : tuple of literals
            Without derived atoms that carry values.

        Raises
        ------
        NotFusable
            If it cannot be written as a formula over one row.
        """
        lines = self._lines(body)
        for name in lines:
            self.parts.setdefault(name, [])
            self.columns.setdefault(name, LineColumn(name, _LINE))
        rest = self._attributes(body)
        rest = self._assignments(rest)
        rest = self._side_tests(rest)
        for literal in rest:
            self._literal(literal)
        own = self.parts[self.line]
        for name in lines:
            if name != self.line:
                own.append(self._other(name))
        return self.formulas.all_of(own)

    def value(self, term: Term) -> Expression | SideValue:
        """Return where the value of a wanted term comes from.

        Parameters
        ----------
        term : Term
            A term of the body that was read.
        """
        if isinstance(term, Constant):
            return term
        if term.name in self.expressions:
            return self.expressions[term.name]
        if term.name in self.side_values:
            return self.side_values[term.name]
        origin = self.columns.get(term.name)
        if origin is None or origin.line != self.line:
            raise NotFusable(f"the value of {term.name} is not of the line")
        return Variable(origin.column)

    def _lines(self, body: tuple[BodyLiteral, ...]) -> dict[str, None]:
        found = {self.line: None}
        for literal in body:
            if isinstance(literal, Relational) and self._of_line(literal.atom):
                match literal.atom.terms:
                    case (Variable(claim), Variable(line), *_) if claim == self.claim:
                        if not literal.negated:
                            found[line] = None
                    case _:
                        raise NotFusable(f"`{literal.atom.predicate}` is not about a line")
        return found

    def _of_line(self, atom: Atom) -> bool:
        if atom.predicate in BY_NAME:
            return atom.predicate in LINE_INPUTS
        return atom.key not in self.constants

    def _attributes(self, body: tuple[BodyLiteral, ...]) -> list[BodyLiteral]:
        """Tie variables to columns of the row; return the other literals."""
        rest = []
        for literal in body:
            found = attribute_of(literal)
            if found is None:
                rest.append(literal)
                continue
            line, column, term = found
            if isinstance(term, Constant):
                self._add(line, Compared(column, "=", term.value))
                continue
            known = self.columns.setdefault(term.name, LineColumn(line, column))
            if column not in ALWAYS_FILLED:
                self._add(line, Filled(column))
            if known == LineColumn(line, column):
                continue
            if known.line == line:
                self._add(line, compared("=", Variable(known.column), Variable(column)))
            elif known.column == column and self.line in (known.line, line):
                self._tie(known.line if line == self.line else line).keys.add(column)
            else:
                raise NotFusable("two lines are tied by different columns")
        return rest

    def _assignments(self, body: list[BodyLiteral]) -> list[BodyLiteral]:
        rest: list[BodyLiteral] = []
        for literal in body:
            if isinstance(literal, Assignment):
                single = {*self.columns, *self.expressions}
                if single.issuperset(names_of(literal.expression)):
                    if literal.variable.name in single:
                        rest.append(Comparison("=:=", literal.variable, literal.expression))
                    else:
                        self.expressions[literal.variable.name] = self._own(literal.expression)
                    continue
            elif isinstance(literal, Aggregate):
                if literal.function != "count" or literal.result.name in self.columns:
                    raise NotFusable("an aggregate other than a new count in a condition")
                self.counts[literal.result.name] = literal
                continue
            rest.append(literal)
        return rest

    def _side_tests(self, body: list[BodyLiteral]) -> list[BodyLiteral]:
        """Take out the literals that are tied by values which a line can have several of."""
        taken: set[int] = set()
        for names in united(self._several(body, position) for position in range(len(body))):
            members = [
                (number, literal)
                for number, literal in enumerate(body)
                if names & set(all_names([literal]))
            ]
            taken |= {number for number, _ in members}
            self._side_test([literal for _, literal in members], names)
        for number, literal in enumerate(body):
            is_several = isinstance(literal, Relational) and literal.atom.predicate in _SEVERAL
            if is_several and number not in taken:
                taken.add(number)
                self._side_test([literal], set())
        return [literal for number, literal in enumerate(body) if number not in taken]

    def _several(self, body: list[BodyLiteral], position: int) -> set[str]:
        """The variables of a literal that tie it to others and are no columns of the line."""
        literal = body[position]
        if isinstance(literal, Relational) and self._derived(literal.atom):
            return set()
        elsewhere = set(all_names(body[:position] + body[position + 1 :]))
        single = {*self.columns, *self.expressions, *self.counts, self.claim}
        names = set(all_names([literal])) - single
        return names if isinstance(literal, Assignment) else names & elsewhere

    def _side_test(self, literals: list[BodyLiteral], names: set[str]) -> None:
        line = self._line(self._lines_of(all_names(literals)))
        if any(isinstance(literal, Aggregate) for literal in literals):
            raise NotFusable("an aggregate of values that a line can have several of")
        spelt: dict[str, Term] = {
            name: Variable(f"@{origin.column}") for name, origin in self.columns.items()
        }
        spelt[self.claim] = Variable("@claim_id")
        made = {name: f"r{number}" for number, name in enumerate(sorted(names))}
        spelt |= {name: Variable(new) for name, new in made.items()}
        body = substitute(literals, spelt)
        for name, new in made.items():
            self.side_values[name] = SideValue(body, new)
        self._add(line, SideTest(body))

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
            if literal.negated and any(map(self._bound, names_of(*atom.terms[KEY_COLUMNS:]))):
                raise NotFusable(f"there is a value in a negated `{atom.predicate}`")
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

    def _lines_of(self, names: Iterable[str]) -> set[str]:
        return {self.columns[name].line for name in names if name in self.columns}

    def _line(self, lines: set[str]) -> str:
        """The line that columns are of; the own one where there are none."""
        if len(lines) > 1:
            raise NotFusable("values of two lines are tied")
        return lines.pop() if lines else self.line

    def _bound(self, name: str) -> bool:
        known = (self.columns, self.expressions, self.counts, self.side_values)
        return any(name in names for names in known)

    def _known_rows(self, atom: Atom) -> tuple[Variable, int]:
        """A negated atom of known rows over columns of a line."""
        names = [getattr(term, "name", "") for term in atom.terms]
        lines = self._lines_of(names)
        if not lines or any(self._bound(name) and name not in self.columns for name in names):
            raise NotFusable("known rows are tied to no column")
        choices = []
        for row in self.constants[atom.key]:
            if match(atom.terms, row) is not None:
                tests = [
                    Compared(self.columns[name].column, "=", value)
                    for name, value in zip(names, row, strict=True)
                    if name in self.columns
                ]
                choices.append(self.formulas.all_of(map(self.formulas.test, tests)))
        return Variable(self._line(lines)), self.formulas.any_of(choices)

    def _input(self, atom: Atom) -> tuple[Variable, int]:
        test = self.formulas.test
        name, terms = atom.predicate, atom.terms
        if name in ("code_in", "mentions"):
            origin = self.columns.get(terms[0].name) if isinstance(terms[0], Variable) else None
            if origin is None:
                raise NotFusable(f"`{name}` of a code that is in no column")
            kind = InTable if name == "code_in" else Mentions
            given = [self._given_text(term) for term in terms[1:]]
            return Variable(origin.line), test(kind(origin.column, *given))
        if name not in LINE_INPUTS:
            raise NotFusable(f"`{name}` is tied to no line")
        line = terms[1]
        assert isinstance(line, Variable)
        if name == "line":
            return line, TRUE
        if BY_NAME[name].attribute is not None:
            column, term = str(BY_NAME[name].attribute), terms[2]
            if isinstance(term, Constant) or term.name in self.columns:
                return line, test(compared("=", Variable(column), self._own(term)))
            return line, TRUE if column in ALWAYS_FILLED else test(Filled(column))
        if name == "modifier":
            return line, test(HasWord("modifiers", self._given_text(terms[2])))
        if name in ("evidence", "evidence_number") and isinstance(terms[2], Constant):
            kind_of, term = str(terms[2].value), terms[3]
            named = self.columns.get(term.name) if isinstance(term, Variable) else None
            is_line = named is not None and named.column == _LINE and line.name == self.line
            if name == "evidence_number" and named is not None and is_line:
                self._tie(named.line).evidence = kind_of
                return line, TRUE
            return line, test(OnFile(kind_of, self._given(term)))
        raise NotFusable(f"`{name}` has no formula here")

    def _comparison(self, literal: Comparison) -> None:
        left, right = literal.left, literal.right
        for one, other, swapped in ((left, right, False), (right, left, True)):
            if isinstance(one, Variable) and one.name in self.counts:
                if not isinstance(other, Constant):
                    raise NotFusable("a count is compared with a value")
                operator = turned(literal.operator) if swapped else literal.operator
                count = self.counts[one.name]
                node = self.count(count, self.claim, self.line, operator, other.value)
                self.parts[self.line].append(node)
                return
        lines = self._lines_of(names_of(left, right))
        if len(lines) == 2 and isinstance(left, Variable) and isinstance(right, Variable):
            self._order(literal.operator, self.columns[left.name], self.columns[right.name])
            return
        line = self._line(lines)
        self._add(line, compared(literal.operator, self._own(left), self._own(right)))

    def _order(self, operator: str, left: LineColumn, right: LineColumn) -> None:
        if operator in ("@=<", "@>="):
            first, last = (left, right) if operator == "@=<" else (right, left)
            if (first.column, last.column) == _SPAN and self.line in (first.line, last.line):
                other = last.line if first.line == self.line else first.line
                self._tie(other).days.add(first.line == self.line)
                return
        if {left.column, right.column} != {_LINE} or self.line not in (left.line, right.line):
            raise NotFusable("lines are compared by something else than their number")
        is_left = right.line == self.line
        self._tie(left.line if is_left else right.line).compare(operator, is_left)

    def _tie(self, line: str) -> Tie:
        return self.ties.setdefault(line, Tie())

    def _own(self, item: Expression) -> Expression:
        """An expression with columns in the place of variables."""
        if isinstance(item, Variable):
            if item.name in self.expressions:
                return self.expressions[item.name]
            origin = self.columns.get(item.name)
            if origin is None:
                raise NotFusable(f"nothing gives {item.name} a value")
            return Variable(origin.column)
        if isinstance(item, Operation):
            return Operation(item.operator, tuple(self._own(part) for part in item.operands))
        return item

    def _other(self, name: str) -> int:
        """The test that another line of the claim has what the body says of it."""
        tie = self._tie(name)
        made = tie.test(self.formulas.all_of(self.parts[name]))
        if tie.evidence:
            self._add(self.line, OnFile(tie.evidence, None))
        return self.formulas.test(made)

    def _given(self, term: Term) -> Value | None:
        """The constant of a term; None for a variable that nothing else speaks of."""
        if isinstance(term, Constant):
            return term.value
        if self._bound(term.name):
            raise NotFusable("a value of several is a column of the line")
        return None

    def _given_text(self, term: Term) -> str | None:
        value = self._given(term)
        return None if value is None else str(value)

    def _add(self, line: str, test: Test) -> None:
        self.parts.setdefault(line, []).append(self.formulas.test(test))

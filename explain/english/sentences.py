"""English for each step of a proof, from the templates in the declarations of predicates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from explain.english.masking import Mask
from explain.english.phrases import (
    ANY,
    MOST_COUNTED,
    SIGNS,
    of_any_value,
    operation_words,
    relation_words,
    show,
    without_value,
    words,
)
from explain.english.terms import form_text
from facts.claim import EvidenceTypes
from facts.schema import BY_NAME, Column, Predicate
from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparison,
    Constant,
    Declaration,
    Expression,
    Operation,
    Relational,
    Rule,
    Variable,
)
from kb.language.matching import Bindings, Pattern, pattern_of
from kb.language.values import Value

if TYPE_CHECKING:
    from kb.policy.loader import Policy

_PLACEHOLDER = re.compile(r"\{(\w+)\}( \1\b)?")
"""A column, and its name behind it where that is the noun that the column counts."""

_NAMES = frozenset(
    {"name", "value", "kind", "outcome", "effect", "table", "list", "evidence", "verdict", "action"}
)
"""Columns whose values are names of a policy, not of a claim; shown without underscores."""

_EFFECTS = {"supports": "supported", "override": "overridden", "scope": "ruled in or out of scope"}
"""Effects that do not read as the fate of a line."""


class Sentences:
    """English for atoms, absences, comparisons and sums of one program.

    Parameters
    ----------
    declarations : iterable of Declaration
        Templates of the program; those of input predicates are known.
    titles : mapping of table name to title, optional
        Titles are used in place of the names of tables.
    evidence_types : mapping of name to EvidenceType, optional
        Their meanings are used in place of the names of evidence.
    mask : Mask, optional
        The values that no sentence may have.

    Examples
    --------
    >>> from facts.schema import Column
    >>> drug = Declaration("drug", (Column("claim", "text"), Column("line", "number")),
    ...                    "line {line} is a drug", "line {line} is no drug")
    >>> sentences = Sentences([drug])
    >>> sentences.atom("drug", ("C1", 2)), sentences.absence("drug", ("C1", 2))
    ('line 2 is a drug', 'line 2 is no drug')
    >>> sentences.absence("procedure", ("C1", 2, None))
    'line 2 has no procedure code'
    >>> units = Declaration("allowed", (Column("units", "number"),), "it allows {units} units")
    >>> [Sentences([units]).atom("allowed", (count,)) for count in (1, 2, None)]
    ['it allows 1 unit', 'it allows 2 units', 'it allows (any) units']
    >>> sentences.atom("parent", ("ann", "bob")), sentences.absence("parent", ("ann", None))
    ('`parent` holds for ann and bob', '`parent` does not hold for ann and (any)')
    """

    def __init__(
        self,
        declarations: Iterable[Declaration],
        titles: Mapping[str, str] | None = None,
        evidence_types: EvidenceTypes | None = None,
        mask: Mask | None = None,
    ) -> None:
        self._declared = {item.predicate: item for item in declarations}
        self._titles = titles or {}
        self._evidence_types = evidence_types or {}
        self._mask = mask

    def show(self, value: Value | None, noun: str = "") -> str:
        """Return the value of a noun as a person reads it, or what replaces a withheld one."""
        instead = self._mask.of_value(value, noun) if self._mask is not None else None
        return show(value) if instead is None else instead

    def _declaration(self, predicate: str) -> Declaration | Predicate | None:
        return self._declared.get(predicate) or BY_NAME.get(predicate)

    def columns(self, predicate: str) -> tuple[Column, ...]:
        """Return the columns of a predicate; none if it is not declared."""
        known = self._declaration(predicate)
        return known.columns if known is not None else ()

    def column_value(self, predicate: str, row: Pattern, column: str) -> Value | None:
        """Return the value of a named column in a row of a predicate, or None."""
        for position, known in enumerate(self.columns(predicate)):
            if known.name == column and position < len(row):
                return row[position]
        return None

    def atom(self, predicate: str, row: Pattern) -> str:
        """Return what an atom, a row of a predicate, says."""
        if predicate in ("evidence", "evidence_number") and len(row) == 4:
            return f"on file for line {show(row[1])}: {self._evidence(row)}"
        known = self._declaration(predicate)
        if known is None or not known.sentence:
            return f"{_name(predicate)}{self._listed('holds for', row)}"
        text = self._fill(known.sentence, known.columns, row)
        return of_any_value(text) if getattr(known, "attribute", None) else text

    def absence(self, predicate: str, row: Pattern) -> str:
        """Return what the absence of a row of a predicate says; None in it is any value."""
        if predicate in ("evidence", "evidence_number") and len(row) == 4:
            return self._no_evidence(row)
        known = self._declaration(predicate)
        if known is None or not (known.absence or known.sentence):
            return f"{_name(predicate)}{self._listed('does not hold for', row)}"
        if not known.absence:
            return f"it does not hold that {self._fill(known.sentence, known.columns, row)}"
        text = self._fill(known.absence, known.columns, row)
        return without_value(text) if getattr(known, "attribute", None) else text

    def evidence_says(self, name: str, value: Value | None) -> str:
        """Return what evidence of a name says of a line; any value where that is None."""
        if value is None:
            known = self._evidence_types.get(name)
            return (known.meaning if known is not None else "") or words(name)
        return self._evidence(("", 0, name, value))

    def literal(self, literal: BodyLiteral, bindings: Bindings, rule: Rule) -> str:
        """Return what a literal of a rule says where it holds.

        Parameters
        ----------
        literal : BodyLiteral
            Any literal.
        bindings : mapping of variable name to value
            The values under which it holds.
        rule : Rule
            The rule of the literal, which gives its variables their meaning.
        """
        if isinstance(literal, Relational):
            pattern = pattern_of(literal.atom, bindings)
            say = self.absence if literal.negated else self.atom
            return say(literal.atom.predicate, pattern)
        if isinstance(literal, Comparison):
            return self._comparison(literal, bindings, rule)
        if isinstance(literal, Assignment):
            result = bindings.get(literal.variable.name)
            noun = self.noun(literal.variable, rule)
            return (
                f"{self._noun_and(noun, result)} = {self._expression(literal.expression, bindings)}"
            )
        return self._aggregate(literal, bindings)

    def _fill(self, template: str, columns: tuple[Column, ...], row: Pattern) -> str:
        values = {column.name: value for column, value in zip(columns, row, strict=False)}

        def filled(match: re.Match[str]) -> str:
            name, noun = match[1], match[2] or ""
            value = values.get(name)
            if value is None:
                return ANY + noun
            return self._shown(name, value) + (noun.removesuffix("s") if value == 1 else noun)

        return _PLACEHOLDER.sub(filled, template)

    def _shown(self, column: str, value: Value) -> str:
        if column == "table" and value in self._titles:
            return f'"{self._titles[str(value)]}"'
        if column == "effect" and value in _EFFECTS:
            return _EFFECTS[str(value)]
        if column == "form" and isinstance(value, str):
            return form_text(value)
        if column in _NAMES and isinstance(value, str) and not self._is_masked(value):
            return words(value)
        return self.show(value, column)

    def _evidence(self, row: Pattern) -> str:
        name, value = str(row[2]), row[3]
        known = self._evidence_types.get(name)
        if known is not None and known.meaning:
            if value == "yes":
                return known.meaning
            if value == "no":
                return f"it is not so that {known.meaning}"
            if known.kind in ("number", "whole number"):
                return f"{known.meaning}: {self.show(value)}"
        return f"{words(name)} = {words(self.show(value, name))}"

    def _no_evidence(self, row: Pattern) -> str:
        line, value = show(row[1]), row[3]
        if row[2] is None:
            return f"nothing is on file for line {line}"
        name = str(row[2])
        known = self._evidence_types.get(name)
        start = f"nothing on file for line {line}"
        if known is None or not known.meaning or known.kind != "choice":
            return (
                f"{start} states {words(name)}"
                if value is None
                else (f"{start} says {words(name)} = {words(self.show(value))}")
            )
        if value is None and "yes" in known.choices:
            return f"{start} says whether {known.meaning}"
        if value == "yes":
            return f"{start} says that {known.meaning}"
        if value == "no":
            return f"{start} denies that {known.meaning}"
        said = "" if value is None else f" = {words(self.show(value))}"
        return f"{start} {'says' if said else 'states'} {words(name)}{said}"

    def compared(
        self, literal: Comparison, bindings: Bindings, rule: Rule
    ) -> tuple[str, str, str, str]:
        """Return a literal that compares, under bindings of its rule, in four parts.

        The parts are the left side, ``is`` or ``are``, the relation, and the right side.
        """
        uses = [self._use(side, rule) for side in (literal.left, literal.right)]
        dates = any(use is not None and use[1].type == "date" for use in uses)
        left = self._side(literal.left, bindings, rule, plain=dates)
        right = self._side(literal.right, bindings, rule, plain=dates)
        noun = left.rsplit(" ", 1)[0] if isinstance(literal.left, Variable) else ""
        verb = "are" if noun.endswith("s") else "is"
        relation = relation_words(literal.operator, dates)
        if noun == "line":
            relation = {"less than": "before", "more than": "after"}.get(relation, relation)
        return left, verb, relation, right

    def _comparison(self, literal: Comparison, bindings: Bindings, rule: Rule) -> str:
        return " ".join(filter(None, self.compared(literal, bindings, rule)))

    def _side(self, side: Expression, bindings: Bindings, rule: Rule, plain: bool) -> str:
        if isinstance(side, Variable) and not plain:
            return self._noun_and(self.noun(side, rule), bindings.get(side.name))
        return self._expression(side, bindings)

    def _expression(self, expression: Expression, bindings: Bindings) -> str:
        if isinstance(expression, Variable):
            return self.show(bindings.get(expression.name))
        if isinstance(expression, Constant):
            return self.show(expression.value)
        plain = expression.operator not in SIGNS
        operands = [self._operand(one, bindings, plain) for one in expression.operands]
        return operation_words(expression, operands)

    def _operand(self, expression: Expression, bindings: Bindings, plain: bool) -> str:
        """Return an operand, in parentheses where it could be read wrongly."""
        text = self._expression(expression, bindings)
        if not isinstance(expression, Operation) or (plain and expression.operator in SIGNS):
            return text
        return f"({text})"

    def _noun_and(self, noun: str, value: Value | None) -> str:
        return f"{noun} {self.show(value, noun)}" if noun else self.show(value)

    def _listed(self, said: str, row: Pattern) -> str:
        shown = [self.show(value) for value in row]
        if not shown:
            return " holds" if said.startswith("holds") else " does not hold"
        *others, last = shown
        return f" {said} {', '.join(others)} and {last}" if others else f" {said} {last}"

    def _is_masked(self, value: Value) -> bool:
        return self._mask is not None and self._mask.of_value(value) is not None

    def _aggregate(self, literal: Aggregate, bindings: Bindings) -> str:
        result = self.show(bindings.get(literal.result.name))
        what = " and ".join(_goal_words(part) for part in literal.goal)
        if literal.function == "count":
            count = bindings.get(literal.result.name)
            some = isinstance(count, int) and count > MOST_COUNTED
            shown = f", of which {MOST_COUNTED} are shown" if some else ""
            return f"there {'is' if result == '1' else 'are'} {result} of these{shown}: {what}"
        said = {"min": "the smallest", "max": "the largest", "sum": "the sum"}[literal.function]
        return f"{said} of these is {result}: {what}"

    def _use(self, side: Expression, rule: Rule) -> tuple[Atom, Column] | None:
        """Return the first atom that has a variable, and the column of the variable in it."""
        for atom in _positive_atoms(rule) if isinstance(side, Variable) else ():
            for term, column in zip(atom.terms, self.columns(atom.predicate), strict=False):
                if term == side:
                    return atom, column
        return None

    def noun(self, variable: Variable, rule: Rule) -> str:
        """Return the noun for a variable of a rule, as in ``units``; empty if there is none."""
        use = self._use(variable, rule)
        return _noun_of(*use) if use is not None else ""


def sentences_of(policy: Policy, mask: Mask | None = None) -> Sentences:
    """Return the sentences of a policy: its templates, the titles of its tables, its evidence.

    Parameters
    ----------
    policy : Policy
        A loaded policy.
    mask : Mask, optional
        The values that no sentence may have.
    """
    titles = {name: table.title for name, table in policy.declarations.items() if table.title}
    return Sentences(policy.program.program.declarations, titles, policy.evidence_types, mask)


def _noun_of(atom: Atom, column: Column) -> str:
    if atom.predicate == "evidence_number" and isinstance(atom.terms[2], Constant):
        return words(show(atom.terms[2].value))
    if column.name == "other":
        return "line"
    return "" if column.name in ("value", "amount", "number") else words(column.name)


def _positive_atoms(rule: Rule) -> list[Atom]:
    atoms = [
        literal.atom
        for literal in rule.body
        if isinstance(literal, Relational) and not literal.negated
    ]
    return [*atoms, rule.head]


def _goal_words(literal: BodyLiteral) -> str:
    return words(literal.atom.predicate) if isinstance(literal, Relational) else "a condition"


def _name(predicate: str) -> str:
    return f"`{words(predicate)}`"

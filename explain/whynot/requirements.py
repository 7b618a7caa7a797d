"""English for a literal that does not hold: that it does not, and what would make it hold."""

from __future__ import annotations

from explain.english.phrases import ANY, relation_words, show, with_article, words
from explain.english.sentences import Sentences
from explain.proof.derivations import Derivations
from facts.schema import BY_NAME
from kb.language.ast import (
    Aggregate,
    Assignment,
    BodyLiteral,
    Comparison,
    Expression,
    Relational,
    Rule,
    Variable,
)
from kb.language.matching import Bindings, Pattern, pattern_of

_OF_POLICY = frozenset(
    {"code_in", "code_amount", "mentions", "clause_from", "clause_effect", "setting", "override"}
)
"""Predicates that no claim can change."""

_TABLES = frozenset({"code_in", "code_amount"})

_ANY_LINE = f"line {ANY}"
_ANY_TABLE = f"table {ANY}"

_TURNED = {
    "<": ">", "=<": ">=", ">": "<", ">=": "=<", "@<": "@>", "@=<": "@>=", "@>": "@<", "@>=": "@=<",
}  # fmt: skip


class Requirements:
    """Says what fails in a rule and what would make it hold.

    Parameters
    ----------
    derivations : Derivations
        What follows from the claim.
    sentences : Sentences
        English for the program.
    """

    def __init__(self, derivations: Derivations, sentences: Sentences) -> None:
        self.derivations = derivations
        self.sentences = sentences

    def fails(self, literal: BodyLiteral, bindings: Bindings, rule: Rule) -> str:
        """Return that a literal other than an atom does not hold under bindings of its rule."""
        if isinstance(literal, Comparison):
            left, verb, relation, right = self.sentences.compared(literal, bindings, rule)
            if relation == "not":
                return f"{left} {verb} {right}"
            return " ".join(filter(None, (left, verb, "not", relation, right)))
        if isinstance(literal, Aggregate) and literal.function == "count":
            actual = len(self.derivations.counted(literal, bindings))
            counted = {**bindings, literal.result.name: actual}
            return self.sentences.literal(literal, counted, rule)
        return f"it is not so that {self.sentences.literal(literal, bindings, rule)}"

    def absent(self, predicate: str, pattern: Pattern) -> str:
        """Return that no atom of a predicate matches a pattern."""
        said = self.sentences.atom(predicate, pattern)
        if said.startswith(f"{_ANY_LINE} "):
            return said.replace(_ANY_LINE, "no line", 1)
        return self.sentences.absence(predicate, pattern).replace(_ANY_TABLE, "any table for it")

    def needed(self, literal: BodyLiteral, bindings: Bindings, rule: Rule) -> str:
        """Return what would make a literal hold under bindings of its rule."""
        if isinstance(literal, Relational):
            pattern = pattern_of(literal.atom, bindings)
            predicate = literal.atom.predicate
            if literal.negated:
                return self.sentences.absence(predicate, pattern)
            return self._atom(literal, predicate, pattern, rule)
        if isinstance(literal, Comparison):
            return self._comparison(literal, bindings, rule)
        return self.sentences.literal(literal, bindings, rule)

    def _atom(self, literal: Relational, predicate: str, pattern: Pattern, rule: Rule) -> str:
        said = self.sentences.atom(predicate, pattern)
        first = literal.atom.terms[0] if literal.atom.terms else None
        if predicate in _TABLES and isinstance(first, Variable) and pattern[0] is not None:
            noun = self._attribute(first, rule)
            table = said.partition(" is in table ")[2]
            if noun and table:
                where = "a table for it" if table == ANY else f"table {table}"
                return f"{with_article(noun)} that is in {where}"
        if predicate in ("evidence", "evidence_number") and pattern[2:] and pattern[-1] is None:
            name = pattern[2]
            what = "anything" if name is None else self.sentences.evidence_says(str(name), None)
            return f"something on file for line {show(pattern[1])} that states: {what}"
        return said.replace(_ANY_LINE, "another line", 1).replace(_ANY_TABLE, "a table for it")

    def _comparison(self, literal: Comparison, bindings: Bindings, rule: Rule) -> str:
        """Return which value a side would need; the side that the policy sets stays as it is."""
        left, verb, relation, right = self.sentences.compared(literal, bindings, rule)
        dates = relation == relation_words(literal.operator, dates=True)
        moving, fixed, operator = literal.left, right, literal.operator
        if self._is_fixed(literal.left, rule) and operator in _TURNED:
            moving, fixed, operator = literal.right, left, _TURNED[operator]  # type: ignore[assignment]
        noun = self.sentences.noun(moving, rule) if isinstance(moving, Variable) else ""
        if not noun:
            return " ".join(filter(None, (left, verb, relation, right)))
        bare = fixed.rsplit(" ", 1)[-1] if not dates else fixed
        said = relation_words(operator, dates) or "equal to"
        return f"{with_article(noun) if dates else noun} {said} {bare}"

    def _is_fixed(self, side: Expression, rule: Rule) -> bool:
        """Whether the policy gives a side of a comparison, so that no claim can change it."""
        if not isinstance(side, Variable):
            return True
        return any(
            side in part.atom.terms
            for part in rule.body
            if isinstance(part, Relational) and part.atom.predicate in _OF_POLICY
        ) or any(part.variable == side for part in rule.body if isinstance(part, Assignment))

    def _attribute(self, variable: Variable, rule: Rule) -> str:
        """Return the field of a claim line that gives a variable its value."""
        for part in rule.body:
            if isinstance(part, Relational) and variable in part.atom.terms:
                known = BY_NAME.get(part.atom.predicate)
                if known is not None and known.attribute is not None:
                    return words(known.attribute).replace("bill class", "type of bill")
        return ""

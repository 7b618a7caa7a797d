"""What steps and literals say, so that a step can be compared with the literal of its rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from explain.certificate.bounds import Refused, value_of
from explain.certificate.evaluator import Values
from kb.language.ast import Aggregate, Atom, BodyLiteral, Constant, Relational, Variable
from kb.language.printer import print_literal

Said: TypeAlias = tuple[Any, ...]
"""What a step says."""


def values_of(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the variables of a step (a node of the certificate)."""
    return {name: value_of(value) for name, value in node["values"].items()}


def looked_for(written: Sequence[Any]) -> Atom:
    """Return the atom of a step as written; what may be anything is numbered in order."""
    terms: list[Variable | Constant] = []
    free = 0
    for term in written[1:]:
        if isinstance(term, dict) and "any" in term:
            number = term["any"]
            if set(term) != {"any"} or type(number) is not int or not 0 <= number <= free:
                raise Refused("what may be anything is not numbered in order")
            free = max(free, term["any"] + 1)
            terms.append(Variable(f"V{term['any']}"))
        else:
            terms.append(Constant(value_of(term)))
    return Atom(written[0], tuple(terms))


def _atom_says(atom: Atom, values: Values) -> Iterator[Any]:
    yield atom.predicate
    free: list[str] = []
    for term in atom.terms:
        if isinstance(term, Constant):
            yield term.value
        elif term.name in values:
            yield values[term.name]
        else:
            free += [] if term.name in free else [term.name]
            yield ("any", free.index(term.name))


def literal_says(literal: BodyLiteral, values: Values) -> Said:
    """Return what a literal says under some values."""
    if isinstance(literal, Relational):
        return ("not" if literal.negated else "holds", *_atom_says(literal.atom, values))
    kind = "aggregate" if isinstance(literal, Aggregate) else "comparison"
    return (kind, print_literal(literal), frozenset(values.items()))


def node_says(node: Mapping[str, Any]) -> Said:
    """Return what a step (a node of the certificate) says."""
    if node["kind"] in ("comparison", "aggregate"):
        return (node["kind"], node["literal"], frozenset(values_of(node).items()))
    said = "not" if node["kind"] == "absence" else "holds"
    return (said, *_atom_says(looked_for(node["atom"]), {}))

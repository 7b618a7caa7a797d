"""What a goal speaks of: its atoms, the claims that it names, the texts in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kb.checks.checked import CheckedProgram
from kb.language.syntax import (
    Aggregate,
    Atom,
    BodyLiteral,
    Query,
    Relational,
    Term,
    Value,
    Variable,
)


def atoms_of_goal(body: Iterable[BodyLiteral]) -> Iterator[Atom]:
    """Yield the atoms of a goal, those of aggregates too."""
    for literal in body:
        if isinstance(literal, Relational):
            yield literal.atom
        elif isinstance(literal, Aggregate):
            yield from atoms_of_goal(literal.goal)


def claim_terms(query: Query, program: CheckedProgram) -> set[Term]:
    """Return the terms that stand for claims in a goal; one alone means one claim at a time."""
    return {
        atom.terms[0]
        for atom in atoms_of_goal(query.body)
        if atom.terms and program.signature[atom.predicate].columns[0].name == "claim"
    }


def texts_of_goal(query: Query, bound: Mapping[str, Value]) -> list[str]:
    """Return every text that a goal names, sorted: it may be a code that no claim has."""
    found = {value for value in bound.values() if isinstance(value, str)}
    for atom in atoms_of_goal(query.body):
        for term in atom.terms:
            if not isinstance(term, Variable) and isinstance(term.value, str):
                found.add(term.value)
    return sorted(found)

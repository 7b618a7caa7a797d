"""Goals, read and checked, and what they speak of: atoms, the claims they name, their texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from facts.diagnostic import QueryError
from kb.checks.checked import check_query
from kb.claims.arguments import check_goal
from kb.language.ast import (
    Atom,
    Constant,
    Query,
    Relational,
    Term,
    Variable,
)
from kb.language.parser import parse_query
from kb.language.traversal import atoms_of, named_variables
from kb.language.values import Row, Value, row_key
from kb.model.relation import Relation

if TYPE_CHECKING:
    from kb.model.program import CheckedProgram


def read_goal(
    goal: str | Query, program: CheckedProgram, bound: Mapping[str, Value] | None = None
) -> Query:
    """Parse a goal and check it against a program.

    Parameters
    ----------
    goal : str or Query
        What is asked, as text or parsed.
    program : CheckedProgram
        The rules of the policy.
    bound : mapping of variable name to value, optional
        Values that variables of the goal will have.

    Raises
    ------
    QueryError
        With everything that is wrong in it.
    """
    check_goal(goal, Query)
    query = parse_query(goal) if isinstance(goal, str) else goal
    found = check_query(query, program, bound)
    faults = [diagnostic for diagnostic in found if diagnostic.severity == "error"]
    if faults:
        raise QueryError(faults)
    return query


def claim_apart(query: Query, program: CheckedProgram) -> Term | None:
    """Return the term for the claim in a goal about one claim at a time.

    Its answers over many claims are those over each of them. That is not so where it counts
    claims, or says that there is none of a kind: then the claim has no value outside of that.

    Parameters
    ----------
    query : Query
        A checked goal.
    program : CheckedProgram
        The rules of the policy.

    Returns
    -------
    Variable, Constant or None
        None where a goal speaks of no claim or looks at several together.
    """
    terms = claim_terms(query, program)
    if len(terms) != 1:
        return None
    (term,) = terms
    said = (
        literal.atom
        for literal in query.body
        if isinstance(literal, Relational) and not literal.negated
    )
    if isinstance(term, Constant) or any(term in _claims_of(atom, program) for atom in said):
        return term
    return None


def claim_terms(query: Query, program: CheckedProgram) -> set[Term | None]:
    """Return the terms of a goal that are claims; None among them if an atom looks at several.

    Parameters
    ----------
    query : Query
        A checked goal.
    program : CheckedProgram
        The rules of the policy.
    """
    found: set[Term | None] = set()
    for atom in atoms_of(query.body):
        found.update(_claims_of(atom, program))
    return found


def _claims_of(atom: Atom, program: CheckedProgram) -> list[Term | None]:
    columns = program.claim_columns.get(atom.predicate)
    if columns is None:
        return []
    return [atom.terms[min(columns)]] if columns else [None]


def texts_of_goal(query: Query, bound: Mapping[str, Value]) -> list[str]:
    """Return every text that a goal names, sorted: it may be a code that no claim has.

    Parameters
    ----------
    query : Query
        A checked goal.
    bound : mapping of str to Value
        Values that variables of the goal have.
    """
    found = {value for value in bound.values() if isinstance(value, str)}
    for atom in atoms_of(query.body):
        for term in atom.terms:
            if not isinstance(term, Variable) and isinstance(term.value, str):
                found.add(term.value)
    return sorted(found)


def relation_of(goal: Query, answers: Iterable[Iterable[Row]]) -> Relation:
    """Return the answers of a goal, from wherever they come, as one relation.

    Parameters
    ----------
    goal : Query
        What was asked.
    answers : iterable of iterables of rows
        The answers of each session.
    """
    rows = {row for found in answers for row in found}
    return Relation(named_variables(goal.body), tuple(sorted(rows, key=row_key)))

"""Prove a goal that a person typed or a program built: the first answer, with its proof."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from explain.proof.explainer import Explainer
from explain.proof.graph import Proof
from facts.diagnostic import QueryError
from facts.suggest import near_help
from kb.checks.checked import check_query
from kb.claims.arguments import Bound, bound_values, check_goal
from kb.claims.determine import LoadedClaim
from kb.language.ast import Atom, Constant, Query, Relational, Variable
from kb.language.parser import parse_query
from kb.language.traversal import named_variables
from kb.language.values import Value

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase


def prove(where: KnowledgeBase | LoadedClaim, goal: str | Atom, /, **given: Bound) -> Proof | None:
    """Return the smallest proof of the first answer of a goal.

    Parameters
    ----------
    where : KnowledgeBase or LoadedClaim
        A knowledge base with claims, or one claim of it.
    goal : str or Atom
        One atom, as in ``"denied(C, L, Clause)"``.
    **given
        Values of variables, as in ``C="CLM1"``. They are bound, never pasted into text.

    Returns
    -------
    Proof or None
        None if the goal has no answer.

    Raises
    ------
    QueryError
        If the goal has faults, is more than one atom, or lacks a variable that is bound.

    See Also
    --------
    explain.why : the proofs behind the outcome of a claim line.
    kb.KnowledgeBase.query : all answers of a goal, without their proofs.

    Examples
    --------
    >>> from kb.knowledge_base import KnowledgeBase
    >>> kb = KnowledgeBase.load("r14").with_claims([
    ...     {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
    ...      "service_date": "2018-06-01", "procedure_code": "J7050"}])
    >>> proof = prove(kb, "bundled(C, L, Clause)", C="C1")
    >>> proof.root.text
    'line 1 is not separately reimbursed under R14-COD-2'
    >>> len(proof.graph) > len(proof.leaves) > 4
    True
    """
    check_goal(goal, Atom)
    bound = bound_values(given)
    program = where.policy.program
    query = parse_query(goal) if isinstance(goal, str) else Query((Relational(goal),))
    faults = [fault for fault in check_query(query, program, bound) if fault.severity == "error"]
    if faults:
        raise QueryError(faults)
    atom = _named(_only_atom(query))
    asked = Query((Relational(atom),))
    names = named_variables(asked.body)
    for name in bound:
        if name not in names:
            help = near_help(name, names, "")
            raise QueryError.of(f"the goal has no variable `{name}`", help)
    if isinstance(where, LoadedClaim):
        return _first(where, asked, atom, names, bound)
    for claim_id in _claim_ids(where, atom, bound):
        proof = _first(where.claim(claim_id), asked, atom, names, bound)
        if proof is not None:
            return proof
    return None


def _first(
    loaded: LoadedClaim, query: Query, atom: Atom, names: tuple[str, ...], bound: dict[str, Value]
) -> Proof | None:
    answers = loaded.session.answers(query, bound)
    if not answers:
        return None
    values = dict(zip(names, answers[0], strict=True))
    terms = (
        Constant(values[term.name]) if isinstance(term, Variable) else term for term in atom.terms
    )
    return Explainer.of(loaded).prover.prove(Atom(atom.predicate, tuple(terms)))


def _only_atom(query: Query) -> Atom:
    if len(query.body) == 1:
        (literal,) = query.body
        if isinstance(literal, Relational) and not literal.negated:
            return literal.atom
    message = "a proof is of one atom"
    raise QueryError.of(message, "prove its parts one by one")


def _named(atom: Atom) -> Atom:
    """Give each ``_`` a name, so that its value is part of the answer."""
    terms = (
        replace(term, name=f"Any{term.name}")
        if isinstance(term, Variable) and term.anonymous
        else term
        for term in atom.terms
    )
    return Atom(atom.predicate, tuple(terms))


def _claim_ids(where: KnowledgeBase, atom: Atom, bound: dict[str, Value]) -> list[str]:
    """Return the claims that may have an answer: the one that the goal names, or all."""
    known = where.policy.program.signature.get(atom.predicate)
    columns = known.columns if known is not None else ()
    for column, term in zip(columns, atom.terms, strict=False):
        if column.name == "claim":
            named = term.value if isinstance(term, Constant) else bound.get(term.name)
            if named is not None:
                return [str(named)] if named in where.claims else []
    return list(where.claims)

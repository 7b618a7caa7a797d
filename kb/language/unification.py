"""Unify an atom with the head of a rule."""

from __future__ import annotations

from dataclasses import replace

from kb.language.ast import Atom, Rule, Term, Variable
from kb.language.traversal import all_names, names_of, rename, substitute_terms


def fresh_rule(rule: Rule, number: int) -> Rule:
    """Return a rule whose variables have names that no other rule has, by a number.

    Parameters
    ----------
    rule : Rule
        With any variables.
    number : int
        Another one for each rule.

    Returns
    -------
    Rule

    Examples
    --------
    >>> from kb.language.parser import parse_program
    >>> fresh_rule(parse_program("p(X) :- q(X, _).", "a.pl")[0].rules[0], 3).body[0].atom.terms
    (Variable(name='X_3'), Variable(name='_103'))
    """
    names = {
        name: f"{name}0{number}" if Variable(name).anonymous else f"{name}_{number}"
        for name in (*names_of(*rule.head.terms), *all_names(rule.body))
    }
    renamed = {old: Variable(new) for old, new in names.items()}
    head = replace(rule.head, terms=substitute_terms(rule.head.terms, renamed))
    return replace(rule, head=head, body=rename(rule.body, names))


def unify(atom: Atom, head: Atom) -> dict[str, Term] | None:
    """Return the terms of variables with which an atom and a head are the same, or None.

    Parameters
    ----------
    atom : Atom
        With any terms.
    head : Atom
        It shares no variable with the atom; its variables get the terms of the atom.

    Returns
    -------
    dict of variable name to Term, or None

    Examples
    --------
    >>> from kb.language.ast import Constant
    >>> unify(Atom("p", (Variable("X"), Variable("Y"))), Atom("p", (Variable("A"), Constant(1))))
    {'A': Variable(name='X'), 'Y': Constant(value=1)}
    """
    found: dict[str, Term] = {}

    def value(term: Term) -> Term:
        while isinstance(term, Variable) and term.name in found:
            term = found[term.name]
        return term

    if (atom.predicate, atom.arity) != (head.predicate, head.arity):
        return None
    for given, own in zip(map(value, atom.terms), map(value, head.terms), strict=True):
        given, own = value(given), value(own)
        if given == own:
            continue
        if isinstance(own, Variable):
            found[own.name] = given
        elif isinstance(given, Variable):
            found[given.name] = own
        else:
            return None
    return {name: value(term) for name, term in found.items()}

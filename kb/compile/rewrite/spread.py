"""Pass: predicates that pair every row with every other are put in the place of their atoms.

``in_force(C, L, K)`` holds of nearly every line and clause. As a table it has lines times clauses
rows; in the body that asks it of a few, it is a handful of joins.
"""

from __future__ import annotations

from dataclasses import replace

from kb.compile.rewrite.components import components
from kb.language.ast import (
    Aggregate,
    Atom,
    BodyLiteral,
    Key,
    Program,
    Relational,
    Rule,
    Term,
    Variable,
)
from kb.language.dependencies import united
from kb.language.traversal import all_names, names_of, substitute, variables_of


def spread_predicates(program: Program) -> dict[Key, Rule]:
    """Return the predicates whose one rule pairs rows that nothing ties together.

    A predicate is one too if its rule does no more than to narrow such a predicate.

    Parameters
    ----------
    program : Program
        The checked rules.

    Returns
    -------
    dict of (name, arity) to Rule

    Examples
    --------
    >>> from kb.language.parser import parse_program
    >>> program, _ = parse_program(
    ...     "p(a). q(b). pair(X, Y) :- p(X), q(Y), X @< Y. "
    ...     "some(X, Y) :- pair(X, Y), \\\\+ p(Y). tied(X) :- p(X), q(X).", "a.pl")
    >>> list(spread_predicates(program))
    [('pair', 2), ('some', 2)]
    """
    found: dict[Key, Rule] = {}
    for component in components(program):
        (key, *others) = component.keys
        if others or component.recursive or len(component.rules) != 1:
            continue
        (rule,) = component.rules
        plain = len(set(names_of(*rule.head.terms))) == rule.head.arity
        if plain and not any(isinstance(item, Aggregate) for item in rule.body):
            atoms = _atoms(rule)
            narrows = len(atoms) == 1 and atoms[0].key in found
            if narrows or _untied(atoms):
                found[key] = rule
    return found


def unfold_spread(program: Program) -> dict[Rule, Rule]:
    """Return each rule of a program with the bodies of spread predicates in it.

    Rules of spread predicates stay as they are; so do atoms under ``\\+`` and in aggregates.

    Parameters
    ----------
    program : Program
        The checked rules.

    Returns
    -------
    dict of Rule to Rule
        In the order of the program.
    """
    spread = spread_predicates(program)
    found = {}
    for rule in program.rules:
        if rule.head.key in spread:
            found[rule] = rule
        else:
            found[rule] = _unfolded(rule, spread)
    return found


def _unfolded(rule: Rule, spread: dict[Key, Rule]) -> Rule:
    while True:
        for position, literal in enumerate(rule.body):
            if (
                isinstance(literal, Relational)
                and not literal.negated
                and (atom := literal.atom).key in spread
            ):
                inner = _body_of(atom, spread[atom.key], rule)
                body = (*rule.body[:position], *inner, *rule.body[position + 1 :])
                rule = replace(rule, body=body)
                break
        else:
            return rule


def _body_of(atom: Atom, rule: Rule, outer: Rule) -> tuple[BodyLiteral, ...]:
    """The body of a rule for one atom, its own variables distinct from those around it."""
    taken = {*all_names(outer.body), *names_of(*outer.head.terms)}
    terms: dict[str, Term] = {
        parameter.name: term
        for parameter, term in zip(rule.head.terms, atom.terms, strict=True)
        if isinstance(parameter, Variable)
    }
    for name in all_names(rule.body):
        if name not in terms:
            number, fresh = 1, name
            while fresh in taken:
                number += 1
                fresh = f"{name}_{number}"
            taken.add(fresh)
            terms[name] = Variable(fresh)
    return substitute(rule.body, terms)


def _atoms(rule: Rule) -> list[Atom]:
    """The positive atoms of a rule that have variables."""
    return [
        item.atom
        for item in rule.body
        if isinstance(item, Relational) and not item.negated and any(variables_of(*item.atom.terms))
    ]


def _untied(atoms: list[Atom]) -> bool:
    """Whether some atoms share no variable with the others."""
    return len(united(set(names_of(*atom.terms)) for atom in atoms)) > 1

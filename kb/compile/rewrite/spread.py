"""Pass: predicates that pair every row with every other are put in the place of their atoms.

``in_force(C, L, K)`` holds of nearly every line and clause. As a table it has lines times clauses
rows; in the body that asks it of a few, it is a handful of joins.
"""

from __future__ import annotations

from dataclasses import replace

from kb.compile.rewrite.components import components
from kb.compile.sql.catalog import Key
from kb.language.ast import Aggregate, BodyLiteral, Program, Relational, Rule, Term, Variable
from kb.language.rename import all_names
from kb.language.substitute import substitute


def spread_predicates(program: Program) -> dict[Key, Rule]:
    """Return the predicates whose one rule pairs rows that nothing ties together.

    A predicate is one too if its rule does no more than to narrow such a predicate.

    Parameters
    ----------
    program : Program

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
        terms = [term.name for term in rule.head.terms if isinstance(term, Variable)]
        plain = len(set(terms)) == rule.head.arity
        if plain and not any(isinstance(item, Aggregate) for item in rule.body):
            atoms = _atoms(rule)
            narrows = len(atoms) == 1 and _key(atoms[0]) in found
            if narrows or _untied(atoms):
                found[key] = rule
    return found


def unfold_spread(program: Program) -> dict[Rule, Rule]:
    """Return each rule of a program with the bodies of spread predicates in it.

    Rules of spread predicates stay as they are; so do atoms under ``\\+`` and in aggregates.

    Parameters
    ----------
    program : Program

    Returns
    -------
    dict of Rule to Rule
        In the order of the program.
    """
    spread = spread_predicates(program)
    found = {}
    for rule in program.rules:
        if (rule.head.predicate, rule.head.arity) in spread:
            found[rule] = rule
        else:
            found[rule] = _unfolded(rule, spread)
    return found


def _unfolded(rule: Rule, spread: dict[Key, Rule]) -> Rule:
    while True:
        for position, literal in enumerate(rule.body):
            if isinstance(literal, Relational) and not literal.negated and _key(literal) in spread:
                inner = _body_of(literal, spread[_key(literal)], rule)
                body = (*rule.body[:position], *inner, *rule.body[position + 1 :])
                rule = replace(rule, body=body)
                break
        else:
            return rule


def _body_of(literal: Relational, rule: Rule, outer: Rule) -> tuple[BodyLiteral, ...]:
    """The body of a rule for one atom, its own variables apart from those around it."""
    taken = set(all_names(outer.body))
    taken |= {term.name for term in outer.head.terms if isinstance(term, Variable)}
    terms: dict[str, Term] = {
        parameter.name: term
        for parameter, term in zip(rule.head.terms, literal.atom.terms, strict=True)
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
    return tuple(made for item in rule.body for made in substitute(item, terms))


def _atoms(rule: Rule) -> list[Relational]:
    """The positive atoms of a rule that have variables."""
    return [
        item
        for item in rule.body
        if isinstance(item, Relational)
        and not item.negated
        and any(isinstance(term, Variable) for term in item.atom.terms)
    ]


def _untied(atoms: list[Relational]) -> bool:
    """Whether some atoms share no variable with the others."""
    groups: list[set[str]] = []
    for literal in atoms:
        names = {term.name for term in literal.atom.terms if isinstance(term, Variable)}
        for group in [group for group in groups if group & names]:
            names |= group
            groups.remove(group)
        groups.append(names)
    return len(groups) > 1


def _key(literal: Relational) -> Key:
    return literal.atom.predicate, literal.atom.arity

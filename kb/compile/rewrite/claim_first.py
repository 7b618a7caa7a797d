"""Pass: predicates of a line with their claim and their line in front of all else."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from kb.language.ast import Aggregate, Atom, BodyLiteral, Program, Relational

_KEYS = ("claim", "line")
Item = TypeVar("Item")


def claim_first(program: Program) -> Program:
    """Return a program whose declared predicates of a line begin with the claim and the line.

    Parameters
    ----------
    program : Program
        The rules and declarations of a policy.

    Returns
    -------
    Program
        Atoms and declarations of other predicates are as they were.

    Examples
    --------
    >>> from kb.language.parser import parse_program
    >>> from kb.language.printer import print_rule
    >>> program, _ = parse_program(
    ...     ':- predicate(otherwise(number: number, claim: text, line: number), "x"). '
    ...     "otherwise(3, C, L) :- line(C, L).", "a.pl")
    >>> print(print_rule(claim_first(program).rules[0]))
    otherwise(C, L, 3) :- line(C, L).
    """
    orders: dict[str, list[int]] = {}
    for declaration in program.declarations:
        names = [column.name for column in declaration.columns]
        if set(_KEYS) <= set(names) and names[:2] != list(_KEYS):
            keys = [names.index(key) for key in _KEYS]
            orders[declaration.predicate] = keys + [
                place for place in range(len(names)) if place not in keys
            ]
    if not orders:
        return program

    def atom(item: Atom) -> Atom:
        order = orders.get(item.predicate)
        return item if order is None else replace(item, terms=_moved(item.terms, order))

    def body(literals: tuple[BodyLiteral, ...]) -> tuple[BodyLiteral, ...]:
        return tuple(
            replace(literal, atom=atom(literal.atom))
            if isinstance(literal, Relational)
            else replace(literal, goal=body(literal.goal))
            if isinstance(literal, Aggregate)
            else literal
            for literal in literals
        )

    return replace(
        program,
        rules=tuple(
            replace(rule, head=atom(rule.head), body=body(rule.body)) for rule in program.rules
        ),
        declarations=tuple(
            replace(each, columns=_moved(each.columns, orders[each.predicate]))
            if each.predicate in orders
            else each
            for each in program.declarations
        ),
    )


def _moved(items: tuple[Item, ...], order: list[int]) -> tuple[Item, ...]:
    return tuple(items[place] for place in order)

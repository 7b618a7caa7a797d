"""Check: every predicate that is used is known and has the right number of arguments."""

from __future__ import annotations

from collections.abc import Iterator

from facts.diagnostic import Diagnostic
from facts.schema import Column, Predicate
from facts.span import Span
from facts.suggest import nearest
from kb.checks.context import Context, atoms
from kb.language.ast import Atom
from kb.language.keywords import RESERVED

_MOST_NEAR = 20
"""Unknown predicates for which the nearest known one is looked for."""


def check_predicates(context: Context) -> Iterator[Diagnostic]:
    """Yield unknown predicates and wrong numbers of arguments.

    Parameters
    ----------
    context : Context
        Its signature holds the predicates that rules define and nothing declares afterwards;
        their columns have no type yet.

    Yields
    ------
    Diagnostic
    """
    defined: dict[str, Span] = {}
    for unit in context.units:
        head = unit.head
        if head is None or head.predicate in RESERVED:
            continue
        if head.predicate not in context.signature:
            context.signature[head.predicate] = _undeclared(head)
            defined[head.predicate] = head.span
    broken = frozenset(context.program.broken)
    unknown = 0
    for unit in context.units:
        for atom in atoms(unit):
            predicate = context.signature.get(atom.predicate)
            if predicate is None:
                if atom.predicate in broken or atom is unit.head:
                    continue
                unknown += 1
                yield _unknown(context, atom, unknown <= _MOST_NEAR)
            elif predicate.arity != atom.arity:
                wanted = f"{predicate.arity} argument{'' if predicate.arity == 1 else 's'}"
                if atom.predicate in defined:
                    help = f"it has {wanted} at {defined[atom.predicate]}"
                else:
                    names = ", ".join(column.name for column in predicate.columns)
                    help = f"write `{atom.predicate}({names})`"
                message = f"`{atom.predicate}` takes {wanted}, not {atom.arity}"
                yield context.error(message, atom.span, help)


def _undeclared(head: Atom) -> Predicate:
    columns = tuple([Column(f"a{position}", "text") for position in range(1, head.arity + 1)])
    shown = ", ".join(f"{{{column.name}}}" for column in columns)
    sentence = f"{head.predicate}({shown})"
    return Predicate(head.predicate, columns, sentence, f"not {sentence}")


def _unknown(context: Context, atom: Atom, look: bool) -> Diagnostic:
    name = atom.predicate
    message = f"unknown predicate `{name}/{atom.arity}`"
    if name in RESERVED:
        message = f"`{name}` of Prolog is not part of the rule language"
        return context.error(message, atom.span)
    near = nearest(name, context.signature) if look else None
    if near is None:
        return context.error(message, atom.span, "declare it, or write a rule for it")
    found = context.signature[near]
    return context.error(message, atom.span, f"did you mean `{near}/{found.arity}`?")

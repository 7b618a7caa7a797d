"""Check: every predicate is declared once, under a name of its own, with a sentence that fits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from facts.diagnostic import Diagnostic
from facts.schema import Predicate
from facts.suggest import nearest
from kb.checks.context import Context
from kb.language.ast import Declaration
from kb.language.keywords import RESERVED

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}|[{}]")


def check_declarations(context: Context) -> Iterator[Diagnostic]:
    """Yield what is wrong with declarations and with the heads of rules.

    Parameters
    ----------
    context : Context
        Its signature holds the input predicates and the declared ones afterwards.

    Yields
    ------
    Diagnostic
    """
    context.signature.update(context.inputs)
    first: dict[str, Declaration] = {}
    for declaration in context.program.declarations:
        name, span = declaration.predicate, declaration.span
        if name in context.inputs:
            message = f"`{name}` is an input predicate and cannot be declared"
            yield context.error(message, span, "claims, tables and settings assert it")
        elif name in RESERVED:
            yield context.error(_reserved(name), span, "choose another name")
        elif name in first:
            message = f"`{name}` is declared twice"
            yield context.error(message, span, f"it is declared at {first[name].span}")
        else:
            first[name] = declaration
            context.signature[name] = Predicate(
                name, declaration.columns, declaration.sentence, declaration.absence
            )
        yield from _sentence(context, declaration, declaration.sentence)
        yield from _sentence(context, declaration, declaration.absence)
    for unit in context.units:
        if unit.head is None:
            continue
        name = unit.head.predicate
        if name in context.inputs:
            kind = "rule" if unit.body else "fact"
            message = f"`{name}` is an input predicate, and no {kind} can assert it"
            help = "claims, tables and settings assert it; give the rule a name of its own"
            yield context.error(message, unit.head.span, help)
        elif name in RESERVED:
            yield context.error(_reserved(name), unit.head.span, "choose another name")


def _sentence(context: Context, declaration: Declaration, sentence: str) -> Iterator[Diagnostic]:
    columns = [column.name for column in declaration.columns]
    for match in _PLACEHOLDER.finditer(sentence):
        name = match.group(1)
        if name in columns:
            continue
        near = nearest(name, columns) if name else None
        help = f"did you mean `{{{near}}}`?" if near else f"columns are {', '.join(columns)}"
        message = f"`{match.group()}` in the sentence of `{declaration.predicate}` is no column"
        yield context.error(message, declaration.span, help)


def _reserved(name: str) -> str:
    return f"Prolog keeps the name `{name}` for itself"

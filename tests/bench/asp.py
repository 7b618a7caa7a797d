"""A checked program and its facts as text for clingo; numbers have to be whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

from kb.engines.protocol import Facts
from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparison,
    Constant,
    Expression,
    Program,
    Relational,
    Rule,
    Variable,
)
from kb.language.values import Value

_OPERATORS = {
    "=<": "<=",
    "=:=": "=",
    "=\\=": "!=",
    "\\=": "!=",
    "@<": "<",
    "@=<": "<=",
    "@>": ">",
    "@>=": ">=",
}
_FRESH = re.compile(r"(?<![\w\"])_(?![\w\"])")
_VARIABLE = re.compile(r"\b[A-Z]\w*")
_QUOTED = re.compile(r'"[^"]*"')


def program_text(program: Program, shown: Iterable[tuple[str, int]]) -> str:
    """Return the rules, and what of the answer set is shown."""
    rows = ["#show.", *(f"#show {name}/{arity}." for name, arity in shown)]
    return "\n".join([*rows, *map(_rule, program.rules)])


def fact_texts(facts: Facts, program: Program) -> Iterator[str]:
    """Yield the facts that the rules ask for."""
    asked = {atom.predicate for rule in program.rules for atom in _atoms(rule.body)}
    for name, rows in facts.items():
        if name in asked:
            for row in rows:
                yield f"{name}({', '.join(map(_value, row))})."


def _rule(rule: Rule) -> str:
    body = ", ".join(map(_literal, rule.body))
    return f"{_atom(rule.head)} :- {body}." if body else f"{_atom(rule.head)}."


def _literal(literal: BodyLiteral) -> str:
    match literal:
        case Relational(atom=atom, negated=negated):
            return f"not {_atom(atom)}" if negated else _atom(atom)
        case Comparison(operator=operator, left=left, right=right):
            return f"{_term(left)} {_OPERATORS.get(operator, operator)} {_term(right)}"
        case Assignment(variable=variable, expression=expression):
            return f"{variable.name} = {_term(expression)}"
        case Aggregate(function=function, expression=expression, goal=goal, result=result):
            spelt = [
                _FRESH.sub(lambda match: f"Any{match.start()}", _literal(item)) for item in goal
            ]
            if expression is None:
                names = dict.fromkeys(name for item in spelt for name in _names(item))
                what = ", ".join(names)
            else:
                what = _term(expression)
            return f"{result.name} = #{function} {{ {what} : {', '.join(spelt)} }}"


def _atom(atom: Atom) -> str:
    terms = ", ".join(map(_term, atom.terms))
    return f"{atom.predicate}({terms})" if terms else atom.predicate


def _term(term: Expression) -> str:
    if isinstance(term, Variable):
        return "_" if term.name.startswith("_") else term.name
    if isinstance(term, Constant):
        return _value(term.value)
    operands = [_term(operand) for operand in term.operands]
    match term.operator, operands:
        case "ceiling", [_]:
            above, below = map(_term, term.operands[0].operands)  # type: ignore[union-attr]
            return f"(({above} + {below} - 1) / {below})"
        case "max", [one, other]:
            return f"(({one} + {other} + |{one} - {other}|) / 2)"
        case operator, [one, other]:
            return f"({one} {operator} {other})"
    raise ValueError(f"no such operation for clingo: {term.operator}")


def _value(value: Value) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    exact = Fraction(value)
    if exact.denominator != 1:
        raise ValueError(f"clingo has whole numbers alone, not {value}")
    return str(exact.numerator)


def _names(text: str) -> list[str]:
    return _VARIABLE.findall(_QUOTED.sub("", text))


def _atoms(body: Iterable[BodyLiteral]) -> Iterator[Atom]:
    for literal in body:
        if isinstance(literal, Relational):
            yield literal.atom
        elif isinstance(literal, Aggregate):
            yield from _atoms(literal.goal)

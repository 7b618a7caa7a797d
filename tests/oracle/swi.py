"""SWI-Prolog as a second opinion: the same rules, facts and queries, answered by it.

Rule files are loaded as they stand; every predicate that they derive is tabled. Facts and
queries are written as quoted Prolog text, exact numbers as rationals (``5r2``).
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

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
    Query,
    Relational,
    Rule,
    Variable,
)
from kb.language.traversal import named_variables
from kb.language.values import Row, Value, canonical, row_key

DRIVER = Path(__file__).with_name("driver.pl")
GOAL = "clausewise_oracle:main"

needs_swipl = pytest.mark.skipif(shutil.which("swipl") is None, reason="swipl is not installed")


class OracleError(Exception):
    """SWI-Prolog raised an error on a query."""


@dataclass(frozen=True, slots=True)
class OracleCase:
    """Facts, and the queries to answer over them."""

    facts: Facts
    queries: Sequence[Query]


def ask_swi(
    rules: Program | Iterable[Path],
    cases: Iterable[OracleCase],
    timeout: float = 300,
    derived: Iterable[Rule] = (),
) -> list[list[list[Row] | OracleError]]:
    """Return the sorted answers of every query of every case, from one SWI-Prolog process.

    Parameters
    ----------
    rules : Program or iterable of Path
        A program, or rule files to be loaded unmodified.
    cases : iterable of OracleCase
        Their facts do not see each other.
    timeout : float, optional
        Seconds for the process.
    derived : iterable of Rule, optional
        Rules that are in no file: those that the policy's loader derives from the others.

    Returns
    -------
    list of list of list of tuple
        For each case and each of its queries the rows, or the error that it raised.
    """
    cases = list(cases)
    with tempfile.TemporaryDirectory() as folder:
        batch = Path(folder, "cases.pl")
        with batch.open("w", encoding="utf-8") as file:
            for number, case in enumerate(cases):
                file.write(_case_text(number, case))
        if isinstance(rules, Program):
            written = Path(folder, "rules.pl")
            written.write_text("".join(map(rule_text, rules.rules)), encoding="utf-8")
            files = [written]
        else:
            files = [Path(path).resolve() for path in rules]
            more = sorted(derived, key=lambda rule: rule.head.predicate)
            if more:
                files.append(Path(folder, "derived.pl"))
                files[-1].write_text("".join(map(rule_text, more)), encoding="utf-8")
        done = subprocess.run(
            ["swipl", "-q", "-f", "none", "-g", GOAL, "-t", "halt", str(DRIVER), "--", str(batch)]
            + [str(path) for path in files],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )
    if done.stderr.strip() or done.returncode:
        raise RuntimeError(f"swipl stopped with {done.returncode}: {done.stderr[:2000]}")
    answers: list[list[list[Row] | OracleError]] = [[[] for _ in case.queries] for case in cases]
    for text in done.stdout.splitlines():
        kind, case_number, query_number, *values = text.split("\t")
        place = answers[int(case_number)]
        if kind == "error":
            place[int(query_number)] = OracleError(values[0])
        else:
            rows = place[int(query_number)]
            assert isinstance(rows, list)
            rows.append(tuple(map(_parsed, values)))
    for place in answers:
        for rows in place:
            if isinstance(rows, list):
                rows.sort(key=row_key)
    return answers


def value_text(value: Value) -> str:
    """Return a value as Prolog text.

    Examples
    --------
    >>> value_text("it's"), value_text(Decimal("2.50")), value_text(3)
    ("'it\\\\x27\\\\s'", '5r2', '3')
    """
    if isinstance(value, str):
        return "'" + "".join(map(_character, value)) + "'"
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    return f"{exact.numerator}r{exact.denominator}"


def rule_text(rule: Rule) -> str:
    """Return a rule as Prolog text."""
    if not rule.body:
        return f"{_atom(rule.head)}.\n"
    return f"{_atom(rule.head)} :- {body_text(rule.body)}.\n"


def body_text(body: Sequence[BodyLiteral]) -> str:
    """Return a body as Prolog text."""
    return ", ".join(map(_literal, body)) or "true"


def _case_text(number: int, case: OracleCase) -> str:
    facts = [
        _atom(Atom(name, tuple(map(Constant, row))))
        for name, rows in case.facts.items()
        for row in rows
    ]
    queries = [
        f"query({place}, [{', '.join(named_variables(query.body))}], ({body_text(query.body)}))"
        for place, query in enumerate(case.queries)
    ]
    return f"case({number}, [{', '.join(facts)}], [{', '.join(queries)}]).\n"


def _literal(literal: BodyLiteral) -> str:
    match literal:
        case Relational(atom=atom, negated=negated):
            return f"\\+ {_atom(atom)}" if negated else _atom(atom)
        case Comparison(operator=operator, left=left, right=right):
            return f"{_expression(left)} {operator} {_expression(right)}"
        case Assignment(variable=variable, expression=expression):
            return f"{variable.name} is {_expression(expression)}"
        case Aggregate(function=function, expression=expression, goal=goal, result=result):
            what = function if expression is None else f"{function}({_expression(expression)})"
            if function in ("min", "max"):
                # its result must be free: SWI-Prolog answers a bound one where nothing is found
                free = f"{result.name}_free"
                return f"aggregate_all({what}, ({body_text(goal)}), {free}), {result.name} = {free}"
            return f"aggregate_all({what}, ({body_text(goal)}), {result.name})"


def _atom(atom: Atom) -> str:
    terms = ", ".join(map(_expression, atom.terms))
    return f"{value_text(atom.predicate)}({terms})" if terms else value_text(atom.predicate)


def _expression(expression: Expression) -> str:
    if isinstance(expression, Variable):
        return expression.name
    if isinstance(expression, Constant):
        return value_text(expression.value)
    operands = [_expression(operand) for operand in expression.operands]
    return f"'{expression.operator}'({', '.join(operands)})"


def _character(character: str) -> str:
    if (character.isalnum() and character.isascii()) or character in " _.,:-":
        return character
    return f"\\x{ord(character):x}\\"


def _parsed(text: str) -> Value:
    kind, _, value = text.partition(":")
    if kind == "n":
        return canonical(Fraction(value))
    if kind == "t":
        return "".join(chr(int(code)) for code in value.split())
    raise RuntimeError(f"swipl answered what is no value: {value}")

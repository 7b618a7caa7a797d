"""What is printed reads back as the same syntax, and means the same to SWI-Prolog's reader."""

from __future__ import annotations

import shutil
import subprocess
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.schema import Column
from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    Comparison,
    Constant,
    Declaration,
    Operation,
    Program,
    Query,
    Relational,
    Rule,
    Variable,
)
from kb.language.keywords import COMPARATORS, FUNCTIONS, OPERATOR_WORDS, RESERVED
from kb.language.parser import parse_program, parse_query
from kb.language.printer import print_program, print_query, print_value

names = st.from_regex(r"[a-z][A-Za-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name not in RESERVED
)
characters = st.characters(exclude_categories=["Cs"])
texts = st.one_of(names, st.text(characters, max_size=12), st.sampled_from(sorted(OPERATOR_WORDS)))
numbers = st.one_of(
    st.integers(-(10**30), 10**30),
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9
    ),
    st.fractions(max_denominator=1000),
)
constants = st.one_of(texts, numbers).map(Constant)
named = st.from_regex(r"[A-Z][A-Za-z0-9_]{0,5}|_[A-Za-z][a-z]{0,3}", fullmatch=True).map(Variable)
anonymous = st.just(Variable("_"))
terms = st.one_of(named, constants, anonymous)
atoms = st.builds(Atom, names, st.lists(terms, min_size=1, max_size=4).map(tuple))


def _call(name: str, operands: list[object]) -> Operation:
    return Operation(name, tuple(operands[: FUNCTIONS[name]]))  # type: ignore[arg-type]


expressions = st.recursive(
    st.one_of(named, constants),
    lambda inner: st.one_of(
        st.builds(
            lambda sign, left, right: Operation(sign, (left, right)),
            st.sampled_from(["+", "-", "*", "/", "//", "mod"]),
            inner,
            inner,
        ),
        inner.map(lambda one: Operation("-", (one,))),
        st.builds(
            _call, st.sampled_from(sorted(FUNCTIONS)), st.lists(inner, min_size=2, max_size=2)
        ),
    ),
    max_leaves=6,
)
simple = st.one_of(
    st.builds(Relational, atoms, st.booleans()),
    st.builds(Comparison, st.sampled_from(COMPARATORS), expressions, expressions),
    st.builds(Assignment, named, expressions),
)
aggregates = st.one_of(
    st.builds(
        Aggregate,
        st.just("count"),
        st.none(),
        st.lists(simple, min_size=1, max_size=3).map(tuple),
        named,
    ),
    st.builds(
        Aggregate,
        st.sampled_from(["sum", "min", "max"]),
        expressions,
        st.lists(simple, min_size=1, max_size=3).map(tuple),
        named,
    ),
)
bodies = st.lists(st.one_of(simple, aggregates), max_size=4).map(tuple)
columns = st.lists(names, min_size=1, max_size=3, unique=True).flatmap(
    lambda found: st.tuples(
        *(
            st.builds(Column, st.just(name), st.sampled_from(["text", "number", "date"]))
            for name in found
        )
    )
)
declarations = st.builds(
    Declaration, names, columns, st.text(characters, max_size=20), st.text(characters, max_size=20)
)
programs = st.builds(
    Program,
    st.lists(st.builds(Rule, atoms, bodies), max_size=4).map(tuple),
    st.lists(declarations, max_size=2).map(tuple),
)
relaxed = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


@relaxed
@given(programs)
def test_a_printed_program_reads_back(program: Program) -> None:
    # `_` gets its names from the reader, so what was built is read once before it is compared.
    read, faults = parse_program(print_program(program), "once")
    assert faults == []
    assert len(read.rules) == len(program.rules)
    assert read.declarations == program.declarations
    assert parse_program(print_program(read), "twice") == (read, [])


@relaxed
@given(bodies.filter(bool))
def test_a_printed_query_reads_back(body: tuple[Relational, ...]) -> None:
    read = parse_query(print_query(Query(body)))
    assert parse_query(print_query(read)) == read


@relaxed
@given(atoms.filter(lambda atom: Variable("_") not in atom.terms), expressions)
def test_without_anonymous_variables_nothing_changes(atom: Atom, expression: Operation) -> None:
    rule = Rule(atom, (Comparison("=:=", Variable("X"), expression),))
    assert parse_program(print_program(Program((rule,))), "once")[0].rules == (rule,)


@relaxed
@given(st.one_of(texts, numbers))
def test_a_printed_value_reads_back(value: str | int | Decimal | Fraction) -> None:
    program, faults = parse_program(f"p({print_value(value)}).", "value")
    assert faults == []
    (term,) = program.rules[0].head.terms
    assert isinstance(term, Constant)
    assert term.value == value


@pytest.mark.parametrize("value", [Decimal("nan"), Decimal("inf"), "\ud800", True])
def test_what_no_file_can_hold_is_not_printed(value: object) -> None:
    with pytest.raises(ValueError, match="is n"):
        print_value(value)  # type: ignore[arg-type]


@pytest.mark.skipif(shutil.which("swipl") is None, reason="SWI-Prolog is not installed")
def test_swi_prolog_reads_the_same_text(tmp_path: Path) -> None:
    values = [
        "", "abc", "it's", 'say "x"', "back\\slash", "new\nrow", "tab\t", "é", "\x01", "\x7f",
        "\U0001f600", "\U000dafff", "\U0010ffff",
        "\u2028", "_", "X", "9", "[]", "{}", "!", ",", "|", ".", "*/", "/*", "%",
        *sorted(OPERATOR_WORDS), *sorted(COMPARATORS), ":-", "-->", "\\+", "a b", "a'", "'", "\\",
        "\xa0", "\ufeff", "\u200b",
    ]  # fmt: skip
    rows = [f"value({number}, {print_value(value)})." for number, value in enumerate(values)]
    for number, value in enumerate(values):
        shown = print_value(value)
        rows.append(f"same({number}, X) :- value(_, X), X = {shown}, \\+ value({shown}, X).")
    (tmp_path / "values.pl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    goal = (
        "set_stream(user_output, encoding(utf8)),"
        "consult('values.pl'),"
        "forall(value(_, V), (atom_codes(V, Codes), print(Codes), nl)), halt"
    )
    done = subprocess.run(
        ["swipl", "-q", "-g", goal, "-t", "halt(1)"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "rror" not in done.stderr
    assert done.stdout.split("\n")[:-1] == [
        f"[{','.join(str(ord(character)) for character in value)}]" for value in values
    ]

"""The reader: spans, numbers, variables, recovery; and no text that makes it fail."""

from __future__ import annotations

import contextlib
import threading
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from facts.diagnostic import QueryError
from facts.span import Span
from kb.checks.checked import check_program
from kb.language.ast import Assignment, Constant, Operation, Relational, Variable
from kb.language.parser import join_programs, parse_program, parse_programs, parse_query


def test_spans_hold_what_was_written() -> None:
    text = "p(X) :-\n    q(X, 'a b'),\n    \\+ r(X).\n"
    (rule,) = parse_program(text, "a.pl")[0].rules
    assert rule.head.span == Span("a.pl", 1, 1, 1, 5)
    first, second = rule.body
    assert isinstance(first, Relational)
    assert first.atom.terms[1].span == Span("a.pl", 2, 10, 2, 15)
    assert second.span == Span("a.pl", 3, 5, 3, 12)
    assert rule.span == Span("a.pl", 1, 1, 3, 13)


def test_spans_do_not_count_in_comparisons() -> None:
    assert parse_query("p(X)") == parse_query("  p( X )  ")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("0.10", Decimal("0.10")),
        ("-0.5", Decimal("-0.5")),
        ("1r3", Fraction(1, 3)),
        ("6r3", 2),
        ("'it''s'", "it's"),
        ("'it\\'s'", "it's"),
        ("'a\\x41\\b\\n\\t\\\\'", "aAb\n\t\\"),
        ("'\\x41\\'", "A"),
        ("''", ""),
        ("''''", "'"),
        ("'say \"x\"'", 'say "x"'),
        ("plain_Text1", "plain_Text1"),
    ],
)
def test_constants_are_exact(text: str, value: object) -> None:
    (term,) = parse_program(f"p({text}).", "a.pl")[0].rules[0].head.terms
    assert isinstance(term, Constant)
    assert term.value == value
    assert type(term.value) is type(value)


def test_each_anonymous_variable_is_one_of_its_own_in_its_rule() -> None:
    first, second = parse_program("p(X) :- q(_, X, _), _ = X. p(X) :- q(X, _, X).", "a.pl")[0].rules
    assert [term.name for term in first.body[0].atom.terms] == ["_1", "X", "_2"]
    assert second.body[0].atom.terms[1] == Variable("_1")
    assert second.body[0].atom.terms[1].anonymous


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 - 2 - 3", "(1-2)-3"),
        ("1 - (2 - 3)", "1-(2-3)"),
        ("1 + 2 * 3", "1+(2*3)"),
        ("8 / 4 // 2 mod 3", "((8/4)//2)mod3"),
        ("-X * 2", "(-X)*2"),
        ("-(X * 2)", "-(X*2)"),
        ("X -1", "X-1"),
        ("X - -1", "X--1"),
        ("2 * -1", "2*-1"),
        ("- 1", "-1!"),
    ],
)
def test_operators_bind_as_in_prolog(text: str, expected: str) -> None:
    def shown(part: object) -> str:
        if isinstance(part, Operation) and len(part.operands) == 2:
            sides = [
                f"({shown(o)})" if isinstance(o, Operation) else shown(o) for o in part.operands
            ]
            return part.operator.join(sides)
        if isinstance(part, Operation):
            (inner,) = part.operands
            if isinstance(inner, Constant):
                return f"-{inner.value}!"
            return f"-({shown(inner)})" if isinstance(inner, Operation) else f"-{shown(inner)}"
        return part.name if isinstance(part, Variable) else str(part.value)  # type: ignore[attr-defined]

    (literal,) = parse_query(f"Y is {text}").body
    assert isinstance(literal, Assignment)
    assert shown(literal.expression) == expected


@pytest.mark.parametrize("text", ["p(X)", "?- p(X)", "p(X).", "?-p(X).", " ?- p(X) . % asked"])
def test_a_query_with_or_without_its_marks(text: str) -> None:
    assert len(parse_query(text).body) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the query is empty"),
        ("  % nothing", "the query is empty"),
        ("p(X) :- q(X)", "a query has no rules"),
        (":- p(X)", "a query has no rules"),
        ("p(X). q(X)", "a query is one goal"),
        ("p(X),", "the query ends after `,`"),
        ("p(X", "a parenthesis is not closed"),
        ("p", "`p` has no arguments"),
        ("X", "`X` alone is no condition"),
        ("p(X), q", "`q` has no arguments"),
        ("?-", "the query ends after `?-`"),
        (".", "there is a full stop on its own"),
        ("p(X) q(X)", "`q` follows without a comma"),
        ("__import__('os')", "`__import__` cannot be the name of a predicate"),
        ("p(X); q(X)", "`;` is not part of the rule language"),
        ("+ p(X)", "`+` is before a number"),
        ('p("x")', "text in double quotes is for directives only"),
    ],
)
def test_what_is_no_query_is_refused(text: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    (fault,) = caught.value.diagnostics
    assert fault.message == message
    if "empty" not in message:
        assert isinstance(fault.place, Span)
        assert fault.place.source == "<query>"
        assert fault.excerpt == text


def test_all_faults_are_told_and_the_rest_is_read() -> None:
    text = "p(1).\np(X) :- !.\nq(1)\nq(2) :- [].\nr(1).\n"
    program, faults = parse_program(text, "a.pl")
    assert [fault.place.row for fault in faults] == [2, 3, 4]  # type: ignore[union-attr]
    assert [rule.head.predicate for rule in program.rules] == ["p", "r"]
    assert program.broken == ("p", "q")
    assert check_program(program) == []


def test_a_rule_that_could_not_be_read_makes_no_predicate_unknown() -> None:
    program, _ = parse_programs({"a.pl": "p(X) :- q(X), !.", "b.pl": "r(X) :- p(X), s(X). s(1)."})
    assert check_program(program) == []
    assert join_programs([program, program]).broken == ("p",)


def test_threads_share_the_reader() -> None:
    results: list[bool] = []

    def read(number: int) -> None:
        text = " ".join(f"p{number}(X, _) :- q{number}(X, _, _)." for _ in range(300))
        program, faults = parse_program(text, f"{number}.pl")
        results.append(
            not faults
            and all(rule.head.predicate == f"p{number}" for rule in program.rules)
            and all(rule.span.source == f"{number}.pl" for rule in program.rules)
        )

    threads = [threading.Thread(target=read, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 6


LONG = 10_000


@pytest.mark.parametrize(
    "text",
    [
        "(" * LONG,
        "p(" * LONG,
        ")" * LONG,
        "p(X) :- X > " + "(" * LONG + "1" + ")" * LONG + ".",
        "p(X) :- X > " + "-" * LONG + "1.",
        "p(X) :- X > " + "- " * LONG + "1.",
        "p(X) :- X > " + "-(" * LONG + "1" + ")" * LONG + ".",
        "p(X) :- X > " + "1 + " * LONG + "1.",
        "p(X) :- X > " + "abs(" * LONG + "1" + ")" * LONG + ".",
        "p(X) :- " + "\\+ " * LONG + "q(X).",
        "p(X) :- " + "aggregate_all(count, (" * LONG,
        "p(X) :- " + "[" * LONG,
        "'" * LONG,
        "'\\x41\\" * LONG,
        "/*" * LONG,
        "." * LONG,
        ". " * LONG,
        ", " * LONG,
        ":- " * LONG,
        "p(" + "1" * LONG + ").",
        "p" * LONG,
        "p(X)\n" * LONG,
    ],
    ids=range(22),
)
def test_long_and_deep_texts_are_refused(text: str) -> None:
    program, faults = parse_program(text, "a.pl")
    check_program(program)
    assert any("(1)" not in fault.message for fault in faults) or len(program.rules) == 1
    assert all(len(fault.render()) < 5000 for fault in faults)
    with pytest.raises(QueryError):
        parse_query(text)


def test_a_long_body_and_a_long_chain_are_fine() -> None:
    body = ", ".join(f"q(X, {number})" for number in range(5_000))
    chain = "\n".join(f"r{number}(X) :- r{number + 1}(X)." for number in range(5_000))
    text = f"p(X) :- {body}.\nq(1, 1).\n{chain}\nr5000(1)."
    program, faults = parse_program(text, "a.pl")
    assert faults == []
    assert check_program(program) == []


def test_a_long_cycle_is_told_briefly() -> None:
    rules = "\n".join(f"r{number}(X) :- r{number + 1}(X)." for number in range(5_000))
    program, _ = parse_program(f"{rules}\nr5000(X) :- q(X), \\+ r0(X). q(1).", "a.pl")
    (fault,) = check_program(program)
    assert "..." in fault.message
    assert len(fault.message) < 300


PIECES = r"""
is( mod( \
p( q( X Y _ _1 a 'b c' 1 -1 2.5 1r2 ( ) , . :- ?- \+ < =< =:= @< = \= is mod + - * / // é 1e5
aggregate_all( count sum( max( min( abs( predicate( : text "s" [ ] { } | ! ; -> % /* */ ' "
"""
prologish = st.lists(st.sampled_from([*PIECES.split(), "\n", "\ufeff", "table"]), max_size=25)


@settings(deadline=None)
@given(prologish.map("".join) | prologish.map(" ".join) | st.text(max_size=60))
@example("p(X) :- q(X), 'a\\")
@example("\ufeff")
@example("\r")
@example("p(X) :- \\+ \ufeff")
def test_no_text_makes_the_reader_fail(text: str) -> None:
    program, faults = parse_program(text, "a.pl")
    for fault in faults + check_program(program):
        assert isinstance(fault.place, Span)
        row = text.split("\n")[fault.place.row - 1]
        assert 1 <= fault.place.column <= len(row) + 1
        fault.render()
    with contextlib.suppress(QueryError):
        assert parse_query(text).body

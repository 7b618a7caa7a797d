"""What cannot be compiled is refused with its place."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlglot")

from facts.diagnostic import ProgramError
from kb.compile.sql.catalog import Catalog
from kb.compile.sql.dialects import DuckDB
from kb.compile.sql.statements import query_of
from kb.language.ast import Constant, Operation
from kb.language.parser import parse_program

DIALECT = DuckDB("stop")


def refusal(text: str) -> tuple[str, str, str]:
    program, faults = parse_program(text, "rules.pl")
    assert not faults
    with pytest.raises(ProgramError) as caught:
        query_of(Catalog.of(program), program.rules[0], DIALECT)
    (fault,) = caught.value.diagnostics
    return fault.message, str(fault.place), fault.help


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        (
            "p(X) :- q(X), X > 1.0000000001. q(1).",
            "`1.0000000001` has no exact decimal of 9 digits after the point",
            "rules.pl:1:19",
        ),
        (
            "p(0.12345678901). q(1).",
            "`0.12345678901` has no exact decimal of 9 digits after the point",
            "rules.pl:1:3",
        ),
        (
            "p(X) :- q(X), X < 100000000000000000000000000000. q(1).",
            "`100000000000000000000000000000` has no exact decimal of 9 digits after the point",
            "rules.pl:1:19",
        ),
    ],
)
def test_numbers_that_no_column_holds(text: str, message: str, place: str) -> None:
    assert refusal(text) == (
        message,
        place,
        "a number has at most 29 digits before and 9 behind its point",
    )


def test_an_operation_that_nobody_knows() -> None:
    with pytest.raises(ProgramError) as caught:
        DIALECT.numbers.expression(Operation("sqrt", (Constant(2),)), {})
    assert caught.value.diagnostics[0].message == "`sqrt` cannot be compiled exactly"

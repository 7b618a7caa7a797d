"""What the checks leave behind, and queries over checked programs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts.diagnostic import ProgramError
from facts.suggest import nearest
from kb.checks.checked import check, check_program, check_query
from kb.language.ast import Program
from kb.language.parser import parse_program, parse_programs, parse_query
from kb.language.values import Value
from kb.model.program import CheckedProgram, Stratum
from tests.accept import golden

HERE = Path(__file__).parent
PRELUDE = HERE.parents[2] / "kb" / "language" / "prelude.pl"
PROGRAM = """
:- predicate(denied(claim: text, line: number, clause: text), "{line} is denied under {clause}").
denied(C, L, 'R14-FAC-1') :- procedure(C, L, X), code_in(X, drug).
late(C, L, D) :- service_date(C, L, D), D @> '2012-01-01'.
"""


def checked(text: str = PROGRAM) -> CheckedProgram:
    program, faults = parse_program(text, "rules.pl")
    assert faults == []
    return check(program, clauses=("R14-FAC-1",), tables=("drug",))


def test_every_fault_of_a_program_is_raised_at_once() -> None:
    program, _ = parse_program(
        "p(X) :- qq(X).\np(X) :- line(_, X), \\+ p(Y).\np(1) :- p(a).", "a.pl"
    )
    with pytest.raises(ProgramError) as caught:
        check(program)
    rows = [fault.place.row for fault in caught.value.diagnostics]  # type: ignore[union-attr]
    assert rows == [1, 2, 2, 3]


def test_strata_come_in_the_order_of_their_evaluation() -> None:
    strata = checked(
        "c(X) :- b(X), \\+ a(X). b(X) :- d(X). d(X) :- b(X). d(X) :- a(X). a(1)."
    ).strata
    assert strata == (
        Stratum(("a",), False),
        Stratum(("b", "d"), True),
        Stratum(("c",), False),
    )


def test_warnings_do_not_keep_a_program_from_use() -> None:
    (warning,) = checked("p(C) :- line(C, L).").warnings
    assert (warning.severity, warning.message, warning.help) == (
        "warning",
        "variable `L` occurs once",
        "write `_`",
    )


def test_diagnostics_stand_in_reading_order() -> None:
    program, _ = parse_programs({"b.pl": "p(X) :- a(X).", "a.pl": "q(X) :- b(X). q(Y) :- c(Y)."})
    assert [str(fault.place) for fault in check_program(program)] == [
        "b.pl:1:9",
        "a.pl:1:9",
        "a.pl:1:23",
    ]


def test_the_parts_of_a_built_program_need_no_text() -> None:
    program, _ = parse_program("p(X) :- q(X).", "a.pl")
    (fault,) = check_program(Program(program.rules))
    assert fault.excerpt == ""
    assert fault.message == "unknown predicate `q/1`"


QUERIES: tuple[tuple[str, Mapping[str, Value]], ...] = (
    ("denyed(C, L, K)", {}),
    ("denied(C, L)", {}),
    ("denied(C, L, 'R14-FAC-9')", {}),
    ("procedure(C, L, X), code_in(X, drugs)", {}),
    ("denied(C, '1', _)", {}),
    ("line(C, L), \\+ denied(C, L, K)", {}),
    ("L > 1", {}),
    ("line(C, L), C > 1", {}),
    ("late(C, L, 'July')", {}),
    ("late(C, L, D), D > 1", {}),
    ("line(C, L), aggregate_all(count, denied(C, L, K), N), denied(C, L, K), N > 1", {}),
    ("findall(X, L, C)", {}),
    ("consult(x)", {}),
    ("denied(C, L, K)", {"L": "1"}),
    ("line(C, L), units(C, O, U),\n  U = C", {}),
)


def test_what_is_wrong_with_a_query_is_told_with_its_place() -> None:
    rows = []
    for text, bound in QUERIES:
        given = "".join(f"  with {name} = {value!r}" for name, value in bound.items())
        found = check_query(parse_query(text), checked(), bound)
        assert found
        shown = "\n".join(fault.render() for fault in found)
        rows.append(f"?- {text}{given}\n{shown}\n\n")
    golden(HERE / "queries.expected", "".join(rows))


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("denied(C, L, K)", {}),
        ("denied(C, L, K), L > 1, \\+ late(C, L, _)", {"C": "C1"}),
        ("L > N, line(_, L)", {"L": 2, "N": 1}),
        ("late('C1', L, '2012-02-01')", {}),
        ("line(C, L), aggregate_all(max(U), units(C, _, U), M)", {}),
        ("X = 1", {}),
    ],
)
def test_good_queries_pass(text: str, bound: Mapping[str, Value]) -> None:
    assert check_query(parse_query(text), checked(), bound) == []


def test_clauses_and_tables_are_checked_only_where_they_are_known() -> None:
    program, _ = parse_program("p(X) :- code_in(X, anything), clause_effect('any', X).", "a.pl")
    assert check_program(program) == []
    assert len(check_program(program, clauses=(), tables=())) == 2


def test_nearest_does_not_depend_on_order() -> None:
    names = ["abcd", "abce", "abcf"]
    assert nearest("abcx", names) == nearest("abcx", names[::-1])
    assert nearest("x" * 100_000, names) is None


PIECES = (
    "p(X) p(Y) p(1) p(a) p('2010-07-15') q(X,Y) q(Y,X) q(X,_) q(_,_) r(X) \\+p(X) \\+q(X,_) "
    "line(X,Y) units(X,Y,Z) service_date(X,Y,Z) X=Y X<Y X@<Y X=1 Y=a X\\=Y Z=:=2 Y_is_X+1 Z_is_Y "
    "aggregate_all(count,p(X),N) aggregate_all(sum(Y),q(X,Y),N) "
    "aggregate_all(max(Z),units(X,Y,Z),Z)"
)
literals = st.sampled_from([piece.replace("_is_", " is ") for piece in PIECES.split()])
heads = st.sampled_from(
    ["p(X)", "p(Y)", "p(N)", "q(X, Y)", "q(X, _)", "r(X)", "r(Z)", "p(1)", "line(1)"]
)
rules = st.builds(
    lambda head, body: f"{head} :- {', '.join(body)}." if body else f"{head}.",
    heads,
    st.lists(literals, max_size=4),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(rules, max_size=6), st.randoms())
def test_no_program_makes_the_checks_fail_and_order_decides_nothing(
    texts: list[str], random: Random
) -> None:
    def outcome(texts: list[str]) -> tuple[bool, object]:
        program, faults = parse_program("\n".join(texts), "a.pl")
        assert faults == []
        found = check_program(program)
        if any(fault.severity == "error" for fault in found):
            return False, None
        passed = check(program)
        member = {name: n for n, group in enumerate(passed.strata) for name in group.predicates}
        assert len(member) == sum(len(group.predicates) for group in passed.strata)
        types = {
            name: [column.type for column in predicate.columns]
            for name, predicate in passed.signature.items()
        }
        return True, (types, {frozenset(group.predicates) for group in passed.strata})

    shuffled = list(texts)
    random.shuffle(shuffled)
    assert outcome(texts) == outcome(shuffled)


@pytest.mark.skipif(shutil.which("swipl") is None, reason="SWI-Prolog is not installed")
@pytest.mark.parametrize("path", sorted((HERE / "good").glob("*.pl")), ids=lambda path: path.stem)
def test_swi_prolog_loads_good_programs(path: Path, tmp_path: Path) -> None:
    (tmp_path / "watch.pl").write_text(
        ":- dynamic(failed/0).\n"
        "user:message_hook(_, error, _) :- assertz(failed), fail.\n"
        "user:message_hook(_, warning, _) :- assertz(failed), fail.\n"
    )
    files = ", ".join(f"consult('{file}')" for file in ("watch.pl", PRELUDE, path))
    done = subprocess.run(
        ["swipl", "-q", "-g", f"{files}, (failed -> halt(1) ; halt(0))", "-t", "halt(2)"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")

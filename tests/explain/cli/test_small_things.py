"""What trips people who are new: other names, files in the wrong place, a line left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from explain.cli.app import _MEANT as MEANT
from explain.cli.app import COMMANDS
from tests.explain.cli.conftest import COLUMNS, DENIED, Run, Write


@pytest.fixture
def two(write: Write) -> str:
    return write("two.csv", COLUMNS, DENIED, DENIED.replace("GOOD,1", "GOOD,2"))


@pytest.mark.parametrize("arguments", [["-h"], ["why", "-h"], ["help"], ["help", "why"]])
def test_help_has_short_names(run: Run, arguments: list[str]) -> None:
    ended = run(*arguments)
    assert ended.code == 0
    assert ended.out.startswith("Usage: clausewise")


@pytest.mark.parametrize(
    ("name", "help"),
    [
        ("explain", "did you mean `why`?"),
        ("hlep", "did you mean `help`?"),
        ("adjudicat", "did you mean `adjudicate`?"),
        ("claims.837", "clausewise adjudicate claims.837"),
        ("zebra", "one of demo, adjudicate"),
    ],
)
def test_commands_that_are_not_there(run: Run, name: str, help: str) -> None:
    ended = run(name)
    assert (ended.code, ended.out) == (2, "")
    assert f"there is no command `{name}`" in ended.err
    assert help in ended.err


def test_what_is_meant_exists() -> None:
    assert set(MEANT.values()) <= COMMANDS.keys()
    assert not MEANT.keys() & COMMANDS.keys()


def test_why_without_a_line_shows_all(run: Run, two: str) -> None:
    whole = run("why", "GOOD", "-c", two).out
    lines = [run("why", "GOOD", number, "-c", two).out for number in "12"]
    assert whole == "\n".join(lines)
    assert len(run("why", "GOOD", "-c", two, "--json").out.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["GOOD", "1", "two.csv"], "write -c two.csv"),
        (["GOOD", "two.csv"], "write -c two.csv"),
        (["GOOD", "first", "-c", "two.csv"], "`first` is not a line number"),
        (["GOOD", "1", "2", "-c", "two.csv"], "`2` is one argument too many"),
        (["GOOD", "1"], "name files, as in -c claims.837"),
    ],
)
def test_why_says_where_things_go(run: Run, two: str, arguments: list[str], message: str) -> None:
    ended = run("why", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err


def test_a_family_of_clauses(run: Run) -> None:
    rows = run("clauses", "r14-fac").out.splitlines()[1:]
    assert rows
    assert all(row.startswith("R14-FAC-") for row in rows)
    assert run("clauses", "FAC").out.splitlines()[1:] == rows
    assert run("clauses", "R14-FAC-1").out.startswith("R14-FAC-1: ")
    assert run("clauses", "R14-FA").code == 1


def test_codes_are_found_by_words(run: Run) -> None:
    assert "R14-COD-1" in run("code", "heparin flush").out
    assert run("code", "zebra").code == 1
    assert '"clauses": ["R14-COD-1"]' in run("code", "heparin flush", "--json").out


def test_export_on_a_terminal_writes_a_file(
    run: Run, two: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    first, second = (run("export", "GOOD", "1", "-c", two) for _ in range(2))
    assert (first.out, second.out) == ("", "")
    assert "GOOD-1.html written" in first.err
    assert "GOOD-1-2.html written" in second.err
    assert (here / "GOOD-1.html").read_bytes() == (here / "GOOD-1-2.html").read_bytes()
    masked = run("export", "GOOD", "1", "-c", two, "--mask", "--format", "md")
    assert "explanation-1.md written" in masked.err

"""Every fault that a program can have, with its underline; and programs that have none."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts.diagnostic import Diagnostic
from kb.checks.checked import check, check_program
from kb.language.parser import parse_program
from kb.language.printer import print_program
from tests.accept import golden

HERE = Path(__file__).parent
GOOD = sorted((HERE / "good").glob("*.pl"))
BAD = sorted((HERE / "bad").glob("*.pl"))
CLAUSES = ("R14-FAC-1", "R14-FAC-2")
TABLES = ("drug", "home_bill")


def faults_of(path: Path) -> list[Diagnostic]:
    program, faults = parse_program(path.read_bytes().decode(), path.name)
    return faults + check_program(program, clauses=CLAUSES, tables=TABLES)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_faults_are_told_with_their_place(path: Path) -> None:
    faults = faults_of(path)
    assert faults
    golden(path.with_suffix(".expected"), "\n\n".join(f.render() for f in faults) + "\n")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_fault_has_a_place_and_reads_like_a_sentence(path: Path) -> None:
    for fault in faults_of(path):
        assert fault.place is not None
        assert not fault.message.endswith(".")
        assert fault.message[0].islower() or fault.message.startswith(("`", "Prolog"))
        assert "`" in fault.message or fault.excerpt


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_programs_pass(path: Path) -> None:
    assert faults_of(path) == []


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_programs_read_back_as_printed(path: Path) -> None:
    program, _ = parse_program(path.read_text(encoding="utf-8"), path.name)
    printed = print_program(program)
    assert parse_program(printed, "printed") == (program, [])
    golden(path.with_suffix(".printed"), printed)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_signature_and_strata(path: Path) -> None:
    program, _ = parse_program(path.read_text(encoding="utf-8"), path.name)
    checked = check(program)
    rows = []
    for stratum in checked.strata:
        for name in stratum.predicates:
            columns = checked.signature[name].columns
            shown = ", ".join(f"{column.name}: {column.type}" for column in columns)
            rows.append(f"{name}({shown}){' recursive' if stratum.recursive else ''}\n")
        rows.append("\n")
    golden(path.with_suffix(".signature"), "".join(rows))

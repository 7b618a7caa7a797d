"""``check`` of a small policy that is broken one way at a time: every sentence, place and help."""

# ruff: noqa: E501
from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from kb.policy.loader import load_policy
from tests.accept import golden
from tests.explain.cli.conftest import Run
from tests.explain.cli.small_policy import FILES, write_policy

HERE = Path(__file__).parent

Edit = tuple[str, str, str]
"""File, text in it, text in its place; an empty text is the end of the file."""

CASE = '[[case]]\nname = "mine"\nclause = "S1-1"\n'
LINE = 'lines = [{ claim_form = "cms1500", service_date = 2018-06-01'

SYNTAX: dict[str, Edit] = {
    "no day of the calendar": ("clauses.toml", "2015-01-01", "2010-02-30"),
    "an open header": ("policy.toml", "[related]", "[related"),
    "an open array header": ("clauses.toml", "[[clause]]", "[[clause]"),
    "an open list": ("policy.toml", '["claim", "day"]', '["claim", "day"'),
    "an open text": ("policy.toml", 'title = "Small"', 'title = "Small'),
    "no value": ("policy.toml", 'title = "Small"', "title = Small"),
    "two values": ("policy.toml", 'version = "1"', 'version = "1" "2"'),
    "a key twice": ("policy.toml", 'version = "1"', 'version = "1"\nversion = "2"'),
    "an open list at the end": ("readings.toml", 'switch = "per"', "switch = ["),
    "a key alone": ("cases/all.toml", "fires = false", "fires"),
}
SEMANTICS: dict[str, Edit] = {
    "a text for a day": ("clauses.toml", "= 2015-01-01", '= "2015-01-01"'),
    "no title": ("clauses.toml", 'title = "Drugs"\n', ""),
    "an unknown effect": ("clauses.toml", '"supports"', '"suports"'),
    "a clause twice": ("clauses.toml", '"S1-2"', '"S1-1"'),
    "tables that are none": ("policy.toml", "[tables.drug]", "[[tables]]"),
    "evidence that is none": (
        "policy.toml",
        "[evidence.order]",
        "[evidence]\nx = 1\n[evidence.order]",
    ),
    "an unknown kind": ("policy.toml", '"number"', '"numbre"'),
    "a choice without choices": ("policy.toml", 'choices = ["yes", "no"]\n', ""),
    "a default that is no value": ("policy.toml", '"claim"', '"claims"'),
    "an unknown column": ("policy.toml", '"procedure"', '"procedures"'),
    "a table without a file": ("policy.toml", "[tables.drug]", "[tables.drugs]"),
    "a narrative that names what is not there": (
        "clauses.toml",
        "{procedure}",
        "{proceduer} {0} {",
    ),
    "a broken exception": ("clauses.toml", '{ evidence = "order"', '3, { evidence = "order"'),
    "an effect that also is none": (
        "clauses.toml",
        'group = "CO"',
        'group = "CO"\nalso = ["reduce"]',
    ),
    "a reading twice": (
        "readings.toml",
        "",
        '\n[[reading]]\nnumber = 1\nquestion = "q"\nanswer = "a"\n',
    ),
    "a misspelt effect": ("rules.pl", "denied", "denyed"),
    "another effect": ("rules.pl", "denied", "bundled"),
    "an undeclared evidence": ("rules.pl", "order, no", "ordre, no"),
    "a table that is not": ("rules.pl", "(X, drug)", "(X, drugs)"),
    "an amount that is none": (
        "tables/drug.csv",
        FILES["tables/drug.csv"],
        "first,amount\nJ0100,abc\n",
    ),
    "an open quote": ("tables/drug.csv", "Q5101,,7,", 'Q5101,,7,"ends\nnowhere,'),
}
REMARKS: dict[str, Edit] = {
    "a group code that is not": ("clauses.toml", '"CO"', '"XX"'),
    "a reason that is not": ("clauses.toml", '"97"', '"9999"'),
    "a remark that is not": ("clauses.toml", '["M97"]', '["M97", "ZZ9"]'),
    "an exception that nobody can supply": (
        "clauses.toml",
        'evidence = "order"',
        'evidence = "ordre"',
    ),
    "a related policy without a title": ("clauses.toml", '["M9"]', '["M8"]'),
    "lines of the document backwards": ("clauses.toml", 'lines = "3"', 'lines = "3,9-4"'),
    "lines of the document that are none": ("policy.toml", '"7,9-12"', '"7;9"'),
    "lines of a row": ("tables/drug.csv", "9-12", "12-9"),
    "lines of a reading": ("readings.toml", '"3"', '"three"'),
    "a switch that is not": ("readings.toml", '"per"', '"par"'),
    "a reading that is not": ("policy.toml", "reading = 1", "reading = 2"),
    "a key of a clause": ("clauses.toml", 'section = "Two"', 'section = "Two"\nsumary = "x"'),
    "a key of an exception": ("clauses.toml", 'text = "an', 'txt = "an'),
    "a key of a switch": ("policy.toml", "reading = 1", "readings = 1"),
    "a day of the history": (
        "policy.toml",
        "[related]",
        '[history]\n20150101 = { document_lines = "1", evnt = "begun" }\n\n[related]',
    ),
    "a table of the policy": ("policy.toml", "", "\n[switch.per]\n"),
    "a variable that stands alone": ("rules.pl", "", "drug(C, L) :- line(C, L), ndc(C, L, X).\n"),
    "a claim form that is none": ("rules.pl", "", "drug(C, L) :- claim_form(C, L, ub40).\n"),
}
CASES: dict[str, str] = {
    "no lines": f"{CASE}",
    "lines that are text": f'{CASE}lines = "x"\n',
    "lines that are numbers": f"{CASE}lines = [3]\n",
    "evidence that is text": f'{CASE}{LINE} }}]\nevidence = "x"\n',
    "a name that is a number": '[[case]]\nname = 5\nclause = ["x"]\nlines = []\n',
    "no text but a truth": f'{CASE}fires = "no"\nstrict = 1\n{LINE} }}]\n',
    "unknown clauses": f'[[case]]\nname = "x"\nclause = "S1-11"\n{LINE}, expect = "denied", cites = ["S1-9"] }}]\n',
    "an unknown outcome": f'{CASE}{LINE}, expect = "deniedd" }}]\n',
    "an unknown column": f"{CASE}{LINE}, unitz = 1 }}]\n",
    "an unknown key": f"{CASE}{LINE} }}]\nfire = false\n",
    "values that are none": f"{CASE}{LINE}T10:00:00, units = true, charge = nan }}]\n",
    "a negative number": f"{CASE}{LINE}, units = -1 }}]\n",
    "no claim form": f"{CASE}lines = [{{ service_date = 2018-06-01 }}]\n",
    "a line number twice": f'{CASE}{LINE}, line_number = 2 }}, {{ claim_form = "ub04", service_date = 2018-06-01 }}]\n',
    "what is expected without an outcome": f"{CASE}{LINE}, cites = [] }}]\n",
    "expectations of wrong types": f'{CASE}{LINE}, expect = "denied", cites = "S1-1", missing = [1], allowed = "x" }}]\n',
    "unknown evidence": f'{CASE}{LINE} }}]\nevidence = [\n  {{ evidence = "order", value = "no" }},\n  {{ evidence = "ordre", value = "no" }},\n  {{ evidence = "order", valeu = "maybe" }},\n]\n',
    "a faulty override": f'{CASE}{LINE} }}]\noverrides = [{{ authority = "planet", authority_id = "P", clause_id = "S1-3", effect = "waived" }}]\n',
    "unknown settings": f'{CASE}{LINE} }}]\nsettings = {{ par = "day", per = "week" }}\n',
    "settings that are none": f'{CASE}{LINE} }}]\nsettings = "per"\n',
    "a faulty release": f'{CASE}{LINE} }}]\nrelease = [{{ code = 5, added = "1990", ended = 1 }}]\nprecertification = "J1"\n',
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_policy(tmp_path / "small")


def edit(folder: Path, change: Edit) -> None:
    file, old, new = change
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")


def test_the_small_policy_is_clean(run: Run, folder: Path) -> None:
    ended = run("check", "small")
    assert (ended.code, ended.err) == (0, "every case came out as expected\n")
    assert ended.out == "S1, version 1: 2 clauses, 125 rules, 1 tables, 4 cases\n"


@pytest.mark.parametrize(
    ("kind", "changes"),
    [("syntax", SYNTAX), ("semantics", SEMANTICS), ("remarks", REMARKS)],
)
def test_faults_of_a_folder(run: Run, folder: Path, kind: str, changes: dict[str, Edit]) -> None:
    told = []
    for name, change in changes.items():
        write_policy(folder)
        edit(folder, change)
        ended = run("check", "small")
        told.append(f"# {name}: exit {ended.code}\n{ended.err}")
        assert ended.code in ((0, 3) if kind == "remarks" else (3,)), (name, ended.err)
        assert kind == "remarks" or ended.out == "" or name == "a key alone"
    golden(HERE / "golden" / f"check_{kind}.expected", "\n".join(told))


@pytest.mark.parametrize("name", SYNTAX)
def test_a_fault_of_syntax_is_told_alone(run: Run, folder: Path, name: str) -> None:
    edit(folder, SYNTAX[name])
    ended = run("check", "small")
    errors = [row for row in ended.err.splitlines() if row.startswith("error: ")]
    assert len(errors) == 1, ended.err


def test_faults_of_cases(run: Run, folder: Path) -> None:
    told = []
    for name, text in CASES.items():
        (folder / "cases" / "mine.toml").write_text(text, encoding="utf-8")
        ended = run("check", "small")
        told.append(f"# {name}: exit {ended.code}\n{ended.err}")
        assert ended.code == 3, (name, ended.err)
        assert "cases/mine.toml, case 1" in ended.err
    golden(HERE / "golden" / "check_cases.expected", "\n".join(told))


def test_faults_of_cases_stand_beside_those_of_the_policy(run: Run, folder: Path) -> None:
    edit(folder, SEMANTICS["a misspelt effect"])
    (folder / "cases" / "mine.toml").write_text("x = \n", encoding="utf-8")
    ended = run("check", "small", "--json")
    assert ended.code == 3
    sources = [error["place"]["source"] for error in json.loads(ended.out)["errors"]]
    assert sources == ["rules.pl", "cases/mine.toml"]


def test_bytes_that_are_no_text(run: Run, folder: Path) -> None:
    for name in ("rules.pl", "clauses.toml", "tables/drug.csv", "cases/all.toml"):
        write_policy(folder)
        path = folder / name
        path.write_bytes(path.read_bytes() + b"% caf\xe9\n")
        rows = FILES[name].count("\n") + 1
        ended = run("check", "small")
        assert ended.code == 3
        assert ended.err.startswith("error: the file is not UTF-8 text: byte 0xE9\n"), name
        assert f"--> {name}:{rows}:6\n" in ended.err


def test_a_folder_in_the_place_of_a_file(run: Run, folder: Path) -> None:
    (folder / "x.pl").mkdir()
    (folder / "cases" / "x.toml").mkdir()
    ended = run("check", "small")
    assert (ended.code, ended.err) == (
        3,
        "error: there is a folder where a file has to be\n  --> x.pl\n"
        "error: there is a folder where a file has to be\n  --> cases/x.toml\n",
    )


def test_a_rule_file_that_cannot_be_read_is_told_alone(run: Run, folder: Path) -> None:
    (folder / "sets.pl").write_bytes(b"%\xff\nset(C, L) :- line(C, L).\n")
    (folder / "more.pl").write_text("addressed(C, L) :- set(C, L).\n", encoding="utf-8")
    ended = run("check", "small")
    assert ended.code == 3
    assert ended.err == (
        "error: the file is not UTF-8 text: byte 0xFF\n  --> sets.pl:1:2\n"
        "  = help: save the file as UTF-8\n"
    )


def test_a_file_that_is_missing(run: Run, folder: Path) -> None:
    os.remove(folder / "clauses.toml")
    ended = run("check", "small")
    assert (ended.code, ended.err) == (
        3,
        "error: the file is missing\n  --> clauses.toml\n  = help: a policy folder needs it\n",
    )


def test_what_no_case_shows(run: Run, folder: Path) -> None:
    path = folder / "cases" / "all.toml"
    path.write_text(FILES["cases/all.toml"].rpartition("[[case]]")[0], encoding="utf-8")
    ended = run("check", "small")
    assert ended.code == 0
    assert ended.err.startswith("warning: no case is a near miss of `S1-2`\n  --> cases\n")
    path.write_text(
        FILES["cases/all.toml"].partition('[[case]]\nname = "a drug')[0], encoding="utf-8"
    )
    ended = run("check", "small", "--json")
    assert ended.code == 0
    messages = [warning["message"] for warning in json.loads(ended.out)["warnings"]]
    assert messages == ["no case fires `S1-2`", "no case is a near miss of `S1-2`"]
    shutil.rmtree(folder / "cases")
    ended = run("check", "small")
    assert (ended.code, ended.err.splitlines()[0]) == (0, "warning: the policy has no cases")
    assert "as expected" not in ended.err


def test_readings_that_are_missing(run: Run, folder: Path) -> None:
    os.remove(folder / "readings.toml")
    ended = run("check", "small")
    assert ended.code == 0
    assert ended.err.startswith(
        "warning: rules, switches or tables refer to readings, and there are none\n"
    )


def test_a_rule_of_many_variables_is_told_at_once(run: Run, folder: Path) -> None:
    body = ", ".join(f"line(C, X{number})" for number in range(2_000))
    (folder / "wide.pl").write_text(f"drug(C, L) :- line(C, L), {body}.\n", encoding="utf-8")
    ended = run("check", "small")
    assert ended.code == 3
    assert [row for row in ended.err.splitlines() if row.startswith(("error", "warning"))] == [
        "error: a rule with more than 100 variables is too large to answer"
    ]


def test_r14_is_clean() -> None:
    assert load_policy("r14").warnings == ()


def test_a_second_effect_is_shown(run: Run, folder: Path) -> None:
    edit(folder, ("clauses.toml", 'effect = "denied"', 'effect = "denied"\nalso = ["bundled"]'))
    edit(folder, ("rules.pl", "", "applies(C, L, 'S1-1', bundled) :- drug(C, L), ndc(C, L, _).\n"))
    assert run("check", "small").err == "every case came out as expected\n"
    assert "  effect denied or bundled, from " in run("clauses", "S1-1", "--policy", "small").out
    shown = run("clauses", "S1-1", "--policy", "small", "--json").out
    assert json.loads(shown)["also"] == ["bundled"]

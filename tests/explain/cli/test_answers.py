"""``adjudicate``, ``why``, ``query`` and ``demo`` on good input."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from kb.knowledge_base import KnowledgeBase
from kb.model.clause import OUTCOMES
from tests.accept import golden
from tests.explain.cli.conftest import COLUMNS, EXAMPLES, Run, Write

GOLDEN = Path(__file__).parent / "golden"
CLAIMS = ["office.837", "hospital.837", "home.837"]
EXPLAINED = [
    ("CLINIC-1", 1),
    ("OFFICE-1", 1),
    ("OFFICE-1", 2),
    ("OFFICE-1", 4),
    ("OFFICE-1", 7),
    ("HOSPITAL-1", 2),
    ("HOSPITAL-1", 6),
    ("HOME-1", 4),
]


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The bundled examples, as the options that read them."""
    monkeypatch.chdir(EXAMPLES)
    return CLAIMS


def options(files: list[str]) -> list[str]:
    return [part for name in files for part in ("-c", name)] + ["--evidence", "evidence.csv"]


def test_demo(run: Run) -> None:
    ended = run("demo")
    assert ended.code == 0
    golden(GOLDEN / "demo.txt", ended.out)


def test_demo_has_every_outcome_and_setting(run: Run) -> None:
    out = run("demo").out
    assert all(f" {outcome} " in out for outcome in OUTCOMES)
    assert "Claim CLINIC-1, line 1: denied" in out


@pytest.mark.parametrize(("claim", "line"), EXPLAINED)
def test_why(run: Run, examples: list[str], claim: str, line: int) -> None:
    ended = run("why", claim, str(line), *options(examples))
    assert (ended.code, ended.err) == (0, "")
    golden(GOLDEN / f"why-{claim}-{line}.txt", ended.out)


def test_why_explains_every_line(run: Run, examples: list[str]) -> None:
    out = run("adjudicate", *examples, "--evidence", "evidence.csv").out
    for row in map(json.loads, out.splitlines()):
        ended = run("why", row["claim_id"], str(row["line_number"]), *options(examples))
        assert ended.code == 0
        outcome = row["outcome"].replace("_", " ")
        assert ended.out.startswith(
            f"Claim {row['claim_id']}, line {row['line_number']}: {outcome}\n"
        )
        assert all(citation["clause_id"] in ended.out for citation in row["citations"])


def test_why_as_json_is_a_certificate(run: Run, examples: list[str]) -> None:
    ended = run("why", "CLINIC-1", "1", *options(examples), "--json")
    certificate = json.loads(ended.out)
    assert ended.code == 0
    assert certificate["nodes"]
    assert certificate["edges"]


@pytest.mark.parametrize(
    ("claim", "line", "sentence", "help"),
    [
        ("CLINIC-2", "1", "there is no claim `CLINIC-2`", "did you mean `CLINIC-1`?"),
        ("clinic-1", "1", "there is no claim `clinic-1`", "did you mean `CLINIC-1`?"),
        ("CLINIC-1", "3", "claim `CLINIC-1` has no line `3`", "its lines: 1, 2"),
    ],
)
def test_why_of_what_is_not_there(
    run: Run, examples: list[str], claim: str, line: str, sentence: str, help: str
) -> None:
    ended = run("why", claim, line, *options(examples))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == f"error: {sentence}\n  = help: {help}\n"


def test_why_of_a_claim_that_cannot_be_read(run: Run, write: Write) -> None:
    write("claims.csv", COLUMNS, "A,1,cms1500,2018-02-30,22,96365,1")
    ended = run("why", "A", "1", "-c", "claims.csv")
    assert (ended.code, ended.out) == (3, "")
    assert "`2018-02-30`" in ended.err
    assert "error: claim `A` cannot be explained" in ended.err


def test_adjudicate_writes_what_the_knowledge_base_decides(
    run: Run, examples: list[str], tmp_path: Path
) -> None:
    printed = run("adjudicate", *examples, "--evidence", "evidence.csv")
    assert printed.code == 0
    rows = [json.loads(row) for row in printed.out.splitlines()]
    assert len(rows) == 19
    assert "19 lines read = 19 determined + 0 rejected (4 denied, " in printed.err
    assert "4 rows of evidence = 4 kept + 0 rejected" in printed.err
    out = tmp_path / "out.jsonl"
    written = run("adjudicate", *examples, "--evidence", "evidence.csv", "-o", str(out))
    assert (written.code, written.out, written.err) == (0, "", printed.err)
    assert out.read_text(encoding="utf-8") == printed.out
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_adjudicate_as_csv(run: Run, examples: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old", encoding="utf-8")
    ended = run("adjudicate", *examples, "--evidence", "evidence.csv", "-o", str(out))
    assert ended.code == 0
    text = out.read_text(encoding="utf-8")
    assert text == run("adjudicate", *examples, "--evidence", "evidence.csv", "--csv").out
    rows = {(row["claim_id"], row["line_number"]): row for row in csv.DictReader(io.StringIO(text))}
    assert len(rows) == 19
    row = rows["OFFICE-1", "3"]
    assert row["outcome"] == "bundled"
    assert row["clauses"] == "R14-NOT-5 R14-OFF-2 R14-COD-1"
    for column in ("effects", "group", "carc", "rarcs", "readings"):
        assert len(row[column].split()) == 3
    assert rows["OFFICE-1", "4"]["allowed_units"] == "1"
    assert rows["HOSPITAL-1", "6"]["missing_evidence"] == "procedure_code_or_ndc"


def test_strict_settings_and_overrides_reach_the_rules(run: Run, write: Write) -> None:
    write(
        "claims.csv",
        f"{COLUMNS},plan_id,processed_date",
        "A,1,cms1500,2018-06-01,11,96365,1,P1,2018-07-01",
        "B,1,cms1500,2018-06-01,22,96365,1,P1,2018-07-01",
    )
    write("overrides.csv", "authority,authority_id,clause_id,effect", "plan,P1,R14-FAC-1,waived")

    def outcomes(*options: str) -> list[str]:
        ended = run("adjudicate", "claims.csv", *options)
        assert ended.code == 0
        return [json.loads(row)["outcome"] for row in ended.out.splitlines()]

    assert outcomes() == ["reimbursable", "denied"]
    assert outcomes("--strict") == ["pended", "denied"]
    assert outcomes("--overrides", "overrides.csv") == ["reimbursable", "reimbursable"]
    assert outcomes("--set", "effective_basis=processed_date") == ["reimbursable", "denied"]


def test_a_table_on_a_terminal(run: Run, good: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explain.cli.adjudicating._on_terminal", lambda: True)
    ended = run("adjudicate", good)
    assert ended.out == (
        "claim  line  outcome  clauses    allowed  missing  assumed\n"
        "GOOD   1     denied   R14-FAC-1  -        -        -\n"
    )
    assert json.loads(run("adjudicate", good, "--json").out)["outcome"] == "denied"


def test_query(run: Run, examples: list[str]) -> None:
    goal = "denied(Claim, Line, Clause), charge(Claim, Line, Charge), Charge > 290"
    ended = run("query", goal, *options(examples))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "Claim       Line  Clause     Charge\n"
        "HOME-1      2     R14-HOM-3  300\n"
        "HOSPITAL-1  4     R14-FAC-5  700\n"
        "HOSPITAL-1  5     R14-FAC-5  300\n"
    )
    ended = run("query", goal, *options(examples), "--csv")
    assert ended.out.splitlines()[:2] == ["Claim,Line,Clause,Charge", "HOME-1,2,R14-HOM-3,300"]
    ended = run("query", goal, *options(examples), "--json")
    first = json.loads(ended.out.splitlines()[0])
    assert first == {"Claim": "HOME-1", "Line": 2, "Clause": "R14-HOM-3", "Charge": 300}


def test_query_answers_what_the_knowledge_base_answers(run: Run, good: str) -> None:
    kb = KnowledgeBase.load("r14")
    goal = "code_in('J7050', Table)"
    tables = [str(row[0]) for row in kb.query(goal)]
    assert run("query", goal).out.split() == ["Table", *tables]


@pytest.mark.parametrize(
    ("goal", "code", "out", "err"),
    [
        ("denied('GOOD', 1, 'R14-FAC-1')", 0, "yes\n", ""),
        ("denied('GOOD', 1, 'R14-FAC-2')", 1, "", "no answer\n"),
        ("denied(_, _, _)", 0, "yes\n", ""),
        ("bundled(C, L, K)", 1, "", "no answer\n"),
        ("denied('GOD', L, K)", 1, "", "no answer\n"),
    ],
)
def test_query_with_and_without_an_answer(
    run: Run, good: str, goal: str, code: int, out: str, err: str
) -> None:
    ended = run("query", goal, "-c", good)
    assert ended == (code, out, err)


def test_query_without_claims(run: Run) -> None:
    ended = run("query", "denied(C, L, K)")
    assert ended == (1, "", "no answer; claims are given with -c FILE\n")


def test_a_goal_that_asks_for_nothing(run: Run, good: str) -> None:
    assert run("query", "line(_, _)", "-c", good, "--csv").out == "answer\nyes\n"
    assert run("query", "line(_, _)", "-c", good).out == "yes\n"
    ended = run("query", "line('NONE', _)", "-c", good, "--csv")
    assert (ended.code, ended.out) == (1, "answer\n")


def test_a_query_of_too_many_variables_ends(run: Run, good: str) -> None:
    goal = ", ".join(f"line(C{number}, L{number})" for number in range(500))
    ended = run("query", goal, "-c", good)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(
        "error: a query with more than 100 variables is too large to answer\n"
    )

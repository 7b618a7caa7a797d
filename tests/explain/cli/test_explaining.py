"""``why-not``, ``verify``, and the formats of ``why``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.accept import golden
from tests.explain.cli.conftest import COLUMNS, DENIED, EXAMPLES, Run, Write

GOLDEN = Path(__file__).parent / "golden"
FILES = ["-c", "office.837", "-c", "hospital.837", "-c", "home.837", "--evidence", "evidence.csv"]


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(EXAMPLES)
    return FILES


@pytest.mark.parametrize(
    ("claim", "line", "clause"),
    [
        ("CLINIC-1", 2, "R14-FAC-1"),
        ("OFFICE-1", 1, "R14-FAC-1"),
        ("OFFICE-1", 2, "R14-HOM-1"),
        ("HOME-1", 1, "R14-HOM-3"),
        ("HOME-1", 4, "R14-FAC-7"),
    ],
)
def test_why_not_a_clause(
    run: Run, examples: list[str], claim: str, line: int, clause: str
) -> None:
    ended = run("why-not", claim, str(line), clause, *examples)
    assert (ended.code, ended.err) == (0, "")
    golden(GOLDEN / f"why-not-{claim}-{line}-{clause}.txt", ended.out)


@pytest.mark.parametrize(
    ("claim", "line", "outcome"),
    [
        ("CLINIC-1", 1, "reimbursable"),
        ("HOSPITAL-1", 2, "reimbursable"),
        ("OFFICE-1", 1, "denied"),
        ("OFFICE-1", 7, "reimbursable"),
    ],
)
def test_why_not_an_outcome(
    run: Run, examples: list[str], claim: str, line: int, outcome: str
) -> None:
    ended = run("why-not", claim, str(line), "--outcome", outcome, *examples)
    assert (ended.code, ended.err) == (0, "")
    golden(GOLDEN / f"why-not-{claim}-{line}-{outcome}.txt", ended.out)


def test_every_clause_and_outcome_can_be_asked_for(run: Run, examples: list[str]) -> None:
    clauses = [row.split()[0] for row in run("clauses").out.splitlines() if row.startswith("R14-")]
    for clause in clauses[::16]:
        for claim, line in [("OFFICE-1", "3"), ("HOSPITAL-1", "2")]:
            ended = run("why-not", claim, line, clause, *examples, "--json")
            found = json.loads(ended.out)
            assert ended.code == (1 if found["holds"] else 0)
            assert (
                found["holds"]
                or found["misses"]
                or "no rule" in run("why-not", claim, line, clause, *examples).out
            )
            sizes = [miss["conditions_failed"] for miss in found["misses"]]
            assert sizes == sorted(sizes)
            assert all(miss["failed"] for miss in found["misses"])


def test_why_not_of_what_holds(run: Run, good: str) -> None:
    ended = run("why-not", "GOOD", "1", "R14-FAC-1", "-c", good)
    assert ended.code == 1
    assert ended.out == (
        "R14-FAC-1 on line 1 of claim GOOD: this holds; ask: clausewise why GOOD 1\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "sentence", "help"),
    [
        (["GOOD", "1"], 2, "a clause or an outcome is asked for", "as in `clausewise why-not"),
        (
            ["GOOD", "1", "R14-FAC-1", "--outcome", "denied"],
            2,
            "a clause or an outcome is asked for, not both",
            "as in `clausewise why-not",
        ),
        (
            ["GOOD", "1", "R14-FAC-11"],
            2,
            "the policy has no clause `R14-FAC-11`",
            "did you mean `R14-FAC-1`?",
        ),
        (
            ["GOOD", "1", "--outcome", "payed"],
            2,
            "there is no outcome `payed`",
            "one of denied, bundled",
        ),
        (["GOOD", "9", "R14-FAC-1"], 1, "claim `GOOD` has no line `9`", "its lines: 1"),
        (["GOD", "1", "R14-FAC-1"], 1, "there is no claim `GOD`", "did you mean `GOOD`?"),
    ],
)
def test_why_not_of_what_is_not_there(
    run: Run, good: str, arguments: list[str], code: int, sentence: str, help: str
) -> None:
    ended = run("why-not", *arguments, "-c", good)
    assert (ended.code, ended.out) == (code, "")
    error, told = ended.err.splitlines()
    assert error == f"error: {sentence}"
    assert told.startswith(f"  = help: {help}")


def proof(run: Run, here: Path, *options: str) -> Path:
    ended = run("why", "GOOD", "1", "--format", "json", *options)
    assert ended.code == 0
    path = here / "proof.json"
    path.write_text(ended.out, encoding="utf-8")
    return path


def test_a_proof_is_verified_alone_and_against_its_claim(run: Run, good: str, here: Path) -> None:
    path = proof(run, here, "-c", good)
    alone = run("verify", str(path))
    assert alone.code == 0
    assert alone.out.endswith(
        "steps checked, held against the policy; not checked: facts and their places,"
        " assumptions, missing facts, exceptions\n"
    )
    assert "give them with -c FILE" in alone.err
    held = run("verify", str(path), "-c", good)
    assert (held.code, held.err) == (0, "")
    assert held.out.endswith("steps checked, held against the policy and the claims\n")
    told = json.loads(run("verify", str(path), "-c", good, "--json").out)
    assert told["accepted"]
    assert told["refusals"] == []


def test_a_changed_proof_is_refused_at_its_step(run: Run, good: str, here: Path) -> None:
    path = proof(run, here, "-c", good)
    document = json.loads(path.read_text(encoding="utf-8"))
    node = next(node for node in document["nodes"] if node["kind"] == "fact")
    node["text"] = "something else"
    path.write_text(json.dumps(document), encoding="utf-8")
    ended = run("verify", str(path))
    assert ended.code == 3
    assert ended.out == (
        f"refused: step {node['id']}: it was changed after the certificate was written\n"
    )


def test_a_proof_is_refused_against_another_claim_file_and_other_settings(
    run: Run, good: str, here: Path, write: Write
) -> None:
    path = proof(run, here, "-c", good)
    other = write("other.csv", COLUMNS, DENIED.replace(",22,", ",21,"))
    ended = run("verify", str(path), "-c", other)
    assert ended.code == 3
    assert "refused: input: the claim has other facts of `place_of_service`" in ended.out
    assert ended.err == "the proof may have been made with other evidence, overrides or settings\n"
    ended = run("verify", str(path), "-c", good, "--strict")
    assert ended.code == 3
    assert "the claim has other facts of `setting`" in ended.out
    missing = write("missing.csv", COLUMNS, DENIED.replace("GOOD", "OTHER"))
    ended = run("verify", str(path), "-c", missing)
    assert ended.code == 3
    assert "there is no claim `GOOD`" in ended.err


def test_an_export_as_json_is_verified_line_by_line(
    run: Run, examples: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "export.json"
    assert run("export", "OFFICE-1", *examples, "-o", str(path)).code == 0
    ended = run("verify", str(path), *examples)
    assert ended.code == 0
    assert [row.split(": ")[:2] for row in ended.out.splitlines()] == [
        [f"line {number}", "accepted"] for number in (2, 3, 4, 5)
    ]
    document = json.loads(path.read_text(encoding="utf-8"))
    document["lines"][1]["certificate"]["about"]["outcome"] = "denied"
    path.write_text(json.dumps(document), encoding="utf-8")
    ended = run("verify", str(path))
    assert ended.code == 3
    assert "\nline 3: refused: headline: " in ended.out
    document["lines"][2]["headline"]["sentence"] = "Paid."
    path.write_text(json.dumps(document), encoding="utf-8")
    ended = run("verify", str(path), *examples)
    [row] = [row for row in ended.out.splitlines() if "sentence" in row]
    assert row.startswith("refused: $.lines[2].headline.sentence: ")
    assert run("export", "OFFICE-1", *examples, "--mask", "-o", str(path)).code == 0
    ended = run("verify", str(path))
    assert (ended.code, ended.out) == (3, "")
    assert "does not carry the certificates of all its lines" in ended.err


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the certificate is empty"),
        (b"\xff\xfe", "the certificate is not UTF-8 text"),
        (b"{", "the certificate is not JSON: expecting property name enclosed in double quotes"),
        (b"[1]", "the certificate is not a JSON object"),
        (b'{"a": 1, "a": 2}', "the certificate has the key `a` twice in one object"),
        (b'{"a": NaN}', "the certificate has `NaN` for a number"),
        (b"[" * 100_000, "the certificate is not JSON that can be read"),
        (b'{"a": ' + b"9" * 5000 + b"}", "the certificate is not JSON that can be read"),
    ],
)
def test_what_is_no_certificate(run: Run, here: Path, content: bytes, sentence: str) -> None:
    (here / "proof.json").write_bytes(content)
    ended = run("verify", "proof.json")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(f"error: {sentence}\n")
    assert len(ended.err.splitlines()) <= 3


def test_a_certificate_that_is_not_there(run: Run, here: Path) -> None:
    ended = run("verify", "none.json")
    assert ended.code == 3
    assert ended.err.startswith("error: the certificate cannot be read: no such file")


@pytest.mark.parametrize("content", ["{}", '{"format": 1}', '{"format": "clausewise proof 1"}'])
def test_json_that_is_no_certificate_is_refused(run: Run, here: Path, content: str) -> None:
    (here / "proof.json").write_text(content, encoding="utf-8")
    ended = run("verify", "proof.json")
    assert ended.code == 3
    assert ended.out.startswith("refused: certificate: ")


def test_why_in_every_format(run: Run, good: str) -> None:
    text = run("why", "GOOD", "1", "-c", good)
    assert run("why", "GOOD", "1", "-c", good, "--format", "text") == text
    certificate = run("why", "GOOD", "1", "-c", good, "--format", "json")
    assert run("why", "GOOD", "1", "-c", good, "--json") == certificate
    markdown = run("why", "GOOD", "1", "-c", good, "--format", "md")
    assert markdown.out.startswith("# Claim GOOD, line 1: denied\n")
    assert "### R14-FAC-1: Professional infusion in a facility" in markdown.out
    wrong = run("why", "GOOD", "1", "-c", good, "--format", "xml")
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err.startswith("error: `why` prints no format `xml`\n")
    both = run("why", "GOOD", "1", "-c", good, "--json", "--format", "md")
    assert both.code == 2


def test_why_quotes_a_document(run: Run, good: str, here: Path) -> None:
    rows = "".join(f"made up row {row}\n" for row in range(1, 300))
    (here / "policy.txt").write_text(rows, encoding="utf-8")
    ended = run("why", "GOOD", "1", "-c", good, "--document", "policy.txt")
    assert ended.code == 0
    assert "    policy.txt, line 106: made up row 106\n" in ended.out
    (here / "policy.txt").write_text("one\n", encoding="utf-8")
    short = run("why", "GOOD", "1", "-c", good, "--document", "policy.txt")
    assert (short.code, short.out) == (3, "")
    assert "the policy document has 1 line, and line 220 is cited" in short.err
    gone = run("why", "GOOD", "1", "-c", good, "--document", "none.txt")
    assert gone.code == 3
    assert "the policy document cannot be read: no such file" in gone.err

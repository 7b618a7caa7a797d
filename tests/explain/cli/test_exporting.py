"""``export``: one document, a folder of them, and what is told when it cannot be done."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import zipfile
from pathlib import Path

import pytest

from explain.exports import FORMATS
from tests.explain.cli.conftest import COLUMNS, DENIED, EXAMPLES, Run, Write

FILES = ["-c", "office.837", "-c", "hospital.837", "-c", "home.837", "--evidence", "evidence.csv"]
HOSTILE = ["../../x", "<script>alert(1)</script>", "=cmd()", "a\u202eb", "x" * 300, "con", "index"]


@pytest.fixture(autouse=True)
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No progress is told, however slow the machine is."""
    monkeypatch.setattr("explain.cli.progress._FIRST", 1_000_000.0)


@pytest.fixture
def hostile(here: Path) -> str:
    """A file of claims whose ids are hostile, each with a marked provider of its own."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([*COLUMNS.split(","), "rendering_provider", "charge"])
    for number, claim in enumerate([*HOSTILE, "PLAIN", "plain"]):
        writer.writerow(
            [claim, 1, "cms1500", "2018-06-01", "22", "96365", 1, f"MARK{number}X", 900 + number]
        )
    (here / "hostile.csv").write_text(buffer.getvalue(), encoding="utf-8")
    return "hostile.csv"


@pytest.mark.parametrize("name", [name for name in FORMATS if FORMATS[name].is_text])
def test_a_text_is_printed_or_written(run: Run, good: str, here: Path, name: str) -> None:
    printed = run("export", "GOOD", "1", "-c", good, "--format", name)
    assert printed.code == 0
    assert printed.out.strip()
    file = f"out{FORMATS[name].suffix}"
    written = run("export", "GOOD", "1", "-c", good, "-o", file)
    assert (written.code, written.out, written.err) == (0, "", "")
    assert (here / file).read_text(encoding="utf-8") == printed.out


@pytest.mark.parametrize(
    ("name", "magic"), [("pdf", b"%PDF"), ("docx", b"PK"), ("png", b"\x89PNG")]
)
def test_bytes_are_written(run: Run, good: str, here: Path, name: str, magic: bytes) -> None:
    ended = run("export", "GOOD", "-c", good, "--format", name, "-o", "out.bin")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert (here / "out.bin").read_bytes().startswith(magic)


def test_the_json_of_an_export_carries_certificates_that_hold(run: Run, good: str) -> None:
    from explain import verify

    made = json.loads(run("export", "GOOD", "-c", good, "--format", "json").out)
    assert made["format"] == "clausewise explanation 1"
    assert "not the benefit plan" in made["notice"]
    (line,) = made["lines"]
    assert line["headline"]["clause_id"] == "R14-FAC-1"
    assert verify(line["certificate"]).accepted
    masked = json.loads(run("export", "GOOD", "-c", good, "--format", "json", "--mask").out)
    assert "certificate" not in masked["lines"][0]


@pytest.mark.parametrize("profile", ["provider-dispute", "member-notice"])
def test_a_letter_holds_what_was_given_and_marks_what_was_not(
    run: Run, good: str, profile: str
) -> None:
    base = ["export", "GOOD", "1", "-c", good, "--format", "md", "--profile", profile]
    blank = run(*base).out
    assert blank.count("(to be filled in)") == (10 if profile == "provider-dispute" else 7)
    for text in ("R14-FAC-1", "in a facility", "is not the benefit plan"):
        assert text in blank, text
    assert not re.search(r"\b(within|after) \d+ days\b|\b20(19|2\d)-\d\d-\d\d\b", blank)
    given = run(
        *base,
        *("--date", "2024-05-02", "--deadline", "180 days after this letter"),
        *("--review-procedure", "Write to the address above.", "--sender", "Payer *Inc*"),
        *("--recipient", "Clinic", "--rights", "Rights as the plan says", "--copies", "Ask us"),
    ).out
    assert given.count("(to be filled in)") == (7 if profile == "provider-dispute" else 0)
    for text in ("2024-05-02", "180 days after this letter", "Payer \\*Inc\\*", "Ask us"):
        assert text in given


def test_a_member_notice_tells_no_segments(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES)
    base = ["export", "CLINIC-1", "1", *FILES, "--format", "md"]
    assert "segment" in run(*base, "--profile", "provider-dispute").out
    assert "segment" not in run(*base, "--profile", "member-notice").out


def test_a_document_of_a_claim_has_its_adverse_lines(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(EXAMPLES)
    out = run("export", "OFFICE-1", *FILES, "--format", "md").out
    assert out.startswith("# Claim OFFICE-1, lines 2, 3, 4 and 5\n")
    assert "## Line 1:" not in out
    assert "## Line 4: reduced to 1 unit" in out


def test_all_adverse_claims_in_a_folder(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(EXAMPLES)
    folder = tmp_path / "new" / "letters"
    ended = run("export", "--all-adverse", *FILES, "-o", str(folder))
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == (
        "13 adverse lines on 4 of 4 claims. 4 documents, index.html and queue.csv written\n"
    )
    names = {path.name for path in folder.iterdir()}
    documents = {"CLINIC-1.html", "OFFICE-1.html", "HOSPITAL-1.html", "HOME-1.html"}
    assert names == {*documents, "index.html", "queue.csv"}
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert set(re.findall(r'href="\./([^"]+)"', index)) == {*documents, "queue.csv"}
    assert "default-src 'none'" in index
    rows = list(csv.DictReader((folder / "queue.csv").open(encoding="utf-8", newline="")))
    assert len(rows) == 13
    assert {row["document"] for row in rows} == documents
    first = next(row for row in rows if row["claim_id"] == "CLINIC-1")
    assert (first["clause_ids"], first["carc"], first["charge"]) == ("R14-FAC-1", "171", "180")


def test_each_document_is_of_its_own_claim(run: Run, hostile: str, here: Path) -> None:
    ended = run("export", "--all-adverse", "-c", hostile, "-o", "out", "--format", "json")
    assert ended.code == 0
    files = sorted((here / "out").glob("*.json"))
    assert len(files) == 9
    assert {path.parent for path in here.rglob("*.json")} == {here / "out"}
    marks = set()
    for path in files:
        found = set(re.findall(r"MARK\dX", path.read_text(encoding="utf-8")))
        assert len(found) == 1, path
        marks |= found
    assert len(marks) == 9


@pytest.mark.parametrize("name", ["html", "md", "svg", "mermaid", "dot"])
def test_hostile_claim_ids_stay_text(run: Run, hostile: str, here: Path, name: str) -> None:
    ended = run("export", "--all-adverse", "-c", hostile, "-o", "out", "--format", name)
    assert ended.code == 0
    for path in (here / "out").iterdir():
        text = path.read_text(encoding="utf-8")
        if path.suffix not in (".csv", ".dot"):
            assert "<script>alert" not in text, path
        assert "\u202e" not in text


def test_a_queue_holds_no_formula(run: Run, hostile: str, here: Path) -> None:
    assert run("export", "--all-adverse", "-c", hostile, "-o", "out").code == 0
    rows = list(csv.reader((here / "out" / "queue.csv").open(encoding="utf-8", newline="")))
    assert [row[0] for row in rows if "cmd" in row[0]] == ["'=cmd()"]
    ended = run("export", "--all-adverse", "-c", hostile, "-o", "out", "--queue", "xlsx")
    assert ended.code == 0
    with zipfile.ZipFile(here / "out" / "queue.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert "=cmd()" in strings


def test_the_same_claims_give_the_same_files(run: Run, hostile: str, here: Path) -> None:
    for folder in ("one", "two"):
        options = ["-c", hostile, "-o", folder, "--queue", "xlsx"]
        assert run("export", "--all-adverse", *options).code == 0
    for path in (here / "one").iterdir():
        assert path.read_bytes() == (here / "two" / path.name).read_bytes(), path.name


def test_a_masked_folder_tells_no_claim(run: Run, hostile: str, here: Path) -> None:
    ended = run("export", "--all-adverse", "-c", hostile, "-o", "out", "--mask")
    assert ended.code == 0
    for path in (here / "out").iterdir():
        assert re.fullmatch(r"claim-\d{4}\.html|index\.html|queue\.csv", path.name)
        text = re.sub(r"\b[0-9a-f]{64}\b", "", path.read_text(encoding="utf-8"))
        for secret in ("PLAIN", "cmd()", "MARK", "2018-06-01", "hostile.csv", "alert", "904"):
            assert secret not in text, (path.name, secret)


def test_other_files_of_the_folder_are_kept_and_told(run: Run, good: str, here: Path) -> None:
    (here / "out").mkdir()
    (here / "out" / "old.html").write_text("old", encoding="utf-8")
    ended = run("export", "--all-adverse", "-c", good, "-o", "out")
    assert ended.code == 0
    assert ended.err.endswith("note: 1 other .html file was in `out` before\n")
    assert (here / "out" / "old.html").read_text(encoding="utf-8") == "old"


def test_no_adverse_claim_gives_an_empty_queue(run: Run, write: Write, here: Path) -> None:
    fine = write("fine.csv", COLUMNS, DENIED.replace(",22,", ",11,"))
    ended = run("export", "--all-adverse", "-c", fine, "-o", "out")
    assert ended.code == 0
    assert ended.err.startswith("0 adverse lines on 0 of 1 claim. 0 documents,")
    assert {path.name for path in (here / "out").iterdir()} == {"index.html", "queue.csv"}


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["GOOD", "2"], 1, "error: claim `GOOD` has no line `2`"),
        (["GOD"], 1, "error: there is no claim `GOD`"),
        ([], 2, "error: a claim is asked for"),
        (["GOOD", "--format", "htm"], 2, "error: there is no format `htm`"),
        (["GOOD", "--format", "xls"], 2, "error: there is no format `xls`"),
        (["GOOD", "--profile", "member"], 2, "error: there is no profile `member`"),
        (["GOOD", "-o", "out.txt"], 2, "error: the ending of `out.txt` names no format"),
        (["GOOD", "-o", "good.csv", "--format", "md"], 2, "error: `good.csv` is one of the files"),
        (["GOOD", "-o", ".", "--format", "md"], 2, "error: `.` is a folder"),
        (["GOOD", "--date", "2018-02-30"], 2, "error: `--date` "),
        (["GOOD", "--json", "--format", "md"], 2, "error: `--json` contradicts `--format md`"),
        (["GOOD", "-o", "none/out.md"], 2, "error: `none/out.md` cannot be written: no such"),
        (["GOOD", "--all-adverse", "-o", "x"], 2, "error: `--all-adverse` takes no claim"),
        (["--all-adverse"], 2, "error: `--all-adverse` needs a folder"),
        (["--all-adverse", "-o", "good.csv"], 2, "error: `good.csv` is a file, not a folder"),
        (["--all-adverse", "-o", "x", "--queue", "ods"], 2, "error: there is no queue `ods`"),
        (["--all-adverse", "-o", "good.csv/x"], 2, "error: `good.csv/x` cannot be written"),
    ],
)
def test_what_cannot_be_exported_is_told_in_a_sentence(
    run: Run, good: str, here: Path, arguments: list[str], code: int, sentence: str
) -> None:
    before = sorted(path.name for path in here.iterdir())
    ended = run("export", *arguments, "-c", good)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith(sentence), ended.err
    assert len(ended.err.splitlines()) <= 2
    assert sorted(path.name for path in here.iterdir()) == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(run: Run, good: str, here: Path) -> None:
    (here / "out").mkdir(mode=0o500)
    ended = run("export", "--all-adverse", "-c", good, "-o", "out")
    assert ended.code == 2
    assert ended.err.startswith("error: `out` cannot be written: permission denied")


def test_a_line_that_is_not_adverse(run: Run, write: Write) -> None:
    fine = write("fine.csv", COLUMNS, DENIED.replace(",22,", ",11,"))
    explained = run("export", "GOOD", "1", "-c", fine, "--format", "md")
    assert explained.code == 0
    assert explained.err == "note: line 1 is reimbursable, not adverse\n"
    letter = run("export", "GOOD", "1", "-c", fine, "--profile", "member-notice")
    assert (letter.code, letter.out) == (1, "")
    assert letter.err.startswith("error: line 1 of claim `GOOD` is reimbursable, not adverse\n")
    claim = run("export", "GOOD", "-c", fine)
    assert (claim.code, claim.out) == (1, "")
    assert claim.err.startswith("claim `GOOD` has no adverse line")


def test_a_claim_that_cannot_be_read_does_not_keep_the_others_back(
    run: Run, write: Write, here: Path
) -> None:
    mixed = write("mixed.csv", COLUMNS, DENIED, "BAD,1,cms1500,2018-02-30,22,96365,1")
    ended = run("export", "--all-adverse", "-c", mixed, "-o", "out")
    assert ended.code == 3
    assert "2018-02-30" in ended.err
    assert (here / "out" / "GOOD.html").exists()


def test_a_missing_extra_is_named(
    run: Run, good: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    ended = run("export", "--all-adverse", "-c", good, "-o", "out", "--queue", "xlsx")
    assert (ended.code, ended.out) == (2, "")
    assert "pip install '.[report]'" in ended.err
    assert not (here / "out").exists()


def test_progress_is_told_when_it_takes_longer_than_a_second(
    run: Run, hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explain.cli.progress._FIRST", 0.0)
    monkeypatch.setattr("explain.cli.progress._ELSEWHERE", 0.001)
    ended = run("export", "--all-adverse", "-c", hostile, "-o", "out", "--format", "md")
    told = [row for row in ended.err.splitlines() if "of 9 claims, " in row]
    assert told
    for row in told:
        assert re.fullmatch(r"\d of 9 claims, [\d.,]+ claims/s, \d+ s left", row)


def test_an_interrupt_leaves_whole_files_and_says_so(
    run: Run, hostile: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from explain.cli.output_folder import OutputFolder

    write = OutputFolder.write

    def interrupted(folder: OutputFolder, name: str, content: bytes) -> None:
        if len(folder.written) == 3:
            raise KeyboardInterrupt
        write(folder, name, content)

    monkeypatch.setattr(OutputFolder, "write", interrupted)
    ended = run("export", "--all-adverse", "-c", hostile, "-o", "out", "--format", "md")
    assert (ended.code, ended.out) == (130, "")
    assert ended.err.startswith("interrupted: 3 files are in `out`, each of them whole")
    assert len(list((here / "out").iterdir())) == 3

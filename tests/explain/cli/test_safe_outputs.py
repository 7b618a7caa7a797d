"""Files that are there stay as they were where the input does not suffice to replace them."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts.diagnostic import InputError, UsageError
from facts.outputs import OutputFile
from kb.bulk.adjudicate import adjudicate_files
from kb.knowledge_base import KnowledgeBase
from tests.explain.cli.conftest import COLUMNS, EXAMPLES, Run, Write

BEFORE = "what was there"
FORMATS = ("jsonl", "csv", "parquet")


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("engine", ["pydatalog", "duckdb"])
@pytest.mark.parametrize("claims", [["none.csv"], ["good.csv", "none.csv"], ["good.csv", "folder"]])
def test_a_missing_input_leaves_the_output(
    run: Run, here: Path, good: str, ending: str, engine: str, claims: list[str]
) -> None:
    Path("folder").mkdir()
    output = Path(f"out.{ending}")
    output.write_text(BEFORE)
    ended = run("adjudicate", *claims, "-o", str(output), "--engine", engine)
    assert (ended.code, output.read_text()) == (3, BEFORE)
    assert f"note: `{output}` is left as it was" in ended.err
    output.unlink()
    ended = run("adjudicate", *claims, "-o", str(output), "--engine", engine)
    assert (ended.code, output.exists()) == (3, good in claims)


def test_missing_evidence_and_rejects_leave_what_was_there(run: Run, good: str) -> None:
    Path("out.jsonl").write_text(BEFORE)
    ended = run("adjudicate", good, "--evidence", "none.csv", "-o", "out.jsonl")
    assert (ended.code, Path("out.jsonl").read_text()) == (3, BEFORE)
    Path("rejects.csv").write_text(BEFORE)
    ended = run("adjudicate", "none.csv", "--rejects", "rejects.csv")
    assert (ended.code, Path("rejects.csv").read_text()) == (3, BEFORE)


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("engine", ["pydatalog", "duckdb"])
@pytest.mark.parametrize("content", [COLUMNS, "", "not a table", "claim_id,units,qty"])
def test_nothing_is_written_where_no_line_was_read(
    run: Run, write: Write, ending: str, engine: str, content: str
) -> None:
    write("claims.csv", content)
    output = Path(f"out.{ending}")
    arguments = ("adjudicate", "claims.csv", "-o", str(output), "--engine", engine)
    ended = run(*arguments)
    assert (ended.code, output.exists()) == (3, False)
    told = f"error: `{output}` is not written, as no line was read"
    assert told in ended.err
    output.write_text(BEFORE)
    assert run(*arguments).code == 3
    assert output.read_text() == BEFORE
    allowed = run(*arguments, "--allow-empty")
    assert told not in allowed.err
    assert allowed.code == (0 if content == COLUMNS else 3)
    assert output.read_bytes() != BEFORE.encode()


def test_the_python_interface_refuses_likewise(here: Path, good: str) -> None:
    kb = KnowledgeBase.load("r14")
    for name in ("out.txt", "out", "out.xlsx"):
        with pytest.raises(UsageError) as fault:
            adjudicate_files(kb, [good], name)
        assert fault.value.diagnostics[0].message == f"`{name}` has an unknown ending"
        assert not Path(name).exists()
    Path("out.csv").write_text(BEFORE)
    with pytest.raises(InputError):
        adjudicate_files(kb, [good, "none.csv"], "out.csv")
    assert Path("out.csv").read_text() == BEFORE
    Path("none.csv").write_text(COLUMNS)
    result = adjudicate_files(kb, ["none.csv"], "out.csv")
    assert result.diagnostics[-1].message == "`out.csv` is not written, as no line was read"
    assert Path("out.csv").read_text() == BEFORE
    adjudicate_files(kb, ["none.csv"], OutputFile("out.csv", allow_empty=True))
    assert Path("out.csv").read_text().startswith("claim_id,")


def test_an_unmasked_run_does_not_join_masked_documents(run: Run, here: Path) -> None:
    claims = ("-c", str(EXAMPLES / "office.837"))
    assert run("export", "--all-adverse", *claims, "-o", "out", "--mask").code == 0
    masked = sorted(path.name for path in Path("out").iterdir())
    ended = run("export", "--all-adverse", *claims, "-o", "out")
    assert ended.code == 2
    assert "error: `out` has masked documents, as `claim-0001.html`" in ended.err
    assert sorted(path.name for path in Path("out").iterdir()) == masked
    assert run("export", "--all-adverse", *claims, "-o", "out", "--mask").code == 0
    assert run("export", "--all-adverse", *claims, "-o", "other").code == 0
    assert run("export", "--all-adverse", *claims, "-o", "other").code == 0


def test_a_claim_may_be_called_as_a_masked_document(run: Run, write: Write) -> None:
    write("claims.csv", COLUMNS, "claim-0001,1,cms1500,2018-06-01,22,96365,1")
    for _ in range(2):
        assert run("export", "--all-adverse", "-c", "claims.csv", "-o", "out").code == 0
    assert Path("out", "claim-0001.html").exists()

"""``adjudicate --engine spark``: Parquet in, folders or tables out, messages of one machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from explain.cli.app import app
from tests.spark.test_adjudicate import R14, filed, hostile


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        app(["adjudicate", "--engine", "spark", *arguments], prog_name="clausewise")
    return int(ended.value.code or 0)


def test_from_parquet_to_a_folder_and_to_tables(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    claims = hostile(400)
    Path("claims").mkdir()
    parquet.write_table(claims.slice(0, 150), "claims/a.parquet")
    parquet.write_table(claims.slice(150), "claims/b.parquet")
    parquet.write_table(filed(60), "evidence.parquet")
    code = run("claims", "--evidence", "evidence.parquet", "-o", "out", "--rejects", "rejects.csv")
    told = capsys.readouterr().err
    assert code == 3
    one = R14.adjudicate(claims, filed(60))
    assert spark.read.parquet(str(tmp_path / "out/determinations")).count() == len(one)
    read, kept = one.tally.lines_read, one.tally.lines_determined
    assert f"{read} lines read = {kept} determined + {read - kept} rejected" in told
    assert "--> claims/b.parquet, row " in told
    assert 'claims/a.parquet,"row ' in Path("rejects.csv").read_text(encoding="utf-8")
    assert run("claims", "-o", "out") == 2
    assert "`out` is there already" in capsys.readouterr().err
    spark.read.parquet(str(tmp_path / "claims")).write.saveAsTable("default.june")
    assert run("default.june", "-o", "default.determined") == 3
    assert spark.table("default.determined_tallies").count() > 0


def test_what_is_wrong_before_spark_starts(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyspark")
    assert run("./no/such", "-o", "out") == 3
    assert "there is no file `./no/such`" in capsys.readouterr().err
    assert run("claims.june") == 2
    assert "name a folder or table with -o" in capsys.readouterr().err


def test_the_guide_runs(spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Path(__file__).parents[2] / "docs/guides/spark.md"
    code = page.read_text(encoding="utf-8").partition("```py\n")[2].partition("```")[0]
    for name, rows in (("claims", hostile(80)), ("evidence", filed(10))):
        (tmp_path / name).mkdir()
        parquet.write_table(rows, tmp_path / name / "a.parquet")
    for name in ("claims", "evidence", "out"):
        code = code.replace(f'"{name}/', f'"{tmp_path}/{name}/')
    exec(code, {"session": spark, "KnowledgeBase": type(R14)})
    assert (tmp_path / "out/determinations/_SUCCESS").exists()

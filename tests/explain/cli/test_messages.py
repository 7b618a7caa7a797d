"""What a person made has a sentence, never a fault of the program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from facts.diagnostic import QueryError
from facts.readers.parquet import not_parquet, open_parquet
from kb.compile.formulas.line_script import NotFusable
from kb.knowledge_base import KnowledgeBase
from kb.planning.rules import BulkRules
from tests.explain.cli.conftest import COLUMNS, Run
from tests.explain.cli.small_policy import FILES

NO_TEXT = "CAF\udce9"


@pytest.mark.parametrize(
    "arguments",
    [
        ("why", NO_TEXT, "1"),
        ("why-not", NO_TEXT, "1", "R14-FAC-1"),
        ("export", NO_TEXT, "1"),
        ("export", "GOOD", "1", "--sender", NO_TEXT),
        ("query", f"denied('{NO_TEXT}', L, K)"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_an_argument_that_is_no_utf_8(
    run: Run, good: str, arguments: tuple[str, ...], kind: str, tmp_path: Path
) -> None:
    ended = run(*arguments, "-c", good if kind == "csv" else str(tmp_path / "none.parquet"))
    assert ended.code == 2
    assert "is not UTF-8 text: `" in ended.err


def test_a_constant_that_is_no_utf_8_is_told_with_its_place() -> None:
    kb = KnowledgeBase.load("r14")
    with pytest.raises(QueryError, match=r"the text is not UTF-8\n  --> <query>:1:8\n"):
        kb.query(f"denied('{NO_TEXT}', L, K)")


def test_a_file_name_that_is_no_utf_8_stands_in_an_export(run: Run, tmp_path: Path) -> None:
    path = tmp_path / f"{NO_TEXT}.csv"
    path.write_text(f"{COLUMNS}\nC1,1,cms1500,2018-06-01,22,96365,1\n", encoding="utf-8")
    ended = run("export", "C1", "1", "-c", str(path), "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    assert NO_TEXT in json.dumps(json.loads(ended.out), ensure_ascii=False)


def test_rules_that_rest_on_each_other_in_many_steps_are_no_formula(tmp_path: Path) -> None:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    steps = "".join(f"step{n}(C, L) :- step{n + 1}(C, L).\n" for n in range(3_000))
    first = "drug(C, L) :- procedure(C, L, X), code_in(X, drug).\n"
    rules = tmp_path / "rules.pl"
    chain = f"drug(C, L) :- step0(C, L).\n{steps}step3000(C, L) :- {first[14:]}"
    rules.write_text(FILES["rules.pl"].replace(first, chain), encoding="utf-8")
    kb = KnowledgeBase.load(tmp_path)
    with pytest.raises(NotFusable, match="rules rest on rules in too many steps"):
        BulkRules.of(kb).lines(())


def test_what_may_not_be_read_was_not_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "claims.parquet"
    path.write_bytes(b"PAR1")
    assert not_parquet(path).help == "was it cut off on its way?"

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    (told,) = open_parquet(path).diagnostics
    assert told.message.endswith("cannot be read: permission denied")
    assert told.help == ""

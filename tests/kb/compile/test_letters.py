"""Descriptions with letters beyond ASCII say the same on pyDatalog, DuckDB and in each script."""

from __future__ import annotations

import shutil
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

from facts.codes import phrase_of
from facts.letters import FOLDED_LETTERS
from facts.readers.column_values import PARSERS
from kb.bulk.adjudicate import adjudicate_files
from kb.bulk.query import query_files
from kb.compile.script.script import script, script_text
from kb.compile.sql.dialects import dialect
from kb.knowledge_base import KnowledgeBase
from kb.language.values import Row
from kb.planning.policy_source import policy_source
from kb.policy.loader import Policy, load_policy
from tests.kb.bulk.agreement import read_output
from tests.kb.bulk.files import row_of, write_rows
from tests.kb.compile.warehouse import Warehouse, rows_of, wide_rows

FOLDER = Path(__file__).parent / "policy"
PATTERNS = ("{}", "sal{}ne", "{}USH", "Fl{}sh bag", "hep-{} 9", "x{0}{0}y")
TEXTS = [pattern.format(letter) for letter in FOLDED_LETTERS for pattern in PATTERNS]
CASED = [
    letter
    for letter in map(chr, range(0x80, sys.maxunicode + 1))
    if {letter.lower(), letter.upper(), letter.casefold()} != {letter}
]
GOAL = "description(C, L, Text), mentions(Text, words, Said)"


@cache
def said() -> dict[str, str]:
    """Phrases with what they say: those of the texts, and what a wrong folding would find."""
    right = {phrase_of(text): "flush" for text in TEXTS}
    wrong = {
        phrase_of(pattern.format(other)): "drug"
        for folded in FOLDED_LETTERS.values()
        for other in (folded.strip(), "", " ")
        for pattern in PATTERNS
    }
    return {phrase: value for phrase, value in {**wrong, **right}.items() if phrase}


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    """A small policy that knows these phrases."""
    folder = tmp_path / "policy"
    shutil.copytree(FOLDER, folder)
    rows = [f"{phrase},,,,{value}" for phrase, value in said().items()]
    words = "\n".join(["first,last,document_lines,note,value", *rows]) + "\n"
    (folder / "tables" / "words.csv").write_text(words, encoding="utf-8")
    return load_policy(folder)


def lines(texts: list[str]) -> list[dict[str, Any]]:
    line = {"claim_form": "cms1500", "service_date": "2020-06-01", "procedure_code": "J1200"}
    return [
        line | {"claim_id": f"C{number // 50}", "line_number": number % 50 + 1, "description": text}
        for number, text in enumerate(texts)
    ]


def mentioned(policy: Policy, texts: list[str]) -> set[Row]:
    return {
        (text, "words", row.value or "")
        for text in texts
        for row in policy.tables["words"].rows_of(text)
    }


def test_scripts_fold_letters_as_pydatalog_does(policy: Policy, warehouse: Warehouse) -> None:
    kb = KnowledgeBase(policy).with_claims(lines(TEXTS))
    text = script_text(script(policy_source(kb), dialect(warehouse.name), [("flush", 2)]))
    connection = warehouse.run(wide_rows(kb), text)
    found = set(rows_of(connection, "mentions", 3))
    assert found == mentioned(policy, TEXTS)
    assert {text for text, _, value in found if value == "flush"} == set(TEXTS)
    flushes = [(claim, int(line)) for claim, line in kb.query("flush(C, L)").rows]
    assert rows_of(connection, "flush", 2) == sorted(flushes)


def test_no_other_letter_is_folded_into_a_word(policy: Policy, warehouse: Warehouse) -> None:
    """Whatever an engine makes of a letter that has another case."""
    texts = [f"x{letter}{letter}y" for letter in CASED]
    kb = KnowledgeBase(policy).with_claims(lines(texts))
    text = script_text(script(policy_source(kb), dialect(warehouse.name), [("flush", 2)]))
    connection = warehouse.run(wide_rows(kb), text)
    assert set(rows_of(connection, "mentions", 3)) == mentioned(policy, texts)


@pytest.mark.parametrize("texts", [TEXTS, [f"sal{each}ne" for each in CASED]])
def test_bulk_folds_letters_as_pydatalog_does(
    policy: Policy, texts: list[str], tmp_path: Path
) -> None:
    kb, claims = KnowledgeBase(policy), lines(texts)
    known = kb.with_claims(claims)
    path = write_rows(tmp_path, "claims", "jsonl", map(row_of, claims), tuple(PARSERS))
    with query_files(kb, GOAL, [path]) as answers:
        assert tuple(answers) == known.query(GOAL).rows
    output = tmp_path / "out.parquet"
    adjudicate_files(kb, [path], output)
    found = {key: record["outcome"] for key, record in read_output(output).items()}
    assert found == {
        (each.claim_id, each.line_number): each.outcome for each in kb.adjudicate(claims)
    }
    assert len(set(found.values())) == (1 if texts is TEXTS else 2)

"""The tables of a bulk run have the columns that are declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts.extras import Connection
from facts.readers.column_values import PARSERS
from facts.readers.evidence import COLUMNS as EVIDENCE_COLUMNS
from kb.bulk.adjudicate import adjudicate_files
from kb.bulk.by_predicate import determine_predicates, read_inputs
from kb.bulk.result import Meter
from kb.bulk.session import BulkSession
from kb.engines.duckdb.lines import other_lines
from kb.engines.duckdb.lines.tables import DICTIONARY, RUN_TABLES
from kb.knowledge_base import KnowledgeBase
from kb.policy.loader import load_policy
from tests.kb.bulk.agreement import random_batch
from tests.kb.bulk.files import evidence_row, row_of, write_rows

WIDER = {"INTEGER": 1, "BIGINT": 2, "HUGEINT": 3}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], list[Path]]:
    folder = tmp_path_factory.mktemp("claims")
    batch = random_batch(range(40_000, 40_030))
    claims = write_rows(folder, "claims", "parquet", map(row_of, batch.lines), tuple(PARSERS))
    rows = map(evidence_row, batch.evidence)
    return [claims], [write_rows(folder, "evidence", "parquet", rows, EVIDENCE_COLUMNS)]


def checked(connection: Connection) -> set[str]:
    """Check the tables of a connection; return the names of those that it has."""
    made = {
        name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    }
    for table in RUN_TABLES:
        of_script = "d0_procedure_code" if table is DICTIONARY else "side0"
        for name in made & {table.numbered(0, 1).name, table.numbered(of_script, 1).name}:
            described = connection.execute(f"DESCRIBE {name}").fetchall()
            types = {column: kind.replace("VARCHAR", "TEXT") for column, kind, *_ in described}
            for column, kind in table.columns.items():
                found = types[column]
                narrow = WIDER.get(found, 9) <= WIDER.get(kind, 0)
                decimal = found.startswith("DECIMAL") and kind.startswith("DECIMAL")
                assert found == kind or narrow or decimal, (name, column)
    return made


@pytest.mark.parametrize("most_pairs", [0, 40])
def test_a_run_over_lines_makes_the_declared_tables(
    files: tuple[list[Path], list[Path]],
    most_pairs: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(other_lines, "_MOST_PAIRS", most_pairs)
    kb = KnowledgeBase(load_policy("r14"))
    claims, evidence = files
    with BulkSession(claims) as session:
        output = tmp_path / "out.parquet"
        adjudicate_files(kb, claims, output, evidence=evidence, session=session)
        made = checked(session.connection)
    wanted = {"signed", "entries", "paired" if most_pairs else "others"}
    assert wanted <= made


def test_predicates_make_the_same_tables(files: tuple[list[Path], list[Path]]) -> None:
    kb = KnowledgeBase(load_policy("r14"))
    with BulkSession([]) as session:
        read = read_inputs(session.connection, kb, *files)
        determine_predicates(session.connection, kb, read, (), (), Meter())
        made = checked(session.connection)
    assert {"signed", "answers", "plain_answers", "context_answers", "limits"} <= made

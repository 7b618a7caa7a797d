"""Schemas, prefixes and scripts that run again; statements that nothing needs are left out."""

from __future__ import annotations

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

import duckdb

from facts.diagnostic import UsageError
from kb.compile.script.script import Naming, script, script_text
from kb.compile.sql.dialects import dialect
from kb.knowledge_base import KnowledgeBase
from kb.planning.policy_source import policy_source
from tests.kb.compile.test_script import FOLDER, LINE, SMALL, WANTED
from tests.kb.compile.warehouse import Warehouse, create, rows_of, wide_rows

LINES = [LINE | {"claim_id": "A", "line_number": 1, "units": "3.5", "diagnoses": "T80.30:Y"}]
DOSE = [{"claim_id": "A", "evidence": "dose", "value": "100.1"}]


def test_a_prefix_and_a_second_run_in_every_warehouse(warehouse: Warehouse) -> None:
    kb = KnowledgeBase.load(FOLDER).with_claims(LINES, DOSE)
    naming = Naming(prefix="p_", replace=True)
    text = script_text(script(SMALL, dialect(warehouse.name), WANTED, naming))
    connection = warehouse.run(wide_rows(kb), text)
    warehouse.script(connection, text)
    expected = list(kb.query("applies(C, L, K, E)").rows)
    assert expected
    assert rows_of(connection, "p_applies", 4) == expected


def test_a_schema_of_their_own() -> None:
    kb = KnowledgeBase.load("r14").with_claims(
        [{**LINE, "claim_id": "A", "line_number": 1, "procedure_code": "J7050"}]
    )
    wanted = [("outcome", 3), ("cites", 4)]
    text = script_text(
        script(policy_source(kb), dialect("duckdb"), wanted, Naming("audit", "r14_", True))
    )
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA audit")
        for name, rows in wide_rows(kb).items():
            connection.execute(create(name, "duckdb"))
            marks = ", ".join("?" * len(rows[0])) if rows else ""
            for row in rows:
                connection.execute(f"INSERT INTO {name} VALUES ({marks})", row)
        for _ in range(2):
            connection.execute(text)
        assert connection.execute("FROM audit.r14_outcome").fetchall() == [("A", 1, "bundled")]
        made = connection.execute(
            "SELECT DISTINCT table_schema, starts_with(table_name, 'r14_') "
            "FROM information_schema.tables WHERE table_name NOT LIKE 'cla%'"
        ).fetchall()
        assert made == [("audit", True)]


def test_what_no_wanted_predicate_reads_is_left_out() -> None:
    source = policy_source(KnowledgeBase.load("r14"))
    made = script(source, dialect("duckdb"), [("outcome", 3)])
    names = {each.name for each in made}
    assert "place_of_service" not in names
    assert "outcome" in names
    read = {name for each in made for name in each.reads}
    assert names - {"", "outcome", "number_faults"} <= read


@pytest.mark.parametrize(
    "naming", [("a b", ""), ("a.b.c-d", ""), ("", 'x"; DROP TABLE y'), ("1", "")]
)
def test_a_name_that_is_none_is_refused(naming: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="letters, digits and underscores"):
        Naming(*naming)

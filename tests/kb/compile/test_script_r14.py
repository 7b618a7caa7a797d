"""The printed script of R14, run in each warehouse over every case of the policy."""

from __future__ import annotations

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

from facts.schema import BY_NAME
from kb.compile.script.script import FAULTS, script, script_text
from kb.compile.sql.dialects import dialect
from kb.planning.policy_source import policy_source
from tests.kb.compile.warehouse import Warehouse, exact_rows, rows_of, wide_rows
from tests.kb.policies.r14_batches import QUERIES, answered

ARITY = {name: len(query.body[0].atom.terms) for name, query in QUERIES.items()}


def test_every_case_has_the_rows_of_pydatalog(warehouse: Warehouse) -> None:
    lines = 0
    for item in answered():
        kb = item.batch.knowledge_base()
        text = script_text(script(policy_source(kb), dialect(warehouse.name)))
        connection = warehouse.run(wide_rows(kb), text)
        for predicate, rows in item.facts.items():
            if warehouse.quoted(predicate) in text:
                found = rows_of(connection, predicate, BY_NAME[predicate].arity)
                assert sorted(found) == sorted(exact_rows(rows)), predicate
        for predicate, rows in item.answers.items():
            found = rows_of(connection, predicate, ARITY[predicate])
            assert sorted(found) == sorted(exact_rows(rows)), predicate
        assert connection.execute(f"SELECT * FROM {FAULTS}").fetchall() == []
        lines += len(item.answers["outcome"])
    assert lines > 200

"""The examples of the docstrings of the bulk run."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = (
    "explain.cli.progress",
    "kb.bulk.adjudicate",
    "kb.bulk.read.claim_groups",
    "kb.bulk.read.columns",
    "kb.planning.cache",
    "kb.bulk.read.free_texts",
    "kb.bulk.read.plain_jsonl",
    "kb.bulk.query",
    "kb.bulk.result",
    "kb.bulk.session",
    "facts.whole_file",
    "kb.engines.duckdb.connection",
    "kb.model.clause",
    "kb.compile.formulas.constants",
    "kb.compile.formulas.layers",
    "kb.compile.formulas.formula",
    "kb.compile.formulas.guards",
    "kb.compile.sql.number_types",
    "kb.knowledge_base",
    "kb.model.rejects",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0

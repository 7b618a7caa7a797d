"""The examples of the docstrings of the bulk run."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = (
    "explain.cli.progress",
    "kb.bulk.adjudicate",
    "kb.bulk.claim_groups",
    "kb.bulk.columns",
    "kb.bulk.kept",
    "kb.bulk.free_texts",
    "kb.bulk.plain_objects",
    "kb.bulk.query",
    "kb.bulk.result",
    "kb.bulk.session",
    "kb.engines.duckdb_table",
    "kb.clause",
    "kb.compile.fused.constants",
    "kb.compile.fused.evaluate",
    "kb.compile.fused.formula",
    "kb.compile.fused.guards",
    "kb.compile.stored",
    "kb.knowledge_base",
    "kb.rejects",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0

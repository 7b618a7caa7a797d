"""The examples of the docstrings of the compiler run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

pytest.importorskip("sqlglot")
pytest.importorskip("duckdb")

import kb.compile

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(kb.compile.__path__, "kb.compile.")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0

"""DuckDB is imported without its layer for data frames, and with it where that is all there is."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from facts.extras import duckdb_module

pytest.importorskip("duckdb")


def test_the_lower_module_is_enough() -> None:
    assert duckdb_module().__name__ == "_duckdb"


@pytest.mark.parametrize("lower", [None, ModuleType("_duckdb")], ids=["absent", "another"])
def test_the_package_stands_in(lower: ModuleType | None, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    monkeypatch.setitem(sys.modules, "_duckdb", lower)
    assert duckdb_module() is duckdb

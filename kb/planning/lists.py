"""The lists that are loaded alongside the claims, as tables of DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from facts.claim import Override
from facts.extras import Connection
from facts.schema import BY_NAME, FIRST_DATE, LAST_DATE
from kb.engines.duckdb.connection import make_table

if TYPE_CHECKING:
    from facts.readers.code_lists import HcpcsRelease


def prepare_lists(
    connection: Connection, overrides: Sequence[Override], release: HcpcsRelease | None
) -> None:
    """Make tables of overrides and of a release on a connection, which lines are joined with."""
    rows: list[tuple[str, ...]] = []
    if overrides:
        from kb.claims.assertions import policy_facts

        rows = list(policy_facts((), {}, overrides, ()).get("override", ()))  # type: ignore[arg-type]
    _table(connection, "override", rows)
    if release is not None:
        codes = [
            (
                code,
                added.isoformat() if added else FIRST_DATE,
                terminated.isoformat() if terminated else LAST_DATE,
            )
            for code, spans in release.codes.items()
            for added, terminated in spans
        ]
        _table(connection, "release_code", codes)


def _table(connection: Connection, name: str, rows: Sequence[tuple[str, ...]]) -> None:
    names = [column.name for column in BY_NAME[name].columns]
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    made = {column: ("TEXT", list(values)) for column, values in zip(names, columns, strict=True)}
    make_table(connection, name, made)

"""Columns of sources as they are read, as one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.bulk.read.columns import KINDS, Column
from kb.bulk.read.files import Source
from kb.engines.duckdb.connection import identifier


def selected(
    sources: Sequence[tuple[Source, Mapping[str, Column]]],
    names: Sequence[str],
    condition: str = "",
    place: bool = False,
) -> str:
    """Return the query of some columns of all sources, with no more joins than these need.

    Parameters
    ----------
    sources : sequence of (Source, mapping of str to Column)
    names : sequence of str
    condition : str, optional
        What follows the joins of each source; ``{claim}`` is its claim id, which is
        one of the columns then.
    place : bool, optional
        Whether the column ``place`` gives the order of the lines.
    """
    selects = []
    for source, columns in sources:
        picked = {name: columns[name] for name in names}
        picks = [f"{column.value} AS {identifier(name)}" for name, column in picked.items()]
        if place:
            own = "r.place" if source.parquet else "r.rowid"
            picks.append(f"({int(source.parquet)}::BIGINT << 60) + {own} AS place")
        selects.append(
            f"SELECT {', '.join(picks)} FROM {source.scan} r {joined(picked)} "
            f"{condition.format(claim=columns['claim_id'].value)}"
        )
    if selects:
        return " UNION ALL ".join(selects)
    picks = [f"NULL::{KINDS.get(name, 'TEXT')} AS {identifier(name)}" for name in names]
    return f"SELECT {', '.join(picks)}{', 0::BIGINT AS place' * place} WHERE false"


def joined(columns: Mapping[str, Column]) -> str:
    """Return the joins that columns need in addition to the raw rows."""
    return " ".join(column.join for column in columns.values() if column.join)

"""The formulas of a script, planned while lines are read."""

from __future__ import annotations

from typing import Any

from kb.compile.formulas.line_script import FORMULAS, LineScript
from kb.engines.duckdb.connection import in_background


class Formulas:
    """Prepares the two statements of a script that have hundreds of formulas.

    DuckDB takes longer to read and to plan them than to run them. They are prepared on a connection
    of their own, while the owner of the other one goes on. The tables that they read and write
    stand in a database of their own, whose catalog does not change any more: so the plans stay
    valid.

    Parameters
    ----------
    connection : DuckDB connection
    script : LineScript
    """

    def __init__(self, connection: Any, script: LineScript) -> None:
        self._prepared = in_background(connection, lambda other: _prepared(other, script))

    def ask(self) -> None:
        """Fill the table ``asked`` of the formulas from ``masks``."""
        self._prepared.result().execute("EXECUTE asked")

    def answer(self) -> None:
        """Fill the table ``answers`` of the formulas from ``final_masks``."""
        self._prepared.result().execute("EXECUTE answers")


def _prepared(connection: Any, script: LineScript) -> Any:
    """Return the connection, with both statements prepared."""
    masks = "".join(f", {name} {kind}" for name, kind in script.mask_types.items())
    words = "".join(f", {name} BIGINT" for name in script.words)
    for statement in (
        f"ATTACH ':memory:' AS {FORMULAS}",
        f"CREATE TABLE {FORMULAS}.masks (id BIGINT{masks})",
        f"CREATE TABLE {FORMULAS}.asked (id BIGINT, answers BIGINT, asks BIGINT)",
        f"CREATE TABLE {FORMULAS}.final_masks (final BIGINT, context BIGINT{masks})",
        f"CREATE TABLE {FORMULAS}.answers (final BIGINT{words})",
        # It would look at the formulas long, and in vain.
        "PRAGMA disable_optimizer",
        f"PREPARE asked AS INSERT INTO {FORMULAS}.asked {script.asked}",
        f"PREPARE answers AS INSERT INTO {FORMULAS}.answers {script.final}",
    ):
        connection.execute(statement)
    return connection

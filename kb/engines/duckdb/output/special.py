"""Lines whose determination is their own: with allowed units, or reasons that name the line."""

from __future__ import annotations

from kb.engines.duckdb.lines.determined import DeterminedLines, has_bit
from kb.engines.duckdb.lines.tables import (
    ALLOWED,
    ANSWERS,
    CONTEXT_ANSWERS,
    PLAIN_ANSWERS,
    SIGNED,
    SPECIAL,
    SPECIAL_ANSWERS,
)


def make_allowed_units(lines: DeterminedLines) -> None:
    """Make the table ``allowed`` of lines whose determinations are not written.

    Parameters
    ----------
    lines : DeterminedLines
        The lines that are determined.
    """
    lines.execute(
        SPECIAL_ANSWERS.of(
            "SELECT answer, false AS slots, true AS limited "
            f"FROM {ANSWERS} a WHERE {has_bit(len(lines.answers))}"
        )
    )
    make_special_lines(lines)
    lines.execute(ALLOWED.of(lines.allowed()))


def make_special_lines(lines: DeterminedLines) -> None:
    """Make the table ``special``: the lines of the answers in ``special_answers``.

    Parameters
    ----------
    lines : DeterminedLines
        The lines that are determined.
    """
    names = dict.fromkeys(["line", "claim_id", "line_number", *lines.reads])
    keys = {name: table for name, table in lines.dictionaries.items() if name in names}
    picked = ", ".join(
        f"{keys[name]}.value AS {name}" if name in keys else f"l.{name}" for name in names
    )
    texts = "".join(f" LEFT JOIN {table} ON {table}.key = l.{name}" for name, table in keys.items())
    columns = f"SELECT {', '.join(f'l.{name}' for name in names)}, f.* FROM {SIGNED} l"
    lines.execute(
        SPECIAL.of(
            f"SELECT {picked}, l.* EXCLUDE ({', '.join(names)}) FROM ("
            f"{columns} JOIN {PLAIN_ANSWERS} p USING (signature) "
            f"JOIN {SPECIAL_ANSWERS} f USING (answer) "
            f"ANTI JOIN {CONTEXT_ANSWERS} x ON x.line = l.line UNION ALL "
            f"{columns} JOIN {CONTEXT_ANSWERS} x ON x.line = l.line "
            f"JOIN {SPECIAL_ANSWERS} f ON f.answer = x.answer) l{texts}"
        )
    )

"""What keeps the rows of a claim together: a key of each row, and how many parts there are.

All rows that the readers gather as one claim have the same key, and so has evidence for it. Rows of
different claims may have the same key too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from facts.claim import PART_SIGN
from facts.readers.parquet import BLANKS

if TYPE_CHECKING:
    from pyspark.sql import Column

LINES_A_TASK = 500_000
"""Rows of a task: fewer, and what a task costs by itself counts; more, and it needs more memory."""

_WORTH_A_TASK = 50_000
"""Rows from which another task is worth its cost where a processor is idle."""

_WHOLE = ("tinyint", "smallint", "int", "bigint")
_EXACT = {"float": 2**24, "double": 2**53}
"""Types of binary numbers, with the number below which they have all digits. Source: IEEE 754."""

_ODD = "\0"
"""Begins the keys of what is no claim id of any text."""


def claim_key(name: str, kind: str, columns: Sequence[str], parts: bool) -> Column:
    """Return the key of the rows of a frame.

    Parameters
    ----------
    name : str
        The column of the claim ids.
    kind : str
        Its type, as Spark names it.
    columns : sequence of str
        The columns that are read; rows without a claim id are spread by what they hold.
    parts : bool
        Whether claims of the same number are told apart by a part of their ids.

    Returns
    -------
    Column
        It is never null.
    """
    from pyspark.sql import functions as f

    text = _text(column(name), kind)
    if parts:
        text = f.substring_index(text, PART_SIGN, 1)
    text = f.when(text != "", text)
    spread = f.xxhash64(*(column(each).cast("string") for each in columns))
    return f.coalesce(text, f.concat(f.lit(_ODD), spread.cast("string")))


def column(name: str) -> Column:
    """Return the column of a ``name``, whichever signs are in it."""
    from pyspark.sql import functions as f

    quoted = name.replace("`", "``")
    return f.col(f"`{quoted}`")


def _text(value: Column, kind: str) -> Column:
    """Return claim ids as the texts that the readers make of them, for ids of any type."""
    from pyspark.sql import functions as f

    if kind in _WHOLE or kind == "date":
        return value.cast("string")
    if kind in _EXACT:
        exact = f.abs(value) < f.lit(_EXACT[kind])
        return f.when(exact, _decimal(value.cast("decimal(38,9)"))).when(
            value.isNotNull(), f.lit(_ODD)
        )
    if kind.startswith("decimal"):
        return _decimal(value)
    if kind == "string" or kind.startswith(("varchar", "char")):
        plain = f.btrim(value.cast("string"), f.lit(BLANKS))
        return f.regexp_replace(plain, r"^([0-9]+)[.]0+$", "$1")
    return f.when(value.isNotNull(), f.lit(_ODD))


def _decimal(value: Column) -> Column:
    """Return a decimal without the zeros behind its point."""
    from pyspark.sql import functions as f

    return f.regexp_replace(
        f.regexp_replace(value.cast("string"), r"(\.[0-9]*?)0+$", "$1"), r"\.$", ""
    )


def part_count(rows: int, session: Any) -> int:
    """Return how many parts some rows are worth.

    Parameters
    ----------
    rows : int
        Lines and evidence.
    session : SparkSession
        Tells how many tasks run at once.
    """
    least = -(-rows // LINES_A_TASK)
    return max(1, least, min(_at_once(session), rows // _WORTH_A_TASK))


def _at_once(session: Any) -> int:
    """Return how many tasks run at once; a session of Spark Connect does not tell."""
    try:
        return int(session.sparkContext.defaultParallelism)
    except Exception:
        return 1

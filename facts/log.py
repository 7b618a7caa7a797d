"""What the program logs: counts and names of files, under one name; never a value of a claim."""

from __future__ import annotations

import sys

NAME = "clausewise"


def log(message: str, *counts: int | str) -> None:
    """Log a message at the level INFO, where anybody has asked for logs at all.

    Parameters
    ----------
    message : str
        With a ``%s`` for each count.
    *counts : int or str
        Numbers, and names that hold nothing of a claim.

    Examples
    --------
    >>> log("%s lines were read", 3)
    """
    # Who does not import logging does not listen, and the import takes longer than a query.
    logging = sys.modules.get("logging")
    if logging is not None:
        logging.getLogger(NAME).info(message, *counts)

"""Lines that are determined, whichever way: by formulas of lines, or predicate by predicate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from facts.extras import Connection, Result
from kb.compile.formulas.line_script import WORD
from kb.language.values import Row


@dataclass(frozen=True, slots=True)
class DeterminedLines:
    """Lines with their answers, as tables of a connection.

    The tables are ``signed``, ``signatures``, ``contexts``, ``answers``, ``plain_answers`` and
    ``context_answers``.

    Parameters
    ----------
    connection : Connection
        Where the tables are.
    answers : tuple of (predicate, row)
        Each possible answer about a line: answer n is bit n of the words. The next bit tells
        whether units are allowed.
    words : tuple of str
        The columns of ``answers`` that hold the bits.
    allowed : callable
        Returns a query of the allowed units of the lines in ``special``: line, value.
    reads : tuple of str
        Further columns of ``signed``.
    dictionaries : mapping of column to table
        The columns of ``signed`` that hold the key of a value in its dictionary.
    readings : bool
        Whether the readings in favour of lines are among the answers.
    """

    connection: Connection
    answers: tuple[tuple[str, Row], ...]
    words: tuple[str, ...]
    allowed: Callable[[], str]
    reads: tuple[str, ...]
    dictionaries: Mapping[str, str] = field(default_factory=dict)
    readings: bool = False

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> Result:
        """Run a statement.

        Parameters
        ----------
        sql : str
            The statement.
        parameters : sequence, optional
            Values of ``$1``, ``$2`` and so on.
        """
        return self.connection.execute(sql, list(parameters))


def has_bit(position: int) -> str:
    """Return SQL of whether an answer ``a`` has a bit.

    Parameters
    ----------
    position : int
        Number of the bit, over all words.
    """
    word, bit = divmod(position, WORD)
    return f"(a.w{word} >> {bit}) & 1 = 1"

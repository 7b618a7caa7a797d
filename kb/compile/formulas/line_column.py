"""Where the values of a body come from: columns of the rows of lines."""

from __future__ import annotations

from dataclasses import dataclass

from facts.schema import BY_NAME
from kb.language.ast import Atom, BodyLiteral, Relational, Term, Variable


@dataclass(frozen=True, slots=True)
class LineColumn:
    """Where a single value of a line comes from: a column of that line's row."""

    line: str
    column: str


def attribute_of(literal: BodyLiteral) -> tuple[str, str, Term] | None:
    """Return the line, the column and the term of a positive atom that reads a column of its line.

    Parameters
    ----------
    literal : BodyLiteral
        Any literal; None is returned for one that reads no column.
    """
    match literal:
        case Relational(Atom(predicate, (_, Variable(line), term)), negated=False):
            known = BY_NAME.get(predicate)
            if known is not None and known.attribute is not None:
                return line, known.attribute, term
    return None

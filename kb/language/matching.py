"""Matches terms with values: what variables become, and the rows that terms stand for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeAlias

from kb.language.ast import Atom, Constant, Term
from kb.language.values import Row, Value

Bindings: TypeAlias = Mapping[str, Value]
"""Values of variables by their name."""

Pattern: TypeAlias = tuple[Value | None, ...]
"""Values of an atom's terms; None where any value will do."""

GroundAtom: TypeAlias = tuple[str, Row]
"""Predicate and values."""


def match(
    terms: Iterable[Term], pattern: Iterable[Value | None], bindings: Bindings | None = None
) -> dict[str, Value] | None:
    """Return what variables become where terms are a row or fit a pattern.

    Parameters
    ----------
    terms : iterable of Term
        Terms of the head of a rule, or of an atom.
    pattern : iterable of value or None
        As many as the terms.
    bindings : mapping of variable name to value, optional
        What is bound before.

    Returns
    -------
    dict of variable name to value, or None
        The bindings with those of the terms; None where the terms do not match.

    Examples
    --------
    >>> from kb.language.ast import Variable
    >>> match((Variable("X"), Constant("a"), Variable("Y")), ("b", "a", None))
    {'X': 'b'}
    >>> match((Variable("X"),), ("b",), {"X": "c"})
    """
    found = dict(bindings) if bindings else {}
    for term, value in zip(terms, pattern, strict=True):
        if value is None:
            continue
        if isinstance(term, Constant):
            if term.value != value:
                return None
        elif found.setdefault(term.name, value) != value:
            return None
    return found


def pattern_of(atom: Atom, bindings: Bindings) -> Pattern:
    """Return the values of an atom's terms, None where a variable is not bound.

    Parameters
    ----------
    atom : Atom
        An atom of a rule or a query.
    bindings : mapping of variable name to value
        Those of its variables.

    Returns
    -------
    tuple of value or None
    """
    return tuple(
        [
            term.value if isinstance(term, Constant) else bindings.get(term.name)
            for term in atom.terms
        ]
    )


def row_of(atom: Atom, bindings: Bindings) -> Row:
    """Return the values of an atom's terms, all of which are bound.

    Parameters
    ----------
    atom : Atom
        An atom of a rule or a query.
    bindings : mapping of variable name to value
        Those of its variables.

    Returns
    -------
    tuple of value
    """
    return tuple(
        [term.value if isinstance(term, Constant) else bindings[term.name] for term in atom.terms]
    )


def constants_of(bindings: Bindings) -> dict[str, Term]:
    """Return bindings as terms, to be put in the place of variables (see `substitute`).

    Parameters
    ----------
    bindings : mapping of variable name to value
        What variables become.

    Returns
    -------
    dict of variable name to Constant
    """
    return {name: Constant(value) for name, value in bindings.items()}


def without(bindings: Bindings, names: Collection[str]) -> Bindings:
    """Return bindings without some names.

    Parameters
    ----------
    bindings : mapping of variable name to value
        They are not changed.
    names : collection of str
        What is left out.

    Returns
    -------
    mapping of variable name to value
    """
    if not names:
        return bindings
    return {name: value for name, value in bindings.items() if name not in names}

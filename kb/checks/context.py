"""What the checks know of the program or query at hand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from facts.diagnostic import Diagnostic
from facts.schema import Predicate
from facts.span import Span
from kb.language.ast import Atom, BodyLiteral, Program
from kb.language.excerpt import Excerpts
from kb.language.traversal import atoms_of
from kb.language.values import Value
from kb.model.program import Stratum
from kb.model.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Unit:
    """A rule, or a query, which is a rule without a head."""

    head: Atom | None
    body: tuple[BodyLiteral, ...]
    span: Span


@dataclass(slots=True)
class Context:
    """What a check may look at, and what checks leave for those behind them.

    Parameters
    ----------
    units : tuple of Unit
        The rules, or the query.
    inputs : mapping of str to Predicate
        Predicates that facts assert and rules do not.
    excerpts : Excerpts
        The texts that a fault underlines.
    program : Program
        Empty where a query is checked.
    clauses, tables : collection of str, optional
        What may be named; nothing is checked where they are not given.
    vocabulary : Vocabulary, optional
        What constants may be, likewise.
    bound : mapping of str to value
        Variables of a query whose value is given.
    signature : dict of str to Predicate
        Left by the checks of declarations, predicates and types.
    strata : tuple of Stratum
        Left by the check of stratification.
    """

    units: tuple[Unit, ...]
    inputs: Mapping[str, Predicate]
    excerpts: Excerpts
    program: Program = field(default_factory=lambda: Program(()))
    clauses: Collection[str] | None = None
    tables: Collection[str] | None = None
    vocabulary: Vocabulary | None = None
    bound: Mapping[str, Value] = field(default_factory=dict)
    signature: dict[str, Predicate] = field(default_factory=dict)
    strata: tuple[Stratum, ...] = ()

    @property
    def is_query(self) -> bool:
        """Whether a query is checked."""
        return len(self.units) == 1 and self.units[0].head is None

    def error(self, message: str, span: Span, help: str = "") -> Diagnostic:
        """Return an error with its row of text.

        Parameters
        ----------
        message : str
            One lower-case sentence.
        span : Span
            The place to underline.
        help : str, optional
            What to do about it.

        Returns
        -------
        Diagnostic
        """
        return self.excerpts.diagnostic("error", message, span, help)

    def warning(self, message: str, span: Span, help: str = "") -> Diagnostic:
        """Return a warning with its row of text.

        Parameters
        ----------
        message : str
            One lower-case sentence.
        span : Span
            The place to underline.
        help : str, optional
            What to do about it.

        Returns
        -------
        Diagnostic
        """
        return self.excerpts.diagnostic("warning", message, span, help)

    def known(self, atom: Atom) -> Predicate | None:
        """Return the predicate of an atom that has the right number of arguments.

        Parameters
        ----------
        atom : Atom
            An atom of a rule or a query.

        Returns
        -------
        Predicate or None
        """
        predicate = self.signature.get(atom.predicate)
        return predicate if predicate is not None and predicate.arity == atom.arity else None


def atoms(unit: Unit) -> Iterator[Atom]:
    """Yield the atoms of a unit in reading order: head, body, goals of aggregates.

    Parameters
    ----------
    unit : Unit
        A rule or a query.
    """
    if unit.head is not None:
        yield unit.head
    yield from atoms_of(unit.body)

"""Bodies as joins: variables that a literal has for itself, and ties between lines unfolded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.engines.pydatalog.joins import Absence, Aggregation, Join, JoinLiteral
from kb.engines.pydatalog.scans import Scan
from kb.engines.pydatalog.ties import NOTHING_KNOWN, Known
from kb.language.ast import (
    Aggregate,
    BodyLiteral,
    Relational,
    Term,
    Variable,
)
from kb.language.traversal import (
    all_names,
    names_of,
    rename,
    substitute,
    substitute_terms,
    visible_variables,
)


def join_of(
    body: Iterable[BodyLiteral],
    bound: Iterable[str] = (),
    wanted: Iterable[str] | None = None,
    known: Known = NOTHING_KNOWN,
) -> Join:
    """Return the join of a body that is read from left to right.

    A variable of a negated atom or of an aggregate's goal that nothing before it binds is the
    literal's own, whatever else has its name.

    Parameters
    ----------
    body : iterable of literals
        Checked: each finds its variables bound.
    bound : iterable of str, optional
        Variables that have a value before the body.
    wanted : iterable of str, optional
        The variables whose values are wanted; all where nothing is given.
    known : Known, optional
        What is known of the predicates.

    Returns
    -------
    Join
    """
    return Join(_Reader(bound, known).read(body), wanted, known.harmful)


class _Reader:
    """Reads one body; ``bound`` are the variables known so far."""

    def __init__(self, bound: Iterable[str], known: Known, depth: str = "") -> None:
        self.bound = set(bound)
        self.known = known
        self.depth = depth
        self.renamed = 0

    def read(self, body: Iterable[BodyLiteral]) -> list[JoinLiteral]:
        return [read for literal in self._unfolded(body) for read in self._literal(literal)]

    def _unfolded(self, body: Iterable[BodyLiteral]) -> Iterator[BodyLiteral]:
        """Yield a body with its ties replaced by their bodies."""
        for literal in body:
            if isinstance(literal, Relational) and not literal.negated:
                rule = self.known.ties.get(literal.atom.key)
                if rule is not None:
                    mark = self._fresh()
                    terms: dict[str, Term] = {
                        name: Variable(f"{name}~{mark}") for name in all_names(rule.body)
                    }
                    for own, term in zip(rule.head.terms, literal.atom.terms, strict=True):
                        terms[own.name] = term  # type: ignore[union-attr]
                    yield from self._unfolded(substitute(rule.body, terms))
                    continue
            yield literal

    def _literal(self, literal: BodyLiteral) -> Iterator[JoinLiteral]:
        match literal:
            case Relational(atom=atom, negated=True):
                own = self._own(names_of(*atom.terms))
                if own and atom.key in self.known.ties:
                    yield self._absence(literal)
                    return
                terms = {name: Variable(other) for name, other in own.items()}
                changed = substitute_terms(atom.terms, terms)
                yield Scan(atom.key, changed, True, literal.span)
                return
            case Relational(atom=atom):
                self.bound.update(names_of(*atom.terms))
                yield Scan(atom.key, atom.terms, False, literal.span)
                return
            case Aggregate():
                yield self._aggregate(literal)
                return
        self.bound.update(variable.name for variable in visible_variables(literal))
        yield literal

    def _absence(self, literal: Relational) -> Absence:
        names = dict.fromkeys(names_of(*literal.atom.terms))
        inputs = tuple(name for name in names if name in self.bound)
        (inner,) = rename((literal,), self._own(names))
        assert isinstance(inner, Relational)
        found = Relational(inner.atom, False, inner.span)
        read = _Reader(inputs, self.known, self._fresh()).read([found])
        return Absence(Join(read, (), self.known.harmful), inputs)

    def _aggregate(self, literal: Aggregate) -> Aggregation:
        names = dict.fromkeys(all_names(literal.goal))
        if literal.expression is not None:
            names.update(dict.fromkeys(names_of(literal.expression)))
        inputs = tuple(name for name in names if name in self.bound)
        (inner,) = rename((literal,), self._own(names))
        assert isinstance(inner, Aggregate)
        read = _Reader(inputs, self.known, self._fresh()).read(inner.goal)
        wanted = {
            variable.name
            for one in inner.goal
            if not isinstance(one, Relational) or not one.negated
            for variable in visible_variables(one)
        }
        goal = Join(read, wanted, self.known.harmful)
        self.bound.add(literal.result.name)
        return Aggregation(literal.function, inner.expression, goal, inputs, literal.result)

    def _own(self, names: Iterable[str]) -> dict[str, str]:
        """Return new names for variables that nothing has bound: they are the literal's own."""
        mark = self._fresh()
        return {name: f"{name}{mark}" for name in names if name not in self.bound}

    def _fresh(self) -> str:
        self.renamed += 1
        return f"{self.depth}.{self.renamed}"

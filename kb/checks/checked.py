"""Runs every check over a program or a query; what passes may be evaluated."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from facts.diagnostic import Diagnostic, ProgramError
from facts.frozen import frozen
from facts.schema import INPUT_PREDICATES, Predicate
from facts.span import Span
from kb.checks.citations import check_citations
from kb.checks.conclusions import check_conclusions
from kb.checks.constants import check_constants
from kb.checks.context import Context, Unit
from kb.checks.declarations import check_declarations
from kb.checks.predicates import check_predicates
from kb.checks.safety import check_safety
from kb.checks.singletons import check_singletons
from kb.checks.size import check_size
from kb.checks.stratification import check_stratification
from kb.checks.types import check_types
from kb.language.ast import Program, Query
from kb.language.excerpt import Excerpts
from kb.language.values import Value
from kb.model.program import CheckedProgram
from kb.model.vocabulary import Vocabulary

Check = Callable[[Context], Iterator[Diagnostic]]

_PROGRAM_CHECKS: tuple[Check, ...] = (
    check_declarations,
    check_predicates,
    check_types,
    check_safety,
    check_stratification,
    check_size,
    check_citations,
    check_constants,
    check_conclusions,
    check_singletons,
)
"""The checks of a program, in their order: the first three build its signature."""

_QUERY_CHECKS: tuple[Check, ...] = (
    check_predicates,
    check_types,
    check_safety,
    check_size,
    check_citations,
    check_constants,
)
"""The checks of a query over a checked program."""


def check(
    program: Program,
    inputs: Iterable[Predicate] = INPUT_PREDICATES,
    clauses: Collection[str] | None = None,
    tables: Collection[str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> CheckedProgram:
    """Check a program.

    Parameters
    ----------
    program : Program
        What was parsed.
    inputs : iterable of Predicate, optional
        What facts assert.
    clauses : collection of str, optional
        Ids of the clauses that rules may cite.
    tables : collection of str, optional
        Names of the tables that rules may ask.
    vocabulary : Vocabulary, optional
        What constants of rules may be.

    Returns
    -------
    CheckedProgram

    Raises
    ------
    ProgramError
        With everything that is wrong, all at once.

    Examples
    --------
    >>> from kb.language.parser import parse_program
    >>> program, _ = parse_program(
    ...     "path(X, Y) :- edge(X, Y). path(X, Z) :- edge(X, Y), path(Y, Z). edge(a, b).", "a.pl")
    >>> check(program).strata
    (Stratum(predicates=('edge',), recursive=False), Stratum(predicates=('path',), recursive=True))
    """
    context, found = _run_program(program, inputs, clauses, tables, vocabulary)
    if any(diagnostic.severity == "error" for diagnostic in found):
        raise ProgramError(found)
    signature = frozen(context.signature)
    return CheckedProgram(
        program, signature, context.strata, tuple(found), clauses, tables, vocabulary
    )


def check_program(
    program: Program,
    inputs: Iterable[Predicate] = INPUT_PREDICATES,
    clauses: Collection[str] | None = None,
    tables: Collection[str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> list[Diagnostic]:
    """Return everything that is wrong with a program, warnings too, in reading order.

    Parameters
    ----------
    program, inputs, clauses, tables, vocabulary
        As for `check`.

    Returns
    -------
    list of Diagnostic

    Examples
    --------
    >>> from kb.language.parser import parse_program
    >>> program, _ = parse_program("p(X) :- procedre(X, _, _), \\\\+ q(X). q(X) :- p(X).", "a.pl")
    >>> for fault in check_program(program):
    ...     print(fault.message)
    unknown predicate `procedre/3`
    a cycle runs through `\\+`: `p -> \\+ q -> p`
    """
    return _run_program(program, inputs, clauses, tables, vocabulary)[1]


def check_query(
    query: Query, program: CheckedProgram, bound: Mapping[str, Value] | None = None
) -> list[Diagnostic]:
    """Return everything that is wrong with a query over a checked program.

    Parameters
    ----------
    query : Query
        What was parsed.
    program : CheckedProgram
        What the query asks.
    bound : mapping of str to value, optional
        Variables of the query whose value is given.

    Returns
    -------
    list of Diagnostic

    Examples
    --------
    >>> from kb.language.parser import parse_program, parse_query
    >>> checked = check(parse_program("p(1).", "a.pl")[0])
    >>> check_query(parse_query("p(X), X > 0"), checked)
    []
    >>> [fault.message for fault in check_query(parse_query("p(X, Y)"), checked)]
    ['`p` takes 1 argument, not 2']
    """
    context = Context(
        (Unit(None, query.body, query.span),),
        {},
        Excerpts({query.span.source: query.text}),
        clauses=program.clauses,
        tables=program.tables,
        vocabulary=program.vocabulary,
        bound=bound or {},
        signature=dict(program.signature),
    )
    return _run(context, _QUERY_CHECKS)


def _run_program(
    program: Program,
    inputs: Iterable[Predicate],
    clauses: Collection[str] | None,
    tables: Collection[str] | None,
    vocabulary: Vocabulary | None,
) -> tuple[Context, list[Diagnostic]]:
    context = Context(
        tuple([Unit(rule.head, rule.body, rule.span) for rule in program.rules]),
        {predicate.name: predicate for predicate in inputs},
        Excerpts(program.texts),
        program,
        None if clauses is None else frozenset(clauses),
        None if tables is None else frozenset(tables),
        vocabulary,
    )
    return context, _run(context, _PROGRAM_CHECKS)


def _run(context: Context, checks: tuple[Check, ...]) -> list[Diagnostic]:
    found = [diagnostic for one in checks for diagnostic in one(context)]
    sources = {source: number for number, source in enumerate(context.program.texts)}

    def place(diagnostic: Diagnostic) -> tuple[int, int, int]:
        span = diagnostic.place
        if not isinstance(span, Span):
            return (-1, 0, 0)
        return (sources.get(span.source, len(sources)), span.row, span.column)

    return sorted(found, key=place)

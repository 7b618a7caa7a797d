"""Check: no predicate depends on its own absence or on an aggregate over itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from facts.diagnostic import Diagnostic
from facts.span import Span
from kb.checks.context import Context
from kb.language.ast import Aggregate, Program, Relational
from kb.language.dependencies import strongly_connected
from kb.language.traversal import atoms_of
from kb.model.program import Stratum

_LONGEST_CYCLE = 12


@dataclass(frozen=True, slots=True)
class _Edge:
    """The first place where one predicate uses another in one way."""

    user: str
    used: str
    sign: str  # "", "\\+ " or "aggregate_all "
    span: Span

    def __str__(self) -> str:
        return f"{self.sign}{self.used}"


def check_stratification(context: Context) -> Iterator[Diagnostic]:
    """Yield the cycles that run through a negation or an aggregate.

    Parameters
    ----------
    context : Context
        Its strata are known afterwards, in the order of their evaluation.

    Yields
    ------
    Diagnostic
    """
    edges = _edges(context.program, context.inputs)
    context.strata = _strata(edges)
    member = {
        name: number for number, stratum in enumerate(context.strata) for name in stratum.predicates
    }
    reported: set[frozenset[_Edge]] = set()
    for user, used in edges.items():
        for edge in used:
            if edge.sign and member[edge.used] == member[user]:
                cycle = [edge, *_path(edges, edge.used, user, member)]
                if frozenset(cycle) not in reported:
                    reported.add(frozenset(cycle))
                    yield _unstratified(context, cycle)


def strata_of(program: Program, inputs: Collection[str] = ()) -> tuple[Stratum, ...]:
    """Return the strata of a program in the order of their evaluation.

    Parameters
    ----------
    program : Program
        What was parsed.
    inputs : collection of str, optional
        Predicates that facts assert; they are in no stratum.

    Returns
    -------
    tuple of Stratum
    """
    return _strata(_edges(program, inputs))


def _strata(edges: dict[str, list[_Edge]]) -> tuple[Stratum, ...]:
    return tuple(
        Stratum(tuple(group), len(group) > 1 or any(e.used == group[0] for e in edges[group[0]]))
        for group in strongly_connected(
            {user: [edge.used for edge in own] for user, own in edges.items()}
        )
    )


def _edges(program: Program, inputs: Collection[str]) -> dict[str, list[_Edge]]:
    """Return what each predicate uses, input predicates left out."""
    named = [declaration.predicate for declaration in program.declarations]
    named += [rule.head.predicate for rule in program.rules]
    edges: dict[str, dict[tuple[str, str], _Edge]] = {
        name: {} for name in named if name not in inputs
    }
    for rule in program.rules:
        user = rule.head.predicate
        if user not in edges:
            continue
        own = edges[user]
        for literal in rule.body:
            if type(literal) is Relational:
                used, sign = literal.atom.predicate, "\\+ " if literal.negated else ""
                if used in edges and (used, sign) not in own:
                    own[used, sign] = _Edge(user, used, sign, literal.span)
            elif type(literal) is Aggregate:
                for atom in atoms_of(literal.goal):
                    used, sign = atom.predicate, "aggregate_all "
                    if used in edges and (used, sign) not in own:
                        own[used, sign] = _Edge(user, used, sign, literal.span)
    return {user: list(own.values()) for user, own in edges.items()}


def _path(
    edges: dict[str, list[_Edge]], start: str, goal: str, member: dict[str, int]
) -> list[_Edge]:
    """Return the shortest way from one predicate to another inside their component."""
    if start == goal:
        return []
    came: dict[str, _Edge] = {}
    queue = deque([start])
    while queue:
        name = queue.popleft()
        for edge in edges[name]:
            if edge.used in came or edge.used == start or member[edge.used] != member[goal]:
                continue
            came[edge.used] = edge
            if edge.used == goal:
                path = [edge]
                while path[-1].user != start:
                    path.append(came[path[-1].user])
                return path[::-1]
            queue.append(edge.used)
    raise AssertionError("predicates of one component reach each other")


def _unstratified(context: Context, cycle: list[_Edge]) -> Diagnostic:
    through = "`\\+`" if cycle[0].sign == "\\+ " else "an aggregate"
    steps = [cycle[0].user, *(str(edge) for edge in cycle)]
    places = [f"`{edge}` at {edge.span}" for edge in cycle]
    if len(steps) > _LONGEST_CYCLE:
        half = _LONGEST_CYCLE // 2
        steps = [*steps[:half], "...", *steps[-half:]]
        places = [*places[:half], f"{len(places) - half} more"]
    message = f"a cycle runs through {through}: `{' -> '.join(steps)}`"
    return context.error(message, cycle[0].span, ", ".join(places))

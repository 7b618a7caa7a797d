"""Check: what a policy concludes is an effect that there is, of a clause that has it.

An effect, a clause or a table that is passed on by a variable is followed to the rules that name
it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from facts.diagnostic import Diagnostic
from facts.suggest import near_help
from kb.checks.context import Context, Unit, atoms
from kb.language.ast import Atom, Comparison, Constant, Relational, Term, Variable
from kb.language.printer import print_atom
from kb.model.clause import EFFECTS

SHARED = "rules/"
"""What the names of the shared rule files begin with."""

_CONCLUSIONS = (
    "excludes",
    "applies",
    "reduces",
    "lacks",
    "assumes",
    "addressed",
    "overriding",
    "reading",
    "otherwise",
)
"""What the rules of a policy folder conclude of the predicates that the shared rules declare."""

_FIXED = {"excludes": "scope", "overriding": "override"}
"""The effect with which the shared rules cite the clause of a conclusion."""

_EFFECT_COLUMNS = (("applies", 3), ("otherwise", 4))
_TABLE_SOURCES = frozenset({"code_in", "code_amount", "mentions"})
_CLAUSE_COLUMNS = (("excludes", 2), ("applies", 2), ("overriding", 1), ("otherwise", 3))


@dataclass(frozen=True, slots=True)
class _Noun:
    """What a followed column holds."""

    name: str
    values: Collection[str]
    sources: frozenset[str]
    """Input predicates whose column of this name holds nothing else."""
    could_differ: bool = False
    """Whether the column may hold something else as well, which then is a warning."""


def check_conclusions(context: Context) -> Iterator[Diagnostic]:
    """Yield what a policy concludes and no determination can have.

    Parameters
    ----------
    context : Context
        Nothing is checked where it has no vocabulary.

    Yields
    ------
    Diagnostic
    """
    if context.vocabulary is None or context.is_query:
        return
    yield from _shared_alone(context)
    if context.vocabulary.effects is not None:
        yield from _unlike_declared(context, context.vocabulary.effects)
    known = _Noun("effect", EFFECTS, frozenset({"clause_effect"}))
    yield from _Flow(context, known).check(_EFFECT_COLUMNS)
    if context.tables is not None:
        known = _Noun("table", context.tables, _TABLE_SOURCES, could_differ=True)
        yield from _Flow(context, known).check(_table_columns(context))
    if context.clauses is not None:
        sources = frozenset({"clause_effect", "clause_from", "override"})
        known = _Noun("clause", context.clauses, sources)
        yield from _Flow(context, known).check(_CLAUSE_COLUMNS)


def _shared_alone(context: Context) -> Iterator[Diagnostic]:
    """Yield rules of the folder for what only the shared rules conclude."""
    shared = {
        declaration.predicate
        for declaration in context.program.declarations
        if declaration.span.source.startswith(SHARED)
    }
    for unit in context.units:
        head = unit.head
        if head is None or head.span.source.startswith(SHARED):
            continue
        if head.predicate in shared and head.predicate not in _CONCLUSIONS:
            message = f"`{head.predicate}` follows from the shared rules alone"
            help = f"a policy concludes {', '.join(_CONCLUSIONS)}"
            yield context.error(message, head.span, help)


def _unlike_declared(
    context: Context, declared: Mapping[str, Collection[str]]
) -> Iterator[Diagnostic]:
    """Yield effects that the clause does not declare."""
    for unit in context.units:
        head = unit.head
        if head is None or context.known(head) is None:
            continue
        term: Term | None = None
        if head.predicate == "applies":
            clause, term = head.terms[2], head.terms[3]
            effect = term.value if type(term) is Constant else None
        elif head.predicate in _FIXED:
            clause = head.terms[1 if head.predicate == "overriding" else 2]
            effect = _FIXED[head.predicate]
        else:
            continue
        if type(clause) is not Constant or effect not in EFFECTS:
            continue
        own = declared.get(str(clause.value))
        if own and effect not in own:
            listed = " or ".join(f"`{each}`" for each in own)
            message = f"`{clause.value}` has the effect {listed}, not `{effect}`"
            help = "correct `effect` of the clause in clauses.toml, or add this one to its `also`"
            span = term.span if term is not None else clause.span
            yield context.error(message, span, help)


def _table_columns(context: Context) -> list[tuple[str, int]]:
    """Return the columns of derived predicates that a variable hands on as a table."""
    columns: dict[tuple[str, int], None] = {}
    for unit in context.units:
        for atom in atoms(unit):
            if atom.predicate not in _TABLE_SOURCES or context.known(atom) is None:
                continue
            term = atom.terms[1]
            if type(term) is Variable:
                for binder, position in _binders(unit, term)[0]:
                    if binder.predicate not in context.inputs:
                        columns[binder.predicate, position] = None
    return list(columns)


class _Flow:
    """Follows the values of columns back to the rules that name them."""

    def __init__(self, context: Context, noun: _Noun) -> None:
        self.context = context
        self.noun = noun
        self.rules: dict[str, list[Unit]] = {}
        for unit in context.units:
            if unit.head is not None:
                self.rules.setdefault(unit.head.predicate, []).append(unit)

    def check(self, columns: Collection[tuple[str, int]]) -> Iterator[Diagnostic]:
        """Yield values that are none of the noun's, and variables that could hold any."""
        first = set() if self.noun.could_differ else set(columns)
        waiting = list(columns)
        seen = set(columns)
        while waiting:
            predicate, position = waiting.pop()
            for unit in self.rules.get(predicate, ()):
                head = unit.head
                assert head is not None
                if self.context.known(head) is None:
                    continue
                term = head.terms[position]
                if type(term) is Constant:
                    if (predicate, position) not in first and not self._named(head, position):
                        yield from self._constant(term)
                    continue
                assert type(term) is Variable
                binders, constants = _binders(unit, term)
                for constant in constants:
                    yield from self._constant(constant)
                if constants or any(self._is_source(atom, place) for atom, place in binders):
                    continue
                derived = [one for one in binders if one[0].predicate not in self.context.inputs]
                for atom, place in derived:
                    column = (atom.predicate, place)
                    if column not in seen and self.context.known(atom) is not None:
                        seen.add(column)
                        waiting.append(column)
                if binders and not derived and not self.noun.could_differ:
                    yield self._any(term, binders[0][0])

    def _named(self, head: Atom, position: int) -> bool:
        """Whether the check of citations looks at the column."""
        column = self.context.signature[head.predicate].columns[position].name
        return self.noun.name == "clause" == column

    def _constant(self, constant: Constant) -> Iterator[Diagnostic]:
        if constant.value not in self.noun.values:
            help = near_help(str(constant.value), self.noun.values, "")
            message = f"there is no {self.noun.name} `{constant.value}`"
            if self.noun.could_differ:
                yield self.context.warning(message, constant.span, help)
            else:
                yield self.context.error(message, constant.span, help)

    def _is_source(self, atom: Atom, position: int) -> bool:
        if atom.predicate not in self.noun.sources or atom.predicate not in self.context.inputs:
            return False
        columns = self.context.inputs[atom.predicate].columns
        return position < len(columns) and columns[position].name == self.noun.name

    def _any(self, variable: Variable, binder: Atom) -> Diagnostic:
        noun = self.noun.name
        message = f"`{variable.name}` of `{print_atom(binder)}` is not always {_article(noun)}"
        help = f"name the {noun}, or bind it in `clause_effect` too"
        return self.context.error(message, variable.span, help)


def _binders(unit: Unit, variable: Variable) -> tuple[list[tuple[Atom, int]], list[Constant]]:
    """Return where a variable, or one that equals it, gets its value in a body."""
    names = {variable.name}
    constants: list[Constant] = []
    equal = [
        (literal.left, literal.right)
        for literal in unit.body
        if type(literal) is Comparison and literal.operator == "="
    ]
    for _ in equal:
        for left, right in equal:
            if (
                type(left) is Variable
                and type(right) is Variable
                and names & {left.name, right.name}
            ):
                names |= {left.name, right.name}
    for left, right in (*equal, *((right, left) for left, right in equal)):
        if type(left) is Variable and left.name in names and type(right) is Constant:
            constants.append(right)
    binders = [
        (literal.atom, position)
        for literal in unit.body
        if type(literal) is Relational and not literal.negated
        for position, term in enumerate(literal.atom.terms)
        if type(term) is Variable and term.name in names
    ]
    return binders, constants


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"

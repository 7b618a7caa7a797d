"""Where a code stands: its tables, the sets that rules make of them, the clauses that follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from facts.codes import DESCRIPTION, TableRow
from kb.language.syntax import Aggregate, Atom, BodyLiteral, Constant, Relational, Rule
from kb.policy import Policy

_MEMBERSHIP = ("code_in", "code_amount")
_CONCLUSIONS = ("applies", "reduces", "lacks", "medical_denial")


@dataclass(frozen=True, slots=True)
class CodePlaces:
    """Everything that a policy says of a code.

    Parameters
    ----------
    tables : tuple of (str, TableRow)
        Tables with the row that has the code.
    sets : tuple of str
        Predicates of a claim line that test one of these tables, or the code itself.
    clauses : tuple of str
        Ids of the clauses whose rules depend on these, in the order of the register.
    """

    tables: tuple[tuple[str, TableRow], ...]
    sets: tuple[str, ...]
    clauses: tuple[str, ...]


def code_places(policy: Policy, code: str) -> CodePlaces:
    """Return every table, set and clause where a code stands.

    Parameters
    ----------
    policy : Policy
    code : str
        A procedure, revenue, place of service or diagnosis code, normalised.

    Returns
    -------
    CodePlaces
    """
    tables = tuple(
        (name, row)
        for name, table in policy.tables.items()
        if table.column != DESCRIPTION
        for row in table.rows_of(code)
    )
    names = {name for name, _ in tables}
    rules = policy.program.program.rules
    clause_column = {
        name: [column.name for column in declared.columns].index("clause")
        for name, declared in policy.program.signature.items()
        if any(column.name == "clause" for column in declared.columns)
    }
    direct = {rule.head.predicate for rule in rules if _tests(rule, names, code)}
    touching = set(direct)
    while True:
        more = {
            rule.head.predicate
            for rule in rules
            if rule.head.predicate not in touching
            and rule.head.predicate not in clause_column
            and any(atom.predicate in touching for atom in _atoms(rule.body))
        } - touching
        if not more:
            break
        touching |= more
    touching -= set(clause_column)
    clauses = set()
    for rule in rules:
        position = clause_column.get(rule.head.predicate)
        if position is None or rule.head.predicate not in _CONCLUSIONS:
            continue
        term = rule.head.terms[position]
        if isinstance(term, Constant) and (
            _tests(rule, names, code)
            or any(atom.predicate in touching for atom in _atoms(rule.body))
        ):
            clauses.add(str(term.value))
    sets = sorted(
        name
        for name in direct
        if [column.name for column in policy.program.signature[name].columns] == ["claim", "line"]
    )
    ordered = tuple(clause_id for clause_id in policy.clauses if clause_id in clauses)
    return CodePlaces(tables, tuple(sets), ordered)


def _tests(rule: Rule, tables: set[str], code: str) -> bool:
    for atom in _atoms(rule.body):
        if atom.predicate in _MEMBERSHIP:
            table = atom.terms[1]
            if isinstance(table, Constant) and table.value in tables:
                return True
        elif any(isinstance(term, Constant) and term.value == code for term in atom.terms[2:]):
            return True
    return False


def _atoms(body: tuple[BodyLiteral, ...]) -> Iterator[Atom]:
    for literal in body:
        if isinstance(literal, Relational):
            yield literal.atom
        elif isinstance(literal, Aggregate):
            yield from _atoms(literal.goal)

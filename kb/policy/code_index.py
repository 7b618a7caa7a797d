"""The uses of a code: its tables, the sets that rules make of them, the clauses that follow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from facts.codes import DESCRIPTION, TableRow
from kb.language.ast import Aggregate, Atom, BodyLiteral, Constant, Relational, Rule, Variable
from kb.policy.loader import Policy

_MEMBERSHIP = ("code_in", "code_amount")
_CONCLUSIONS = ("excludes", "applies", "reduces", "lacks", "overriding")


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
    """Return every table, set and clause of a code.

    Parameters
    ----------
    policy : Policy
        A policy that is loaded.
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
    columns = _clause_columns(policy)
    direct = {rule.head.predicate for rule in rules if _tests(rule, names, code)}
    touching = set(direct)
    while True:
        more = {
            rule.head.predicate
            for rule in rules
            if rule.head.predicate not in touching
            and rule.head.predicate not in columns
            and any(atom.predicate in touching for atom in _atoms(rule.body))
        } - touching
        if not more:
            break
        touching |= more
    touching -= set(columns)
    clauses = {
        clause_id
        for clause_id, found in clause_rules(policy).items()
        for rule in found
        if _tests(rule, names, code)
        or any(atom.predicate in touching for atom in _atoms(rule.body))
    }
    sets = sorted(
        name
        for name in direct
        if [column.name for column in policy.program.signature[name].columns] == ["claim", "line"]
    )
    ordered = tuple(clause_id for clause_id in policy.clauses if clause_id in clauses)
    return CodePlaces(tables, tuple(sets), ordered)


def found_by_words(policy: Policy, words: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tables and the clauses of a policy that some words are found in.

    Parameters
    ----------
    policy : Policy
        The policy.
    words : str
        Words, each of which has to be found; the beginning of a word is enough.

    Examples
    --------
    >>> from kb.policy.loader import load_policy
    >>> found_by_words(load_policy("r14"), "heparin flush")[1]
    ('R14-COD-1',)
    """
    wanted = words.casefold().split()

    def has(*texts: str) -> bool:
        said = re.findall(r"\w+", " ".join(texts).casefold())
        return all(any(each.startswith(word) for each in said) for word in wanted)

    tables = (
        name
        for name, table in policy.tables.items()
        if name in policy.declarations
        and has(name.replace("_", " "), policy.declarations[name].title, *_notes(table.rows))
    )
    clauses = (
        each.clause_id
        for each in policy.clauses.values()
        if has(each.title, each.summary, each.narrative, each.changes, each.section)
    )
    return tuple(tables), tuple(clauses)


def _notes(rows: Iterable[TableRow]) -> Iterator[str]:
    for row in rows:
        yield from (row.note, row.value or "")


def clause_rules(policy: Policy) -> dict[str, list[Rule]]:
    """Return the rules that make each clause apply, by clause id.

    A rule counts when its head concludes something of a clause that it names, or what a concluding
    rule hands on, as ``applies(C, L, K, denied) :- medical_denial(C, L, K)`` does.

    Parameters
    ----------
    policy : Policy
        A policy that is loaded.
    """
    columns = _clause_columns(policy)
    rules = policy.program.program.rules
    conclusions = set(_CONCLUSIONS)
    while True:
        more = {
            atom.predicate
            for rule in rules
            if rule.head.predicate in conclusions
            for atom in _atoms(rule.body)
            if atom.predicate in columns
            and isinstance(term := rule.head.terms[columns[rule.head.predicate]], Variable)
            and atom.terms[columns[atom.predicate]] == term
        } - conclusions
        if not more:
            break
        conclusions |= more
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.head.predicate in conclusions:
            term = rule.head.terms[columns[rule.head.predicate]]
            if isinstance(term, Constant):
                found.setdefault(str(term.value), []).append(rule)
    return found


def _clause_columns(policy: Policy) -> dict[str, int]:
    """Return the position of the clause column of each predicate that has one."""
    return {
        name: [column.name for column in known.columns].index("clause")
        for name, known in policy.program.signature.items()
        if any(column.name == "clause" for column in known.columns)
    }


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

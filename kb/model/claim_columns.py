"""Which columns of predicates are claims, and which predicates follow from claims at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from facts.schema import Predicate
from kb.language.ast import Atom, Program, Relational, Rule, Term, Variable
from kb.language.traversal import atoms_of

CLAIM = "claim"
"""Name of the column of an input predicate that is the claim."""


def claim_columns(
    program: Program, signature: Mapping[str, Predicate]
) -> dict[str, frozenset[int]]:
    """Return the predicates that follow from claims, each with the columns that are its claim.

    The first column is the claim where it is declared as ``claim``: such a predicate is asked of
    one claim at a time, as determinations do. Without a declaration a column is the claim where
    every rule concludes it from facts of that claim alone; then what holds of many claims is what
    holds of each of them. A predicate that looks at several claims has no such column.

    Parameters
    ----------
    program : Program
        The rules.
    signature : mapping of str to Predicate
        All predicates.

    Examples
    --------
    >>> from facts.schema import BY_NAME
    >>> from kb.language.parser import parse_program
    >>> program, _ = parse_program(
    ...     "a(C) :- line(C, 1), b(X), line(C, X). b(1). both(C, D) :- a(C), a(D).", "a.pl")
    >>> found = claim_columns(program, BY_NAME)
    >>> sorted(found["a"]), sorted(found["both"]), "b" in found
    ([0], [], False)
    """
    rules: dict[str, list[Rule]] = {}
    for rule in program.rules:
        rules.setdefault(rule.head.predicate, []).append(rule)
    found = {
        name: frozenset({0})
        for name, predicate in signature.items()
        if predicate.columns and predicate.columns[0].name == CLAIM
    }
    declared = frozenset(found)
    _add_dependent(found, rules)
    changing = True
    while changing:
        changing = False
        for name, own in rules.items():
            columns = frozenset() if name in declared else found.get(name, frozenset())
            kept = frozenset(each for each in columns if _is_claim(each, own, found))
            if kept != columns:
                found[name], changing = kept, True
    return found


def _add_dependent(found: dict[str, frozenset[int]], rules: Mapping[str, list[Rule]]) -> None:
    """Add what follows from the predicates found, with all of its columns."""
    users: dict[str, set[str]] = {}
    for name, own in rules.items():
        for rule in own:
            for atom in atoms_of(rule.body):
                users.setdefault(atom.predicate, set()).add(name)
    waiting = list(found)
    while waiting:
        for name in users.get(waiting.pop(), ()):
            if name not in found:
                found[name] = frozenset(range(rules[name][0].head.arity))
                waiting.append(name)


def _is_claim(column: int, rules: Iterable[Rule], found: Mapping[str, frozenset[int]]) -> bool:
    """Tell whether a column is the claim of every atom of the rules that follows from claims."""
    for rule in rules:
        claim = rule.head.terms[column]
        if not isinstance(claim, Variable):
            return False
        if not all(_speaks_of(claim, atom, found) for atom in atoms_of(rule.body)):
            return False
        if not any(
            isinstance(literal, Relational)
            and not literal.negated
            and literal.atom.predicate in found
            for literal in rule.body
        ):
            return False
    return True


def _speaks_of(claim: Term, atom: Atom, found: Mapping[str, frozenset[int]]) -> bool:
    columns = found.get(atom.predicate)
    return columns is None or any(atom.terms[column] == claim for column in columns)

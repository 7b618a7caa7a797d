"""Pass: rules that are asked claim by claim, written so that all claims can be asked at once.

Asked claim by claim, a rule sees one claim alone. Asked of all claims it sees the same if all its
atoms of claims are about one claim, and if a code that is in a table is on that claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from facts.codes import DESCRIPTION
from facts.schema import BY_NAME, INPUT_PREDICATES
from kb.language.ast import (
    Aggregate,
    Atom,
    BodyLiteral,
    Constant,
    Key,
    Relational,
    Rule,
    Term,
    Variable,
)
from kb.language.traversal import atoms_of

CODE_PREDICATES = ("code_in", "code_amount", "mentions", "release_code")
"""Predicates that say something of a code or a text of a claim, and not of which."""

OF_CLAIM = " of claim"
"""What the name of such a predicate ends with where it says of which claim first."""

_CLASSIFIED = {each.name: each.classified for each in INPUT_PREDICATES if each.classified}
"""Predicates whose third argument is looked up in tables, with the column of those tables."""

_Columns = dict[str, set[str]]


class NotApart(Exception):
    """Rules that say something else of all claims than of each; the text is a clause in English."""


@dataclass(frozen=True, slots=True)
class Codes:
    """What is known of the tables that codes stand in.

    Parameters
    ----------
    columns : mapping of table to column
        The column of the claims that the codes of each table are of.
    ambiguous : callable
        Returns whether a code of a column of the claims is in a table of another column.
    """

    columns: Mapping[str, str]
    ambiguous: Callable[[str], bool]

    def of_their_claim(self, atom: Atom, known: _Columns) -> bool:
        """Tell whether a code atom can hold of no code but those of the claim of its rule.

        Parameters
        ----------
        atom : Atom
            An atom of one of ``CODE_PREDICATES``.
        known : dict of variable name to columns
            The columns of the claims that each variable is a code of.
        """
        first = atom.terms[0]
        columns = known.get(first.name, set()) if isinstance(first, Variable) else set()
        if atom.predicate == "mentions":
            return DESCRIPTION in columns
        if atom.predicate == "release_code":
            return "procedure" in columns
        table = atom.terms[1]
        if isinstance(table, Constant) and self.columns.get(str(table.value)) in columns:
            return True
        return any(not self.ambiguous(column) for column in sorted(columns - {DESCRIPTION}))


def rules_apart(
    rules: Sequence[Rule], goal: Rule | None, codes: Codes, given: Iterable[Key] = ()
) -> tuple[tuple[Rule, ...], Rule | None]:
    """Return rules and a goal that say of all claims at once what they say of each.

    Parameters
    ----------
    rules : sequence of Rule
        What the goal needs.
    goal : Rule or None
        A goal that speaks of one claim at a time.
    codes : Codes
        What is known of the tables that codes stand in.
    given : iterable of (name, arity), optional
        Predicates of claims whose rules are not among these.

    Returns
    -------
    rules, goal

    Raises
    ------
    NotApart
        If a rule ties claims together, or hands on something of a claim without the claim.
    """
    ours = _predicates_of_claims(rules, given)
    made = tuple(_rule(rule, ours, codes) for rule in rules)
    return made, goal if goal is None else _rule(goal, ours, codes, is_goal=True)


def are_apart(rules: Iterable[Rule], codes: Codes) -> bool:
    """Tell whether rules say of all claims at once what they say of each, as they are written.

    Parameters
    ----------
    rules : iterable of Rule
        All that some predicates need.
    codes : Codes
        What is known of the tables that codes stand in.
    """
    rules = list(rules)
    ours = _predicates_of_claims(rules, ())
    try:
        return all(_rule(rule, ours, codes) == rule for rule in rules)
    except NotApart:
        return False


def _is_of_claims(predicate: str) -> bool:
    """Tell whether an input predicate begins with a claim."""
    known = BY_NAME.get(predicate)
    return known is not None and known.columns[0].name == "claim"


def _predicates_of_claims(rules: Iterable[Rule], given: Iterable[Key]) -> set[Key]:
    """The predicates that depend on what claims say."""
    needs: dict[Key, set[Key]] = {}
    found: set[Key] = set(given)
    for rule in rules:
        head = rule.head.key
        for atom in atoms_of(rule.body):
            key = atom.key
            if _is_of_claims(key[0]):
                found.add(key)
            if _is_of_claims(key[0]) or key[0] in CODE_PREDICATES:
                found.add(head)
            else:
                needs.setdefault(key, set()).add(head)
    waiting = list(found)
    while waiting:
        for head in needs.get(waiting.pop(), ()):
            if head not in found:
                found.add(head)
                waiting.append(head)
    return found


def _rule(rule: Rule, ours: set[Key], codes: Codes, is_goal: bool = False) -> Rule:
    head = rule.head.key
    atoms = list(atoms_of(rule.body))
    looked_up = [atom for atom in atoms if atom.predicate in CODE_PREDICATES]
    claims = {
        atom.terms[0]
        for atom in atoms
        if _is_of_claims(atom.predicate) or atom.key in ours
        if atom.terms
    }
    if not claims and not looked_up and head not in ours:
        return rule
    if len(claims) != 1:
        raise NotApart(_tied(rule, is_goal))
    (claim,) = claims
    if not is_goal and (not isinstance(claim, Variable) or rule.head.terms[:1] != (claim,)):
        raise NotApart(_tied(rule, is_goal))
    return replace(rule, body=_body(rule.body, claim, codes, {}, False))


def _tied(rule: Rule, is_goal: bool) -> str:
    if is_goal:
        return "the goal looks at more than one claim"
    place = f"{rule.span.source}, row {rule.span.row}"
    return f"a rule ({place}) does not say which claim it speaks of"


def _body(
    body: Sequence[BodyLiteral],
    claim: Term,
    codes: Codes,
    outer: _Columns,
    has_claim: bool,
) -> tuple[BodyLiteral, ...]:
    """Return a body whose code atoms name the claim where they could hold of another one."""
    known = {name: set(columns) for name, columns in outer.items()}
    for literal in body:
        if isinstance(literal, Relational) and not literal.negated:
            column = _CLASSIFIED.get(literal.atom.predicate)
            if column is not None and isinstance(term := literal.atom.terms[2], Variable):
                known.setdefault(term.name, set()).add(column)
    made: list[BodyLiteral] = []
    has_claim = has_claim or isinstance(claim, Constant)
    for literal in body:
        if isinstance(literal, Aggregate):
            goal = _body(literal.goal, claim, codes, known, has_claim)
            literal = replace(literal, goal=goal)
        elif isinstance(literal, Relational):
            atom = literal.atom
            if atom.predicate in CODE_PREDICATES and not codes.of_their_claim(atom, known):
                if literal.negated and not has_claim:
                    raise NotApart("a code is denied before the claim is known that has it")
                terms = (claim, *atom.terms)
                atom = replace(atom, predicate=atom.predicate + OF_CLAIM, terms=terms)
                literal = replace(literal, atom=atom)
            has_claim = has_claim or (not literal.negated and atom.terms[:1] == (claim,))
        made.append(literal)
    return tuple(made)

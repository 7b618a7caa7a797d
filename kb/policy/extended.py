"""A policy with further rules and facts, which a caller gives in Python."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from facts.diagnostic import ProgramError
from facts.span import Span
from kb.checks.checked import check
from kb.language.ast import Atom, Constant, Program, Rule
from kb.language.parser import parse_program
from kb.language.printer import print_rule
from kb.language.values import Value, canonical
from kb.policy.loader import Policy, with_derived_rules


def with_rules(policy: Policy, text: str, source: str) -> Policy:
    """Return a policy that has further rules too, checked together with its own.

    Parameters
    ----------
    policy : Policy
        It stays as it is.
    text : str
        Rules, facts and declarations in the rule language.
    source : str
        What places call the text.

    Returns
    -------
    Policy
        With another ``program_sha256``, for other rules decide.

    Raises
    ------
    ProgramError
        With everything that is wrong in the rules, all at once.

    See Also
    --------
    with_facts : rows of values instead of a text.

    Examples
    --------
    >>> from kb.policy.loader import load_policy
    >>> policy = with_rules(load_policy("r14"), "lost(C, L) :- denied(C, L, _).", "<rules>")
    >>> "lost" in policy.program.signature
    True
    """
    added, faults = parse_program(text, source)
    if faults:
        raise ProgramError(faults)
    return _extended(policy, added, text)


def with_facts(policy: Policy, name: str, rows: Iterable[Sequence[Value]]) -> Policy:
    """Return a policy that has further facts too.

    Parameters
    ----------
    policy : Policy
        It stays as it is.
    name : str
        Name of their predicate.
    rows : iterable of row
        Values of the facts; a row stands in a proof by its number, from 1.

    Returns
    -------
    Policy

    Raises
    ------
    ProgramError
        If the rows are of several lengths or types, or the policy does not allow such facts.

    Examples
    --------
    >>> from kb.policy.loader import load_policy
    >>> policy = with_facts(load_policy("r14"), "reviewed", [("C1", 1), ("C2", 1)])
    >>> len(policy.program.program.rules) - len(load_policy("r14").program.program.rules)
    2
    """
    rules = []
    for number, row in enumerate(rows, 1):
        span = Span(f"<facts of {name}>", number, 1, number, 1)
        terms = tuple(Constant(canonical(value), span) for value in row)
        rules.append(Rule(Atom(name, terms, span), (), span))
    return _extended(policy, Program(tuple(rules)), "\n".join(map(print_rule, rules)))


def _extended(policy: Policy, added: Program, text: str) -> Policy:
    rules = replace(
        policy.rules,
        rules=(*policy.rules.rules, *added.rules),
        declarations=(*policy.rules.declarations, *added.declarations),
        texts={**policy.rules.texts, **added.texts},
    )
    known = policy.program
    checked = check(
        with_derived_rules(rules, policy.evidence_types),
        clauses=known.clauses,
        tables=known.tables,
        vocabulary=known.vocabulary,
    )
    digest = hashlib.sha256(f"{policy.program_sha256}\n{text}".encode()).hexdigest()
    return replace(policy, rules=rules, program=checked, program_sha256=digest)

"""Pass: what the outcome of a line takes for granted, derived from the rules of the clauses.

A yes/no fact that is unknown of a line is assumed where one of its two answers, on file for this
line, would make an adverse clause count. For each fact and answer the conclusions are written anew
as if the answer were on file; what could hold only then concludes ``assumes(claim, line, fact)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kb.compile.rewrite.supposition import CLAUSE, EVIDENCE, NeededRules, Supposition, tidy
from kb.language.ast import Atom, Constant, Program, Relational, Rule, Variable

ANSWERS = ("yes", "no")
_KEYS = (Variable("C"), Variable("L"))


def with_assumptions(program: Program, facts: Iterable[str], effects: Sequence[str]) -> Program:
    """Return a program that also concludes which facts are assumed of a line.

    Parameters
    ----------
    program : Program
        The rules of a policy with the shared rules of the determination.
    facts : iterable of str
        Names of the evidence whose values are ``yes`` and ``no``.
    effects : sequence of str
        Effects that keep a line from full payment.

    Returns
    -------
    Program
        With rules of ``assumes/3``. Each has the place of the rule of the clause that it is made
        of.

    Examples
    --------
    >>> from kb.language.parser import parse_program
    >>> from kb.language.printer import print_rule
    >>> program, _ = parse_program(
    ...     "applies(C, L, k1, denied) :- evidence(C, L, ordered, no), drug(C, L).", "a.pl")
    >>> print(print_rule(with_assumptions(program, ["ordered"], ["denied"]).rules[-1]))
    assumes(C, L, ordered) :- drug(C, L), counts(C, L, k1), \\+ evidence(C, L, ordered, _).
    """
    index = NeededRules.of(program, ("applies", "counts"))
    rules: dict[Rule, Rule] = {}
    declarations = list(program.declarations)
    for fact in facts:
        for answer in ANSWERS:
            supposition = Supposition(index, fact, answer)
            if "applies" not in supposition.gains:
                continue
            unknown = Relational(Atom(EVIDENCE, (*_KEYS, Constant(fact), Variable("_1"))), True)
            made = [
                tidy(replace(rule, body=(*rule.body, unknown)))
                for effect in effects
                for rule in supposition.rewritten(_assumed(fact, effect))
            ]
            rules |= {rule: rule for rule in (*made, *supposition.helpers(made))}
            declarations += supposition.declarations(program.declarations)
    return replace(program, rules=(*program.rules, *rules), declarations=tuple(declarations))


def _assumed(fact: str, effect: str) -> Rule:
    """The rule that a fact is assumed where a clause of some effect counts."""
    applies = Atom("applies", (*_KEYS, CLAUSE, Constant(effect)))
    body = (Relational(applies), Relational(Atom("counts", (*_KEYS, CLAUSE))))
    return Rule(Atom("assumes", (*_KEYS, Constant(fact))), body)

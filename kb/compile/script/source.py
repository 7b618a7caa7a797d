"""What a script is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from facts.claim import EvidenceTypes
from facts.codes import CodeTable
from kb.language.ast import Key, Program, Rule
from kb.language.values import Value


@dataclass(frozen=True, slots=True)
class ScriptSource:
    """What a script is made of.

    Parameters
    ----------
    program : Program
        The checked rules.
    heading : tuple of str
        What the script says of itself first.
    evidence : mapping of str to EvidenceType
        What the policy declares of each name.
    tables : tuple of CodeTable
        Tables of the policy, and loaded lists.
    known : mapping of str to rows
        Facts that are the same for every claim: settings, clauses, lists.
    clauses : mapping of rule to clause ids
        The clauses that a rule concludes.
    used_by : mapping of (name, arity) to clause ids
        The clauses that a predicate is a condition of.
    every_clause : int
        How many clauses there are.
    """

    program: Program
    heading: tuple[str, ...] = ()
    evidence: EvidenceTypes = field(default_factory=dict)
    tables: tuple[CodeTable, ...] = ()
    known: Mapping[str, Sequence[tuple[Value, ...]]] = field(default_factory=dict)
    clauses: Mapping[Rule, tuple[str, ...]] = field(default_factory=dict)
    used_by: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    every_clause: int = 0

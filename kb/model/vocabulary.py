"""What rules and queries of a policy can name: its clauses, switches, evidence, tables, lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from facts.claim import EvidenceTypes


@dataclass(frozen=True, slots=True)
class TableVocabulary:
    """What a table can answer.

    Parameters
    ----------
    column : str
        Claim column that it classifies; ``description`` for a table of phrases.
    has_amounts : bool
        Whether some row holds an amount.
    values : collection of str
        What the phrases of the table tell.
    """

    column: str
    has_amounts: bool = False
    values: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that constants of a policy's rules can be.

    What could not be read is None, and nothing is checked against it.

    Parameters
    ----------
    effects : mapping of clause id to collection of str, optional
        The effects that each clause declares, the first one foremost.
    switches : mapping of str to collection of str, optional
        Each switch with its values.
    evidence : mapping of str to EvidenceType, optional
        The declared types of evidence by name.
    tables : mapping of str to TableVocabulary
        Only tables that could be read.
    lists : collection of str
        Lists that can be loaded alongside the claims.
    readings : collection of int, optional
        Numbers of the readings.
    """

    effects: Mapping[str, Collection[str]] | None = None
    switches: Mapping[str, Collection[str]] | None = None
    evidence: EvidenceTypes | None = None
    tables: Mapping[str, TableVocabulary] = field(default_factory=dict)
    lists: Collection[str] = ()
    readings: Collection[int] | None = None

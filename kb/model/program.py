"""A checked program: rules with all that the checks found out about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from facts.diagnostic import Diagnostic
from facts.schema import Predicate
from kb.language.ast import Program
from kb.model.claim_columns import claim_columns
from kb.model.vocabulary import Vocabulary

Signature = Mapping[str, Predicate]
"""Every predicate of a program by its name; inferred types where nothing is declared."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """Predicates that are evaluated together.

    Parameters
    ----------
    predicates : tuple of str
        Name and arity of each.
    recursive : bool
        Whether a predicate of the stratum depends on itself.
    """

    predicates: tuple[str, ...]
    recursive: bool


@dataclass(frozen=True, eq=False)
class CheckedProgram:
    """A program that passed every check.

    Parameters
    ----------
    program : Program
        The rules and declarations.
    signature : mapping of str to Predicate
        Input predicates, declared ones and those that only rules define; the columns of the
        latter are named ``a1``, ``a2``, ... and have inferred types.
    strata : tuple of Stratum
        Groups of derived predicates; each uses only itself and groups before it.
    warnings : tuple of Diagnostic, optional
        What is worth a look.
    clauses, tables : collection of str, optional
        What rules and queries may name.
    vocabulary : Vocabulary, optional
        What constants of rules and queries may be.

    See Also
    --------
    kb.checks.checked.check : Makes one.
    """

    program: Program
    signature: Signature
    strata: tuple[Stratum, ...]
    warnings: tuple[Diagnostic, ...] = ()
    clauses: Collection[str] | None = None
    tables: Collection[str] | None = None
    vocabulary: Vocabulary | None = None

    @cached_property
    def claim_columns(self) -> Mapping[str, frozenset[int]]:
        """The predicates that follow from claims, each with the columns that are its claim."""
        return claim_columns(self.program, self.signature)

    @cached_property
    def recursive(self) -> frozenset[str]:
        """The predicates that depend on themselves."""
        return frozenset(
            name for stratum in self.strata if stratum.recursive for name in stratum.predicates
        )

"""``kb.spark``: a knowledge base as Spark frames are adjudicated by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts.diagnostic import Diagnostic
from kb.spark.adjudicate import MEMORY, adjudicate_on_spark
from kb.spark.result import SparkAdjudication

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from kb.claims.inputs import OverrideInput
    from kb.rule_base import RuleBase


class OnSpark:
    """A knowledge base that adjudicates Spark frames.

    Parameters
    ----------
    kb : RuleBase
        A policy with its settings and lists.
    """

    def __init__(self, kb: RuleBase) -> None:
        self._kb = kb

    def adjudicate(
        self,
        claims: DataFrame,
        evidence: DataFrame | None = None,
        overrides: OverrideInput = (),
        *,
        parts: int | None = None,
        memory_limit: str = MEMORY,
    ) -> SparkAdjudication:
        """Determine every line of a Spark frame; the session may be one of Spark Connect.

        Parameters
        ----------
        claims : DataFrame
            Claim lines, with the columns of the claim table or their usual names.
        evidence : DataFrame, optional
            Evidence, as of files.
        overrides : iterable, path or frame, optional
            As for ``KnowledgeBase.adjudicate``.
        parts : int, optional
            Tasks that the claims are divided among; by themselves one for each 500,000 rows.
        memory_limit : str, optional
            What DuckDB may take in a task, as in ``1GB``.

        Returns
        -------
        SparkAdjudication
            ``determinations``, ``rejects``, ``diagnostics`` and ``tallies`` as Spark frames.

        Raises
        ------
        InputError
            If a column is missing, or an override has errors.
        UsageError
            If the extra ``clausewise[spark]`` is not installed, or an argument is no Spark frame.

        See Also
        --------
        kb.KnowledgeBase.adjudicate : on this machine, with the same determinations.
        """
        from kb.claims.inputs import override_items

        notes: list[Diagnostic] = []
        given = override_items(overrides, tuple(self._kb.policy.clauses), notes)
        found = adjudicate_on_spark(
            self._kb, claims, evidence, given, parts=parts, memory_limit=memory_limit
        )
        found.notes += notes
        return found

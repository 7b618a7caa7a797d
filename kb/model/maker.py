"""The maker of determinations: what the predicates conclude of a line, with the clauses cited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from kb.language.values import Row
from kb.model.clause import EFFECTS, PolicyClause
from kb.model.determination import Determination, citation_of

if TYPE_CHECKING:
    from facts.claim import ClaimLine


class CitedPolicy(Protocol):
    """What a determination cites of a policy."""

    @property
    def policy_id(self) -> str:
        """As in ``R14``."""

    @property
    def version(self) -> str:
        """The day of its document."""

    @property
    def program_sha256(self) -> str:
        """A hash of its rules and tables."""

    @property
    def clauses(self) -> Mapping[str, PolicyClause]:
        """The clauses by their ids, in the order of the register."""


READING_IN_FAVOUR = "reading_in_favour"
"""The predicate of the readings that keep an adverse clause away from a line."""

VERDICT = "verdict"
"""The predicate of what the policy says of a payer's answer to a line."""


class DeterminationMaker:
    """Makes the determinations of a policy.

    Parameters
    ----------
    policy : CitedPolicy
        The clauses that determinations cite, and the policy's identity.
    readings : bool, optional
        Whether they have the readings in favour of their lines.

    Examples
    --------
    >>> from datetime import date
    >>> from types import SimpleNamespace
    >>> clause = PolicyClause("R1-A-1", "", "", "denied", date(2018, 1, 1), carc="96", group="CO")
    >>> policy = SimpleNamespace(policy_id="R1", version="1", program_sha256="", clauses={
    ...     "R1-A-1": clause})
    >>> said = {"outcome": [("denied",)], "cites": [("R1-A-1", "denied")],
    ...         "mattered": [("R1-A-1", 3), ("R1-A-2", 1)]}
    >>> (citation,) = DeterminationMaker(policy).make(said).citations
    >>> citation.carc, citation.readings
    ('96', (3,))
    """

    def __init__(self, policy: CitedPolicy, readings: bool = False) -> None:
        self._readings = readings
        self._policy = policy
        self._clauses = policy.clauses
        self._order = {clause_id: position for position, clause_id in enumerate(self._clauses)}

    def make(
        self, said: Mapping[str, Sequence[Row]], line: ClaimLine | None = None
    ) -> Determination:
        """Return the determination of a line.

        Parameters
        ----------
        said : mapping of predicate to rows
            What ``outcome``, ``cites``, ``mattered``, ``missing``, ``assumption``, ``allowed`` and
            ``reading_in_favour`` conclude of the line, without the claim and the line number.
        line : ClaimLine, optional
            Without one, the determination is of no line, and the slots of its reasons stay open.
        """
        policy = self._policy
        ((outcome,),) = said["outcome"]
        citations = []
        for clause_id, effect in said.get("cites", ()):
            clause = self._clauses[str(clause_id)]
            reason = clause.reason_template if line is None else clause.reason(line)
            citations.append(citation_of(clause, str(effect), said.get("mattered", ()), reason))
        citations.sort(key=lambda each: (EFFECTS.index(each.effect), self._order[each.clause_id]))
        allowed = said.get("allowed", ())
        return Determination(
            line.claim_id if line is not None else "",
            line.line_number if line is not None else 0,
            str(outcome),
            tuple(citations),
            allowed[0][0] if allowed else None,  # type: ignore[arg-type]
            _names(said.get("missing", ())),
            _names(said.get("assumption", ())) if outcome == "reimbursable" else (),
            policy.policy_id,
            policy.version,
            policy.program_sha256,
            _numbers(said.get(READING_IN_FAVOUR, ())) if self._readings else None,
            line.claim_part if line is not None else None,
        )


def _numbers(rows: Iterable[Row]) -> tuple[int, ...]:
    return tuple(sorted({int(row[0]) for row in rows}))


def _names(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(sorted({str(row[0]) for row in rows}))

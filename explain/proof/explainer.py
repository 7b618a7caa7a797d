"""One claim, ready to be explained: its derivations, its sentences and a prover over both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from explain.english.masking import Mask
from explain.english.sentences import Sentences, sentences_of
from explain.proof.derivations import Derivations
from explain.proof.graph import Proof
from explain.proof.prover import Prover
from facts.claim import ClaimLine
from facts.diagnostic import UsageError
from kb.claims.arguments import whole_number
from kb.claims.determine import LoadedClaim
from kb.language.ast import Atom, Constant
from kb.language.matching import Pattern
from kb.language.values import Value


@dataclass(frozen=True, slots=True, eq=False)
class Explainer:
    """Everything that the explanations of one claim share.

    Several lines of a claim are explained fastest with one explainer.

    Parameters
    ----------
    loaded : LoadedClaim
        The claim with its facts and an open session.
    derivations : Derivations
        What follows from its facts.
    sentences : Sentences
        English for the policy.
    prover : Prover
        Proves atoms over the derivations.
    mask : Mask, optional
        The values of the claim that no sentence has.
    """

    loaded: LoadedClaim
    derivations: Derivations
    sentences: Sentences
    prover: Prover
    mask: Mask | None = None

    @classmethod
    def of(cls, loaded: LoadedClaim, *, masked: bool = False) -> Explainer:
        """Return an explainer of a loaded claim.

        Parameters
        ----------
        loaded : LoadedClaim
            The claim with its facts and an open session.
        masked : bool, optional
            Whether to withhold identity, dates of service, provider and charges.
        """
        policy = loaded.policy
        derivations = Derivations(policy.program, loaded.facts, loaded.session)
        mask = Mask.of(loaded.claim.lines) if masked else None
        sentences = sentences_of(policy, mask)
        prover = Prover(derivations, sentences, policy.clauses)
        return cls(loaded, derivations, sentences, prover, mask)

    def __reduce__(self) -> tuple[Any, ...]:
        return _explainer, (self.loaded, self.mask is not None)

    def line(self, line_number: int) -> ClaimLine:
        """Return a line of the claim.

        Parameters
        ----------
        line_number : int
            As the claim numbers it; text of a whole number is one.

        Returns
        -------
        ClaimLine

        Raises
        ------
        UsageError
            If there is none of that number.
        """
        number = whole_number(line_number, "a line number")
        lines = self.loaded.claim.lines
        for line in lines:
            if line.line_number == number:
                return line
        numbers = ", ".join(str(line.line_number) for line in lines)
        claim_id = lines[0].claim_id if lines else ""
        message = f"claim `{claim_id}` has no line `{number}`"
        raise UsageError.of(message, f"its lines: {numbers}")

    def proof_of(self, predicate: str, *values: Value) -> Proof:
        """Return the proof of an atom that is known to hold.

        Parameters
        ----------
        predicate : str
            What holds.
        *values : value
            The values of all its terms.

        Returns
        -------
        Proof
        """
        proof = self.prover.prove(Atom(predicate, tuple(Constant(value) for value in values)))
        if proof is None:
            raise LookupError(f"{predicate} does not hold")
        return proof

    def texts(self, predicate: str, pattern: Pattern) -> tuple[str, ...]:
        """Return what each row of a predicate says, sorted.

        Parameters
        ----------
        predicate : str
            Its name.
        pattern : tuple of value or None
            None where any value will do.

        Returns
        -------
        tuple of str
        """
        rows = self.derivations.rows(predicate, pattern)
        return tuple(sorted(self.sentences.atom(predicate, row) for row in rows))


def _explainer(loaded: LoadedClaim, masked: bool) -> Explainer:
    return Explainer.of(loaded, masked=masked)

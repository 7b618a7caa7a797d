"""Hold a certificate against the policy and the claim that it says it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explain.checker import Checker, Refusal
from facts.origin import Origin
from kb.checks.checked import CheckedProgram
from kb.engines.protocol import Facts


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of checking a certificate.

    Parameters
    ----------
    refusals : tuple of Refusal
        Empty if every step holds.
    steps : int
        Number of steps that were looked at.
    against : tuple of str
        What the certificate was held against: ``policy``, ``claims``.
    """

    refusals: tuple[Refusal, ...]
    steps: int
    against: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether nothing was refused."""
        return not self.refusals

    def __bool__(self) -> bool:
        return self.accepted

    @property
    def text(self) -> str:
        """What came of it, for a terminal."""
        if self.refusals:
            return "\n".join(f"refused: {refusal}" for refusal in self.refusals)
        held = f", held against the {' and the '.join(self.against)}" if self.against else ""
        return f"accepted: {self.steps} steps checked{held}"

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "accepted": self.accepted,
            "steps": self.steps,
            "against": list(self.against),
            "refusals": [
                {"step": refusal.step, "message": refusal.message} for refusal in self.refusals
            ],
        }


def verify(
    document: Mapping[str, Any],
    *,
    program: CheckedProgram | None = None,
    program_sha256: str = "",
    facts: Facts | None = None,
) -> Verification:
    """Check a certificate, by itself and against what it was made from.

    Parameters
    ----------
    document : mapping
        What ``Explanation.to_json`` or ``certificate`` returned, read back from JSON.
    program : CheckedProgram, optional
        The rules have to be those of this program, with none left out.
    program_sha256 : str, optional
        Hash of the policy that the certificate has to name.
    facts : Facts, optional
        The input has to be that of this claim, at the same places.

    Returns
    -------
    Verification
    """
    checker = Checker(document)
    checker.check()
    if not checker.refusals:
        if program is not None:
            _hold_against_program(checker, program, program_sha256)
        if facts is not None:
            _hold_against_facts(checker, facts)
    given = (("policy", program), ("claims", facts))
    against = tuple(name for name, value in given if value is not None)
    return Verification(tuple(checker.refusals), checker.steps, against)


def _hold_against_program(checker: Checker, program: CheckedProgram, program_sha256: str) -> None:
    checker.place = "certificate"
    if program_sha256 and checker.document["about"].get("program_sha256") != program_sha256:
        checker.refuse("it was made with another version of the policy")
    rules = program.program.rules
    places = {(rule.span.source, rule.span.row, rule) for rule in rules}
    for entry in checker.document["rules"]:
        checker.place = f"rule {entry['id']}"
        if (entry["source"], entry["row"], checker.rules[entry["id"]]) not in places:
            checker.refuse("the policy has no such rule at this place")
    known = set(checker.rules.values())
    checker.place = "rules"
    for rule in rules:
        if rule.head.predicate in checker.lookup.asked and rule not in known:
            place = f"{rule.span.source}, row {rule.span.row}"
            checker.refuse(f"the rule in {place} is left out, and an absence depends on it")


def _hold_against_facts(checker: Checker, facts: Facts) -> None:
    checker.place = "input"
    for name in sorted({*checker.input, *checker.lookup.asked}):
        if set(facts.get(name, ())) != checker.input.get(name, set()):
            checker.refuse(f"the claim has other facts of `{name}`")
    for number, node in checker.nodes.items():
        if node["kind"] != "fact":
            continue
        predicate, row = node["atom"][0], tuple(map(checker.lookup.value, node["atom"][1:]))
        given = [_place(origin) for origin in facts.get(predicate, {}).get(row, ())]
        said = [_place(Origin(**origin)) for origin in node["origins"]]
        if said[: len(given)] != given:
            checker.place = f"step {number}"
            checker.refuse("the fact does not stand where it is said to stand")


def _place(origin: Origin) -> tuple[str, str, str]:
    """Return an origin without the folder of its file, which may be another one now."""
    source = origin.source.replace("\\", "/").rsplit("/", 1)[-1]
    return source, origin.place, origin.document_lines

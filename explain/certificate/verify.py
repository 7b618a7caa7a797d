"""Hold a certificate against the policy and the claim that it says it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from explain.certificate.bounds import Budget, value_of
from explain.certificate.checker import Checker, Refusal
from explain.certificate.says import values_of
from explain.certificate.write import certificate_of_explanation, given_facts
from explain.english.sentences import Sentences, sentences_of
from explain.narrative.explained import ExplainedLine
from explain.proof.explainer import Explainer
from facts.origin import Origin
from kb.claims.determine import LoadedClaim
from kb.engines.protocol import Facts
from kb.language.ast import Rule
from kb.language.printer import print_literal
from kb.model.program import CheckedProgram
from kb.policy.loader import Policy


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
    left_out : tuple of str
        What was not checked besides.
    """

    refusals: tuple[Refusal, ...]
    steps: int
    against: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

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
        left = f"; not checked: {', '.join(self.unchecked)}" if self.unchecked else ""
        return f"accepted: {self.steps} steps checked{held}{left}"

    @property
    def unchecked(self) -> tuple[str, ...]:
        """What could not be checked for want of the policy or the claims."""
        left = () if "policy" in self.against else ("rules", "sentences", "clauses")
        if "claims" not in self.against:
            facts = ("facts and their places", "assumptions", "missing facts", "exceptions")
            left = (*left, *facts)
        return (*left, *self.left_out)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "accepted": self.accepted,
            "steps": self.steps,
            "against": list(self.against),
            "unchecked": list(self.unchecked),
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
    policy: Policy | None = None,
    claim: LoadedClaim | None = None,
    bare: bool = False,
    budget: Budget | None = None,
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
    policy : Policy, optional
        Stands for ``program`` and ``program_sha256``; what the certificate says of the policy's
        clauses, and its sentences, have to be the policy's own too.
    claim : LoadedClaim, optional
        Stands for ``policy`` and ``facts``; all that is not logic (outcome, citations, exceptions,
        assumptions, missing facts) is made again and has to be the same.
    bare : bool, optional
        Whether the certificate proves goals that are no line of a claim. Any other certificate
        has to name the line and the outcome that it proves.
    budget : Budget, optional
        The work that may go into it, where several certificates share it.

    Returns
    -------
    Verification

    See Also
    --------
    explain.Explanation.to_json : the certificate of a claim line.
    explain.exports.verify.verify_export : checks the rest of an export as JSON.

    Examples
    --------
    >>> from explain import why
    >>> from kb import KnowledgeBase
    >>> claim = KnowledgeBase.load("r14").with_claims([
    ...     {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
    ...      "service_date": "2018-06-01", "procedure_code": "J7050"}]).claim("C1")
    >>> certificate = why(claim, 1).to_json()
    >>> bool(verify(certificate, claim=claim))
    True
    """
    if claim is not None:
        policy, facts = claim.policy, claim.facts
    if policy is not None:
        program, program_sha256 = policy.program, policy.program_sha256
    checker = Checker(document, bare, budget)
    checker.check()
    if not checker.refusals:
        if program is not None:
            _hold_against_program(checker, program, program_sha256)
        if policy is not None and not checker.refusals:
            _hold_against_policy(checker, policy)
        if facts is not None:
            _hold_against_facts(checker, facts)
        if claim is not None:
            _hold_against_claim(checker, claim)
    given = (("policy", program), ("claims", facts))
    against = tuple(name for name, value in given if value is not None)
    return Verification(tuple(checker.refusals), checker.steps, against)


def _hold_against_program(checker: Checker, program: CheckedProgram, program_sha256: str) -> None:
    checker.place = "certificate"
    if program_sha256 and checker.document["about"].get("program_sha256") != program_sha256:
        checker.refuse("it was made with another version of the policy")
    rules: dict[tuple[str, int], list[Rule]] = {}
    for rule in program.program.rules:
        rules.setdefault((rule.span.source, rule.span.row), []).append(rule)
    named: dict[tuple[str, int], list[Rule]] = {}
    for entry in checker.document["rules"]:
        checker.place = f"rule {entry['id']}"
        place, rule = (entry["source"], entry["row"]), checker.rules[entry["id"]]
        named.setdefault(place, []).append(rule)
        if rule not in rules.get(place, ()):
            checker.refuse("the policy has no such rule at this place")
    checker.place = "rules"
    for place, at_place in rules.items():
        for rule in at_place:
            if rule.head.predicate in checker.lookup.asked and rule not in named.get(place, ()):
                where = f"{place[0]}, row {place[1]}"
                checker.refuse(f"the rule in {where} is left out, and an absence depends on it")


def _hold_against_policy(checker: Checker, policy: Policy) -> None:
    """Compare what a certificate says in words with what the policy's templates say."""
    about = checker.document["about"]
    checker.place = "headline"
    if (about.get("policy"), about.get("policy_version")) != (policy.policy_id, policy.version):
        checker.refuse("it names another policy or another version of it")
    absent = {node["text"] for node in checker.nodes.values() if node["kind"] == "absence"}
    for citation in about.get("citations", ()):
        clause = policy.clauses.get(citation["clause_id"])
        said = [citation.get(name) for name in ("section", "document_lines", "carc", "group")]
        if (
            clause is None
            or said
            != [clause.section, clause.document_lines, clause.carc or None, clause.group or None]
            or citation.get("rarcs") != list(clause.rarcs)
        ):
            checker.refuse(f"it says of {citation['clause_id']} what the policy does not say")
        elif not absent.issuperset(citation.get("exceptions_tried", ())):
            checker.refuse(f"it names an exception to {citation['clause_id']} that no step tried")
    sentences = sentences_of(policy)
    rules_above = {
        below: checker.rules[node["rule"]]
        for number, node in checker.nodes.items()
        if node["kind"] == "rule"
        for below in checker.below[number]
    }
    for number, node in checker.nodes.items():
        checker.place = f"step {number}"
        if node["kind"] == "rule" and node["clause_id"] not in _clauses_for(
            number, checker, sentences
        ):
            checker.refuse("it names another clause than its rule")
        if node["text"] not in _sentences_for(node, rules_above.get(number), sentences, checker):
            checker.refuse("its sentence is not what the step says")


def _sentences_for(
    node: Mapping[str, Any], above: Rule | None, sentences: Sentences, checker: Checker
) -> Iterator[str]:
    """Yield the sentences that a step may have."""
    kind = node["kind"]
    if kind == "rule":
        span = next(entry for entry in checker.document["rules"] if entry["id"] == node["rule"])
        yield f"by the rule in {span['source']}, row {span['row']}"
    elif kind in ("comparison", "aggregate"):
        values = values_of(node)
        for literal in above.body if above is not None else ():
            if print_literal(literal) == node["literal"]:
                yield sentences.literal(literal, values, above)  # type: ignore[arg-type]
        if above is None:
            yield node["text"]
    else:
        row = tuple(
            None if isinstance(term, dict) and "any" in term else value_of(term)
            for term in node["atom"][1:]
        )
        say = sentences.absence if kind == "absence" else sentences.atom
        yield say(node["atom"][0], row)


def _hold_against_facts(checker: Checker, facts: Facts) -> None:
    checker.place = "input"
    for name in sorted({*checker.input, *checker.lookup.asked}):
        if given_facts(facts, [name])[name] != checker.document["input"].get(name, []):
            checker.refuse(f"the claim has other facts of `{name}`")
    for number, node in checker.nodes.items():
        if node["kind"] != "fact":
            continue
        predicate, row = node["atom"][0], tuple(map(value_of, node["atom"][1:]))
        given = [_place(origin) for origin in facts.get(predicate, {}).get(row, ())]
        stated = [
            _place(Origin(entry["source"], f"row {entry['row']}"))
            for entry in checker.document["rules"]
            if checker.states(entry["id"], predicate, row)
        ]
        said = [_place(Origin(**origin)) for origin in node["origins"]]
        if said != given + stated:
            checker.place = f"step {number}"
            checker.refuse("the fact does not stand where it is said to stand")


def _hold_against_claim(checker: Checker, claim: LoadedClaim) -> None:
    """Make again what the certificate says beside its proof, and compare."""
    checker.place = "headline"
    about = checker.document["about"]
    numbers = [line.line_number for line in claim.claim.lines]
    if about["claim_id"] != claim.claim.claim_id or about["line_number"] not in numbers:
        checker.refuse("the claims have no such line")
        return
    made = certificate_of_explanation(ExplainedLine.of(Explainer.of(claim), about["line_number"]))
    for name, value in made["about"].items():
        if about[name] != value and name != "seal":
            checker.refuse(f"`{name}` is not what the policy and the claim give")
    if _proof(checker.document) != _proof(made):
        return
    for name in ("input", "rules"):
        checker.place = name
        if checker.document[name] != made[name]:
            checker.refuse("what is given is not what the proof needs, no more and no less")


def _proof(document: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the steps of a certificate but for the folders of files, which may be other ones."""
    apart = ("origins", "rule", "seal")
    rules = {rule["id"]: (rule["source"], rule["row"], rule["text"]) for rule in document["rules"]}
    nodes = [
        (
            rules.get(node.get("rule", "")),
            {name: value for name, value in node.items() if name not in apart},
        )
        for node in document["nodes"]
    ]
    return document["goals"], nodes, document["edges"]


def _clauses_for(number: str, checker: Checker, sentences: Sentences) -> set[str | None]:
    """Return the clauses that a step by a rule may name: of its conclusion, or of a step above."""
    found: set[str | None] = set()
    waiting, seen = [number], {number}
    above = checker.above
    while waiting:
        step = waiting.pop()
        conclusions = [
            each for each in above.get(step, ()) if checker.nodes[each]["kind"] == "atom"
        ]
        for each in conclusions:
            atom = checker.nodes[each]["atom"]
            clause = sentences.column_value(atom[0], tuple(atom[1:]), "clause")
            if isinstance(clause, str):
                found.add(clause)
                continue
            users = [rule for rule in _rules_above(each, checker) if rule not in seen]
            if not above.get(each):
                found.add(None)
            seen.update(users)
            waiting += users
    return found


def _rules_above(number: str, checker: Checker) -> Iterator[str]:
    """Yield the steps by rules that rest on a step, aggregates passed over."""
    for each in checker.above.get(number, ()):
        if checker.nodes[each]["kind"] == "rule":
            yield each
        else:
            yield from _rules_above(each, checker)


def _place(origin: Origin) -> tuple[str, str, str]:
    """Return an origin without the folder of its file, which may be another one now."""
    source = origin.source.replace("\\", "/").rsplit("/", 1)[-1]
    return source, origin.place, origin.document_lines

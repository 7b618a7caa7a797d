"""What rules of a policy can name, and what they conclude: each fault with its underline."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from facts.claim import EvidenceType
from facts.diagnostic import Diagnostic, ProgramError
from kb.checks.checked import check, check_program, check_query
from kb.language.parser import parse_program, parse_programs, parse_query
from kb.model.vocabulary import TableVocabulary, Vocabulary
from kb.policy.folder import SHARED_RULES
from tests.accept import golden

HERE = Path(__file__).parent
FILES = sorted((HERE / "names").glob("*.pl"))
SHARED = SHARED_RULES / "determination.pl"
EFFECTS = {
    "R14-NOT-11": ("denied", "reduced"),
    "R14-OFF-2": ("bundled",),
    "R14-SCP-2": ("override",),
}
VOCABULARY = Vocabulary(
    EFFECTS,
    {
        "strict": ("yes", "no"),
        "effective_basis": ("service_date", "processed_date"),
        "diluent_volume_cc": ("any", "100"),
    },
    {
        "physician_order": EvidenceType("physician_order", "choice", ("yes", "no")),
        "dosage": EvidenceType("dosage", "text"),
        "administered_dose": EvidenceType("administered_dose", "number"),
    },
    {
        "drug": TableVocabulary("procedure"),
        "dose_per_unit": TableVocabulary("procedure", has_amounts=True),
        "kinds": TableVocabulary("description", values=("flush", "supply")),
    },
    ("hcpcs_release", "precertification_list"),
    (21, 22),
)


def faults_of(text: str, vocabulary: Vocabulary = VOCABULARY) -> list[Diagnostic]:
    program, faults = parse_programs(
        {"rules/determination.pl": SHARED.read_text(encoding="utf-8"), "mine.pl": text}
    )
    assert faults == []
    return check_program(
        program, clauses=tuple(EFFECTS), tables=tuple(VOCABULARY.tables), vocabulary=vocabulary
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_names_that_do_not_fit_are_told_with_their_place(path: Path) -> None:
    faults = faults_of(path.read_text(encoding="utf-8"))
    assert faults
    shown = "\n\n".join(fault.render().replace("mine.pl", path.name) for fault in faults)
    golden(path.with_suffix(".expected"), f"{shown}\n")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_could_not_be_read_is_not_missed(path: Path) -> None:
    """Where the declarations are broken, nothing is told of the names that they would declare."""
    unread = Vocabulary(lists=VOCABULARY.lists)
    before = {fault.message for fault in faults_of(path.read_text(encoding="utf-8"))}
    after = {fault.message for fault in faults_of(path.read_text(encoding="utf-8"), unread)}
    assert after <= before
    assert not any("evidence" in message or "setting" in message for message in after)


@pytest.mark.parametrize(
    "head", ["denied(C, L, 'R14-OFF-2')", "outcome(C, L, denied)", "counts(C, L, 'R14-OFF-2')"]
)
def test_the_shared_rules_alone_conclude_the_outcome(head: str) -> None:
    (fault,) = faults_of(f"{head} :- line(C, L).")
    assert (fault.severity, str(fault.place)) == ("error", "mine.pl:1:1")
    assert fault.message.endswith("follows from the shared rules alone")
    assert fault.help.startswith("a policy concludes excludes, applies, ")


def test_queries_are_checked_too() -> None:
    program, _ = parse_program("p(C) :- line(C, _).", "a.pl")
    checked = check(program, vocabulary=VOCABULARY)
    (fault,) = check_query(parse_query("evidence(C, L, dosag, V)"), checked)
    assert (fault.message, fault.help) == (
        "the policy declares no evidence `dosag`",
        "did you mean `dosage`?",
    )
    many = ", ".join(f"line(C, X{number})" for number in range(500))
    (fault,) = check_query(parse_query(many), checked)
    assert fault.message == "a query with more than 100 variables is too large to answer"
    assert check_query(parse_query(", ".join(["line(C, L)"] * 500)), checked) == []


def test_an_effect_that_is_also_declared_may_be_concluded() -> None:
    rule = "applies(C, L, 'R14-OFF-2', denied) :- line(C, L)."
    assert len(faults_of(rule)) == 1
    both = {**EFFECTS, "R14-OFF-2": ("bundled", "denied")}
    assert faults_of(rule, dataclasses.replace(VOCABULARY, effects=both)) == []


def test_many_unknown_predicates_take_no_time_for_the_nearest() -> None:
    rules = "".join(f"known{number}(C) :- knwon{number}(C).\n" for number in range(60))
    with pytest.raises(ProgramError) as caught:
        check(parse_program(rules, "a.pl")[0])
    helps = [fault.help for fault in caught.value.diagnostics]
    assert helps[0].startswith("did you mean")
    assert helps[-1] == "declare it, or write a rule for it"

"""What is assumed of a line follows from the rules of the clauses, in any policy."""

from __future__ import annotations

import shutil
from itertools import product
from pathlib import Path

import pytest

from facts.claim import Evidence
from kb.compile.rewrite.assumptions import with_assumptions
from kb.knowledge_base import KnowledgeBase
from kb.language.parser import parse_program
from kb.language.printer import print_rule
from kb.model.clause import ADVERSE_EFFECTS
from kb.policy.folder import BUNDLED
from kb.policy.loader import load_policy
from tests.kb.example_lines import line

FACTS = ("alpha", "beta", "gamma")
CLAUSE = """
[[clause]]
id = "R14-NEW-1"
section = "New"
document_lines = "1"
effect = "denied"
also = ["bundled"]
effective_from = 2010-07-15
carc = "96"
rarcs = ["N56"]
group = "CO"
title = "A new clause"
summary = "What a person added."
narrative = "line {line} is what a person added"
changes = "Take it out again."
"""
DENIED = "applies(C, L, 'R14-NEW-1', denied) :- "

RULES = {
    "two facts": DENIED + "evidence(C, L, alpha, yes), evidence(C, L, beta, no).",
    "a fact that excepts": DENIED + "evidence(C, L, alpha, yes), \\+ evidence(C, L, beta, yes).",
    "an absence first": DENIED
    + "line(C, L), \\+ evidence(C, L, alpha, no), evidence(C, L, beta, yes).",
    "an absence alone": DENIED + "line(C, L), \\+ evidence(C, L, alpha, yes), gone(C, L).\n"
    "gone(C, L) :- evidence(C, L, beta, no).",
    "a condition that is absent": "good(C, L) :- evidence(C, L, alpha, yes), "
    "\\+ evidence(C, L, beta, yes).\n" + DENIED + "evidence(C, L, gamma, yes), \\+ good(C, L).",
    "an absence of an absence": "bare(C, L) :- line(C, L), \\+ evidence(C, L, alpha, yes).\n"
    "fine(C, L) :- evidence(C, L, beta, yes).\nfine(C, L) :- line(C, L), \\+ bare(C, L).\n"
    + DENIED
    + "evidence(C, L, gamma, no), \\+ fine(C, L).",
    "any answer": DENIED + "evidence(C, L, alpha, _), \\+ evidence(C, L, beta, _).",
    "the same answer": DENIED + "evidence(C, L, alpha, V), evidence(C, L, beta, V).",
    "another answer": DENIED + "evidence(C, L, alpha, V), evidence(C, L, beta, W), V \\= W.",
    "any fact": DENIED + "evidence(C, L, N, yes), N \\= alpha, N \\= beta.",
    "no fact but": DENIED + "evidence(C, L, alpha, V), new_fact(N), \\+ evidence(C, L, N, V).\n"
    "new_fact(beta).\nnew_fact(gamma).",
    "several facts": DENIED
    + "line(C, L), aggregate_all(count, evidence(C, L, _, yes), N), N >= 2.",
    "no fact at all": DENIED
    + "evidence(C, L, alpha, yes), aggregate_all(count, evidence(C, L, _, no), N), N =:= 0.",
    "two ways": "bad(C, L) :- evidence(C, L, alpha, yes).\n"
    "bad(C, L) :- evidence(C, L, beta, no).\n" + DENIED + "bad(C, L), evidence(C, L, gamma, yes).",
    "an effect that is handed on": "bad(C, L, denied) :- evidence(C, L, alpha, yes).\n"
    "bad(C, L, bundled) :- evidence(C, L, beta, yes), \\+ evidence(C, L, alpha, yes).\n"
    "applies(C, L, 'R14-NEW-1', E) :- bad(C, L, E).",
    "fewer units": "reduces(C, L, 'R14-NEW-1', 0) :- evidence(C, L, alpha, no), units(C, L, _).",
    "what is lacking": "lacks(C, L, 'R14-NEW-1', alpha) :- "
    "evidence(C, L, beta, yes), \\+ evidence(C, L, alpha, _).",
    "a line that may be the same": DENIED + "line(C, L), line(C, M), evidence(C, M, alpha, yes), "
    "\\+ evidence(C, L, beta, yes).",
    "recursion": "tied(C, L, alpha) :- evidence(C, L, alpha, yes).\n"
    "tied(C, L, beta) :- tied(C, L, alpha), evidence(C, L, beta, yes).\n"
    "tied(C, L, alpha) :- tied(C, L, beta).\n" + DENIED + "tied(C, L, beta).",
    "outside the policy": "excludes(C, L, 'R14-SCP-1') :- evidence(C, L, beta, yes).\n"
    + DENIED
    + "evidence(C, L, alpha, yes).",
}


def knowledge_base(folder: Path, rules: str) -> KnowledgeBase:
    """R14 with a new clause, and with three facts of its own."""
    copy = folder / "r14"
    shutil.copytree(BUNDLED / "r14", copy)
    with (copy / "clauses.toml").open("a", encoding="utf-8") as file:
        file.write(CLAUSE)
    with (copy / "policy.toml").open("a", encoding="utf-8") as file:
        for name in FACTS:
            file.write(f'\n[evidence.{name}]\nkind = "choice"\nchoices = ["yes", "no"]\n')
            file.write('meaning = "new"\n')
    (copy / "new.pl").write_text(rules + "\n", encoding="utf-8")
    return KnowledgeBase(load_policy(copy))


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_a_fact_is_assumed_where_an_answer_would_make_a_clause_count(
    rules: str, tmp_path: Path
) -> None:
    """Each fact that is unknown is put on file, to see what comes of it."""
    kb = knowledge_base(tmp_path, rules)
    answers = [dict(zip(FACTS, held, strict=True)) for held in product(("", "yes", "no"), repeat=3)]
    names = {tuple(held.values()): f"C{number}" for number, held in enumerate(answers)}
    found = {
        each.claim_id: each
        for each in kb.adjudicate(
            [line(claim_id, procedure_code="36555") for claim_id in names.values()],
            [
                Evidence(claim_id, 1, name, value)
                for held, claim_id in names.items()
                for name, value in zip(FACTS, held, strict=True)
                if value
            ],
        )
    }
    for held, claim_id in names.items():
        expected = []
        if found[claim_id].outcome == "reimbursable":
            for place, name in enumerate(FACTS):
                others = [
                    found[names[(*held[:place], answer, *held[place + 1 :])]].outcome
                    for answer in ("yes", "no")
                ]
                if not held[place] and set(others) & set(ADVERSE_EFFECTS):
                    expected.append(name)
        assert [name for name in found[claim_id].assumptions if name in FACTS] == expected, held


def test_what_rules_say_of_other_lines_stays_as_it_is() -> None:
    text = (
        "unlike(C, L, M) :- line(C, L), line(C, M), M =\\= L.\n"
        "applies(C, L, k, denied) :- unlike(C, L, M), evidence(C, M, alpha, yes)."
    )
    program = with_assumptions(parse_program(text, "a.pl")[0], FACTS, ADVERSE_EFFECTS)
    assert [print_rule(rule) for rule in program.rules] == text.splitlines()


def test_an_assumption_has_the_place_of_the_rule_of_its_clause() -> None:
    text = (
        "bad(C, L, k) :- evidence(C, L, alpha, no), odd(C, L).\n"
        "odd(C, L) :- charge(C, L, X), X > 3.\n"
        "applies(C, L, K, denied) :- bad(C, L, K)."
    )
    program = with_assumptions(parse_program(text, "a.pl")[0], FACTS, ADVERSE_EFFECTS)
    made = program.rules[-1]
    assert made.span.row == 1
    assert print_rule(made) == (
        "assumes(C, L, alpha) :- odd(C, L), counts(C, L, k), \\+ evidence(C, L, alpha, _)."
    )


def test_a_clause_that_pays_assumes_nothing() -> None:
    text = "applies(C, L, k, supports) :- evidence(C, L, alpha, yes)."
    program = with_assumptions(parse_program(text, "a.pl")[0], FACTS, ADVERSE_EFFECTS)
    assert len(program.rules) == 1

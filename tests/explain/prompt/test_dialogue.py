"""The prompt: answers one after the other, proofs, rules of one's own, files, completions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from explain.cli.app import app
from explain.prompt.completion import completions
from explain.prompt.dialogue import HELP, Dialogue
from facts.diagnostic import ClausewiseError
from kb import KnowledgeBase
from tests.kb.example_lines import line

KNOWN = KnowledgeBase.load("r14").with_claims([line(), line("C 2"), line("C 2", 2)])


def load(
    kb: KnowledgeBase, claims: Sequence[str], evidence: Sequence[str]
) -> tuple[KnowledgeBase, Sequence[str]]:
    return kb.with_claims([line(name) for name in claims]), [f"read {' '.join(claims)}"]


def dialogue(at_once: bool = False) -> Dialogue:
    return Dialogue(KNOWN, load, at_once)


def said(talk: Dialogue, *texts: str) -> list[str]:
    return [row for text in texts for row in talk.say(text)]


def test_an_answer_at_a_time() -> None:
    talk = dialogue()
    assert said(talk, "denied(C, L, 'R14-FAC-1').") == ["C = 'C 2', L = 1 ;"]
    assert talk.has_more
    assert said(talk, ";") == ["C = 'C 2', L = 2 ;"]
    assert said(talk, "all") == ["C = 'C1', L = 1."]
    with pytest.raises(ClausewiseError, match="no further answers"):
        said(talk, ";")
    assert said(talk, "denied('C1', 1, _)", "denied('C1', 2, _)", "", "% nothing") == [
        "true.",
        "false.",
    ]


def test_all_answers_of_a_script() -> None:
    assert said(dialogue(at_once=True), "?- denied(C, L, _).") == [
        "C = 'C 2', L = 1 ;",
        "C = 'C 2', L = 2 ;",
        "C = 'C1', L = 1.",
    ]


def test_why_after_an_answer() -> None:
    talk = dialogue()
    said(talk, "denied(C, L, K), units(C, L, U), U < 3, \\+ bundled(C, L, _)")
    first, units, least, none = said(talk, "why.")
    assert first.startswith("line 1 is denied under R14-FAC-1")
    assert "units" in units
    assert (least, none) == ("1 < 3  [checked]", "\\+ bundled('C 2', 1, _)  [checked]")
    assert "R14-FAC-1" in said(talk, "why 'C 2' 1")[0]
    assert "R14-FAC-1" in said(talk, "why C1, 1.")[0]


def test_rules_files_and_lists() -> None:
    talk = dialogue()
    assert said(talk, ".rule twice(C) :- line(C, 2)", "twice(C).") == ["added", "C = 'C 2'."]
    assert said(talk, ".load A B") == ["read A B", "2 further claims, 4 in all"]
    assert said(talk, ".claims c 2") == ["C 2  2 lines"]
    assert said(talk, ".clauses R14-FAC-1")[0].startswith("R14-FAC-1  ")
    assert said(talk, ".predicates denied(")[0].startswith("denied(Claim, Line, Clause)")
    assert said(talk, ".predicates xyzzy") == ["none"]
    assert said(talk, ".help") == [HELP]
    assert "more; add a text" in said(talk, ".predicates")[-1]
    assert said(talk, ".quit") == []
    assert talk.ended


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (".halp", "there is no command `.halp`"),
        ("why", "there is no answer to prove"),
        ("why C1", "names no line"),
        ("why C1 9", "has no line `9`"),
        ("why C9 1", "there is no claim `C9`"),
        ("dennied(C, L, K)", "unknown predicate `dennied/3`"),
        ("denied(C, L", "parenthesis"),
        (".rule", "no rule is given"),
        (".rule a(X) :- b(X)", "unknown predicate `b/1`"),
        (".load", "no file is named"),
    ],
)
def test_what_is_wrong_is_said_and_the_dialogue_goes_on(text: str, message: str) -> None:
    talk = dialogue()
    with pytest.raises(ClausewiseError) as caught:
        said(talk, text)
    assert message in str(caught.value)
    assert said(talk, "denied('C1', 1, K)") == ["K = 'R14-FAC-1'."]


@pytest.mark.parametrize(
    ("before", "first"),
    [
        ("den", ("denied(", "den")),
        ("denied(C, L, K), bun", ("bundled(", "bun")),
        ("denied(C, L, 'r14-fac-1", ("'R14-FAC-1'", "'r14-fac-1")),
        ("denied('C", ("'C1'", "'C")),
        (".cl", (".claims", ".cl")),
        ("why C", ("C1", "C")),
    ],
)
def test_completions(before: str, first: tuple[str, str]) -> None:
    assert next(completions(dialogue(), before)) == first


def test_a_script_on_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    claims = tmp_path / "claims.csv"
    claims.write_text(
        "claim_id,line_number,claim_form,service_date,procedure_code\nC1,1,cms1500,2018-06-01,J7050\n"
    )
    script = tmp_path / "script"
    script.write_text(f"bundled(C, L, K).\nnone(C).\n.load {claims}\nwhy C1 1\n")
    with script.open() as file:
        monkeypatch.setattr("sys.stdin", file)
        with pytest.raises(SystemExit) as ended:
            app(["repl", "-c", str(claims)])
    out, err = capfd.readouterr()
    assert ended.value.code == 2
    assert out.startswith("C = 'C1', L = 1, K = 'R14-COD-2'.\n0 further claims, 1 in all\n")
    assert "R14-COD-2" in out.partition("in all")[2]
    assert "unknown predicate `none/1`" in err

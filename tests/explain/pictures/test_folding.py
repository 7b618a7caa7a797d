"""What is drawn of a proof and what is folded: nothing is lost, and a picture fits its page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explain.narrative.reasoning import GraphStep, ProofGraph
from explain.pictures.composing import picture_of
from explain.pictures.folding import MOST_BOXES, Folded, folded
from tests.explain.pictures.samples import POLICY, graph, narrative

KINDS = ("conclusion", "sum", "claim", "policy", "absence", "comparison")


@st.composite
def graphs(draw):
    """Any graph without a way back, each step below an earlier one."""
    size = draw(st.integers(1, 30))
    kinds = ["outcome", *(draw(st.sampled_from(KINDS)) for _ in range(size - 1))]
    edges = []
    for below in range(1, size):
        kinds_above = [at for at in range(below) if kinds[at] in ("outcome", "conclusion", "sum")]
        above = draw(st.lists(st.sampled_from(kinds_above), min_size=1, max_size=3, unique=True))
        edges += [(at, below) for at in above]
    background = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    made = graph(kinds, edges)
    steps = tuple(
        GraphStep(step.id, step.kind, step.text, background=at > 0 and background[at])
        for at, step in enumerate(made.steps)
    )
    return ProofGraph(steps, made.edges)


def reached(proof: ProofGraph) -> set[str]:
    below: dict[str, list[str]] = {}
    for above, part in proof.edges:
        below.setdefault(above, []).append(part)
    found, waiting = set(), [proof.steps[0].id]
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting.extend(below.get(number, ()))
    return found


def told(drawn: Folded) -> set[str]:
    inside = {
        step.id
        for number in drawn.drawn()
        for fold in drawn.folds.get(number, ())
        for step in fold.steps
    }
    return inside | set(drawn.drawn())


@given(graphs(), st.integers(2, 12))
def test_every_step_is_drawn_or_folded_into_a_box(proof: ProofGraph, most: int) -> None:
    drawn = folded(proof, most=most)
    assert told(drawn) == reached(proof)
    assert len(drawn.drawn()) <= most
    for number, depth in drawn.drawn().items():
        assert all(drawn.drawn()[part] > depth for part in drawn.below[number])


@given(graphs())
def test_a_proof_that_fits_is_drawn_whole_but_for_its_background(proof: ProofGraph) -> None:
    drawn = folded(proof, most=100)
    front = {step.id for step in proof.steps if not step.background}
    assert {step.id for step in proof.steps if step.id in drawn.drawn()} <= front
    below = {part for parts in drawn.below.values() for part in parts}
    assert not {number for number in drawn.drawn() if number not in below} - {proof.steps[0].id}


def test_an_arrow_is_left_out_where_a_longer_way_leads_to_the_same_box() -> None:
    proof = graph(["outcome", "conclusion", "claim"], [(0, 1), (0, 2), (1, 2)])
    assert folded(proof).below == {"s0": ["s1"], "s1": ["s2"], "s2": []}


def test_the_deepest_conclusion_is_folded_first() -> None:
    kinds = ["outcome", "conclusion", "conclusion", "claim", "policy", "absence", "claim"]
    proof = graph(kinds, [(0, 1), (0, 6), (1, 2), (2, 3), (2, 4), (2, 5)])
    drawn = folded(proof, most=4)
    assert list(drawn.drawn()) == ["s0", "s1", "s6", "s2"]
    (fold,) = drawn.folds["s2"]
    assert fold.words == "1 fact of the claim, 1 fact of the policy, 1 absence"
    assert drawn.exceeds == 4
    assert folded(proof, most=7).exceeds == 0


def test_a_picture_says_in_one_sentence_that_its_proof_is_too_large() -> None:
    told = narrative("R14-FAC-1")
    assert picture_of(told).note == ("10 of 19 steps are not drawn; the boxes name them in italics")
    picture = picture_of(told, most=6)
    assert len(picture.boxes) == 5
    assert picture.note == (
        "the proof is too large for a picture of 6 boxes: 14 of 19 steps are not drawn; the boxes "
        "name them in italics"
    )


def test_what_another_box_shows_is_not_shown_twice() -> None:
    kinds = ["outcome", "conclusion", "conclusion", "claim", "policy", "absence"]
    edges = [(0, 1), (0, 2), *((above, below) for above in (1, 2) for below in (3, 4, 5))]
    drawn = folded(graph(kinds, edges))
    assert drawn.below["s1"] == ["s3", "s4", "s5"]
    assert drawn.below["s2"] == []
    (fold,) = drawn.folds["s2"]
    assert fold.words == 'the same as under "step 1"'


def test_a_row_that_is_too_wide_is_cut_and_says_so() -> None:
    kinds = ["outcome", "conclusion", *["claim"] * 200]
    proof = graph(kinds, [(0, 1), *((0, at) for at in range(2, 202))])
    drawn = folded(proof, most=10)
    assert len(drawn.drawn()) == 10
    (fold,) = drawn.folds["s0"]
    assert fold.words == "also 192 facts of the claim"


def test_a_proof_of_thousands_of_steps_is_folded_at_once() -> None:
    kinds = ["outcome"] + ["conclusion", "claim", "policy"] * 1500
    edges = [(0, at) for at in range(1, 4501, 3)]
    edges += [(at, at + 1) for at in range(1, 4501, 3)] + [(at, at + 2) for at in range(1, 4501, 3)]
    drawn = folded(graph(kinds, edges))
    assert len(drawn.drawn()) == MOST_BOXES
    assert len(told(drawn)) == 4501


def test_a_proof_of_thousands_of_rows_is_folded_at_once() -> None:
    kinds = ["outcome", *["conclusion"] * 2998, "claim"]
    edges = [(at, at + 1) for at in range(2999)] + [(at, 2999) for at in range(2998)]
    drawn = folded(graph(kinds, edges))
    assert len(drawn.drawn()) == MOST_BOXES
    assert len(told(drawn)) == 3000


@pytest.mark.parametrize("clause_id", POLICY.clauses)
def test_the_picture_of_every_clause(clause_id: str) -> None:
    told = narrative(clause_id)
    picture = picture_of(told)
    top, *rest = picture.boxes
    assert top.kind == "outcome"
    assert top.heading == told.headline.outcome_text.upper()
    assert top.adverse == told.is_adverse
    assert all(box.kind != "outcome" for box in rest)
    position = {box.id: at for at, box in enumerate(picture.boxes)}
    assert len(position) == len(picture.boxes)
    assert all(position[arrow.above] < position[arrow.below] for arrow in picture.arrows)
    assert {arrow.below for arrow in picture.arrows} == {box.id for box in rest}
    clauses = [box.heading.partition(":")[0] for box in picture.boxes if box.kind == "clause"]
    assert sorted(clauses) == sorted(cited.clause_id for cited in told.citations)
    assert len(picture.boxes) <= MOST_BOXES
    deciding = [box for box in picture.boxes if box.kind == "clause" and box.decides]
    assert bool(deciding) == any(one.effect == told.headline.outcome for one in told.citations)
    for arrow in picture.arrows:
        assert arrow.decides == picture.by_id[arrow.below].decides
        assert arrow.decides or arrow.label.startswith("also: ")
    said = {text for box in picture.boxes for text in (box.text, *box.folded)}
    steps = [step for step in told.graph.steps if step.kind not in ("outcome", "clause")]
    assert {step.text for step in steps} <= said
    assert all(box.note for box in picture.boxes if box.folded)
    assert (len(picture.boxes) < picture.steps) == bool(picture.note)

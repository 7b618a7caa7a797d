"""R14 on pyDatalog, on SWI-Prolog and in the independent adjudicator: the same determinations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from facts.claim import ClaimLine, Evidence, Override
from facts.codes import CodeTable, TableRow
from facts.origin import Origin
from facts.readers.code_lists import HcpcsRelease
from kb.cases.runner import CLAIM_ID, read_cases
from kb.knowledge_base import KnowledgeBase
from kb.language.parser import parse_programs, parse_query
from kb.model.determination import Determination
from kb.policy.folder import SHARED_RULES
from kb.policy.loader import load_policy
from tests.kb.policies.adjudicator import adjudicate
from tests.kb.policies.random_claims import Case, random_case
from tests.oracle.swi import OracleCase, ask_swi, needs_swipl

POLICY = load_policy("r14", alternatives=True)
RULES = [*sorted(SHARED_RULES.glob("*.pl")), *sorted(POLICY.folder.glob("*.pl"))]
READ = set(parse_programs({path.name: path.read_text(encoding="utf-8") for path in RULES})[0].rules)
DERIVED = [rule for rule in POLICY.program.program.rules if rule not in READ]
"""The rules of what is assumed, which stand in no file."""

QUERIES = (
    "outcome(_, L, O)",
    "cites(_, L, K, E)",
    "allowed(_, L, U)",
    "missing(_, L, N)",
    "assumption(_, L, N)",
    "reading_in_favour(_, L, N)",
)


class Answer(NamedTuple):
    """What every opinion says of a line."""

    outcome: str
    citations: frozenset[tuple[str, str]]
    allowed: Fraction | None
    missing: frozenset[str]
    assumed: frozenset[str]
    in_favour: frozenset[int]


def knowledge_base(case: Case) -> KnowledgeBase:
    release = precertification = None
    if case.release is not None:
        release = HcpcsRelease("random", {code: tuple(rows) for code, rows in case.release.items()})
    if case.precertification is not None:
        rows = tuple(TableRow(code, code, Origin("random")) for code in case.precertification)
        precertification = CodeTable("precertification_list", "procedure", rows)
    return KnowledgeBase(
        POLICY,
        settings=case.settings,
        strict=case.strict,
        release=release,
        precertification=precertification,
    )


def answer(determination: Determination) -> Answer:
    allowed = determination.allowed_units
    return Answer(
        determination.outcome,
        frozenset((each.clause_id, each.effect) for each in determination.citations),
        None if allowed is None else Fraction(allowed),
        frozenset(determination.missing_evidence),
        frozenset(determination.assumptions),
        frozenset(determination.readings_in_favour or ()),
    )


def by_engine(case: Case) -> dict[int, Answer]:
    result = knowledge_base(case).adjudicate(case.lines, case.evidence, case.overrides)
    return {each.line_number: answer(each) for each in result}


def by_second_opinion(case: Case) -> dict[int, Answer]:
    return {number: Answer(*verdict) for number, verdict in adjudicate(*case).items()}


def by_swi(loaded: Iterable[KnowledgeBase]) -> list[dict[int, Answer]]:
    queries = [parse_query(text) for text in QUERIES]
    batch = [
        OracleCase(kb.claim(claim_id).facts, queries) for kb in loaded for claim_id in kb.claims
    ]
    found = []
    for outcomes, *others in ask_swi(RULES, batch, derived=DERIVED):
        cites, allowed, missing, assumed, in_favour = others
        limits = dict(allowed)  # type: ignore[arg-type]
        found.append(
            {
                line: Answer(
                    outcome,
                    frozenset((k, e) for number, k, e in cites if number == line),
                    Fraction(limits[line]) if line in limits else None,
                    frozenset(name for number, name in missing if number == line),
                    frozenset(
                        name
                        for number, name in assumed
                        if number == line and outcome == "reimbursable"
                    ),
                    frozenset(each for number, each in in_favour if number == line),
                )
                for line, outcome in outcomes  # type: ignore[union-attr]
            }
        )
    return found


def test_random_claims_agree_with_the_second_opinion() -> None:
    for seed in range(250):
        case = random_case(seed)
        assert by_engine(case) == by_second_opinion(case), f"seed {seed}"


@given(st.integers(min_value=1000, max_value=10**9))
@settings(max_examples=60, deadline=None)
def test_any_random_claim_agrees_with_the_second_opinion(seed: int) -> None:
    case = random_case(seed)
    assert by_engine(case) == by_second_opinion(case)


@given(st.integers(min_value=0, max_value=10**9), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_input_never_matters(seed: int, random) -> None:  # type: ignore[no-untyped-def]
    case = random_case(seed)

    def shuffled(items: Sequence[ClaimLine | Evidence | Override]) -> tuple[object, ...]:
        items = list(items)
        random.shuffle(items)
        return tuple(items)

    other = case._replace(
        lines=shuffled(case.lines),
        evidence=shuffled(case.evidence),
        overrides=shuffled(case.overrides),
    )
    assert by_engine(other) == by_engine(case)


@needs_swipl
def test_random_claims_agree_with_swi() -> None:
    cases = [random_case(seed) for seed in range(2000, 2150)]
    loaded = [
        knowledge_base(case).with_claims(case.lines, case.evidence, case.overrides)
        for case in cases
    ]
    assert by_swi(loaded) == [by_engine(case) for case in cases]


@needs_swipl
def test_all_cases_agree_with_swi() -> None:
    cases, _ = read_cases(POLICY.folder)
    loaded = [
        case.knowledge_base(POLICY).with_claims(case.lines, case.evidence, case.overrides)
        for case in cases
    ]
    determined = [
        {
            each.line_number: answer(each)
            for each in kb.adjudicate(case.lines, case.evidence, case.overrides)
        }
        for kb, case in zip(loaded, cases, strict=True)
    ]
    assert all(CLAIM_ID in kb.claims for kb in loaded)
    assert by_swi(loaded) == determined

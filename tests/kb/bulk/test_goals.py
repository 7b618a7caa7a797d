"""Goals over files: DuckDB and pyDatalog give the same answers and tell the same of the input."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.readers.column_values import PARSERS
from facts.readers.evidence import COLUMNS as EVIDENCE_COLUMNS
from kb.bulk import query as bulk_query
from kb.bulk.query import query_files
from kb.claims import known as known_claims
from kb.policy.loader import Policy, load_policy
from tests.kb.bulk.agreement import Batch, random_batch
from tests.kb.bulk.files import KINDS, evidence_row, row_of, write_rows
from tests.kb.bulk.test_agreement import batches_of_cases, without_strict
from tests.kb.bulk.test_policies import FUSED, IN_SETS, policy_with
from tests.kb.bulk.test_policies import batch as added_batch

POLICY = load_policy("r14")

DERIVED = (
    "outcome(C, L, O)",
    "outcome(C, L, reduced)",
    "cites(C, L, K, E)",
    "denied(C, L, K)",
    "denied(C, _, 'R14-FAC-1')",
    "denied(_, _, 'R14-FAC-1')",
    "missing(C, L, N)",
    "assumption(C, L, N)",
    "mattered(C, L, K, N)",
    "mattered(C, L, K, 9)",
    "allowed(C, L, U), U >= 1",
    "reduction(C, L, K, U), units(C, L, V), V > U",
    "waived(C, L, K)",
    "spoken_of(C, L), \\+ adverse(C, L)",
    "line(C, L), \\+ cites(C, L, _, _)",
    "outcome(C, L, O), outcome(C, M, O), L < M",
    "denied(C, L, K), denied(D, M, K), C @< D",
    "cites(C, L, K, E), aggregate_all(count, cites(C, L, _, _), N), N > 1",
    "aggregate_all(count, cites(C, L, K, E), N)",
    "\\+ bundled(_, _, 'R14-OFF-2')",
    "counts(C, L, K), denied(C, L, K)",
    "in_force(C, L, 'R14-FAC-7')",
    "applies(C, L, 'R14-BIL-4', E)",
    "lacks(C, 1, K, N)",
    "denied('RC40005', L, K), denied('RC40011', M, J)",
    "line('RC40005', L), \\+ denied('RC40010', _, _), code_in(X, office_supplies)",
)
"""Goals that need what the rules derive."""

ASSERTED = (
    "line(C, L)",
    "line(C, 2), \\+ line(C, 3)",
    "units(C, L, U), U >= 2, procedure(C, L, X), X @< 'J1'",
    "service_date(C, L, D), D @>= '2018-06-01', D @< '2018-07-01'",
    "service_days(C, L, D), N is D * 2, N > 4",
    "charge(C, L, X), Twice is X * 2",
    "modifier(C, L, M), modifier(C, L, N), M @< N",
    "diagnosis_indicator(C, L, X, I)",
    "diagnosis(C, L, X), code_in(X, T)",
    "procedure(C, L, X), code_in(X, T)",
    "procedure(C, L, X), \\+ code_in(X, drug)",
    "procedure(C, L, X), code_amount(X, T, A), A > 1",
    "procedure(C, L, X), release_code(X, F, T)",
    "line(C, L), release_code(X, F, T)",
    "modifier(C, L, M), code_in(M, T)",
    "line(C, L), code_in('J7050', T)",
    "line(C, L), \\+ code_in('J7050', drug)",
    "line(C, L), code_in(X, T), line(D, L), C @< D, X @> 'J8'",
    "description(C, L, D), mentions(D, T, V)",
    "line(C, 1), mentions(D, T, V)",
    "bill_class(C, L, B), code_in(B, T)",
    "evidence(C, L, N, V)",
    "evidence(C, L, N, yes), \\+ evidence(C, L, _, no)",
    "evidence_number(C, L, N, V), V > 1",
    "plan_override(C, L, K, E)",
    "rendering_provider(C, L, P), rendering_provider(D, M, P), C @< D",
    "aggregate_all(count, line(C, L), N)",
    "aggregate_all(sum(X), charge(C, L, X), N)",
    "claim_form(C, L, F), aggregate_all(max(U), units(C, _, U), N)",
    "\\+ line(_, 40)",
    "line(C, L), 1 > 2",
    "setting(N, V)",
    "override(A, I, K, E, F, T)",
    "code_in('J7050', T)",
    "X = 'J7050', code_in(X, T)",
    "setting(strict, S), aggregate_all(count, denied(_, _, K), N)",
)
"""Goals that ask for what claims, evidence and tables say."""


class Files:
    """The claims and the evidence of a batch as files, and goals over them."""

    def __init__(
        self, batch: Batch, policy: Policy, folder: Path, kinds: tuple[str, ...] = KINDS
    ) -> None:
        kb = batch.knowledge_base(policy)
        self.kb, self.overrides = kb, batch.overrides
        self.known = kb.with_claims(batch.lines, batch.evidence, batch.overrides)
        self.paths: dict[str, dict[str, list[Path]]] = {}
        for kind in kinds:
            lines, evidence = map(row_of, batch.lines), map(evidence_row, batch.evidence)
            self.paths[kind] = {
                "claims": [write_rows(folder, "claims", kind, lines, tuple(PARSERS))],
                "evidence": [write_rows(folder, "evidence", kind, evidence, EVIDENCE_COLUMNS)]
                if batch.evidence
                else [],
            }

    def differing(self, goals: Iterable[str]) -> dict[str, Any]:
        """Return the goals that DuckDB answers as pyDatalog does not, each over one kind."""
        found = {}
        for goal, kind in zip(goals, cycle(self.paths), strict=False):
            expected = self.known.query(goal)
            with query_files(
                self.kb, goal, **self.paths[kind], overrides=self.overrides, threads=2
            ) as answers:
                rows = tuple(answers)
                told = [item.message for item in answers.diagnostics if item.severity != "warning"]
                assert len(answers) == len(rows)
            if (answers.columns, rows) != (expected.columns, expected.rows) or told:
                found[goal] = (expected.rows, rows, told)
        return found


@pytest.fixture(autouse=True)
def every_claim_warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pyDatalog remember the claims between goals, so that the tests are quick."""
    monkeypatch.setattr(known_claims, "_WARM_CLAIMS", 1_000)


@pytest.mark.parametrize(
    ("least", "goals"),
    [(-1, DERIVED[::2]), (10**9, DERIVED[1::3])],
    ids=["lines first", "predicate by predicate"],
)
def test_what_rules_derive_is_the_same_of_both_engines(
    least: int, goals: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Both ways in which DuckDB answers, whatever the goal needs."""
    monkeypatch.setattr(bulk_query, "_LONG", least)
    files = Files(random_batch(range(40_000, 40_040)), POLICY, tmp_path)
    assert files.differing(goals) == {}


def test_what_claims_say_is_the_same_of_both_engines(tmp_path: Path) -> None:
    files = Files(random_batch(range(60_001, 60_030)), POLICY, tmp_path)
    assert files.differing(ASSERTED) == {}


CASES = ("cites(C, L, K, E)", "outcome(C, L, O)", "missing(C, L, N)", "mattered(C, L, K, N)")


@pytest.mark.parametrize("number", range(0, len(batches_of_cases()), 2))
def test_goals_over_the_cases_of_the_policy(number: int, tmp_path: Path) -> None:
    batch = without_strict(batches_of_cases()[number])
    files = Files(batch, POLICY, tmp_path, KINDS[number % 3 :])
    assert files.differing([CASES[number // 2 % 4]]) == {}


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from((*DERIVED, *ASSERTED)))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_goal_over_any_claims(tmp_path: Path, first: int, goal: str) -> None:
    files = Files(random_batch(range(first, first + 15)), POLICY, tmp_path, ("csv",))
    assert files.differing([goal]) == {}


@pytest.mark.parametrize("name", [*FUSED, *IN_SETS])
def test_goals_over_rules_that_a_person_adds(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    policy = load_policy(policy_with(tmp_path, {**FUSED, **IN_SETS}[name]))
    monkeypatch.setattr(bulk_query, "_LONG", 10**9)
    files = Files(added_batch(), policy, tmp_path, ("csv",))
    goal = "applies(C, L, 'R14-NEW-1', E)"
    assert files.known.query(goal).rows
    assert files.differing([goal]) == {}


TIED = {
    "another claim": "doubled(C, L, N) :- units(C, L, N), procedure(C, L, X), "
    "procedure(D, _, X), C \\= D.",
    "no claim": "dear(X) :- procedure(_, _, X).\n"
    "doubled(C, L, N) :- units(C, L, N), ndc(C, L, X), \\+ dear(X).",
    "the codes of any claim": "dear(X) :- code_in(X, drug).\n"
    "doubled(C, L, N) :- units(C, L, N), modifier(C, L, X), \\+ dear(X).",
    "a code before its claim": "doubled(C, L, 1) :- \\+ code_in('J7050', drug), line(C, L).",
}


@pytest.mark.parametrize("name", TIED)
def test_rules_that_see_one_claim_alone_are_asked_claim_by_claim(name: str, tmp_path: Path) -> None:
    policy = load_policy(policy_with(tmp_path, TIED[name]))
    files = Files(random_batch(range(60_001, 60_020)), policy, tmp_path, ("csv",))
    ((expected, found, told),) = files.differing(["doubled(C, L, N)"]).values()
    assert found == expected
    assert len(told) == 1
    assert told[0].startswith("the goal was answered without DuckDB, which takes longer: ")


def test_a_code_stands_in_the_tables_of_its_own_column_alone(tmp_path: Path) -> None:
    """The place 33 of one claim is the bill class 33 of another, which stands in a table."""
    line = {"line_number": 1, "service_date": "2018-06-01", "procedure_code": "J7050"}
    office = {"claim_id": "A", "claim_form": "cms1500", "place_of_service": "33", **line}
    home = {"claim_id": "B", "claim_form": "ub04", "type_of_bill": "331", **line}
    batch = Batch((office, home), (), (), {}, False, None, None)
    files = Files(batch, POLICY, tmp_path, ("csv",))
    goals = (
        "place_of_service(C, L, X), code_in(X, T)",
        "bill_class(C, L, X), code_in(X, T)",
        "place_of_service(C, L, X), place_of_service(D, M, X), C \\= D, code_in(X, T)",
        "place_of_service(C, L, X), bill_class(D, M, X), code_in(X, T)",
    )
    assert [bool(files.known.query(goal)) for goal in goals] == [False, True, False, True]
    assert files.differing(goals) == {}


def test_a_number_without_an_exact_decimal_is_answered_all_the_same(tmp_path: Path) -> None:
    files = Files(added_batch(), POLICY, tmp_path, ("parquet",))
    goal = "charge(C, L, X), units(C, L, U), U > 0, Y is X / (U + 2), Y > 20"
    ((expected, found, told),) = files.differing([goal]).values()
    assert expected == found
    assert expected
    assert told == [
        "the goal was answered without DuckDB, which takes longer: "
        "a number of these claims has no exact decimal"
    ]


def test_answers_can_be_read_again_and_are_let_go_of(tmp_path: Path) -> None:
    files = Files(random_batch(range(40_000, 40_005)), POLICY, tmp_path, ("csv",))
    with query_files(files.kb, "line(C, L)", **files.paths["csv"]) as answers:
        assert list(answers) == list(answers)
        assert len(answers) == len(list(answers)) > 0
    with pytest.raises(duckdb.ConnectionException):
        list(answers)

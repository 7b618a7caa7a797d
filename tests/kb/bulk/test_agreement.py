"""R14 in bulk and R14 on pyDatalog: the same determinations to the last reading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.readers.overrides import collect_overrides
from kb.cases.runner import Case, read_cases
from kb.engines.duckdb.lines import other_lines
from kb.policy.loader import Policy, load_policy
from tests.kb.bulk.agreement import Batch, by_rows, in_bulk, random_batch
from tests.kb.bulk.files import KINDS

POLICY = load_policy("r14")
WITH_READINGS = load_policy("r14", alternatives=True)


def differences(
    batch: Batch, folder: Path, kind: str, policy: Policy = POLICY
) -> dict[tuple[str, int], Any]:
    """Return the lines on which the two ways do not agree."""
    expected, found = by_rows(batch, policy), in_bulk(batch, policy, folder, kind)
    assert found.keys() == expected.keys()
    return {key: (expected[key], found[key]) for key in expected if expected[key] != found[key]}


def batches_of_cases() -> list[Batch]:
    """The cases of the policy, those of equal settings, lists and overrides in one batch."""
    groups: dict[str, list[Case]] = {}
    for case in read_cases(POLICY.folder)[0]:
        alike = (sorted(case.settings.items()), case.strict, case.overrides)
        groups.setdefault(repr((alike, case.release, case.precertification)), []).append(case)
    batches = []
    for cases in groups.values():
        kb = cases[0].knowledge_base(POLICY)
        named = [(f"CASE{number}", case) for number, case in enumerate(cases)]
        batches.append(
            Batch(
                tuple({**row, "claim_id": name} for name, case in named for row in case.lines),
                tuple({**row, "claim_id": name} for name, case in named for row in case.evidence),
                collect_overrides(cases[0].overrides, tuple(POLICY.clauses)),
                kb.settings,
                cases[0].strict,
                kb.release,
                kb.precertification,
            )
        )
    return batches


def without_strict(batch: Batch) -> Batch:
    switches = {name: value for name, value in batch.settings.items() if name != "strict"}
    return batch._replace(settings=switches)


@pytest.mark.parametrize("number", range(len(batches_of_cases())))
def test_every_case_of_the_policy_agrees(number: int, tmp_path: Path) -> None:
    batch = without_strict(batches_of_cases()[number])
    assert differences(batch, tmp_path, KINDS[number % 3]) == {}


@pytest.mark.parametrize(
    ("first", "kind"),
    [(40_000, "csv"), (50_001, "jsonl"), (60_002, "parquet"), (70_003, "parquet"), (80_001, "csv")],
)
def test_random_claims_agree(first: int, kind: str, tmp_path: Path) -> None:
    """The starts give no, few, many and very many overrides, strict and not."""
    batch = random_batch(range(first, first + 60))
    assert differences(batch, tmp_path, kind) == {}


@pytest.mark.parametrize("first", [20_000, 20_061, 20_122, 20_183])
def test_readings_in_favour_agree(
    first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of lines that are compared, and of lines that are counted."""
    if first % 2:
        monkeypatch.setattr(other_lines, "_MOST_PAIRS", 0)
    batch = random_batch(range(first, first + 60))
    assert differences(batch, tmp_path, "parquet", WITH_READINGS) == {}


@pytest.mark.parametrize("first", [40_000, 70_003, 90_004])
def test_lines_that_are_counted_agree_with_lines_that_are_compared(
    first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other lines of long claims are counted in groups, those of short ones one by one."""
    batch = random_batch(range(first, first + 60))
    found = []
    for most, unused in ((40, "_count_groups"), (0, "_count_pairs")):
        with monkeypatch.context() as patched:
            patched.setattr(other_lines, "_MOST_PAIRS", most)
            patched.setattr(other_lines, unused, None)
            found.append(in_bulk(batch, POLICY, tmp_path, "parquet"))
    assert found[0] == found[1]


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(KINDS))
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_random_claims_agree(tmp_path: Path, first: int, kind: str) -> None:
    batch = random_batch(range(first, first + 25))
    assert differences(batch, tmp_path, kind) == {}

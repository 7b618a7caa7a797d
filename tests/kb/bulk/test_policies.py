"""Rules that a person adds to a policy: in bulk they say what they say claim by claim."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from facts.claim import Evidence
from facts.readers.column_values import PARSERS
from facts.readers.evidence import COLUMNS as EVIDENCE_COLUMNS
from kb.bulk.adjudicate import adjudicate_files
from kb.compile.formulas.line_script import NotFusable
from kb.planning.bulk_policy import BulkPolicy
from kb.planning.rules import BulkRules
from kb.policy.folder import BUNDLED
from kb.policy.loader import load_policy
from tests.kb.bulk.agreement import Batch, by_rows, in_bulk, random_batch, read_output
from tests.kb.bulk.files import evidence_row, row_of, write_rows

CLAUSE = """
[[clause]]
id = "R14-NEW-1"
section = "New"
document_lines = "1"
effect = "denied"
effective_from = 2010-07-15
carc = "96"
rarcs = ["N56"]
group = "CO"
title = "A new clause"
summary = "What a person added."
narrative = "line {line} is what a person added"
changes = "Take it out again."
"""
COLUMNS = tuple(PARSERS)
CLAIM = "applies(C, L, 'R14-NEW-1', denied) :- "

FUSED = {
    "a number": CLAIM + "charge(C, L, X), X > 100.",
    "a calculation": "doubled(C, L, N) :- service_days(C, L, D), N is D * 2.\n"
    + CLAIM
    + "doubled(C, L, N), N > 2.",
    "facts of the policy": "dear('J1642').\ndear('J7050').\n"
    + CLAIM
    + "procedure(C, L, X), dear(X).",
    "a diagnosis": CLAIM + "diagnosis(C, L, X), X @>= 'T80'.",
    "two modifiers": CLAIM + "modifier(C, L, A), modifier(C, L, B), A @< B.",
    "the same provider on an earlier line": CLAIM
    + "rendering_provider(C, L, P), rendering_provider(C, M, P), M < L.",
    "no other line": "sibling(C, L) :- line(C, L), line(C, M), M =\\= L.\n"
    + CLAIM
    + "line(C, L), \\+ sibling(C, L).",
    "a diagnosis and a modifier": CLAIM + "diagnosis(C, L, X), modifier(C, L, M), X @> M.",
    "a diagnosis and a column": CLAIM + "diagnosis(C, L, X), procedure(C, L, Y), X @> Y.",
    "two columns of a line": CLAIM + "units(C, L, N), charge(C, L, X), X > N * 40.",
}
IN_SETS = {
    "a sum over the claim": CLAIM
    + "line(C, L), aggregate_all(sum(X), charge(C, _, X), T), T > 300.",
    "the greatest of the claim": CLAIM
    + "charge(C, L, X), aggregate_all(max(Y), charge(C, _, Y), X).",
    "another line costs more": CLAIM + "charge(C, L, X), charge(C, M, Y), M =\\= L, Y > X.",
    "recursion": "tied(C, L, M) :- evidence_number(C, L, related_to, M).\n"
    "tied(C, L, N) :- tied(C, L, M), tied(C, M, N).\n" + CLAIM + "tied(C, L, L).",
}


TIED = {
    "what stands on no claim": "dear(X) :- procedure(_, _, X).\n"
    + CLAIM
    + "modifier(C, L, X), \\+ dear(X).",
}
"""Rules that say something else of all claims together than of each."""


def policy_with(folder: Path, rules: str) -> Path:
    copy = folder / "r14"
    shutil.copytree(BUNDLED / "r14", copy)
    with (copy / "clauses.toml").open("a", encoding="utf-8") as file:
        file.write(CLAUSE)
    declared = ""
    for name, columns in (
        ("doubled", "claim: text, line: number, days: number"),
        ("sibling", "claim: text, line: number"),
        ("tied", "claim: text, line: number, other: number"),
        ("dear", "code: text"),
    ):
        if f"{name}(" in rules:
            declared += f':- predicate({name}({columns}), "{name}", "not {name}").\n'
    (copy / "new.pl").write_text(declared + rules + "\n", encoding="utf-8")
    return copy


def batch() -> Batch:
    made = random_batch(range(40_000, 40_030))
    lines = tuple(
        line._replace(charge=Decimal(37 * (place % 11)) / 2)
        for place, line in enumerate(made.lines)
    )
    tied = tuple(
        Evidence(line.claim_id, line.line_number, "related_to", Decimal(line.line_number % 3 + 1))
        for line in lines[::2]
    )
    return made._replace(lines=lines, evidence=(*made.evidence, *tied))


@pytest.mark.parametrize("name", [*FUSED, *IN_SETS, *TIED])
def test_an_added_rule_says_the_same_in_bulk(name: str, tmp_path: Path) -> None:
    policy = load_policy(policy_with(tmp_path, {**FUSED, **IN_SETS, **TIED}[name]))
    made = batch()
    expected = by_rows(made, policy)
    assert any(
        citation["clause_id"] == "R14-NEW-1"
        for record in expected.values()
        for citation in record["citations"]
    )
    assert in_bulk(made, policy, tmp_path, "parquet", name in TIED) == expected


RATIOS = {
    "of two columns": CLAIM + "charge(C, L, X), units(C, L, N), X / N > 40.",
    "in a step": CLAIM + "charge(C, L, X), units(C, L, N), Y is X / N, Y > 40.",
    "of what is on file": CLAIM + "evidence_number(C, L, related_to, N), 40 / (N - 1) > 20.",
}


@pytest.mark.parametrize("name", RATIOS)
def test_a_claim_that_divides_by_zero_is_rejected_in_bulk_too(name: str, tmp_path: Path) -> None:
    policy = load_policy(policy_with(tmp_path, RATIOS[name]))
    made = batch()
    lines = tuple(line._replace(units=Decimal(place % 3)) for place, line in enumerate(made.lines))
    claims = write_rows(tmp_path, "claims", "parquet", map(row_of, lines), COLUMNS)
    rows = map(evidence_row, made.evidence)
    evidence = write_rows(tmp_path, "evidence", "parquet", rows, EVIDENCE_COLUMNS)
    told = []
    for engine in ("duckdb", "pydatalog"):
        output = tmp_path / f"{engine}.parquet"
        result = adjudicate_files(
            made.knowledge_base(policy), [claims], output, evidence=[evidence], engine=engine
        )
        errors = [item.render() for item in result.diagnostics if item.severity == "error"]
        told.append((read_output(output), result.tally, errors))
    assert told[0] == told[1]
    assert told[0][1].lines_rejected > 0
    assert any("R14-NEW-1" in str(record["citations"]) for record in told[0][0].values())


def refused(*_: object) -> BulkPolicy:
    raise NotFusable("no plan is wanted here")


@pytest.mark.parametrize(("first", "kind"), [(40_000, "csv"), (60_002, "parquet")])
def test_the_whole_policy_is_determined_in_sets(
    first: int, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    policy, made = load_policy("r14"), random_batch(range(first, first + 60))
    expected = by_rows(made, policy)
    monkeypatch.setattr(BulkRules, "lines", refused)
    assert in_bulk(made, policy, tmp_path, kind) == expected


@pytest.mark.parametrize("in_sets", [False, True])
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_both_ways_write_the_same_file(
    kind: str, in_sets: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The same rows to the last sign, whichever engine wrote them."""
    policy = load_policy("r14")
    if in_sets:
        monkeypatch.setattr(BulkRules, "lines", refused)
    few = batch()
    claims = write_rows(tmp_path, "claims", "csv", map(row_of, few.lines), COLUMNS)
    rows = map(evidence_row, few.evidence)
    evidence = write_rows(tmp_path, "evidence", "csv", rows, EVIDENCE_COLUMNS)
    written = []
    for engine in ("duckdb", "pydatalog"):
        output = tmp_path / f"{engine}.{kind}"
        adjudicate_files(
            few.knowledge_base(policy), [claims], output, evidence=[evidence], engine=engine
        )
        written.append(output.read_text(encoding="utf-8").splitlines())
    assert written[0] == written[1]

"""Evidence, overrides and lists: every kind of bad input pinned, and what is good is used."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from facts.claim import Evidence, Override
from facts.diagnostic import ClausewiseError, Diagnostic, InputError
from facts.readers.code_lists import read_hcpcs_release, read_precertification_list
from facts.readers.evidence import index_evidence, read_evidence
from facts.readers.overrides import collect_overrides, read_overrides
from kb.policy.loader import load_policy
from tests.accept import golden
from tests.facts.readers.cases import EVIDENCE, OVERRIDES, PRECERTIFICATION, RELEASES
from tests.facts.readers.conftest import Write
from tests.facts.readers.told import rendered

GOLDEN = Path(__file__).parent / "golden"
POLICY = load_policy("r14")
TYPES = POLICY.evidence_types
CLAUSES = tuple(POLICY.clauses)
RELEASE = Path(__file__).parents[4] / "shared/samples/hcpcs/2018-Alpha-Numeric-HCPCS-File.zip"


@pytest.mark.parametrize("name", EVIDENCE)
def test_evidence(write: Write, name: str) -> None:
    index = read_evidence(write("evidence.csv", EVIDENCE[name]), TYPES)
    text = "".join(
        f"kept {each.claim_id} {each.line_number}: {each.name} = {each.value}\n" for each in index
    )
    text += rendered(index.diagnostics)
    text += f"rows read {index.rows_read}, rejected {index.rows_rejected}\n"
    golden(GOLDEN / "evidence" / f"{name}.txt", text)


@pytest.mark.parametrize("name", OVERRIDES)
def test_overrides(write: Write, name: str) -> None:
    path = write("overrides.csv", OVERRIDES[name])
    notes: list[Diagnostic] = []
    try:
        text = "".join(f"kept {each[:7]}\n" for each in read_overrides(path, CLAUSES, notes))
        text += rendered(notes)
    except InputError as fault:
        text = rendered(fault.diagnostics)
    golden(GOLDEN / "overrides" / f"{name}.txt", text)


@pytest.mark.parametrize("name", RELEASES)
def test_hcpcs_releases(write: Write, name: str) -> None:
    path = write("release.txt", RELEASES[name])
    try:
        release = read_hcpcs_release(path)
        text = "".join(
            f"{code} {periods} {release.origin(code)}\n" for code, periods in release.codes.items()
        )
    except InputError as fault:
        text = rendered(fault.diagnostics)
    golden(GOLDEN / "releases" / f"{name}.txt", text)


@pytest.mark.parametrize("name", PRECERTIFICATION)
def test_precertification_lists(write: Write, name: str) -> None:
    path = write("list.csv", PRECERTIFICATION[name])
    try:
        rows = read_precertification_list(path).rows
        text = "".join(f"{row.first} to {row.last}, {row.origin}\n" for row in rows)
    except InputError as fault:
        text = rendered(fault.diagnostics)
    golden(GOLDEN / "precertification" / f"{name}.txt", text)


def test_evidence_for_what_is_not_there(write: Write) -> None:
    rows = "GOOF,1,item_kind,flush\nC1,7,item_kind,flush\nZZZ,,item_kind,flush"
    path = write("evidence.csv", f"claim_id,line_number,evidence,value\n{rows}\n")
    unused = read_evidence(path, TYPES).unused({"GOOD": [1], "C1": [1, 2]})
    assert rendered(unused) == (
        "warning: there is evidence for claim `GOOF`, which is not there\n"
        "  --> evidence.csv, row 2, column `claim_id`\n  = help: did you mean `GOOD`?\n"
        "warning: there is evidence for line 7 of claim `C1`, which is not there\n"
        "  --> evidence.csv, row 3, column `line_number`\n"
        "  = help: the claim has the lines 1, 2\n"
        "warning: there is evidence for claim `ZZZ`, which is not there\n"
        "  --> evidence.csv, row 4, column `claim_id`\n"
    )


def test_evidence_from_python() -> None:
    index = index_evidence(
        [
            Evidence("C1", 1, "administered_units", Decimal("2.5")),
            {"claim_id": "C1", "evidence": "item_kind", "value": "flush"},
        ],
        TYPES,
    )
    assert not index.diagnostics
    assert [(each.line_number, each.value) for each in index.for_claim("C1")] == [
        (1, Decimal("2.5")),
        (None, "flush"),
    ]


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (Evidence("C1", 1, "zebra", "yes"), "unknown evidence `zebra`"),
        (Evidence("C1", 1, "item_kind", "zebra"), "`item_kind` cannot be `zebra`"),
        (
            {"claim_id": "C1", "evidence": "coverage_criteria_met", "value": True},
            "`value` cannot be true or false",
        ),
        ("C1", "a record cannot be of the type `str`"),
    ],
)
def test_wrong_evidence_from_python(item: object, message: str) -> None:
    index = index_evidence([item], TYPES)
    assert [each.message for each in index.diagnostics] == [message]
    assert (len(index), index.rows_read, index.rows_rejected) == (0, 1, 1)


def test_overrides_from_python() -> None:
    good = Override("plan", "P1", "R14-FAC-1", "waived")
    (kept,) = collect_overrides([good], CLAUSES)
    assert kept[:7] == good[:7]
    with pytest.raises(InputError) as raised:
        collect_overrides([good, good._replace(clause_id="R14-FAC-11")], CLAUSES)
    assert raised.value.diagnostics[0].message == "unknown clause `R14-FAC-11`"


@pytest.mark.skipif(not RELEASE.exists(), reason="the release is not here")
def test_the_release_of_2018() -> None:
    release = read_hcpcs_release(RELEASE)
    assert len(release.codes) > 6000
    assert "J7050" in release.codes
    assert "J9999999" not in release.codes


@pytest.mark.parametrize("name", ["none.csv", "."])
def test_what_is_no_file(write: Write, name: str) -> None:
    assert read_evidence(name, TYPES).diagnostics
    for read in (read_hcpcs_release, read_precertification_list):
        with pytest.raises(ClausewiseError):
            read(name)
    with pytest.raises(ClausewiseError):
        read_overrides(name, CLAUSES)

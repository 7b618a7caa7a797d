"""Files from outside, where they are beside the repository."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from facts.claim import ClaimLine, Diagnosis
from tests.facts.readers.x12.read import Reading, read

SAMPLES = Path(__file__).parents[5] / "shared" / "samples" / "x12"

needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")
pytestmark = needs_samples


def sample(name: str, folder: Path) -> Reading:
    """Read a copy of a sample."""
    return read(folder / name, (SAMPLES / name).read_bytes())


def lines(found: Reading) -> list[ClaimLine]:
    """Return all lines; nothing may have been said of the file."""
    assert found.told() == []
    return [line for claim in found.claims for line in claim.lines]


def test_another_payer_does_not_disturb(tmp_path: Path) -> None:
    (line,) = lines(sample("demo.cob.example4.837", tmp_path))
    assert (line.procedure_code, line.modifiers) == ("99203", ("25",))
    assert (line.place_of_service, line.service_date) == ("11", date(2005, 1, 19))
    assert (line.rendering_provider, line.plan_id) == ("9090909090", None)
    assert line.diagnoses == (Diagnosis("71516"), Diagnosis("71906"))


def test_a_drug_has_its_ndc(tmp_path: Path) -> None:
    first, second = lines(sample("demo.drug.example10.1.837", tmp_path))
    assert (first.procedure_code, first.ndc) == ("90782", None)
    assert (second.procedure_code, second.ndc) == ("J1550", "00026063512")
    assert (second.ndc_quantity, second.ndc_unit, second.plan_id) == (10, "ML", "GRP01020102")


def test_dates_of_home_infusion_span_a_week(tmp_path: Path) -> None:
    found = lines(sample("demo.drug.example10.2.837", tmp_path))
    assert [line.procedure_code for line in found] == ["S9500", "S5001", *["S5000"] * 4]
    assert {(line.service_date, line.service_date_to) for line in found} == {
        (date(2004, 2, 1), date(2004, 2, 7))
    }
    assert {line.prior_authorization for line in found} == {None}


def test_an_institutional_claim(tmp_path: Path) -> None:
    found = lines(sample("institutional-claim.837i", tmp_path))
    assert [(line.revenue_code, line.procedure_code) for line in found] == [
        ("0305", "85025"),
        ("0730", "93005"),
    ]
    assert {line.type_of_bill for line in found} == {"141"}
    assert found[0].diagnoses == (Diagnosis("3669"), Diagnosis("4019"), Diagnosis("79431"))


def test_an_835_is_no_claim(tmp_path: Path) -> None:
    found = sample("managed-care.835", tmp_path)
    assert found.told() == ["segment 3 (ST), element ST01: the transaction `835` is not a claim"]
    assert found.tally.lines_read == 0

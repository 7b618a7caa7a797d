"""Our 835 read by programs that are not ours, and 835s from outside by all of us.

What these programs get wrong stands in ``findings``; here oxedi and pyx12 are right.
"""

from __future__ import annotations

import io
import logging
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from facts.claim import ClaimParties, Party
from facts.readers.x12.remittances import read_835
from facts.remittance import RemittedClaim
from kb.remit.paid_claim import PaidClaim
from kb.remit.payment import pay
from kb.remit.write_835 import Sender
from tests.facts.readers.x12.test_samples import SAMPLES
from tests.kb.remit.test_write_835 import SENDER, decided, line, written

WHOLE = Sender(
    SENDER.check,
    SENDER.paid_on,
    SENDER.payer,
    SENDER.payee,
    ("1 ROAD", "ANYTOWN", "OH", "43001"),
    ("DESK", "8005550100"),
)


def sent() -> str:
    """Return an 835 of every outcome, with two reasons on a line."""
    fees = {"J1200": Decimal("10.01")}
    outcomes = ("reduced", "denied", "bundled", "pended", "reimbursable", "not_addressed")
    lines = [
        pay(line(at, f"{at}00.1"), decided(each, 2 if each == "reduced" else None, at), fees)
        for at, each in enumerate(outcomes, 1)
    ]
    other = pay(line(1, "33.10")._replace(claim_id="C2"), decided("denied"))
    patient = ClaimParties(patient=Party("DOE, JO", "M1"))
    claims = [
        PaidClaim("C1", "C1", tuple(lines), patient),
        PaidClaim("C2", "C2", (other,), patient),
    ]
    return written(claims, WHOLE)


def ours(path: Path) -> tuple[list[Any], ...]:
    """Return charges, payments and adjustments of an 835 as our reader has them."""
    claims = [each for each in read_835(path) if isinstance(each, RemittedClaim)]
    lines = [line for claim in claims for line in claim.lines]
    adjustments = [
        each
        for claim in claims
        for each in (*claim.adjustments, *(one for line in claim.lines for one in line.adjustments))
    ]
    return (
        [(each.claim_id, each.charge, each.paid) for each in claims],
        [(each.procedure_code, each.charge, each.paid) for each in lines],
        sorted((each.group_code, each.carc, each.amount) for each in adjustments),
    )


def theirs(path: Path) -> tuple[list[Any], ...]:
    """Return the same as oxedi has it; it tells nothing wrong of what we wrote."""
    oxedi = pytest.importorskip("oxedi")
    tables = oxedi.parse(path.read_bytes()).tables

    def rows(name: str, *columns: str) -> list[tuple[Any, ...]]:
        frame = tables[name].to_polars()
        values = [frame[column].to_list() for column in columns]
        return [
            tuple(each.decode() if isinstance(each, bytes) else each for each in row)
            for row in zip(*values, strict=True)
        ]

    return (
        rows("claims", "claim_id", "charge_amount", "payment_amount"),
        rows("services", "procedure_code", "charge_amount", "payment_amount"),
        sorted(rows("adjustments", "group_code", "reason_code", "amount")),
    )


def test_oxedi_reads_what_we_wrote(tmp_path: Path) -> None:
    oxedi = pytest.importorskip("oxedi")
    path = tmp_path / "out.835"
    path.write_text(sent(), encoding="ascii")
    assert oxedi.parse(path.read_bytes()).diagnostics == []
    assert theirs(path) == ours(path)
    assert ("CO", "45", Decimal("30.03")) in ours(path)[2]


def test_pyx12_finds_nothing_wrong_in_what_we_wrote(caplog: pytest.LogCaptureFixture) -> None:
    document = pytest.importorskip("pyx12.x12n_document")
    params = pytest.importorskip("pyx12.params").params()

    def valid(text: str) -> bool:
        caplog.clear()
        logging.getLogger("pyx12").propagate = True
        return bool(document.x12n_document(params, io.StringIO(text), None, None))

    text = sent()
    assert valid(text), caplog.text
    for good, bad in (
        ("SE*", "SE*9"),
        ("CAS*CO*171", "CAS*XX*171"),
        ("N4*ANYTOWN*OH*43001~\n", ""),
    ):
        assert not valid(text.replace(good, bad)), bad


def by_pyx12(path: Path) -> list[tuple[str, str, Decimal]]:
    """Return the adjustments of an 835 as the segments of pyx12 have them."""
    x12file = pytest.importorskip("pyx12.x12file")
    found = []
    with path.open(encoding="ascii") as file:
        for segment in x12file.X12Reader(file):
            if segment.get_seg_id() != "CAS":
                continue
            for at in range(2, 20, 3):
                reason, amount = (segment.get_value(f"CAS{each:02}") for each in (at, at + 1))
                if reason:
                    found.append((segment.get_value("CAS01"), reason, Decimal(amount)))
    return sorted(found)


def test_pyx12_has_every_adjustment_of_what_we_wrote(tmp_path: Path) -> None:
    path = tmp_path / "out.835"
    path.write_text(sent(), encoding="ascii")
    assert by_pyx12(path) == ours(path)[2]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")
def test_samples_have_the_sums_that_others_give() -> None:
    samples = sorted(SAMPLES.glob("*.835"))
    assert samples
    for path in samples:
        assert theirs(path) == ours(path), path.name
        assert by_pyx12(path) == ours(path)[2], path.name

"""``clausewise remit``: determinations and charges as an 835 or as ClaimResponse."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from facts.readers.x12.remittances import read_835
from facts.remittance import RemittedClaim
from tests.explain.cli.conftest import EXAMPLES, Run, Write
from tests.facts.readers.fhir.build import claim, eob, file, item, usd

HEADER = "claim_id,line_number,claim_form,service_date,place_of_service,procedure_code,units,charge"
TABLE = (
    HEADER,
    "C2,1,cms1500,2018-06-01,11,J1642,1,10.25",
    "C1,1,cms1500,2018-06-01,22,96365,1,120.10",
    "C1,2,cms1500,2018-06-01,22,99213,1,80",
    "C2,2,cms1500,2018-06-01,11,J1200,2,15",
)
FEES = ("procedure_code,fee", "99213,60.005", "J1200,4.5")
DAY = ("--date", "2018-07-01")
PARTIES = (
    *DAY,
    *("--payer", "ACME", "--payer-id", "512345678"),
    *("--payee", "CLINIC", "--payee-npi", "1234567893"),
    *("--payer-address", "1 Road, Town, OH, 43001", "--payer-contact", "Desk, 800-555-0100"),
)


def test_a_table_becomes_an_835(run: Run, write: Write, here: Path) -> None:
    ended = run(
        *("remit", "-c", write("claims.csv", *TABLE), "--fees", write("fees.csv", *FEES)),
        *(*PARTIES, "-o", "out.835"),
    )
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.splitlines() == [
        "4 lines read = 4 determined + 0 rejected"
        " (1 denied, 1 bundled, 1 reimbursable, 1 not addressed)",
        "2 claims written, 0 left out: charge 225.35 = paid 69.01 + adjusted 156.34, 1 check",
    ]
    stream = read_835(here / "out.835")
    claims = [each for each in stream if isinstance(each, RemittedClaim)]
    assert stream.diagnostics == []
    assert [(each.claim_id, each.paid) for each in claims] == [
        ("C1", Decimal("60.01")),
        ("C2", Decimal(9)),
    ]
    assert claims[0].lines[0].policy_ids == ("R14-FAC-1",)
    [payment] = stream.payments
    assert (payment.number, str(payment.date), payment.payer) == (
        "CW20180701",
        "2018-07-01",
        "ACME",
    )


@pytest.mark.parametrize("ending", ["835", "json", "ndjson"])
def test_both_engines_write_the_same(ending: str, run: Run, write: Write, here: Path) -> None:
    made = [claim("F1", item(), item(2, net=usd("7.77"))), eob("F2")]
    files = [
        *("-c", write("claims.csv", *TABLE), "-c", str(EXAMPLES / "office.837")),
        *("-c", str(EXAMPLES / "hospital.837"), "-c", str(file(here, *made))),
    ]
    evidence = ("--evidence", str(EXAMPLES / "evidence.csv"))
    told = []
    for engine in ("pydatalog", "duckdb"):
        name = f"{engine}.{ending}"
        ended = run("remit", *files, *evidence, *PARTIES, "-o", name, "--engine", engine)
        told.append((ended.code, ended.err))
    assert told[0] == told[1]
    first, second = ((here / f"{engine}.{ending}") for engine in ("pydatalog", "duckdb"))
    assert first.read_bytes() == second.read_bytes()
    assert len(first.read_bytes()) > 2_000


def test_an_837_names_who_pays_whom_for_whom(run: Run, here: Path) -> None:
    text = (EXAMPLES / "office.837").read_text()
    row = "NM1*IL*1*DOE*PAT****MI*M1~"
    assert row in text
    (here / "office.837").write_text(text.replace(row, f"{row}\nNM1*PR*2*PLAN*****PI*66783~"))
    ended = run("remit", "-c", "office.837", *DAY, "-o", "out.835")
    assert ended.code == 0
    stream = read_835(here / "out.835")
    claims = [each for each in stream if isinstance(each, RemittedClaim)]
    assert {each.patient_id for each in claims} == {"M1"}
    [payment] = stream.payments
    assert (payment.payer, payment.payer_id) == ("PLAN", "0000066783")
    assert (payment.payee, payment.payee_id) == ("EXAMPLE CLINIC", "1234567893")
    assert "note: an 835 names the address of the payer (N3, N4) and whom to ask (PER)" in ended.err


def test_a_fhir_claim_is_answered(run: Run, here: Path) -> None:
    plan = {"resourceType": "Organization", "id": "o1", "name": "PLAN"}
    made = claim("F1", contained=[plan], insurer={"reference": "#o1"})
    ended = run("remit", "-c", str(file(here, made)), *DAY, "-o", "out.json")
    assert (ended.code, ended.out) == (0, "")
    response: dict[str, Any] = json.loads((here / "out.json").read_text())
    assert response["insurer"] == {"display": "PLAN"}
    assert response["patient"] == {"reference": "Patient/p1"}
    assert response["requestor"]["identifier"]["value"] == "1234567893"
    assert [each["itemSequence"] for each in response["item"]] == [1]


def test_what_cannot_be_sent_is_told_and_the_rest_is_written(
    run: Run, write: Write, here: Path
) -> None:
    rows = (*TABLE, f"{'L' * 21},1,cms1500,2018-06-01,11,J1642,1,1", "B,1,cms1500,?,11,J1642,1,1")
    ended = run("remit", "-c", write("claims.csv", *rows), *PARTIES, "-o", "out.835")
    assert ended.code == 3
    assert "error: `service_date` is not a date: `?`" in ended.err
    assert f"error: claim `{'L' * 21}` cannot be sent in an 835: its id does not fit" in ended.err
    assert "6 lines read = 5 determined + 1 rejected" in ended.err
    assert "2 claims written, 1 left out: charge 225.35 =" in ended.err
    alone = run("remit", "-c", write("one.csv", HEADER, rows[-2]), *PARTIES, "-o", "one.835")
    assert (alone.code, (here / "one.835").exists()) == (3, False)
    assert "error: no claim can be written" in alone.err


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("-o", "out.835"), "`--date` is missing"),
        ((*DAY, "-o", "out.pdf"), "`out.pdf` has an unknown ending"),
        (("--date", "July", "-o", "o.835"), "`--date` is not a date: `July`"),
        (
            (*DAY, "--payee-npi", "12", "-o", "o.835"),
            "`--payee-npi` is not a provider identifier: `12`",
        ),
        ((*DAY, "--payer-id", "12", "-o", "o.835"), "`--payer-id` comes with `--payer`"),
        ((*DAY, "--payer-address", "x, y", "-o", "o.835"), "`--payer-address` has not 4 parts"),
        ((*DAY, "--payer-contact", "x", "-o", "o.835"), "`--payer-contact` has not 2 parts"),
        ((*DAY, "--remittance", "x.835", "-o", "o.835"), "`--remittance` is for `audit`"),
        ((*DAY, "-o", "claims.csv"), "`claims.csv` has an unknown ending"),
    ],
)
def test_a_wrong_option_is_told(
    options: tuple[str, ...], sentence: str, run: Run, write: Write
) -> None:
    ended = run("remit", "-c", write("claims.csv", *TABLE), *options)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"error: {sentence}\n")


def test_bad_fees_are_told(run: Run, write: Write, here: Path) -> None:
    fees = write("fees.csv", "procedure_code,fee", "J1200,x")
    ended = run("remit", "-c", write("c.csv", *TABLE), "--fees", fees, *PARTIES, "-o", "out.835")
    assert (ended.code, (here / "out.835").exists()) == (3, False)
    assert "error: `fee` is not a number: `x`\n  --> fees.csv, row 2, column `fee`" in ended.err

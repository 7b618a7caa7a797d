"""Columns as people have them: usual names, mappings, what contradicts, what decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts.diagnostic import UsageError
from facts.readers.column_names import usual
from facts.readers.column_values import PARSERS
from facts.readers.detect import open_claims
from facts.readers.layout import LaidOutFiles, Layout
from facts.readers.records import read_claims_from_records
from tests.facts.readers.conftest import Write
from tests.facts.readers.reading import Reading, rows

HEADER = "claim_id,line_number,claim_form,service_date"
GOOD = "A1,1,cms1500,2018-06-01"


def laid_out(path: Path, *maps: str, dates: str | None = None) -> Reading:
    return Reading(open_claims(path, layout=Layout.of(maps, dates)))


@pytest.mark.parametrize(
    ("name", "column", "position"),
    [
        ("DOS", "service_date", 1),
        ("from_date", "service_date", 1),
        ("service_from", "service_date", 1),
        ("SVC_FROM_DT", "service_date", 1),
        ("Date of Service (From)", "service_date", 1),
        ("thruDate", "service_date_to", 1),
        ("hcpcs", "procedure_code", 1),
        ("CPT", "procedure_code", 1),
        ("procedure", "procedure_code", 1),
        ("PROC_CD", "procedure_code", 1),
        ("billed_amount", "charge", 1),
        ("CHARGE_AMT", "charge", 1),
        ("qty", "units", 1),
        ("pos", "place_of_service", 1),
        ("rev_code", "revenue_code", 1),
        ("NPI", "rendering_provider", 1),
        ("modifier_1", "modifiers", 1),
        ("mod4", "modifiers", 4),
        ("Modifier 2", "modifiers", 2),
        ("MOD_CD_3", "modifiers", 3),
        ("modifier2_code", "modifiers", 2),
        ("Modifier B", "modifiers", 2),
        ("dx_12", "diagnoses", 12),
        ("ICD10_3", "diagnoses", 3),
    ],
)
def test_usual_names(name: str, column: str, position: int) -> None:
    assert usual(name, PARSERS) == (column, position)


@pytest.mark.parametrize(
    "name",
    [
        *("modifier_5", "modifier_0", "dx26", "modified_date", "paid_date", "birth_date", "code"),
        *("date", "total_charge", "billing_npi", "unit_price", "patient_id", "units\ufffd", ""),
    ],
)
def test_names_that_are_not_read(name: str) -> None:
    assert usual(name, PARSERS) is None


def test_numbered_modifiers_are_joined_in_order(write: Write) -> None:
    head = f"{HEADER},modifier_2,procedure_code,modifier,modifier_3"
    write("c.csv", rows(head, f"{GOOD},59,J7050, jw ,", f"{GOOD.replace(',1,', ',2,')},,J7050,,25"))
    found = Reading(open_claims("c.csv"))
    one, two = found.claims["A1"].lines
    assert one.modifiers == ("JW", "59")
    assert two.modifiers == ("25",)
    assert one.trace is not None
    place = str(one.trace.origin("modifiers"))
    assert place == "c.csv, row 2, columns `modifier`, `modifier_2` and `modifier_3`"
    assert found.told == [
        (
            "note: `modifier`, `modifier_2` and `modifier_3` are read as `modifiers`",
            "c.csv, row 1",
            "they are joined in this order",
        ),
        (
            "note: `modifiers` was read as `JW 59` instead of `jw 59`",
            place,
            "codes are upper case without blanks",
        ),
    ]


@pytest.mark.parametrize(
    ("columns", "message", "help"),
    [
        ("dos,from_date", "`dos` and `from_date`", "service_date=dos"),
        ("service_date,DOS", "`service_date` and `DOS`", "service_date=service_date"),
        ("service_date,mod1,modifiers", "`modifiers` and `mod1`", "modifiers=modifiers"),
        ("service_date,mod_1,mod_a", "`mod_1` and `mod_a`", "modifiers=mod_1"),
    ],
)
def test_two_columns_for_one(write: Write, columns: str, message: str, help: str) -> None:
    header = HEADER.replace("service_date", columns)
    column = help.partition("=")[0]
    write("c.csv", rows(header, "A1,1,cms1500" + ",2018-06-01" * len(columns.split(","))))
    found = Reading(open_claims("c.csv"))
    errors = [each for each in found.told if each[0].startswith("error")]
    assert errors == [
        (
            f"error: the columns {message} would both be `{column}`",
            "c.csv, row 1",
            f"say which one: --map {help}",
        )
    ]
    assert not found.tally.lines_read
    again = laid_out(Path("c.csv"), help)
    assert again.tally.lines_read == 1
    assert not [each for each in again.told if "would both" in each[0]]


@pytest.mark.parametrize("name", ["modifier_5", "modifer1", "mod_list", "unts", "thru_dat"])
def test_a_column_that_decides_refuses_the_file(write: Write, name: str) -> None:
    write("c.csv", rows(f"{HEADER},{name}", f"{GOOD},JW"))
    (told,) = Reading(open_claims("c.csv")).told
    assert told[0].startswith(f"error: unknown column `{name}`, which may be the missing `")
    assert told[2].endswith(f"={name}, or --map ignore={name}")
    assert laid_out(Path("c.csv"), f"ignore={name}").told == []


def test_a_mapping(write: Write) -> None:
    header = "ACCT,LN#,F,WHEN,units,QTY_ALLOWED,M1,M2"
    write("c.csv", rows(header, "A1,1,cms1500,2018-06-01,1,7,59,25"))
    text = "claim_id=acct,line_number=LN#,claim_form=F,service_date=WHEN,units=QTY_ALLOWED"
    found = laid_out(Path("c.csv"), text, "modifiers=M2", "modifiers=M1")
    (line,) = found.claims["A1"].lines
    assert (line.units, line.modifiers) == (7, ("25", "59"))
    assert line.trace is not None
    assert str(line.trace.origin("claim_id")) == "c.csv, row 2, column `ACCT`"
    assert found.told[0][::2] == (
        "warning: unknown column `units`, which is not read",
        "`units` is mapped to another column",
    )
    assert "note: `M2` and `M1` are read as `modifiers`" in [each[0] for each in found.told]
    write(
        "map.toml",
        'claim_id = "ACCT"\nignore = ["units"]\n[columns]\nline_number = "LN#"\nclaim_form = "F"\n'
        'service_date = "WHEN"\nunits = "QTY_ALLOWED"\nmodifiers = ["M2", "M1"]\n',
    )
    again = laid_out(Path("c.csv"), "map.toml")
    assert again.claims["A1"].lines[0][:-1] == line[:-1]
    assert not [each for each in again.told if not each[0].startswith("note")]


def test_a_mapping_of_objects_and_of_parquet(write: Write) -> None:
    duckdb = pytest.importorskip("duckdb")
    write("c.jsonl", '{"ACCT": 7, "line_number": 1, "claim_form": "ub04", "WHEN": "2018-06-01"}\n')
    duckdb.execute(
        "COPY (SELECT 7 AS ACCT, 1 AS line_number, 'ub04' AS claim_form, DATE '2018-06-01' AS WHEN)"
        " TO 'c.parquet'"
    )
    files = LaidOutFiles(["c.jsonl"]).laid_out(Layout.of(["claim_id=ACCT,service_date=WHEN"]))
    places = []
    for name in ("c.jsonl", "c.parquet"):
        found = Reading(open_claims(LaidOutFiles([name]).laid_out(files.layout), only="7"))
        assert not found.rejected
        trace = found.claims["7"].lines[0].trace
        assert trace is not None
        places.append(str(trace.origin("service_date")))
    assert places == ["c.jsonl, row 1, `$.WHEN`", "c.parquet, row 1, column `WHEN`"]


def test_a_name_of_the_mapping_that_is_nowhere(write: Write) -> None:
    absent = "error: there is no column `MODX`, which is to be read as `modifiers`"
    write("c.csv", rows(HEADER, GOOD))
    write("c.jsonl", '{"claim_id": "A"}\n')
    for name in ("c.csv", "c.jsonl"):
        found = laid_out(Path(name), "modifiers=MODX")
        assert absent in [each[0] for each in found.told]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("claim_id", "`--map claim_id` is no mapping"),
        ("none.toml", "`--map none.toml` is no mapping"),
        ("claim_id=", "`--map claim_id=` is no mapping"),
        ("clam_id=X", "claims have no column `clam_id`"),
        ("bad.toml", "the mapping file `bad.toml` cannot be read: "),
        ("odd.toml", "`units` of the mapping file `odd.toml` is no heading"),
    ],
)
def test_mappings_that_are_none(write: Write, text: str, message: str) -> None:
    write("bad.toml", "claim_id = ")
    write("odd.toml", "units = 7")
    with pytest.raises(UsageError) as fault:
        Layout.of([text])
    assert fault.value.diagnostics[0].message.startswith(message)


def test_records_by_usual_names() -> None:
    record: dict[str, object] = {"Claim No": "A1", "line": 1, "form": "cms1500"}
    record |= {"DOS": "2018-06-01", "mod2": "25", "mod1": 59}
    found = Reading(read_claims_from_records([record]))
    (line,) = found.claims["A1"].lines
    assert line.modifiers == ("59", "25")
    assert line.trace is not None
    assert str(line.trace.origin("service_date")) == "<records>, record 1, `DOS`"
    assert len(found.told) == 5
    layout = Layout.of(["units=MY"])
    found = Reading(read_claims_from_records([{**record, "MY": 3}], layout=layout))
    (line,) = found.claims["A1"].lines
    assert line.units == 3

"""The tables of R14 stand as they do in the policy document, where a person has it."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "kb" / "policies" / "r14"
DOCUMENT = ROOT.parent / "shared" / "seed" / "r14-policy.txt"
TABLES = sorted(path.stem for path in (FOLDER / "tables").glob("*.csv"))
CODE_TABLES = tuple(name for name in TABLES if name != "item_kind_words")

ROW_START = re.compile(r"^([A-Z]?\d{4,5}(?:-[A-Z]?\d{4,5})?(?: \d{4})*)\t")
ANY_CODE = re.compile(r"(?<![A-Z0-9])[A-Z]?\d{4,5}(?:-[A-Z]?\d{4,5})?(?![A-Z0-9])")

REGIONS = {
    "associated_revenue_codes": (175, 186),
    "cms1500_facility": (187, 221),
    "office_infusion": (222, 258),
    "office_supplies": (259, 290),
    "per_diem_table": (291, 337),
    "home_supplies": (338, 372),
    "not_separately_reimbursed": (373, 378),
    "ub04_incidental": (379, 401),
}
"""Tables that the document prints, from the line of their heading to the line before the next."""

PROSE = {
    "facility_professional": (106, 162),
    "infusion_service": (117,),
    "per_diem_prose": (165,),
}
"""Tables that the document gives in running text, with the lines that list their codes."""

needs_document = pytest.mark.skipif(not DOCUMENT.exists(), reason="the document is not at hand")


def rows(table: str) -> list[dict[str, str]]:
    with (FOLDER / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def spelled(row: dict[str, str]) -> str:
    return f"{row['first']}-{row['last']}" if row["last"] else row["first"]


def numbers(document_lines: str) -> list[int]:
    found: list[int] = []
    for part in filter(None, document_lines.split(",")):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


@pytest.fixture(scope="module")
def document() -> list[str]:
    """Lines of the document, counted from 1, every dash and the blanks around it made alike."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return ["", *(re.sub(r"(?<=\d) ?[–-] ?(?=[A-Z]?\d)", "-", line) for line in text.split("\n"))]


def declarations() -> dict[str, dict[str, str]]:
    policy = tomllib.loads((FOLDER / "policy.toml").read_text(encoding="utf-8"))
    tables: dict[str, dict[str, str]] = policy["tables"]
    return tables


def test_every_table_is_declared_and_every_declaration_has_a_table() -> None:
    gathered = {name for name, each in declarations().items() if "rows_of" in each}
    assert set(declarations()) - gathered == set(TABLES)
    assert gathered == {"counted_otherwise"}


@pytest.mark.parametrize("table", CODE_TABLES)
def test_rows_are_codes_in_order(table: str) -> None:
    found = rows(table)
    assert found
    for row in found:
        assert re.fullmatch(r"[A-Z]?\d{2,5}", row["first"])
        if row["last"]:
            assert len(row["first"]) == len(row["last"])
            assert row["first"] < row["last"]
    spelled_rows = [spelled(row) for row in found]
    assert len(spelled_rows) == len(set(spelled_rows))


def test_amounts_have_units() -> None:
    amounts = {
        row["first"]: (row["amount"], row["unit"])
        for table in ("dose_per_unit", "amount_per_unit")
        for row in rows(table)
    }
    assert amounts == {
        "J1200": ("50", "mg"),
        "J1642": ("10", "units"),
        "J7050": ("250", "cc"),
        "B4153": ("100", "calories"),
    }


def test_words_give_declared_item_kinds() -> None:
    policy = tomllib.loads((FOLDER / "policy.toml").read_text(encoding="utf-8"))
    kinds = policy["evidence"]["item_kind"]["choices"]
    for row in rows("item_kind_words"):
        assert row["value"] in kinds
        assert row["first"] == row["first"].lower()


@needs_document
@pytest.mark.parametrize("table", CODE_TABLES)
def test_each_row_stands_on_its_lines(table: str, document: list[str]) -> None:
    for row in rows(table):
        for number in numbers(row["document_lines"]):
            line = document[number]
            codes = ANY_CODE.findall(line)
            first_bound = {code.split("-")[0] for code in codes if len(set(code.split("-"))) == 1}
            assert spelled(row) in codes or (row["first"] in first_bound and not row["last"])


@needs_document
@pytest.mark.parametrize("table", REGIONS)
def test_printed_tables_are_complete(table: str, document: list[str]) -> None:
    first, last = REGIONS[table]
    printed = [
        (code, str(number))
        for number in range(first, last + 1)
        if (match := ROW_START.match(document[number]))
        for code in match[1].split(" ")
    ]
    assert [(spelled(row), row["document_lines"]) for row in rows(table)] == printed


@needs_document
def test_regions_follow_each_other_to_the_references(document: list[str]) -> None:
    bounds = list(REGIONS.values())
    assert all(bounds[n][1] + 1 == bounds[n + 1][0] for n in range(len(bounds) - 1))
    assert document[bounds[-1][1] + 1] == "References"


@needs_document
@pytest.mark.parametrize("table", PROSE)
def test_prose_tables_are_complete(table: str, document: list[str]) -> None:
    for number in PROSE[table]:
        named = {
            code.split("-")[0] if len(set(code.split("-"))) == 1 else code
            for code in ANY_CODE.findall(document[number].replace("CMS 1500", ""))
        }
        assert {spelled(row) for row in rows(table)} == named
        assert all(number in numbers(row["document_lines"]) for row in rows(table))


@needs_document
def test_no_text_of_the_document_is_copied(document: list[str]) -> None:
    """No eight words in a row of our own texts stand in the document."""

    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"[a-z0-9]+", text.lower())
        return {tuple(words[n : n + 8]) for n in range(len(words) - 7)}

    theirs = runs("\n".join(document))
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix in {".csv", ".toml", ".md"}:
            text = re.sub(r"\d", "", path.read_text(encoding="utf-8"))
            shared = {" ".join(run) for run in runs(text) & theirs}
            assert not shared, f"{path.name}: {sorted(shared)[:3]}"

"""CSV of claims: what is broken costs its own claim and no other."""

from __future__ import annotations

import pytest

from tests.facts.readers.conftest import Write
from tests.facts.readers.reading import GOOD, HEADER, read, rows

MISSING = "is a comma or a quotation mark missing?"


@pytest.mark.parametrize(
    ("path", "message", "help"),
    [
        ("none.csv", "there is no file `none.csv`", "look at the name and the folder"),
        (".", "`.` is a folder", "name the files in it"),
        ("a\0b", "`a\\x00b` cannot be read: it is no name of a file", ""),
        ("n" * 300, f"`{'n' * 300}` cannot be read: file name too long", ""),
    ],
)
def test_a_file_that_cannot_be_opened(write: Write, path: str, message: str, help: str) -> None:
    good = write("good.csv", rows(HEADER, GOOD))
    reading = read(path, good)
    assert ("error: " + message, path, help) in reading.told
    assert set(reading.claims) == {"G"}


@pytest.mark.parametrize(
    ("row", "message", "column", "help"),
    [
        ("A,1,cms1500,2018-06-01,J7050", "the row has 5 values, the header has 7 columns", "", ""),
        (f"A,1{',' * 7}", "the row has 9 values, the header has 7 columns", "", ""),
        (
            'A,1,cms1500,2018-06-01,J7050,1,"flush',
            "the row cannot be read as CSV: a quotation mark is opened and not closed",
            "",
            "",
        ),
        (
            'A,1,cms1500,2018-06-01,J7050,1,"a"b',
            "the row cannot be read as CSV: there is a quotation mark inside a quoted value",
            "",
            "",
        ),
        (
            f"A,1,cms1500,2018-06-01,J7050,1,{'x' * 200_000}",
            "the row cannot be read as CSV: a value is too long",
            "",
            "",
        ),
        (
            f"A,1,cms1500,2018-06-01,J7050,1,{'x' * 2_500_000}",
            "the row cannot be read as CSV: it is longer than 1000000 characters",
            "",
            "",
        ),
        (
            f"A,1,cms1500,2018-06-01,J7050,1,{'x' * 20_000}",
            "`description` is longer than 10000 characters",
            "description",
            None,
        ),
        (
            "A,1,cms1500,2018-06-01,J7050,1,a\0b",
            "`description` has characters that cannot be read: `a\\x00b`",
            "description",
            "save the file as UTF-8",
        ),
        (
            "A,one,cms1500,2018-06-01,J7050,1,",
            "`line_number` is not a whole number: `one`",
            "line_number",
            "count from 1",
        ),
        ("A,1,cms1500,,J7050,1,", "`service_date` is empty", "service_date", None),
        (
            "A,1,cms1500,2018-02-30,J7050,1,",
            "`service_date` is a date that does not exist: `2018-02-30`",
            "service_date",
            "look at the month and the day",
        ),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else None,
)
def test_a_row_that_cannot_be_read(
    write: Write, row: str, message: str, column: str, help: str | None
) -> None:
    path = write(
        "c.csv", rows(HEADER, GOOD.replace("G,1", "A,2"), GOOD, *["," * 6] * 10_000, row, GOOD)
    )
    text = path.read_text(encoding="utf-8").replace(f"{GOOD}\n", "", 1)
    path.write_text(text, encoding="utf-8", newline="")
    reading = read("c.csv")
    place = f"c.csv, row 10003{f', column `{column}`' if column else ''}"
    assert reading.told == [
        (f"error: {message}", place, MISSING if help == "" else help or ""),
        (
            "note: claim `A` is rejected with all of its 2 lines",
            "",
            "clauses look at the other lines of a claim, so a claim is read whole or not at all",
        ),
    ]
    assert set(reading.claims) == {"G"}
    assert (reading.tally.lines_read, reading.tally.lines_rejected) == (3, 2)


def test_all_faults_of_a_row_are_told_at_once(write: Write) -> None:
    write("c.csv", rows(HEADER, "A,0,,01.06.2018,J-7050,-1,"))
    assert [message for message, _, _ in read("c.csv").told] == [
        "error: `line_number` is below 1: `0`",
        "error: `service_date` is not a date: `01.06.2018`",
        "error: `procedure_code` is not a code: `J-7050`",
        "error: `units` is negative: `-1`",
        "error: `claim_form` is empty",
    ]


def test_a_quotation_mark_swallows_no_row(write: Write) -> None:
    lines = [f"C{number},1,cms1500,2018-06-01,J7050,1,plain" for number in range(1000)]
    lines[10] = lines[10].replace("plain", '"plain')
    lines[500] = lines[500].replace("plain", '"plain')
    write("c.csv", rows(HEADER, *lines))
    reading = read("c.csv")
    assert [item.claim_id for item in reading.rejected] == ["C10", "C500"]
    assert len(reading.claims) == 998


def test_a_line_that_stands_twice_names_both_rows(write: Write) -> None:
    write("c.csv", rows(HEADER, GOOD, GOOD.replace("G,1", "H,1"), GOOD))
    reading = read("c.csv")
    assert reading.told[0] == (
        "error: line 1 of claim `G` occurs twice",
        "c.csv, row 4, column `line_number`",
        "the other is in c.csv, row 2, column `line_number`",
    )
    assert (set(reading.claims), reading.tally.lines_rejected) == ({"H"}, 2)


def test_a_line_that_stands_in_two_files(write: Write) -> None:
    write("a.csv", rows(HEADER, GOOD, GOOD.replace("G,1", "H,1")))
    write("b.csv", rows(HEADER, GOOD, GOOD.replace("G,1", "H,2")))
    reading = read("a.csv", "b.csv")
    assert not reading.told
    assert sorted(reading.claims) == ["G@-/2018-06-01", "G@-/2018-06-01#2", "H"]
    assert [line.line_number for line in reading.claims["H"].lines] == [1, 2]


def test_unknown_and_unnamed_columns_are_warnings(write: Write) -> None:
    write("c.csv", rows(f"{HEADER},Paid Date,,", f"{GOOD},59,,"))
    assert read("c.csv").told == [
        ("warning: a column without a name, which is not read", "c.csv, row 1", ""),
        (
            "warning: unknown column `Paid Date`, which is not read",
            "c.csv, row 1",
            "did you mean `processed_date`?",
        ),
    ]


def test_many_unknown_columns_are_counted(write: Write) -> None:
    strange = [f"x{number}" for number in range(5000)]
    write("c.csv", rows(",".join([HEADER, *strange]), GOOD + "," * 5000))
    reading = read("c.csv")
    assert reading.told[-1][0] == "warning: 4970 more unknown columns, which are not read"
    assert set(reading.claims) == {"G"}


def test_normalised_codes_are_noted_once_for_each_value(write: Write) -> None:
    lines = [f"C{number},1,cms1500,2018-06-01,j7050,1," for number in range(50)]
    write("c.csv", rows(HEADER, *lines))
    assert read("c.csv").told == [
        (
            "note: `procedure_code` was read as `J7050` instead of `j7050`",
            "c.csv, row 2, column `procedure_code`",
            "codes are upper case without blanks",
        ),
    ]


def test_notes_do_not_grow_with_the_file(write: Write) -> None:
    lines = [f"C{number},1,cms1500,2018-06-01,j{number:04},1," for number in range(1200)]
    write("c.csv", rows(HEADER, *lines))
    reading = read("c.csv")
    assert len(reading.beside) == 1001
    assert reading.told[-1][0] == "note: 200 more notes of this kind are left out"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("before", ["", "\n\n"])
def test_line_ends_marks_and_blank_rows(write: Write, end: str, mark: str, before: str) -> None:
    lines = [HEADER, "", GOOD, "", ",,,,,,", 'H,1,cms1500,2018-06-01,J7050,1,"a ""b"",\nc"']
    text = (before + "\n".join(lines)).replace("\n", end)
    write("c.csv", (mark + text).encode())
    reading = read("c.csv")
    assert reading.told == []
    line = reading.claims["H"].lines[0]
    assert line.description == f'a "b",{end}c'
    assert line.trace is not None
    assert str(line.trace.origin("units")) == f"c.csv, row {6 + len(before)}, column `units`"


def test_a_byte_that_cannot_be_read_behind_the_first_ones(write: Write) -> None:
    lines = [f"C{number},1,cms1500,2018-06-01,J7050,1,plain" for number in range(3000)]
    lines[2500] += "\u00ff"
    write("c.csv", "\n".join([HEADER, *lines]).encode("latin-1"))
    reading = read("c.csv")
    assert reading.told == [
        (
            "error: `description` has characters that cannot be read: `plain\ufffd`",
            "c.csv, row 2502, column `description`",
            "save the file as UTF-8",
        ),
    ]


def test_a_broken_table_takes_no_quadratic_time(write: Write) -> None:
    write("c.csv", HEADER + "\n" + 'a","b\n' * 100_000)
    assert read("c.csv").tally.lines_read == 100_000

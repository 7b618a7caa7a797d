"""Packed files and files in Windows-1252, as every reader has them."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from facts.diagnostic import Diagnostic
from facts.readers.evidence import read_evidence
from facts.readers.opening import InputText
from facts.readers.overrides import read_overrides
from facts.readers.x12.remittances import read_835
from tests.facts.readers.conftest import Write
from tests.facts.readers.reading import GOOD, HEADER, read, rows

CSV = rows(HEADER, GOOD)
OBJECT = (
    '{"claim_id": "G", "line_number": 1, "claim_form": "cms1500", "service_date": "2018-06-01",'
    ' "procedure_code": "J7050", "units": 1, "description": "saline"}\n'
)
EXAMPLE = (Path(__file__).parents[3] / "explain/examples/office.837").read_text(encoding="utf-8")
READ_AS = "note: `{}` is read as Windows-1252, as its bytes are no UTF-8"


def zipped(members: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("name", ["claims.csv", "claims.jsonl", "claims.837"])
@pytest.mark.parametrize("packed", ["gzip", "zip"])
def test_a_packed_file_is_read_as_what_it_holds(write: Write, name: str, packed: str) -> None:
    content = {"claims.csv": CSV, "claims.jsonl": OBJECT, "claims.837": EXAMPLE}[name]
    plain = read(write(name, content))
    made = gzip.compress(content.encode())
    if packed == "zip":
        made = zipped({name: content, f"__MACOSX/._{name}": "x", "folder/": "", ".DS_Store": "x"})
    found = read(write(name, made))
    assert found.told == plain.told
    assert found.claims.keys() == plain.claims.keys()
    assert found.tally == plain.tally
    assert plain.claims


def test_evidence_overrides_and_remittances_are_opened_likewise(write: Write) -> None:
    evidence = "claim_id,line_number,evidence,value\nC1,1,item_kind,flush\n"
    write("e.csv.gz", gzip.compress(evidence.encode()))
    assert read_evidence("e.csv.gz", {}).rows_read == 1
    override = "authority,authority_id,clause_id,effect\nplan,P\u00e9,R14-FAC-1,waived\n"
    write("o.zip", zipped({"o.csv": override}))
    assert read_overrides("o.zip", ["R14-FAC-1"])[0].authority_id == "P\u00e9"
    write("o.csv", override.encode("cp1252"))
    notes: list[Diagnostic] = []
    assert read_overrides("o.csv", ["R14-FAC-1"], notes)[0].authority_id == "P\u00e9"
    assert [f"{each.severity}: {each.message}" for each in notes] == [READ_AS.format("o.csv")]
    write("r.835", gzip.compress(b"ISA*cut"))
    stream = read_835("r.835")
    assert not list(stream)
    assert stream.diagnostics[0].message == "the header ends after 7 characters"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("two.zip", zipped({"a.csv": CSV, "b.csv": CSV}), "it is a zip of 2 files, not of one"),
        ("none.zip", zipped({"folder/": ""}), "it is a zip of no files, not of one"),
        ("cut.csv.gz", gzip.compress(CSV.encode())[:-9], "it is packed, and broken or not whole"),
        ("x.csv.gz", b"\x1f\x8bxx", "it is packed, and broken or not whole"),
        ("x.zip", b"PK\x03\x04xx", "it is a zip that is broken, or not whole"),
    ],
)
def test_a_packed_file_that_cannot_be_read(
    write: Write, name: str, content: bytes, reason: str
) -> None:
    found = read(write(name, content))
    assert found.told == [(f"error: `{name}` cannot be read: {reason}", name, "")]
    assert not found.tally.lines_read


def test_an_encrypted_member(write: Write) -> None:
    content = bytearray(zipped({"a.csv": CSV}))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(sign) + place] |= 1
    (told,) = read(write("a.zip", bytes(content))).told
    assert told[0] == "error: `a.zip` cannot be read: the file in the zip is encrypted"


def test_a_file_that_unpacks_without_end(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facts.readers.opening.ALWAYS_ALLOWED", 1 << 20)
    many = rows(HEADER, *[GOOD.replace("G,", f"G{each},", 1) for each in range(100)])
    for content in (gzip.compress(many.encode()), zipped({"a.csv": many})):
        assert len(read(write("a", content)).claims) == 100
    many += "\n" * (3 << 20)
    for content in (gzip.compress(many.encode()), zipped({"a.csv": many})):
        (told,) = read(write("a", content)).told
        assert (
            told[0] == "error: `a` cannot be read: it unpacks to more than 1 MiB, as no claims do"
        )


@pytest.mark.parametrize(
    ("content", "windows"),
    [
        (b"plain", False),
        ("caf\u00e9".encode(), False),
        (b"caf\xe9", True),
        (b"\x93caf\xe9\x94 \x80 5", True),
        (b"caf\xff", False),
        (b"caf\x81", False),
        ("caf\u00e9".encode() + b" caf\xe9", False),
        (b"x" * ((1 << 20) - 1) + "\u00e9".encode() + b"\xe9", False),
        (b"x" * ((1 << 20) - 1) + b"\xe9" + b"x" * 9 + b"\xe9", True),
    ],
)
def test_windows_1252_is_where_the_bytes_say_so(
    write: Write, content: bytes, windows: bool
) -> None:
    assert InputText(write("a.txt", content)).windows is windows


def test_an_837_in_windows_1252(write: Write) -> None:
    text = EXAMPLE.replace("heparin", "h\u00e9parin", 1)
    assert text != EXAMPLE
    plain, found = read(write("a.837", text)), read(write("b.837", text.encode("cp1252")))
    assert [line.description for each in plain.claims.values() for line in each.lines] == [
        line.description for each in found.claims.values() for line in each.lines
    ]
    assert found.told[-1][0] == READ_AS.format("b.837")


def test_a_damaged_name_that_nobody_uses_rejects_nothing(write: Write) -> None:
    content = EXAMPLE.encode().replace(b"NM1*85*2*", b"NM1*85*2*\xff\x81", 1)
    assert content != EXAMPLE.encode()
    found = read(write("a.837", content))
    assert not found.rejected
    assert found.told == read(write("b.837", EXAMPLE)).told

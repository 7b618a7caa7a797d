"""Quotes of the person's own copy of the policy; the document here is made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from explain import narrative_of, why
from explain.english.places import line_numbers
from explain.narrative.policy_document import PolicyDocument, read_policy_document
from facts.diagnostic import InputError
from kb.knowledge_base import KnowledgeBase

LINES = [
    {
        "claim_id": "C1",
        "line_number": 1,
        "claim_form": "cms1500",
        "service_date": "2018-06-01",
        "place_of_service": "22",
        "procedure_code": "96365",
    }
]


@pytest.fixture(scope="module")
def explanation():
    return why(KnowledgeBase.load("r14").with_claims(LINES).claim("C1"), 1)


def test_the_cited_lines_are_quoted(explanation) -> None:
    copy = PolicyDocument("copy.txt", tuple(f"made up row {row}" for row in range(1, 501)))
    narrative = narrative_of(explanation, document=copy)
    (citation,) = narrative.citations
    assert [quote.number for quote in citation.quotes] == [106, 162, *range(187, 221)]
    assert citation.quotes[0].text == "made up row 106"
    assert narrative.document_name == "copy.txt"
    assert narrative_of(explanation).citations[0].quotes == ()


def test_an_empty_line_is_not_quoted_and_no_character_leaves_its_line() -> None:
    copy = PolicyDocument("copy.txt", ("one", "  ", "a\u202eb\x1b"))
    assert [quote.text for quote in copy.quote("1-3")] == ["one", "a\\u202eb\\x1b"]


def test_a_document_that_is_too_short_is_told(explanation) -> None:
    with pytest.raises(InputError) as caught:
        narrative_of(explanation, document=PolicyDocument("copy.txt", ("one", "two")))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.message == "the policy document has 2 lines, and line 220 is cited"
    assert diagnostic.help
    assert str(diagnostic.place) == "copy.txt"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the policy document is empty"),
        (b" \n \n", "the policy document is empty"),
        (b"\xff\xfe\x00a", "the policy document is not UTF-8 text"),
        (b"%PDF\0binary", "the policy document is not text"),
    ],
)
def test_what_is_no_document_is_told(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "copy.txt"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_policy_document(file)
    assert caught.value.diagnostics[0].message == message


def test_a_missing_document_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(InputError) as caught:
            read_policy_document(path)
        assert "the policy document cannot be read: " in caught.value.diagnostics[0].message


def test_line_ends_of_every_kind_count_alike(tmp_path: Path) -> None:
    file = tmp_path / "copy.txt"
    for end in ("\n", "\r\n", "\r"):
        file.write_bytes(f"\ufeffone{end}two{end}{end}four{end}".encode())
        assert read_policy_document(file).lines == ("one", "two", "", "four")


def test_line_numbers() -> None:
    assert line_numbers("106,162, 188-190") == [106, 162, 188, 189, 190]
    assert line_numbers("") == []
    assert line_numbers("5,3-5") == [5, 3, 4]

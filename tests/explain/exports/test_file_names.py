"""File names made of claim ids are safe on every system, unique, and the same for the same ids."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from explain.exports.file_names import file_names

HOSTILE = [
    "../../x",
    "..",
    ".",
    "",
    "/etc/passwd",
    "C:\\con",
    "<script>alert(1)</script>",
    "=cmd()",
    "a\u202eb",
    "x" * 10_000,
    "con",
    "NUL",
    "com1",
    "lpt0",
    "index",
    "Queue",
    "claim",
    "-rf",
    "~",
    "a\nb",
    "a\0b",
    "é",
    "\ud800",
    "CLM1",
    "clm1",
    "Clm1",
    " clm1",
    "clm1 ",
    "clm1.",
]
SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,130}")
DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)")


def hold(ids: list[str]) -> dict[str, str]:
    names = file_names(ids, ("index", "queue"))
    assert set(names) == set(ids)
    assert len({name.casefold() for name in names.values()}) == len(set(ids))
    for name in names.values():
        assert SAFE.fullmatch(name), name
        assert not DEVICES.fullmatch(name)
        assert name.casefold() not in ("index", "queue")
    assert names == file_names(reversed(ids), ("index", "queue"))
    return names


def test_hostile_claim_ids_become_plain_names() -> None:
    names = hold(HOSTILE)
    assert names["../../x"].startswith("x-")
    assert names[""].startswith("claim-")
    assert names["claim"] != names[""]
    assert names["CLM1"] != "CLM1"


def test_a_plain_claim_id_is_its_own_name() -> None:
    assert hold(["CLM1", "2018-0042_A"]) == {"CLM1": "CLM1", "2018-0042_A": "2018-0042_A"}


def test_a_name_that_looks_like_one_of_ours_stays_unique() -> None:
    made = file_names(["../../x"])["../../x"]
    hold(["../../x", made, made.upper()])


@given(st.lists(st.text(max_size=12), max_size=12, unique=True))
def test_any_claim_ids(ids: list[str]) -> None:
    hold(ids)


@given(st.lists(st.sampled_from(["a", "A", "b", ".", "/", " ", "-"]).map(str), max_size=30))
def test_ids_that_differ_in_little(parts: list[str]) -> None:
    hold(["".join(parts[:end]) for end in range(len(parts))])

"""Laws of the readers: order never matters, no line is lost, nothing else is ever raised."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.claim import ClaimLine
from facts.diagnostic import ClausewiseError
from facts.readers.batch import Claim, RejectedClaim
from facts.readers.code_lists import read_hcpcs_release, read_precertification_list
from facts.readers.detect import open_claims
from facts.readers.evidence import index_evidence, read_evidence
from facts.readers.overrides import collect_overrides, read_overrides
from facts.readers.records import read_claims_from_records
from kb.policy.loader import load_policy
from tests.facts.readers.cases import (
    EVIDENCE_HEADER,
    GOOD,
    HEADER,
    OVERRIDE_HEADER,
    record,
)
from tests.facts.readers.told import checked, reconciled

POLICY = load_policy("r14")
TYPES = POLICY.evidence_types
CLAUSES = tuple(POLICY.clauses)
IN_ONE_FOLDER = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150
)

CELLS = {
    "claim_id": ["A", "B", "C", ""],
    "line_number": ["1", "2", "3", "4", "x"],
    "claim_form": ["cms1500", "ub04", ""],
    "service_date": ["2018-06-01", "2018-02-30"],
    "procedure_code": ["J1200", "j7050", "", "-"],
    "units": ["1", "2.50", "", "abc"],
}
GOOD_CELLS = {"claim_form": ["cms1500"], "service_date": ["2018-06-01"], "units": ["1", ""]}
ROW = st.fixed_dictionaries(
    {
        name: st.one_of(st.sampled_from(GOOD_CELLS.get(name, cells)), st.sampled_from(cells))
        for name, cells in CELLS.items()
    }
)


def _csv(rows: list[dict[str, str]]) -> str:
    columns = HEADER.split(",")
    return "\n".join([HEADER, *(",".join(row[name] for name in columns) for row in rows), ""])


def _plain(item: Claim | RejectedClaim) -> Any:
    """Return what a claim says, without the places that it was read from."""
    if isinstance(item, RejectedClaim):
        return item.claim_id, item.lines_read
    return item.claim_id, tuple(line._replace(trace=None) for line in item.lines)


def _claims(items: list[Claim | RejectedClaim]) -> list[str]:
    return sorted(map(repr, map(_plain, items)))


@IN_ONE_FOLDER
@given(st.lists(ROW, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(
    tmp_path: Path, rows: list[dict[str, str]], shuffle: random.Random
) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(_csv(rows), encoding="utf-8")
    straight = reconciled(open_claims(path))
    shuffled = list(rows)
    shuffle.shuffle(shuffled)
    path.write_text(_csv(shuffled), encoding="utf-8")
    assert _claims(reconciled(open_claims(path))) == _claims(straight)


@IN_ONE_FOLDER
@given(st.lists(ROW, min_size=1, max_size=12), st.integers(0, 12))
def test_rows_in_several_files_or_in_python_are_the_same_claims(
    tmp_path: Path, rows: list[dict[str, str]], cut: int
) -> None:
    paths = [tmp_path / "one.csv", tmp_path / "two.csv", tmp_path / "all.csv"]
    for path, part in zip(paths, (rows[:cut], rows[cut:], rows), strict=True):
        path.write_text(_csv(part), encoding="utf-8")
    whole = _claims(reconciled(open_claims(paths[2])))
    parts = [
        {(row.get("claim_id", "").strip(), row.get("line_number", "").strip()) for row in part}
        for part in (rows[:cut], rows[cut:])
    ]
    if not parts[0] & parts[1]:
        assert _claims(reconciled(open_claims(paths[:2]))) == whole
    assert _claims(reconciled(read_claims_from_records(rows))) == whole


@IN_ONE_FOLDER
@given(st.lists(ROW, min_size=1, max_size=12))
def test_every_row_is_a_line_that_is_read_or_rejected(
    tmp_path: Path, rows: list[dict[str, str]]
) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(_csv(rows), encoding="utf-8")
    stream = open_claims(path)
    reconciled(stream)
    assert stream.tally.lines_read == len(rows)


def test_claim_lines_and_dicts_of_python_make_one_claim() -> None:
    row = {"claim_id": "C1", "line_number": 1, "claim_form": "ub04", "service_date": "2018-06-01"}
    (first,) = reconciled(read_claims_from_records([row]))
    assert isinstance(first, Claim)
    line: ClaimLine = first.lines[0]._replace(line_number=2, trace=None)
    (both,) = reconciled(read_claims_from_records([row, line]))
    assert isinstance(both, Claim)
    assert [each.line_number for each in both.lines] == [1, 2]
    twice = reconciled(read_claims_from_records([first, first]))
    assert [type(each) for each in twice] == [RejectedClaim, RejectedClaim]
    mixed = reconciled(read_claims_from_records([first, row]))
    assert [type(each) for each in mixed] == [RejectedClaim, RejectedClaim]
    once = reconciled(read_claims_from_records(iter([first, first])))
    assert [type(each) for each in once] == [Claim, RejectedClaim]


VALID = {
    "claims.csv": "\n".join([HEADER, 'C1,1,cms1500,2018-06-01,"J1200",1', GOOD, ""]),
    "claims.jsonl": "\n".join([record(units=1), record(line_number=2, modifiers=["59"]), ""]),
    "evidence.csv": f'{EVIDENCE_HEADER}\nC1,1,item_kind,flush,"a ""b"""\nC1,,dosage,5 mg,\n',
    "overrides.csv": f"{OVERRIDE_HEADER}\nplan,P1,R14-FAC-1,waived,2018-01-01,,x\n",
    "release.csv": "code,added,terminated\nJ7050,2000-01-01,\n",
    "release.txt": f"J7050     3{' ' * 257}20000101{' ' * 30}\n",
    "list.csv": "first,last\nJ0100,J0200\n",
}
PIECES = [
    b"",
    b",",
    b'"',
    b"\n",
    b"\r",
    b"{",
    b"}",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"ISA*",
    b"-1",
]
PIECES += [b"9" * 50, b"[" * 500, b"1e999", "\u2028\u202e".encode(), b"\x1c", b"PK\x03\x04"]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A valid file of which a few stretches are replaced, doubled or cut out."""
    name = draw(st.sampled_from(sorted(VALID)))
    content = VALID[name].encode()
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 20)))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)))
        content = content[:start] + piece + content[end:]
        if draw(st.booleans()):
            content += content[start:]
    return name, content[:20_000]


def _read_everything(path: Path) -> None:
    """Read a file as everything that it could be, and hold what is told to the house's form."""
    reconciled(open_claims(path))
    index = read_evidence(path, TYPES)
    assert index.rows_read >= index.rows_rejected + len(index)
    for each in (*index.diagnostics, *index.unused({"C1": [1]})):
        checked(each)
    readers: list[Callable[[Path], object]] = [
        lambda path: read_overrides(path, CLAUSES),
        read_hcpcs_release,
        read_precertification_list,
    ]
    for reader in readers:
        for each in _faults(reader, path):
            checked(each)


def _faults(reader: Callable[[Path], object], path: Path) -> tuple[Any, ...]:
    try:
        reader(path)
    except ClausewiseError as fault:
        return fault.diagnostics
    return ()


@IN_ONE_FOLDER
@given(mutated())
def test_a_mutated_file_raises_nothing_else(tmp_path: Path, file: tuple[str, bytes]) -> None:
    path = tmp_path / file[0]
    path.write_bytes(file[1])
    _read_everything(path)


@IN_ONE_FOLDER
@given(st.binary(max_size=400), st.sampled_from(["x.csv", "x.jsonl", "x.txt", "x.zip", "x.837"]))
def test_random_bytes_raise_nothing_else(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    _read_everything(path)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=10)
    | st.dates()
    | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(
    [*CELLS, "modifiers", "diagnoses", "evidence", "value", "authority", "effective_from"]
) | st.text(max_size=5)


@settings(deadline=None)
@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=8) | VALUES, max_size=6))
def test_whatever_python_gives_raises_nothing_else(records: list[Any]) -> None:
    stream = read_claims_from_records(records)
    reconciled(stream)
    assert stream.tally.lines_read == len(records)
    index = index_evidence(records, TYPES)
    assert index.rows_read == len(records)
    if records:
        with pytest.raises(ClausewiseError):
            collect_overrides(records, CLAUSES)

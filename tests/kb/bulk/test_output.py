"""What a bulk run writes: the order of its rows, and the same file whatever holds its texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kb.bulk.adjudicate import adjudicate_files
from kb.bulk.session import BulkSession
from kb.engines.duckdb.output import entries, writer
from kb.knowledge_base import KnowledgeBase
from kb.policy.loader import Policy, load_policy

MANY = 400_000
"""Lines of more than three row groups, so that several threads have something to do."""


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("r14")


def claims_of(folder: Path, name: str, first: int, lines: int) -> Path:
    """Write claims of two lines: a denied one and one that the policy does not speak of."""
    target = folder / name
    kind = "FORMAT csv, HEADER" if target.suffix == ".csv" else "FORMAT parquet"
    duckdb.connect().execute(
        f"COPY (SELECT concat('C', (n // 2) + {first}) AS claim_id, n % 2 + 1 AS line_number, "
        "'cms1500' AS claim_form, '22' AS place_of_service, DATE '2018-06-01' AS service_date, "
        "CASE WHEN n % 2 = 0 THEN '96365' ELSE '80053' END AS procedure_code "
        f"FROM range({lines}) t(n)) TO '{target}' ({kind})"
    )
    return target


def ids(path: Path) -> list[str]:
    if path.suffix == ".jsonl":
        rows = map(json.loads, path.read_text().splitlines())
        return [f"{row['claim_id']} {row['line_number']}" for row in rows]
    found = duckdb.connect().execute(f"SELECT concat(claim_id, ' ', line_number) FROM '{path}'")
    return [text for (text,) in found.fetchall()]


@pytest.mark.parametrize("ending", ["parquet", "jsonl", "csv"])
def test_the_rows_stand_in_the_order_of_the_input_on_any_number_of_threads(
    ending: str, policy: Policy, tmp_path: Path
) -> None:
    claims = claims_of(tmp_path, "claims.parquet", 0, MANY)
    made = []
    for threads in (4, 1):
        output = tmp_path / f"{threads}.{ending}"
        adjudicate_files(KnowledgeBase(policy), [claims], output, threads=threads)
        made.append(output)
    assert ids(made[0]) == ids(claims)
    assert made[0].read_bytes() == made[1].read_bytes()


@pytest.mark.parametrize("ending", ["parquet", "jsonl", "csv"])
def test_lines_have_the_same_entries_looked_up_and_joined(
    ending: str, policy: Policy, tmp_path: Path, monkeypatch: Any
) -> None:
    claims = claims_of(tmp_path, "claims.parquet", 0, MANY)
    looked_up, joined = tmp_path / f"looked_up.{ending}", tmp_path / f"joined.{ending}"
    adjudicate_files(KnowledgeBase(policy), [claims], looked_up)
    monkeypatch.setattr(entries, "_MOST_LOOKED_UP", 0)
    adjudicate_files(KnowledgeBase(policy), [claims], joined)
    assert ids(joined) == ids(claims)
    if ending != "parquet":
        assert looked_up.read_bytes() == joined.read_bytes()
    same = f"SELECT count(*) FROM (FROM '{looked_up}' EXCEPT ALL FROM '{joined}')"
    assert ending != "parquet" or duckdb.connect().execute(same).fetchone() == (0,)


def test_files_follow_each_other_texts_before_parquet(policy: Policy, tmp_path: Path) -> None:
    names = ["b.parquet", "z.csv", "a.parquet", "y.csv"]
    claims = [claims_of(tmp_path, name, place * 10, 4) for place, name in enumerate(names)]
    output = tmp_path / "out.parquet"
    adjudicate_files(KnowledgeBase(policy), claims, output)
    expected = [ids(claims[place]) for place in (1, 3, 0, 2)]
    assert ids(output) == [each for part in expected for each in part]


def test_texts_are_the_same_with_and_without_enumerations(
    policy: Policy, tmp_path: Path, monkeypatch: Any
) -> None:
    claims = claims_of(tmp_path, "claims.parquet", 0, 40)
    few, many = tmp_path / "few.parquet", tmp_path / "many.parquet"
    adjudicate_files(KnowledgeBase(policy), [claims], few)
    monkeypatch.setattr(writer, "_MOST_WORDS", 0)
    adjudicate_files(KnowledgeBase(policy), [claims], many)
    connection = duckdb.connect()
    for query in (
        "SELECT * FROM '{}'",
        "SELECT name, type, converted_type, logical_type FROM parquet_schema('{}')",
    ):
        one, other = (connection.execute(query.format(path)).fetchall() for path in (few, many))
        assert one == other
    reasons = {
        citation["reason"] for _, _, _, citations, *_ in one_of(few) for citation in citations
    }
    assert reasons == {"line 1 bills 96365 on a CMS-1500 with facility place of service 22"}


def one_of(path: Path) -> list[Any]:
    found: list[Any] = duckdb.connect().execute(f"SELECT * FROM '{path}'").fetchall()
    return found


@pytest.mark.parametrize("kind", ["parquet", "jsonl", "csv"])
@pytest.mark.parametrize(
    "numbers",
    [(1, 2, 999), (1, 2, 1_000), (7, 123_456_789_012), tuple(range(1, 260))],
    ids=["small", "a large one", "a huge one", "many"],
)
def test_reasons_name_the_number_of_their_line(
    numbers: tuple[int, ...], kind: str, policy: Policy, tmp_path: Path
) -> None:
    """Filled beforehand where the numbers are few and small, otherwise line by line."""
    claims = tmp_path / "claims.csv"
    rows = [f"C{number % 3},{number},cms1500,2018-06-01,22,96365" for number in numbers]
    head = "claim_id,line_number,claim_form,service_date,place_of_service,procedure_code"
    claims.write_text("\n".join([head, *rows]) + "\n")
    written = []
    for engine in ("duckdb", "pydatalog"):
        output = tmp_path / f"{engine}.{kind}"
        adjudicate_files(KnowledgeBase(policy), [claims], output, engine=engine)
        if kind == "parquet":
            found = duckdb.connect().execute(f"FROM '{output}'").fetchall()
            written.append(sorted(map(repr, found)))
        else:
            written.append(sorted(output.read_text().splitlines()))
    assert written[0] == written[1]
    assert all(any(f"line {number} bills" in row for row in written[0]) for number in numbers)


def test_a_session_of_a_process_that_ends_leaves_no_file(tmp_path: Path) -> None:
    claims = claims_of(tmp_path, "claims.parquet", 0, 10)
    with BulkSession([claims], last=True) as session:
        scratch = Path(session._scratch)
        assert session.checked().tally.lines_read == 10
    assert not scratch.exists()
    assert session.connection.execute("SELECT count(*) FROM checked_lines").fetchone() == (10,)

"""Spark frames give what one machine gives: the same rows, rejects, notes and counts."""

from __future__ import annotations

import os
import random
from collections import Counter
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from facts.diagnostic import InputError, UsageError
from kb import KnowledgeBase
from kb.model.tables import reject_rows
from kb.spark import adjudicate as driver
from kb.spark.worker import ShardTask

R14 = KnowledgeBase.load("r14")
IDS = [
    "C1",
    " C1",
    "C1\u2003",
    "\tC1 ",
    "10",
    "10.0",
    " 10.00",
    "010",
    "",
    "  ",
    None,
    "NULL",
    "1E+5",
]
NUMBERS = ["1", "2", "3", "4.0", "x", None, "0"]
CODES = ["J7050", "96365", "j7050 ", "96413", "J1642", None, "??"]


def hostile(count: int, seed: int = 1) -> pyarrow.Table:
    draw = random.Random(seed)
    rows = []
    for place in range(count):
        odd = draw.random() < 0.1
        rows.append(
            {
                "claim_id": draw.choice(IDS) if odd else f"K{draw.randrange(count // 4)}",
                "line_number": draw.choice(NUMBERS) if odd else str(place + 1),
                "claim_form": "cms1500",
                "service_date": "2018-06-01",
                "place_of_service": draw.choice(["11", "22", "12"]),
                "procedure_code": draw.choice(CODES),
                "units": draw.choice(["1", "2", "0.3", "-1" if odd else "4"]),
                "charge": draw.choice(["10.00", None]),
            }
        )
    return pyarrow.Table.from_pylist(rows)


def filed(count: int, seed: int = 2) -> pyarrow.Table:
    draw = random.Random(seed)
    rows = [
        {
            "claim_id": draw.choice([*IDS, *(f"K{place}" for place in range(count))]),
            "line_number": draw.choice([None, None, "1", "x"]),
            "evidence": draw.choice(["physician_order", "medically_necessary", "nonsense"]),
            "value": draw.choice(["yes", "no", "perhaps"]),
        }
        for _ in range(count)
    ]
    return pyarrow.Table.from_pylist(rows)


def sorted_rows(table: pyarrow.Table) -> list[dict[str, Any]]:
    return sorted(
        table.to_pylist(),
        key=lambda row: (row["claim_id"], row["claim_part"] or "", row["line_number"]),
    )


def faults(rows: Any) -> Counter[tuple[str, str]]:
    return Counter((row[0], row[4]) for row in rows)


def lines_of(rows: Any) -> Counter[str]:
    found = Counter[str]()
    for row in rows:
        found[row[0]] += row[1]
    return found


def said(severity: str, message: str) -> tuple[str, str]:
    """Of two values that contradict each other, a Spark frame does not say which came first."""
    return severity, " ".join(sorted(message.split())) if "two values" in message else message


def check_same(found: Any, claims: Any, evidence: Any = (), kb: KnowledgeBase = R14) -> None:
    one = kb.adjudicate(claims, evidence, engine="duckdb")
    assert sorted_rows(found.determinations.toArrow()) == sorted_rows(one.to_arrow())
    theirs, ours = [tuple(row) for row in found.rejects.collect()], list(reject_rows(one.rejected))
    assert faults(theirs) == faults(ours)
    assert lines_of(theirs) == lines_of(ours)
    told = {said(row["severity"], row["message"]) for row in found.diagnostics.collect()}
    assert told == {said(each.severity, each.message) for each in one.diagnostics}
    counts = found.counts
    assert counts.outcomes == one.outcomes
    for name in ("lines_read", "lines_determined", "lines_superseded", "lines_rejected"):
        assert getattr(counts.tally, name) == getattr(one.tally, name), name
    tally = counts.tally
    assert tally.lines_read == (
        tally.lines_determined + tally.lines_superseded + tally.lines_rejected
    )
    found.unpersist()


def test_hostile_rows_as_on_one_machine(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "MOST_ROWS", 200)
    claims, evidence = hostile(2_000), filed(300)
    frames = spark.createDataFrame(claims), spark.createDataFrame(evidence)
    found = R14.spark.adjudicate(frames[0].repartition(5), frames[1], parts=3)
    check_same(found, claims, evidence)


def test_one_claim_of_many_lines_parts_without_rows_and_no_evidence(
    spark: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "MOST_ROWS", 100)
    rows = hostile(1_500).slice(0, 1_000)
    rows = rows.set_column(0, "claim_id", pyarrow.array(["LONG"] * 998 + ["A", "B"]))
    rows = rows.set_column(1, "line_number", pyarrow.array(range(1, 1_001)))
    rows = rows.set_column(6, "units", pyarrow.array([Decimal("1.50")] * 1_000))
    check_same(R14.spark.adjudicate(spark.createDataFrame(rows), parts=7), rows)
    empty = rows.slice(0, 0)
    found = R14.spark.adjudicate(spark.createDataFrame(rows).where("false"), parts=2)
    assert found.counts.tally.lines_read == found.determinations.count() == len(empty)


@pytest.mark.parametrize(
    "ids",
    [
        pyarrow.array([1, 2, 10, None], pyarrow.int32()),
        pyarrow.array([1.0, 2.5, 1e16, None], pyarrow.float64()),
        pyarrow.array([1.0, 2.5, 10.0, None], pyarrow.float32()),
        pyarrow.array([Decimal("1.00"), Decimal("2.50"), Decimal("10.00"), None]),
    ],
)
def test_ids_of_other_types_meet_their_evidence(spark: Any, ids: Any) -> None:
    claims = pyarrow.table(
        {
            "claim_id": pyarrow.concat_arrays([ids, ids]),
            "line_number": [1, 1, 1, 1, 2, 2, 2, 2],
            "claim_form": ["cms1500"] * 8,
            "service_date": ["2018-06-01"] * 8,
            "procedure_code": ["96365", "J7050"] * 4,
        }
    )
    texts = ["1", " 2.5", "10", "1.00E+16"]
    evidence = pyarrow.table(
        {"claim_id": texts, "evidence": ["physician_order"] * 4, "value": ["no"] * 4}
    )
    frames = spark.createDataFrame(claims), spark.createDataFrame(evidence)
    check_same(R14.spark.adjudicate(*frames, parts=3), claims, evidence)


def test_parts_of_claims_share_the_evidence_of_their_number(spark: Any) -> None:
    claims = hostile(40).set_column(0, "claim_id", pyarrow.array(["P", "P@a", "Q", "Q@b"] * 10))
    claims = claims.append_column("claim_part", pyarrow.array([None, "a", "b", "b"] * 10))
    claims = claims.set_column(1, "line_number", pyarrow.array(range(1, 41)))
    evidence = pyarrow.table(
        {
            "claim_id": ["P", "Q@b", "Q"],
            "evidence": ["physician_order"] * 3,
            "value": ["no", "yes", "no"],
        }
    )
    frames = spark.createDataFrame(claims), spark.createDataFrame(evidence)
    check_same(R14.spark.adjudicate(*frames, parts=4), claims, evidence)


def test_places_name_the_file_and_its_row(spark: Any, tmp_path: Path) -> None:
    claims = tmp_path / "claims of June.parquet"
    parquet.write_table(hostile(400), claims)
    found = R14.spark.adjudicate(spark.read.parquet(str(claims)), parts=2)
    one = R14.adjudicate(claims)
    rows = {tuple(row)[2:] for row in found.rejects.collect()}
    assert rows == {row[2:] for row in reject_rows(one.rejected)}
    found.unpersist()


def test_a_frame_without_claim_ids_is_refused(spark: Any) -> None:
    with pytest.raises(InputError, match="the column `claim_id` is missing"):
        R14.spark.adjudicate(spark.createDataFrame(hostile(40).drop_columns(["claim_id"])))
    with pytest.raises(UsageError, match="are frames of Spark, not Table"):
        R14.spark.adjudicate(hostile(40))


class FailsOnce(ShardTask):
    """Does its work and then fails, each part the first time."""

    __slots__ = ("marker", "way")

    def __init__(self, *given: Any, marker: str, way: str) -> None:
        super().__init__(*given)
        object.__setattr__(self, "marker", marker)
        object.__setattr__(self, "way", way)

    def __reduce__(self) -> Any:
        given = (self.shipped, self.lines, self.evidence, self.memory_limit, self.most_rows)
        return partial(FailsOnce, marker=self.marker, way=self.way), given

    def __call__(self, batches: Any) -> Any:
        from pyspark import TaskContext

        context = TaskContext.get()
        assert context is not None
        marker = Path(f"{self.marker}-{context.partitionId()}")
        yield from super().__call__(batches)
        if self.way == "dies" or not marker.exists():
            marker.touch()
            if self.way == "raises":
                raise ValueError("once")
            os._exit(137)


@pytest.mark.parametrize("way", ["raises", "is killed"])
def test_a_task_that_is_tried_again_counts_once(
    spark: Any, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = partial(FailsOnce, marker=str(tmp_path / "tried"), way=way)
    monkeypatch.setattr(driver, "ShardTask", task)
    claims, evidence = hostile(400), filed(60)
    frames = spark.createDataFrame(claims), spark.createDataFrame(evidence)
    check_same(R14.spark.adjudicate(*frames, parts=2), claims, evidence)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_worker_that_dies_each_time_is_told_in_one_sentence(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = partial(FailsOnce, marker=str(tmp_path / "tried"), way="dies")
    monkeypatch.setattr(driver, "ShardTask", task)
    found = R14.spark.adjudicate(spark.createDataFrame(hostile(40)), parts=1)
    with pytest.raises(UsageError, match="a worker of Spark died"):
        _ = found.counts

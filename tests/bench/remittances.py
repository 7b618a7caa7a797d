"""Make claims with what a payer answered, audit them as whole processes, and measure that.

    python -m tests.bench.remittances CLAIMS_PARQUET FOLDER [--claims 20000] [--repeat 3]

It writes FOLDER/claims.837, era.835 and, of all lines, remittance.parquet. Three lines of each
claim go into the texts; what the payer answers comes from a hash of claim and line number.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

LINES_OF_A_CLAIM = 3
HEAD_837 = (
    "ISA*00*          *00*          *ZZ*BENCH          *ZZ*CLAUSEWISE     *180701*1200*^*00501"
    "*000000001*0*T*:~\nGS*HC*BENCH*CLAUSEWISE*20180701*1200*1*X*005010X222A1~\n"
    "ST*837*0001*005010X222A1~\nBHT*0019*00*1*20180701*1200*CH~\nHL*1**20*1~\n"
    "NM1*85*2*BENCH*****XX*1234567893~\nHL*2*1*22*0~\nSBR*P*18*GROUP1******CI~\n"
)
HEAD_835 = (
    "ISA*00*          *00*          *ZZ*BENCH          *ZZ*CLAUSEWISE     *180701*1200*^*00501"
    "*000000001*0*T*:~\nGS*HP*BENCH*CLAUSEWISE*20180701*1200*1*X*005010X221A1~\n"
    "ST*835*0001~\nBPR*I*{paid}*C*ACH************20180815~\nTRN*1*CHECK1*1512345678~\n"
    "N1*PR*PAYER ONE~\nN1*PE*BENCH*XX*1234567893~\nLX*1~\n"
)
ANSWER = """
    CASE WHEN h % 10 < 6 THEN 'CO-45' WHEN h % 10 = 6 THEN 'CO-97' WHEN h % 10 = 7 THEN 'CO-50'
    WHEN h % 10 = 8 THEN 'PR-1' ELSE 'CO-151' END AS reason,
    CASE WHEN h % 10 IN (6, 7) THEN charge::DECIMAL(12, 2)
    ELSE (charge * (h % 37)::INTEGER / 100)::DECIMAL(12, 2) END AS taken
"""
"""What the payer does to a line, by the hash ``h`` of its claim and number."""


def rows(claims: Path, count: int) -> Iterator[list[Any]]:
    """Yield the first lines of professional claims with what the payer does, claim by claim."""
    found = duckdb.sql(
        f"SELECT *, {ANSWER} FROM (SELECT claim_id, line_number, procedure_code, modifiers, units, "
        "charge, service_date, place_of_service, hash(claim_id || line_number) AS h "
        f"FROM '{claims}' WHERE claim_form = 'cms1500' AND procedure_code IS NOT NULL "
        f"AND line_number <= {LINES_OF_A_CLAIM} AND charge IS NOT NULL AND units IS NOT NULL) "
        f"ORDER BY claim_id, line_number LIMIT {count * LINES_OF_A_CLAIM}"
    ).fetchall()
    for _, group in groupby(found, key=lambda row: row[0]):
        yield list(group)


def write(claims: Path, folder: Path, count: int) -> None:
    """Write an 837, the 835 that answers it, and the remittance rows of all claims."""
    folder.mkdir(parents=True, exist_ok=True)
    billed, answered = [HEAD_837], []
    total = 0
    for lines in rows(claims, count):
        charge = sum(row[5] for row in lines)
        taken = sum(row[-1] for row in lines)
        total += charge - taken
        billed.append(
            f"CLM*{lines[0][0]}*{charge}***{lines[0][7] or 11}:B:1*Y*A*Y*Y~\nHI*ABK:D500~\n"
        )
        answered.append(f"CLP*{lines[0][0]}*1*{charge}*{charge - taken}**12*P{lines[0][0]}~\n")
        for _, number, code, modifiers, units, asked, day, _, _, reason, amount in lines:
            composite = ":".join(("HC", code, *(modifiers or "").split()))
            billed.append(
                f"LX*{number}~\nSV1*{composite}*{asked}*UN*{units.normalize():f}***1~\n"
                f"DTP*472*D8*{day:%Y%m%d}~\n"
            )
            group, _, carc = reason.partition("-")
            adjusted = f"CAS*{group}*{carc}*{amount}~\n" if amount else ""
            answered.append(
                f"SVC*{composite}*{asked}*{asked - amount}**{units.normalize():f}~\n"
                f"DTM*472*{day:%Y%m%d}~\n{adjusted}REF*6R*{number}~\n"
            )
    size = sum(each.count("\n") for each in billed) - 2
    billed.append(f"SE*{size + 1}*0001~\nGE*1*1~\nIEA*1*000000001~\n")
    (folder / "claims.837").write_text("".join(billed))
    head = HEAD_835.format(paid=total)
    size = sum(each.count("\n") for each in (head, *answered)) - 2
    answered.append(f"SE*{size + 1}*0001~\nGE*1*1~\nIEA*1*000000001~\n")
    (folder / "era.835").write_text(head + "".join(answered))
    duckdb.sql(
        f"COPY (SELECT claim_id, line_number, 'PAYER ONE' AS payer, 'CHECK1' AS check_number, "
        "DATE '2018-08-15' AS check_date, charge, charge - taken AS paid, units AS units_billed, "
        "units AS units_paid, CASE WHEN taken <> 0 THEN reason || ':' || taken END AS adjustments "
        f"FROM (SELECT *, {ANSWER} FROM (SELECT *, hash(claim_id || line_number) AS h "
        f"FROM '{claims}') WHERE charge IS NOT NULL) ORDER BY claim_id, line_number) "
        f"TO '{folder / 'remittance.parquet'}' (FORMAT parquet)"
    )


def timed(repeat: int, *arguments: str) -> float:
    """Return the median of the seconds that a command takes as a whole process."""
    found = []
    for _ in range(repeat):
        start = time.perf_counter()
        done = subprocess.run(
            [str(Path(sys.executable).with_name("clausewise")), *arguments], capture_output=True
        )
        found.append(time.perf_counter() - start)
        assert done.returncode == 0, done.stderr.decode()[-2000:]
    return sorted(found)[len(found) // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parquet", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--claims", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    folder: Path = given.folder
    if not (folder / "remittance.parquet").exists():
        write(given.parquet, folder, given.claims)
    billed, era, out = (str(folder / name) for name in ("claims.837", "era.835", "out.parquet"))
    alone = timed(given.repeat, "adjudicate", billed, "-o", out)
    both = timed(given.repeat, "audit", "-c", billed, "--remittance", era, "-o", out)
    print(f"837: adjudicate {alone:.2f} s, audit {both:.2f} s, {both / alone:.2f} times")
    table = str(folder / "remittance.parquet")
    alone = timed(given.repeat, "adjudicate", str(given.parquet), "-o", out)
    both = timed(given.repeat, "audit", "-c", str(given.parquet), "--remittance", table, "-o", out)
    print(f"Parquet: adjudicate {alone:.2f} s, audit {both:.2f} s, {both / alone:.2f} times")


if __name__ == "__main__":
    main()

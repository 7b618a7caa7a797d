"""Make synthetic claim lines, evidence and overrides for the bench, the same for the same size.

    python -m tests.bench.generate OUT_FOLDER [--lines 1000000]

Five lines a claim; office, outpatient, inpatient and home claims; codes from every table of R14
and others that no policy speaks of; about one line in ten is not paid in full. Nothing in it is
of a person: every value comes from a hash of its claim and line number.
"""

from __future__ import annotations

import argparse
from pathlib import Path

LINES_PER_CLAIM = 5

# Each pool: setting, weight of the item in its setting, procedure code, revenue code, units up to,
# description. A `?` in a code is a digit from the hash. Empty text is null.
POOLS = """
office|300|J???? |    |20|
office|160|96365  |    |2|
office| 60|96413  |    |1|
office| 60|96366  |    |4|
office| 40|96372  |    |1|
office| 30|99213  |    |1|
office|  8|99214  |    |1|
office|120|80053  |    |1|
office|110|85025  |    |1|
office| 60|36415  |    |1|
office| 45|A4222  |    |2|
office| 30|A4216  |    |10|
office| 12|J1642  |    |5|
office| 12|J7050  |    |2|
office|  2|J3490  |    |1|compounded drug
office|  3|       |    |1|saline flush
office|  2|       |    |1|diluent for injection
office|  2|36000  |    |1|
office|  1|96523  |    |1|
office|  2|Q51?1  |    |20|
outpatient|260|J???? |0636|20|
outpatient| 40|96365 |0260|2|
outpatient| 20|96413 |0335|1|
outpatient| 10|96372 |0940|1|
outpatient|200|80053 |0300|1|
outpatient|160|85025 |0305|1|
outpatient|120|71046 |0320|1|
outpatient| 20|36430 |0391|1|
outpatient|  6|      |0391|2|
outpatient| 30|P9016 |0390|2|
outpatient|  4|90935 |0821|1|
outpatient| 12|47562 |0360|1|
outpatient|  3|      |0490|1|
outpatient| 60|      |0250|8|
outpatient| 12|J7050 |0258|2|
outpatient|  2|86890 |0390|1|
outpatient|  4|99285 |0450|1|
outpatient|  3|36556 |0360|1|
inpatient|300|       |0250|30|
inpatient| 90|J????  |0636|20|
inpatient| 60|       |0120|5|
inpatient| 20|       |0762|1|
inpatient| 40|       |0270|9|
inpatient| 20|96365  |0260|1|
inpatient|200|80053  |0300|1|
inpatient|120|71046  |0320|1|
inpatient| 10|       |0391|1|
inpatient| 30|P9016  |0390|2|
inpatient| 12|B4189  |0250|3|
inpatient|  3|A4222  |0272|1|
inpatient| 12|27447  |0360|1|
professional|100|J???? |   |20|
professional|130|96365 |   |1|
professional| 90|99223 |   |1|
professional|160|93010 |   |1|
professional|140|71046 |   |1|
professional|  6|36430 |   |1|
home|180|S9500 |   |1|
home| 40|S9366 |   |1|
home| 30|S9329 |   |1|
home|  6|S5498 |   |1|
home|  5|S5501 |   |1|
home|300|J???? |   |20|
home| 40|A4222 |   |3|
home| 50|E0781 |   |1|
home| 15|A4221 |   |4|
home| 20|B4189 |   |2|
home| 12|B4153 |   |40|
home|120|99601 |   |1|
home| 60|G0299 |   |1|
home|  2|      |   |1|care coordination by phone
"""

SETTINGS = """
office|45|cms1500||11
outpatient|25|ub04|131|
inpatient|8|ub04|111|
professional|7|cms1500||22
home|13|cms1500||12
home|2|ub04|331|
"""

EVIDENCE = """
drug|40|coverage_criteria_met|yes
drug|4|coverage_criteria_met|no
drug|20|fda_approved_indication|yes
drug|4|fda_approved_indication|no
drug|2|medically_necessary|no
drug|2|dosing_appropriate|no
drug|3|physician_order|no
drug|20|physician_order|yes
drug|10|administered_units|4
drug|4|wasted_units|1
drug|6|administered_dose|75
other|10|primary_reason_for_visit|yes
other|2|general_improvement|yes
other|2|mismatched_transfusion|yes
other|2|present_on_admission|yes
other|3|item_kind|supply
other|3|item_kind|flush
other|2|item_kind|routine_clinical_service
other|2|item_kind|pharmacy_service
other|3|tpn_component|electrolyte
other|3|tpn_component|lipid
other|2|billing_basis|daily
other|8|precertification|yes
other|2|therapy_role|side_effect
other|2|administered_amount|900
other|2|related_to|1
"""


def _rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in row.split("|")] for row in text.strip().splitlines()]


def _values(rows: list[tuple[object, ...]]) -> str:
    cells = [
        "(" + ", ".join(str(c) if isinstance(c, int) else "'" + str(c) + "'" for c in row) + ")"
        for row in rows
    ]
    return ", ".join(cells)


def _spread(rows: list[list[str]], weight: int) -> list[tuple[object, ...]]:
    """Give each row the first and the last of its thousandths within its group (column 0)."""
    totals: dict[str, int] = {}
    for row in rows:
        totals[row[0]] = totals.get(row[0], 0) + int(row[weight])
    start: dict[str, int] = {}
    spread: list[tuple[object, ...]] = []
    for row in rows:
        low = start.get(row[0], 0)
        high = low + int(row[weight])
        start[row[0]] = high
        spread.append((*row, low * 100000 // totals[row[0]], high * 100000 // totals[row[0]]))
    return spread


def generate(folder: Path, lines: int) -> None:
    """Write ``claims.parquet``, ``evidence.parquet`` and ``overrides.csv`` to a folder."""
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    db = duckdb.connect()
    settings = [["x", *row] for row in _rows(SETTINGS)]
    db.execute(
        "create temp table settings as select * from (values "
        f"{_values(_spread(settings, 2))}) t(x, setting, w, form, tob, pos, low, high)"
    )
    db.execute(
        "create temp table pools as select * from (values "
        f"{_values(_spread(_rows(POOLS), 1))}) "
        "t(setting, w, code, revenue, most, description, low, high)"
    )
    evidence = [["x", *row] for row in _rows(EVIDENCE)]
    db.execute(
        "create temp table kinds as select * from (values "
        f"{_values(_spread(evidence, 2))}) t(x, of, w, name, value, low, high)"
    )
    db.execute(
        f"""
        create temp table claims as
        select c, setting, form, tob, pos, hash(c * 7 + 1) as h,
          date '2018-01-01' + (hash(c * 7 + 2) % 700)::int as day
        from range({lines // LINES_PER_CLAIM}) r(c)
        join settings on hash(c * 7 + 3) % 100000 >= low and hash(c * 7 + 3) % 100000 < high
        """
    )
    db.execute(
        f"""
        create temp table lines as
        with drawn as (
          select c, n, c.setting, form, tob, pos, c.h, day, p.code, p.revenue, p.most,
            p.description, hash(c * 1009 + n) as k
          from claims c, range(1, {LINES_PER_CLAIM + 1}) l(n), pools p
          where p.setting = c.setting
            and hash(c * 31 + n * 17) % 100000 >= p.low and hash(c * 31 + n * 17) % 100000 < p.high
        )
        select
          'CLM' || lpad(c::text, 9, '0') as claim_id,
          n::integer as line_number,
          form as claim_form,
          (day + case when k % 13 = 0 then 1 else 0 end)::date as service_date,
          (day + case when k % 13 = 0 then 1 else 0 end
               + case when setting = 'home' and k % 4 = 0 then 2 else 0 end)::date
            as service_date_to,
          (day + 20 + (h % 30)::int)::date as processed_date,
          nullif(tob, '') as type_of_bill,
          nullif(revenue, '') as revenue_code,
          nullif(pos, '') as place_of_service,
          nullif(replace(code, '????',
            lpad(((k // 7) % 400 * 23 + 120)::text, 4, '0')), '') as procedure_code_,
          case when code like 'J????' and k % 40 = 0 then 'JW'
               when code like '992%' and k % 3 = 0 then '25'
               when code like 'S9%' and k % 3 = 0 then '59 SH'
               when k % 97 = 0 then '59' end as modifiers,
          (1 + k % most::int)::decimal(12, 3) as units,
          ((k % 100000) / 100)::decimal(12, 2) as charge,
          case when code like 'J%' or revenue = '0250'
               then lpad((k % 400 * 7919)::text, 11, '0') end as ndc,
          case when code like 'J%' then (1 + k % 5)::decimal(12, 3) end as ndc_quantity,
          case when code like 'J%' then 'UN' end as ndc_unit,
          case when description <> '' then description
               when k % 9 = 0 then 'item ' || (k % 500)::text end as description,
          'P' || lpad((h % 5000)::text, 5, '0') as rendering_provider,
          case when setting = 'home' and h % 12 <> 0 then 'A' || (h % 100000)::text end
            as prior_authorization,
          'C50' || (h % 9)::text || case when h % 2 = 0 then ' D63' || (h % 7)::text else '' end
            || case when setting = 'inpatient' then ':Y' else '' end as diagnoses,
          'PLAN' || (h % 40)::text as plan_id,
          'CTR' || (h % 300)::text as contract_id
        from drawn
        """
    )
    db.execute(
        "alter table lines rename column procedure_code_ to procedure_code; "
        "update lines set procedure_code = 'Q5101' where procedure_code like '%?%'"
    )
    db.execute(
        "copy (select * from lines order by claim_id, line_number) "
        f"to '{folder / 'claims.parquet'}' (format parquet)"
    )
    db.execute(
        f"""
        copy (
          select claim_id, line_number, name as evidence, value, null::text as document
          from lines join kinds on
            hash(claim_id || line_number) % 1600000 >= low
            and hash(claim_id || line_number) % 1600000 < high
            and (of = 'drug') = (coalesce(procedure_code, '') like 'J%')
          order by claim_id, line_number, name
        ) to '{folder / "evidence.parquet"}' (format parquet)
        """
    )
    (folder / "overrides.csv").write_text(
        "authority,authority_id,clause_id,effect,effective_from,effective_to,citation\n"
        "plan,PLAN3,R14-COD-2,waived,2018-01-01,,section 4\n"
        "plan,PLAN7,R14-FAC-1,denied,,,section 9\n"
        "contract,CTR11,R14-HOM-4,waived,2018-06-01,2019-05-31,exhibit B\n"
        "contract,CTR12,R14-FAC-1,waived,,,exhibit C\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lines", type=int, default=1_000_000)
    options = parser.parse_args()
    generate(options.folder, options.lines)

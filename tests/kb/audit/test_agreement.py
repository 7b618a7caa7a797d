"""Both engines audit alike: the same lines, the same totals."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from facts.claim import ClaimLine
from facts.readers.column_values import PARSERS
from facts.readers.evidence import COLUMNS as EVIDENCE_COLUMNS
from facts.readers.remittance_files import RemittanceFiles, read_remittances
from facts.remittance import Adjustment, Payment, RemittedClaim, RemittedLine
from kb.audit.audited_line import by_urgency, with_deadlines
from kb.audit.by_claim import audit
from kb.audit.in_bulk import audit_in_bulk
from kb.audit.totals import AuditTotals
from kb.bulk.session import BulkSession
from kb.knowledge_base import KnowledgeBase
from kb.planning.rules import BulkRules
from tests.kb.bulk.agreement import random_batch
from tests.kb.bulk.files import evidence_row, row_of, write_rows

PLAIN = KnowledgeBase.load("r14")
KB = KnowledgeBase.load("r14", audit=True)
CARCS = ("45", "97", "50", "151", "16", "96", "29", "1", "23", "234", "ZZ9")


def remittances(lines: Sequence[ClaimLine], chance: random.Random) -> list[RemittedClaim]:
    """Return remittances of most of some lines, with a few that answer none."""
    by_claim: dict[str, list[ClaimLine]] = {}
    for line in lines:
        by_claim.setdefault(line.claim_id, []).append(line)
    found = []
    for number, (claim_id, group) in enumerate(by_claim.items()):
        payment = Payment(
            f"K{number % 5}",
            Decimal(0),
            date(2018, 1 + number % 3, 5) if number % 7 else None,
            ("PAYER ONE", "payer two")[number % 2],
            str(number % 2),
            "CLINIC",
            "",
        )
        made = tuple(
            _answered(place, line, chance)
            for place, line in enumerate(group, 1)
            if chance.random() < 0.9
        )
        charge = sum((each.charge for each in made), Decimal(0))
        paid = sum((each.paid for each in made), Decimal(0))
        other = claim_id if chance.random() < 0.9 else f"{claim_id}X"
        own, less = (), Decimal(0)
        if made and chance.random() < 0.3:
            carcs = chance.sample(CARCS, 2)
            own = tuple(Adjustment("CO", carc, Decimal(chance.randint(1, 5))) for carc in carcs)
            less = sum((each.amount for each in own), Decimal(chance.randint(0, 1)))
        found.append(
            RemittedClaim(
                *(other, "1", charge, paid - less, Decimal(0)),
                adjustments=own,
                lines=made,
                payment=payment,
            )
        )
    return found


def _answered(place: int, line: ClaimLine, chance: random.Random) -> RemittedLine:
    charge = line.charge or Decimal(chance.randint(1, 50_000)) / 100
    left, adjustments = charge, []
    for carc in chance.sample(CARCS, chance.randint(0, 3)):
        amount = (left * chance.choice((1, 1, Decimal("0.25")))).quantize(Decimal("0.01"))
        if amount:
            adjustments.append(Adjustment(chance.choice(("CO", "PR")), carc, amount))
            left -= amount
    units = line.units or Decimal(1)
    return RemittedLine(
        place,
        charge,
        left,
        line.procedure_code,
        line.modifiers,
        revenue_code=line.revenue_code,
        units_billed=units,
        units_paid=chance.choice((units, units, Decimal(chance.randint(0, 5)))),
        service_date=line.service_date,
        adjustments=tuple(adjustments),
        remarks=tuple(chance.sample(("M15", "N362", "N706"), chance.randint(0, 2))),
    )


@pytest.mark.parametrize("seed", range(2))
def test_engines_agree_on_an_audit(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    batch = random_batch(range(seed * 40, seed * 40 + 40))
    lines = [line._replace(charge=Decimal(chance.randint(1, 90_000)) / 100) for line in batch.lines]
    answers = remittances(lines, chance)
    claims = write_rows(tmp_path, "claims", "parquet", map(row_of, lines), tuple(PARSERS))
    rows = map(evidence_row, batch.evidence)
    evidence = write_rows(tmp_path, "evidence", "parquet", rows, EVIDENCE_COLUMNS)
    days, as_of = {"payer one": 180, "*": 90}, date(2018, 5, 1)
    known = KB.with_claims(lines, batch.evidence, batch.overrides, answers)
    one_by_one = list(with_deadlines(audit(known), days, as_of))
    with BulkSession([claims]) as session:
        found = audit_in_bulk(
            session,
            BulkRules.of(PLAIN),
            KB,
            lambda: RemittanceFiles(answers),
            (),
            [evidence],
            batch.overrides,
            days,
            as_of,
        )
        assert sorted(one_by_one, key=by_urgency) == list(found.lines())
        assert found.totals.rows() == AuditTotals().of(one_by_one).rows()
        assert len({line.verdict for line in one_by_one}) > 6


ROWS = """
    SELECT claim_id, line_number::BIGINT AS line_number, 'PAYER ONE' AS payer, 'K1' AS check_number,
        DATE '2018-08-15' AS check_date, charge, charge - taken AS paid, units AS units_billed,
        units AS units_paid,
        CASE WHEN taken = 0 THEN NULL WHEN h % 3 = 0 THEN concat('PR-2:', taken - 1, ' CO-97:1')
        ELSE concat(['CO-97', 'CO-151', 'CO-45'][(h % 3)::INTEGER + 1], ':', taken)
        END AS adjustments,
        CASE WHEN h % 5 = 0 THEN 'N362 M15' END AS remarks
    FROM (SELECT *, hash(claim_id || line_number) % 60 AS h,
        CASE WHEN hash(claim_id || line_number) % 4 = 0 THEN 0::DECIMAL(12, 2)
        ELSE charge::DECIMAL(12, 2) END AS taken FROM '{claims}')
"""


@pytest.mark.parametrize(
    "odd", ["", " WHERE h > 9", " UNION ALL SELECT 'ZZ', 1, 'P', 'K', NULL, 5, 5, 1, 1, NULL, NULL"]
)
def test_rows_of_a_remittance_are_audited_alike(tmp_path: Path, odd: str) -> None:
    batch = random_batch(range(60, 90))
    lines = [line._replace(charge=Decimal(100 + place)) for place, line in enumerate(batch.lines)]
    claims = write_rows(tmp_path, "claims", "parquet", map(row_of, lines), tuple(PARSERS))
    rows = tmp_path / "rows.parquet"
    duckdb.sql(
        f"COPY (SELECT * FROM ({ROWS.format(claims=claims)}{odd})) TO '{rows}' (FORMAT parquet)"
    )
    read = read_remittances([rows])
    assert not read.diagnostics
    one_by_one = list(audit(KB.with_claims(lines, remittances=read.claims)))
    with BulkSession([claims]) as session:
        found = audit_in_bulk(
            session, BulkRules.of(PLAIN), KB, lambda: read_remittances([rows]), [rows]
        )
        assert list(found.lines()) == one_by_one
        assert found.answers == read.tally
        assert found.totals.rows() == AuditTotals().of(one_by_one).rows()

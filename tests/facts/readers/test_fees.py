"""Fees: every code once, or everything that is wrong."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from facts.diagnostic import InputError
from facts.readers.fees import read_fees
from tests.facts.readers.reading import told


def test_fees_are_exact_and_may_be_said_twice(tmp_path: Path) -> None:
    path = tmp_path / "fees.csv"
    path.write_text("procedure_code,fee,note\nj1200,4.505,x\nJ1200,4.505,y\n99213,60,\n")
    notes = []
    assert read_fees(path, notes) == {"J1200": Decimal("4.505"), "99213": Decimal(60)}
    assert [each.message for each in notes] == ["unknown column `note`, which is not read"]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "fees.csv"
    path.write_text("procedure_code,fee\nJ1200,4\nJ1200,5\n,6\nJ7050,x\nJ7050,-1\n")
    with pytest.raises(InputError) as fault:
        read_fees(path)
    assert [told(each)[:2] for each in fault.value.diagnostics] == [
        ("error: `J1200` has a second fee, `5`", f"{path}, row 3, column `fee`"),
        ("error: `procedure_code` is empty", f"{path}, row 4, column `procedure_code`"),
        ("error: `fee` is not a number: `x`", f"{path}, row 5, column `fee`"),
        ("error: `fee` is negative: `-1`", f"{path}, row 6, column `fee`"),
    ]

"""What a person is told of a bad 837, whole: sentence, segment, element and help."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from facts.readers.detect import open_claims
from tests.accept import golden
from tests.facts.readers.told import told
from tests.facts.readers.x12.build import claim, institutional, line, professional, ub04_line

GOLDEN = Path(__file__).parent / "golden"
PROFESSIONAL = professional(claim("C1", line(1), line(2, "J1200")), claim("GOOD", line(1)))
INSTITUTIONAL = institutional(
    claim("C1", ub04_line(1), facility="13:A:1", more=["HI*ABK:T8030:::::::N"]),
    claim("GOOD", ub04_line(1), facility="13:A:1"),
)
CHANGES: dict[str, tuple[str, str, str]] = {
    "no_claim_id": (PROFESSIONAL, "CLM*C1*", "CLM**"),
    "no_line_number": (PROFESSIONAL, "LX*2~", "LX~"),
    "line_number_abc": (PROFESSIONAL, "LX*2~", "LX*abc~"),
    "line_number_twice": (PROFESSIONAL, "LX*2~", "LX*1~"),
    "no_service": (PROFESSIONAL, "SV1*HC:J1200*100*UN*1***1~\n", ""),
    "wrong_service": (PROFESSIONAL, "SV1*HC:J1200", "SV2*0250*HC:J1200"),
    "no_procedure": (PROFESSIONAL, "HC:J1200", ""),
    "no_code": (PROFESSIONAL, "HC:J1200", "HC"),
    "code_with_a_dash": (PROFESSIONAL, "HC:J1200", "HC:J12-00"),
    "code_in_lower_case": (PROFESSIONAL, "HC:J1200", "HC:j1200"),
    "code_of_three_characters": (PROFESSIONAL, "HC:J1200", "HC:J12"),
    "five_modifiers": (PROFESSIONAL, "HC:J1200", "HC:J1200:59,JW:25:XE:XS"),
    "replaces_another": (PROFESSIONAL, "11:B:1", "11:B:7"),
    "voids_another": (INSTITUTIONAL, "13:A:1", "13:A:8"),
    "code_of_another_kind": (PROFESSIONAL, "HC:J1200", "ER:J1200"),
    "unknown_qualifier": (PROFESSIONAL, "HC:J1200", "HCX:J1200"),
    "wrong_modifier": (PROFESSIONAL, "HC:J1200", "HC:J1200:591"),
    "units_abc": (PROFESSIONAL, "UN*1***1~", "UN*abc***1~"),
    "units_negative": (PROFESSIONAL, "UN*1***1~", "UN*-1***1~"),
    "units_minutes": (PROFESSIONAL, "UN*1***1~", "MJ*1***1~"),
    "unknown_unit": (PROFESSIONAL, "UN*1***1~", "XX*1***1~"),
    "charge_nan": (PROFESSIONAL, "*100*UN", "*nan*UN"),
    "place_of_service": (PROFESSIONAL, "11:B:1", "111:B:1"),
    "no_date": (PROFESSIONAL, "DTP*472*D8*20180601~\n", ""),
    "30_february": (PROFESSIONAL, "D8*20180601", "D8*20180230"),
    "unknown_date_format": (PROFESSIONAL, "472*D8", "472*TM"),
    "period_backwards": (PROFESSIONAL, "D8*20180601", "RD8*20180602-20180601"),
    "period_without_end": (PROFESSIONAL, "D8*20180601", "RD8*20180602"),
    "segment_count": (PROFESSIONAL, "\nSE*", "\nSE*9"),
    "no_trailer": (PROFESSIONAL, "IEA*1*000000001~\n", ""),
    "unknown_version": (PROFESSIONAL, "ST*837*0001*005010X222A1", "ST*837*0001*004010X098A1"),
    "version_with_a_digit_more": (PROFESSIONAL, "ST*837*0001*005010X222A1", "ST*837*1*005010X2220"),
    **{
        f"drug_{name}": (
            PROFESSIONAL,
            "SV1*HC:J1200*100*UN*1***1~\nDTP*472*D8*20180601~\n",
            f"SV1*HC:J1200*100*UN*1***1~\nDTP*472*D8*20180601~\n{segments}",
        )
        for name, segments in {
            "with_dashes": "LIN**N4*0409-1151-70~\nCTP****5*ML~\n",
            "with_a_mark": "LIN**N4*N400409115170~\nCTP****5*ML~\n",
            "of_ten_digits": "LIN**N4*0409115170~\nCTP****5*ML~\n",
            "behind_another_identifier": "LIN**EN*1~\nCTP****9*UN~\nLIN**n4*00409115170~\n",
            "of_an_unknown_unit": "LIN**N4*00409115170~\nCTP****5*XX~\n",
        }.items()
    },
    "another_transaction": (PROFESSIONAL, "ST*837*", "ST*835*"),
    "header_too_short": (PROFESSIONAL, "SENDER   ", "SENDER"),
    "type_of_bill": (INSTITUTIONAL, "13:A:1", "1:A:1"),
    "no_type_of_bill": (INSTITUTIONAL, "13:A:1", ""),
    "revenue_code": (INSTITUTIONAL, "SV2*0636", "SV2*06X6"),
    "neither_revenue_code_nor_procedure": (INSTITUTIONAL, "SV2*0636*HC:J1200", "SV2**"),
    "unknown_indicator": (INSTITUTIONAL, ":::::::N", ":::::::X"),
    "wrong_diagnosis": (INSTITUTIONAL, "ABK:T8030", "ABK:T8"),
    "no_date_on_line_or_claim": (INSTITUTIONAL, "DTP*472*D8*20180601~\n", ""),
}
PLACE = re.compile(r"  --> claims\.837, segment \d+ \(\w+\)(, element \w{2,3}\d\d(-\d)?)?")


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    text, old, new = CHANGES[name]
    assert old in text
    monkeypatch.chdir(tmp_path)
    Path("claims.837").write_text(text.replace(old, new, 1), encoding="ascii")
    result = told(open_claims("claims.837"))
    places = [row for row in result.splitlines() if row.startswith("  --> ")]
    assert places
    for place in places:
        assert PLACE.fullmatch(place)
    golden(GOLDEN / f"{name}.txt", result)

"""Bad and odd inputs by name: what each reader has to tell about them is pinned beside."""

from __future__ import annotations

import gzip
import json
from typing import Any

HEADER = "claim_id,line_number,claim_form,service_date,procedure_code,units"
GOOD = "GOOD,1,cms1500,2018-06-01,J7050,1"


def csv(*rows: str, header: str = HEADER) -> bytes:
    """Return a CSV file of some rows, a good claim at its end."""
    return ("\n".join([header, *rows, GOOD]) + "\n").encode()


def value(column: str, text: str) -> bytes:
    """Return a CSV file of one claim that has one value, and the good claim."""
    columns = HEADER.split(",")
    fields = dict(zip(columns, ["C1", "1", "cms1500", "2018-06-01", "J1200", "1"], strict=True))
    fields[column] = text
    extra = [name for name in fields if name not in columns]
    rows = [
        ",".join([*columns, *extra]),
        ",".join(fields.values()),
        ",".join([GOOD, *("" for _ in extra)]),
    ]
    return ("\n".join(rows) + "\n").encode()


def record(**fields: Any) -> str:
    """Return a row of JSON of one claim line, some fields changed."""
    line = {
        "claim_id": "C1",
        "line_number": 1,
        "claim_form": "cms1500",
        "service_date": "2018-06-01",
    }
    return json.dumps({**line, **fields})


def jsonl(*rows: str) -> bytes:
    """Return a JSONL file of some rows, a good claim at its end."""
    return ("\n".join([*rows, record(claim_id="GOOD")]) + "\n").encode()


TABLES: dict[str, bytes] = {
    "empty": b"",
    "only_blanks": b" \n\t\r\n",
    "only_a_mark": "\ufeff".encode(),
    "binary": bytes(range(256)) * 4,
    "zip": b"PK\x03\x04" + b"x" * 40,
    "utf_16": f"{HEADER}\n{GOOD}\n".encode("utf-16"),
    "not_utf_8": f"{HEADER},description\nC1,1,cms1500,2018-06-01,J1200,1,caf\xe9\n".encode(
        "latin-1"
    ),
    "not_utf_8_in_one_row_of_three": f"{HEADER},description\nC1,1,cms1500,2018-06-01,J1200,1,a\n"
    "C2,1,cms1500,2018-06-01,J1200,1,caf\xe9\nC3,1,cms1500,2018-06-01,J1200,1,b\n".encode(
        "latin-1"
    ),
    "damage_in_one_row_of_three": f"{HEADER},description,patient\n"
    "C1,1,cms1500,2018-06-01,J1200,1,a,\xff\nC2,1,cms1500,2018-06-01,J1200,1,caf\xff,\n"
    "C3,1,cms1500,2018-06-01,J1200,1,b,\n".encode("latin-1"),
    "damage_in_utf_8": f"{HEADER},description\nC1,1,cms1500,2018-06-01,J1200,1,caf\u00e9\n"
    "C2,1,cms1500,2018-06-01,J1200,1,caf\udcc3\n".encode("utf-8", "surrogateescape"),
    "damage_in_the_header": csv(header=f"{HEADER}").replace(b"units", b"unit\xffs"),
    "damage_everywhere": b"claim_id,\xff\xfe\xff,\x81\xff\n1,2,3\n",
    "utf_16_without_a_mark": f"{HEADER}\n{GOOD}\n".encode("utf-16-le"),
    "an_old_spreadsheet": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "an_encrypted_spreadsheet": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    + "EncryptedPackage".encode("utf-16-le"),
    "packed_and_cut_off": gzip.compress(csv())[:-12],
    "not_utf_8_in_the_header": csv(header=f"{HEADER}").replace(b"units", b"unit\xe9s"),
    "hardly_any_utf_8": b"claim_id,\xe9\xe8\xe0,\xe9\xe8\n1,2,3\n",
    "not_utf_8_far_down": csv(
        *(f"F,{number},cms1500,2018-06-01,J1200,1" for number in range(1, 2501))
    )
    + b"G\xe9,1,cms1500,2018-06-01,J1200,1\n",
    "mark_before_the_header": b"\xef\xbb\xbf" + csv(),
    "semicolons": csv().replace(b",", b";"),
    "tabs": csv().replace(b",", b"\t"),
    "bars": csv().replace(b",", b"|"),
    "prose": b"Dear colleague\nplease find the claims attached\n",
    "only_a_header": f"{HEADER}\n".encode(),
    "no_header": f"{GOOD}\n".encode(),
    "missing_column": csv(header=HEADER.replace("service_date", "date_of_service")),
    "several_missing_columns": csv(header="claim,line_no,claim_form,date,procedure_code,units"),
    "duplicate_column": csv(header=HEADER.replace("procedure_code", "units")),
    "unknown_column": csv(header=HEADER.replace("procedure_code", "procedre_code")),
    "usual_names": csv(
        header="claim_id,line_number,claim_form,dos,hcpcs,units,pos,tob,mod_1,dx,rev_code"
    ),
    "unknown_column_like_none": csv(header=HEADER.replace("procedure_code", "zebra")),
    "header_in_capitals": csv(header=HEADER.upper().replace(",", " , ")),
    "open_quote_in_the_header": csv(header=f'{HEADER[:-5]}"units'),
    "duplicate_line": csv(*["C1,1,cms1500,2018-06-01,J1200,1"] * 2),
    "duplicate_line_far_apart": csv(
        "C1,1,cms1500,2018-06-01,J1200,1",
        "C2,1,cms1500,2018-06-01,J1200,1",
        "C1,1,cms1500,2018-06-01,J7050,1",
    ),
    "row_too_short": csv("C1,1,cms1500,2018-06-01"),
    "row_too_long": csv("C1,1,cms1500,2018-06-01,J1200,1,1"),
    "blank_rows": csv("", ",,,,,", "  "),
    "open_quote": csv('C1,1,cms1500,2018-06-01,"J1200,1', "C2,1,cms1500,2018-06-01,J1200,1"),
    "quote_inside_a_value": csv('C1,1,cms1500,2018-06-01,"J1"200,1'),
    "a_value_of_two_rows": csv('"C1",1,cms1500,2018-06-01,"J12\n00",1'),
    "huge_value": value("description", "x" * 10_001),
    "huger_value": value("description", "x" * 2_000_000),
    "no_claim_id": csv(",1,cms1500,2018-06-01,J1200,1"),
    "nothing_but_a_claim_id": csv("C1,,,,,"),
    "a_claim_of_three_lines_of_which_one_is_wrong": csv(
        "C1,1,cms1500,2018-06-01,J1200,1",
        "C1,2,cms1500,2018-06-31,J1200,abc",
        "C1,3,cms1500,2018-06-01,J1200,1",
    ),
    "lower_case_and_blanks": value("procedure_code", " j 1200 "),
    "lower_case_modifier": value("modifiers", "sh 59"),
    "lower_case_diagnosis": value("diagnoses", "t80.30:n"),
    "types_that_are_padded": value("place_of_service", "2"),
    "ends_before_it_begins": value("service_date_to", "2018-05-31"),
    **{
        f"claim_form_{text.lower().replace('-', '_').replace(' ', '_')}": value("claim_form", text)
        for text in ("CMS-1500", "hcfa1500", "UB-04", "ub 04", "CMS1450", "HCFA", "UB92", "dental")
    },
    **{
        f"{column}_{name}": value(column, text)
        for column, texts in {
            "units": {
                "abc": "abc",
                "negative": "-1",
                "nan": "nan",
                "inf": "inf",
                "huge_exponent": "1e999",
                "with_a_unit": "5 mg",
                "in_other_digits": "٣",
            },
            "charge": {"with_a_sign": "$100", "negative": "-0.01"},
            "service_date": {
                "30_february": "2018-02-30",
                "american": "06/01/2018",
                "with_a_time": "2018-06-01T00:00",
            },
            "line_number": {"zero": "0", "negative": "-1", "fraction": "1.5", "abc": "one"},
            "procedure_code": {"with_a_dash": "J12-00", "with_a_tick": "J`1200"},
            "modifiers": {"too_long": "591", "too_many": "25 59 SH SJ JW"},
            "place_of_service": {"too_long": "111"},
            "type_of_bill": {"too_short": "13"},
            "revenue_code": {"with_letters": "06A6"},
            "diagnoses": {"too_short": "E1", "unknown_indicator": "T80.30:X"},
            "claim_id": {"with_an_escape": "C\x1b[31m1", "with_a_turn": "C\u202e1"},
        }.items()
        for name, text in texts.items()
    },
}

OBJECTS: dict[str, bytes] = {
    "not_json": jsonl("{claim_id: 1}"),
    "a_list": jsonl('["C1", 1]'),
    "a_number": jsonl("12"),
    "null": jsonl("null"),
    "cut_off": jsonl('{"claim_id": "C1", "line_nu'),
    "cut_off_behind_a_value": jsonl(record()[:-1]),
    "cut_off_with_a_carriage_return": jsonl(record()[:-1] + "\r"),
    "mark_before_the_second_row": jsonl(record(), "\ufeff" + record(claim_id="C2")),
    "comma_behind_the_object": jsonl(record() + ","),
    "comma_missing": jsonl(record().replace(', "line', ' "line')),
    "comma_before_the_end": jsonl(record().replace("}", ",}")),
    "escape_that_is_wrong": jsonl(record().replace("cms", r"\c")),
    "missing_names": jsonl('{"claim_id": "C1"}'),
    "no_claim_id": jsonl('{"line_number": 1}'),
    "unknown_name": jsonl(record(procedre_code="J1200")),
    "duplicate_name": jsonl('{"claim_id": "C1", "units": 1, "units": 2}'),
    "duplicate_claim_id": jsonl('{"claim_id": "C1", "claim_id": "C2"}'),
    "nan": jsonl(record().replace("}", ', "units": NaN}')),
    "infinity": jsonl(record().replace("}", ', "units": -Infinity}')),
    "huge_exponent": jsonl(record().replace("}", ', "units": 1e999}')),
    "exponent_beyond_all": jsonl(record().replace("}", f', "units": 1e{"9" * 30}}}')),
    "huge_whole_number": jsonl(record().replace("}", f', "units": {"9" * 5000}}}')),
    "negative": jsonl(record(units=-1)),
    "true": jsonl(record(units=True)),
    "object_for_a_code": jsonl(record(procedure_code={"code": "J1200"})),
    "list_for_a_code": jsonl(record(procedure_code=["J1200"])),
    "list_of_modifiers": jsonl(record(modifiers=["59", "SH"])),
    "list_of_modifiers_as_numbers": jsonl(record(modifiers=[59, 25])),
    "list_of_wrong_modifiers": jsonl(record(modifiers=["59", ["25"]])),
    "list_of_true": jsonl(record(diagnoses=["E119", True])),
    "null_is_empty": jsonl(record(service_date=None)),
    "nested_deeply": jsonl('{"claim_id": ' + "[" * 100_000 + "]" * 100_000 + "}"),
    "lone_surrogate": jsonl(record(description="x").replace('"x"', '"\\ud800"')),
    "zero_character": jsonl(record(description="a\0b")),
    "blank_rows": jsonl("", "   "),
    "whole_line_number_as_decimal": jsonl(record().replace("1,", "1.0,")),
    "number_as_claim_id": jsonl(record(claim_id=123)),
    "not_utf_8": jsonl(record()) + b'{"claim_id": "\xe9"}\n',
    "one_list_over_many_rows": b"[\n  " + record().encode() + b"\n]\n",
}

EVIDENCE_HEADER = "claim_id,line_number,evidence,value,document"
EVIDENCE: dict[str, str] = {
    "empty": "",
    "missing_column": "claim_id,evidence\nC1,item_kind\n",
    "unknown_column": f"{EVIDENCE_HEADER},valu\nC1,1,item_kind,flush,,\n",
    "semicolons": EVIDENCE_HEADER.replace(",", ";"),
    **{
        f"line_number_as_{name.lower().replace(' ', '_')}": (
            f"claim_id,{name},evidence,value\nC1,2,item_kind,flush\n"
        )
        for name in ("line", "line_no", "linenumber", "Line Number", "lin_number")
    },
    "line_number_and_line": f"{EVIDENCE_HEADER},line\nC1,2,item_kind,flush,,3\n",
    "line_in_one_object_of_two": (
        '{"claim_id": "C1", "line": 2, "evidence": "item_kind", "value": "flush"}\n'
        '{"claim_id": "C1", "line_number": 2, "evidence": "item_kind", "value": "flush"}\n'
    ),
    **{
        name: f"{EVIDENCE_HEADER}\n{rows}\n"
        for name, rows in {
            "unknown_name": "C1,1,item_kin,flush,",
            "unknown_name_like_none": "C1,1,zebra,flush,",
            "unknown_value": "C1,1,item_kind,flash,",
            "unknown_value_like_none": "C1,1,item_kind,zebra,",
            "name_and_value_in_capitals": "C1,1,ITEM_KIND,Flush,",
            "no_value": "C1,1,item_kind,,",
            "no_name": "C1,1,,flush,",
            "no_claim_id": ",1,item_kind,flush,",
            "line_number_abc": "C1,abc,item_kind,flush,",
            "line_number_zero": "C1,0,item_kind,flush,",
            "number_abc": "C1,1,administered_units,abc,",
            "number_negative": "C1,1,administered_units,-1,",
            "number_nan": "C1,1,administered_units,nan,",
            "whole_number_with_a_fraction": "C1,1,controlled_studies,1.5,",
            "two_values": "C1,1,fluid_restricted,yes,a\nC1,1,fluid_restricted,no,b",
            "two_values_for_every_line": "C1,,fluid_restricted,yes,\nC1,,fluid_restricted,no,",
            "the_same_twice": "C1,1,item_kind,flush,a\nC1,1,item_kind,flush,b",
            "every_line_and_one_line": "C1,,item_kind,flush,\nC1,1,item_kind,supply,",
            "several_values_allowed": "C1,1,item_kind,flush,\nC1,1,item_kind,supply,",
            "row_too_short": "C1,1,item_kind",
            "open_quote": 'C1,1,item_kind,"flush,',
        }.items()
    },
}

OVERRIDE_HEADER = "authority,authority_id,clause_id,effect,effective_from,effective_to,citation"
OVERRIDES: dict[str, str] = {
    "empty": "",
    "missing_column": "authority,clause_id\nplan,R14-FAC-1\n",
    "dates_by_other_names": (
        "authority,authority_id,clause_id,effect,start_date,until\n"
        "plan,P1,R14-FAC-1,waived,2018-01-01,2018-06-30\n"
    ),
    **{
        name: f"{OVERRIDE_HEADER}\n{rows}\n"
        for name, rows in {
            "good": "plan,P1,R14-FAC-1,waived,2018-01-01,,section 4",
            "unknown_clause": "plan,P1,R14-FAC-11,waived,,,",
            "unknown_clause_like_none": "plan,P1,zebra,waived,,,",
            "clause_in_lower_case": "plan,P1,r14-fac-1,waived,,,",
            "unknown_authority": "plam,P1,R14-FAC-1,waived,,,",
            "unknown_effect": "plan,P1,R14-FAC-1,allowed,,,",
            "from_after_to": "plan,P1,R14-FAC-1,waived,2018-06-02,2018-06-01,",
            "one_day": "plan,P1,R14-FAC-1,waived,2018-06-01,2018-06-01,",
            "date_that_does_not_exist": "plan,P1,R14-FAC-1,waived,2018-02-30,,",
            "no_authority_id": "plan,,R14-FAC-1,waived,,,",
            "everything_is_wrong": "plam,,R14,x,1,2,\nplan,P1,R14-FAC-1,waived,,,",
            "row_too_long": "plan,P1,R14-FAC-1,waived,,,,,",
            "waived_and_denied": "plan,P1,R14-FAC-1,waived,2018-01-01,2018-06-30,a\n"
            "plan,P1,R14-FAC-1,denied,2018-06-30,,b",
            "waived_and_denied_always": "contract,P1,R14-FAC-1,denied,,,\n"
            "contract,P1,R14-FAC-1,waived,,,",
            "waived_then_denied": "plan,P1,R14-FAC-1,waived,,2018-06-30,\n"
            "plan,P1,R14-FAC-1,denied,2018-07-01,,\nplan,P2,R14-FAC-1,denied,,,\n"
            "contract,P1,R14-FAC-1,denied,,,",
            "waived_long_and_denied_twice": "plan,P1,R14-FAC-1,waived,2018-01-01,2018-12-31,\n"
            "plan,P1,R14-FAC-1,waived,2018-02-01,2018-02-02,\n"
            "plan,P1,R14-FAC-1,denied,2018-03-01,2018-03-31,\n"
            "plan,P1,R14-FAC-1,denied,2018-12-31,2019-12-31,",
            "the_same_many_times": "\n".join(
                f"plan,P1,R14-FAC-1,waived,,,section {number}" for number in range(12)
            ),
        }.items()
    },
}

RELEASES: dict[str, bytes] = {
    "empty": b"",
    "no_codes": b"nothing here\n",
    "zip_without_text": b"PK\x05\x06" + b"\0" * 18,
    "csv": b"code,added,terminated\nJ7050,2000-01-01,\nJ9999,2000-01-01,2017-12-31\n",
    "csv_missing_column": b"codes,added\nJ7050,2000-01-01\n",
    "csv_wrong_values": b"code,added,terminated\nJ-1,2000-02-30,x\n,,\nJ7050,,\n",
    "fixed_width_wrong_date": (b"J7050     3" + b" " * 257 + b"20009901" + b" " * 30 + b"\n"),
}

PRECERTIFICATION: dict[str, bytes] = {
    "empty": b"",
    "codes": b"code\nJ7050\n j1200\n",
    "ranges": b"first,last\nJ0100,J0200\nJ7050,\n",
    "missing_column": b"codes\nJ7050\n",
    "not_a_code": b"code\nJ-1\n",
    "backwards": b"first,last\nJ2,J1\n",
    "different_length": b"first,last\nJ2,J10\n",
    "semicolons": b"first;last\nJ1;J2\n",
}

"""A policy of two clauses, to be broken one way at a time."""

# ruff: noqa: E501
from __future__ import annotations

from pathlib import Path

FILES = {
    "policy.toml": """\
id = "S1"
title = "Small"
version = "1"
published = 2015-01-01

[related]
M9 = "Another policy"

[switches.per]
default = "claim"
values = ["claim", "day"]
reading = 1

[evidence.order]
kind = "choice"
choices = ["yes", "no"]

[evidence.dose]
kind = "number"

[tables.drug]
column = "procedure"
title = "drugs"
document_lines = "7,9-12"
""",
    "clauses.toml": """\
[[clause]]
id = "S1-1"
section = "One"
document_lines = "3"
effect = "denied"
effective_from = 2015-01-01
carc = "97"
rarcs = ["M97"]
group = "CO"
title = "An order is needed"
summary = "A drug without an order is denied."
narrative = "line {line} bills {procedure} without an order"
exceptions = [
    { evidence = "order", value = "yes", text = "an order lifts the denial" },
]
related = ["M9"]

[[clause]]
id = "S1-2"
section = "Two"
effect = "supports"
effective_from = 2015-01-01
title = "Drugs"
summary = "Drugs are considered."
narrative = "line {line} bills a drug"
""",
    "readings.toml": """\
[[reading]]
number = 1
document_lines = "3"
question = "What is an order?"
answer = "A written one."
switch = "per"
""",
    "rules.pl": """\
:- predicate(drug(claim: text, line: number), "line {line} is a drug", "line {line} is no drug").
drug(C, L) :- procedure(C, L, X), code_in(X, drug).
applies(C, L, 'S1-1', denied) :- drug(C, L), evidence(C, L, order, no), setting(per, claim).
applies(C, L, 'S1-2', supports) :- drug(C, L).
addressed(C, L) :- drug(C, L).
""",
    "tables/drug.csv": "first,last,document_lines,note\nJ0100,J9999,9-12,\nQ5101,,7,\n",
    "cases/all.toml": """\
[[case]]
name = "no order"
clause = "S1-1"
lines = [
  { claim_form = "cms1500", service_date = 2018-06-01, procedure_code = "J1200", units = 1, expect = "denied", cites = ["S1-1", "S1-2"] },
]
evidence = [{ evidence = "order", value = "no" }]

[[case]]
name = "an order"
clause = "S1-1"
fires = false
lines = [
  { claim_form = "cms1500", service_date = 2018-06-01, procedure_code = "J1200", expect = "reimbursable", cites = ["S1-2"] },
]

[[case]]
name = "a drug"
clause = "S1-2"
lines = [{ claim_form = "cms1500", service_date = 2018-06-01, procedure_code = "Q5101", expect = "reimbursable", cites = ["S1-2"] }]

[[case]]
name = "no drug"
clause = "S1-2"
fires = false
lines = [{ claim_form = "cms1500", service_date = 2018-06-01, procedure_code = "99213", expect = "not_addressed", cites = [] }]
""",
}


def write_policy(folder: Path) -> Path:
    """Write the policy to a folder and return it."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return folder

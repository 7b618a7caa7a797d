"""A masked document tells nobody who and when, in any format; another claim is in none."""

from __future__ import annotations

import re
from functools import cache

import pytest

from explain.exports import FORMATS, Document
from explain.exports.making import Wishes, document_of
from kb.knowledge_base import KnowledgeBase
from tests.explain.exports.documents import INPUTS
from tests.explain.exports.test_same_contents import TEXT
from tests.explain.pictures.samples import POLICY

SECRETS = {
    "claim_id": "CLM-77-SECRET",
    "service_date": "2018-06-17",
    "rendering_provider": "1993999998",
    "charge": "4711.33",
    "prior_authorization": "AUTH-55-X",
    "plan_id": "PLAN-GOLD-9",
    "contract_id": "CONTRACT-8-Z",
    "description": "note on Jane Sample",
}
OVERRIDES = [
    {
        "authority": "plan",
        "authority_id": "PLAN-GOLD-9",
        "clause_id": "R14-GEN-2",
        "effect": "denied",
        "effective_from": "2018-01-01",
    }
]


@cache
def document(masked: bool, profile: str) -> Document:
    lines = [
        {
            **SECRETS,
            "line_number": number,
            "claim_form": "cms1500",
            "place_of_service": "11",
            "procedure_code": code,
        }
        for number, code in ((1, "99213"), (2, "96372"), (3, "A4223"), (4, "J7050"))
    ]
    other = [{**lines[0], "claim_id": "OTHER-CLAIM", "rendering_provider": "1777777771"}]
    known = KnowledgeBase(POLICY).with_claims([*lines, *other], overrides=OVERRIDES)
    wishes = Wishes(profile, INPUTS, masked)
    made = document_of(known.claim(SECRETS["claim_id"]), wishes)
    assert made is not None
    return made


def shown(name: str, made: Document) -> str:
    data = FORMATS[name].render(made)
    text = TEXT[name](data) if name in TEXT else ""
    raw = data.decode() if FORMATS[name].is_text else data.decode("latin-1")
    raw = re.sub(r"&?#(\d+);", lambda found: chr(int(found[1])), raw)
    return "".join((text + raw).replace("<br/>", "").split())


NAMES = [name for name in FORMATS if name != "png"]


@pytest.mark.parametrize("profile", ["explanation", "provider-dispute"])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_masked_is_in_no_format(name: str, profile: str) -> None:
    text = shown(name, document(True, profile))
    for secret in SECRETS.values():
        assert "".join(secret.split()) not in text
    assert "R14-GEN-2" in text


@pytest.mark.parametrize("name", NAMES)
def test_unmasked_documents_show_it_and_no_other_claim(name: str) -> None:
    text = shown(name, document(False, "explanation"))
    assert SECRETS["claim_id"] in text
    assert SECRETS["service_date"] in text
    assert "OTHER-CLAIM" not in text
    assert "1777777771" not in text

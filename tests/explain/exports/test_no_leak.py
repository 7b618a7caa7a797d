"""Claims of one file never leak into each other's document, and a masked one tells none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explain import why
from explain.exports import FORMATS
from explain.exports.making import Wishes, document_of
from kb.knowledge_base import KnowledgeBase

BASE = KnowledgeBase.load("r14")
CODES = ["96365", "96413", "J3490", "J7050", "A4223", "99213", "96372", "S9351", "36430", "49505"]
TEXTS = ("html", "md", "json", "dot", "mermaid")
MARK = re.compile(r"MARK(\d+)[A-Z]")


def marked(claim: int, lines: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Lines whose every free text names their claim, by a mark."""
    for number, (place, code) in enumerate(lines, 1):
        yield {
            "claim_id": f"MARK{claim}C",
            "line_number": number,
            "claim_form": "cms1500",
            "service_date": f"2018-06-{claim + 10}",
            "place_of_service": place,
            "procedure_code": code,
            "units": 2,
            "charge": f"{7000 + claim}.25",
            "description": f"flush MARK{claim}D",
            "rendering_provider": f"MARK{claim}R",
            "prior_authorization": f"MARK{claim}A" if number % 2 else None,
            "plan_id": f"MARK{claim}P",
            "contract_id": f"MARK{claim}K",
        }


def evidence(claim: int) -> Iterator[dict[str, Any]]:
    key = {"claim_id": f"MARK{claim}C", "line_number": None}
    yield {**key, "evidence": "drug_name", "value": f"MARK{claim}N"}
    yield {**key, "evidence": "physician_order", "value": "no"}


LINE = st.tuples(st.sampled_from(["11", "12", "22"]), st.sampled_from(CODES))
CLAIMS = st.lists(st.lists(LINE, min_size=1, max_size=4), min_size=2, max_size=4)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CLAIMS)
def test_a_document_speaks_of_its_own_claim_alone(claims: list[list[tuple[str, str]]]) -> None:
    lines = [line for claim, each in enumerate(claims) for line in marked(claim, each)]
    filed = [item for claim in range(len(claims)) for item in evidence(claim)]
    known = BASE.with_claims(lines, filed)
    assert not known.diagnostics
    for claim in range(len(claims)):
        loaded = known.claim(f"MARK{claim}C")
        own = document_of(loaded, Wishes(certificates=True))
        hidden = document_of(loaded, Wishes(masked=True, certificates=True))
        if own is None or hidden is None:
            assert own is hidden  # no line of the claim is adverse
            continue
        for line in loaded.claim.lines:
            assert "MARK" not in why(loaded, line.line_number, masked=True).text
        for name in TEXTS:
            text = FORMATS[name].render(own).decode()
            assert set(MARK.findall(text)) == {str(claim)}, name
            for other in range(len(claims)):
                if other != claim:
                    assert f"2018-06-{other + 10}" not in text
                    assert f"{7000 + other}.25" not in text
            masked = FORMATS[name].render(hidden).decode()
            assert "MARK" not in masked, (name, masked[max(0, masked.index("MARK") - 80) :][:200])
            assert f"2018-06-{claim + 10}" not in masked, name
            assert f"{7000 + claim}.25" not in masked, name

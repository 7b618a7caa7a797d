"""Evidence: the order of its rows never matters, not even of values that contradict each other."""

from __future__ import annotations

import random
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from facts.claim import EvidenceType
from facts.readers.evidence import index_evidence

TYPES: Mapping[str, EvidenceType] = {
    "kind": EvidenceType("kind", "choice", ("flush", "dose")),
    "amount": EvidenceType("amount", "number"),
    "other_line": EvidenceType("other_line", "line_number", several=True),
}
ROW = st.one_of(
    st.fixed_dictionaries(
        {
            "claim_id": st.sampled_from(["A", "B"]),
            "line_number": st.sampled_from(["", "1", "2"]),
            "evidence": st.just(name),
            "value": st.sampled_from(values),
        }
    )
    for name, values in {
        "kind": ["flush", "FLUSH", "dose", "zebra"],
        "amount": ["1", "1.0", "2", "-1"],
        "other_line": ["1", "2", "0"],
    }.items()
)


@given(st.lists(ROW, max_size=15), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(
    rows: list[dict[str, str]], shuffle: random.Random
) -> None:
    straight = index_evidence(rows, TYPES)
    shuffled = list(rows)
    shuffle.shuffle(shuffled)
    other = index_evidence(shuffled, TYPES)
    assert {item[:4] for item in straight} == {item[:4] for item in other}
    assert straight.rows_rejected == other.rows_rejected
    assert straight.rows_read == len(rows)
    single = [item[:3] for item in straight if not TYPES[item.name].several]
    assert len(single) == len(set(single))


def test_the_nearest_of_very_many_claims() -> None:
    row = {"claim_id": "CLAIM-99x", "evidence": "kind", "value": "flush"}
    seen = {f"CLAIM-{number}": [1] for number in range(200_000)}
    (warning,) = index_evidence([row], TYPES).unused(seen)
    assert warning.help.startswith("did you mean `CLAIM-99")

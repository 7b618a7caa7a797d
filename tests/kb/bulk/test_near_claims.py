"""Evidence on claims that are not there: which claim is meant, in one pass, the same both ways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from facts.readers.evidence import read_evidence
from facts.suggest import FEW_NAMES, alike_names
from kb.bulk.adjudicate import adjudicate_files
from kb.knowledge_base import KnowledgeBase

MISSING = ("CLM-0007X", "XLM-0999", "CLM_1100", "CLM-12345", "clm-0500", "else", "ÀB-0001")


class Pool(list[str]):
    """Names that count how often they are gone through."""

    passes = 0

    def __iter__(self) -> Iterator[str]:
        self.passes += 1
        return super().__iter__()


def test_near_names_of_many_are_looked_for_in_one_pass() -> None:
    pool = Pool(f"CLM-{number:05}" for number in range(2 * FEW_NAMES))
    found = alike_names([f"CLM-{number:05}X" for number in range(0, 2 * FEW_NAMES, 40)], pool)
    assert pool.passes == 1
    assert len(found) == 50
    assert "CLM-00000" in found["CLM-00000X"]


def test_the_order_of_a_pool_does_not_matter() -> None:
    pool = [f"CLM-{number:05}" for number in range(2 * FEW_NAMES)]
    expected = {name: set(names) for name, names in alike_names(MISSING, pool).items()}
    found = alike_names(MISSING, pool[::-1])
    assert {name: set(names) for name, names in found.items()} == expected


def test_the_claim_that_is_meant_is_the_same_both_ways(tmp_path: Path) -> None:
    kb = KnowledgeBase.load("r14")
    ids = [f"CLM-{number:04}" for number in range(FEW_NAMES + 200, 0, -1)]
    claims, evidence = tmp_path / "claims.csv", tmp_path / "evidence.csv"
    rows = [f"{claim_id},1,cms1500,2018-06-01,J7050" for claim_id in ids]
    header = "claim_id,line_number,claim_form,service_date,procedure_code"
    claims.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    rows = [f"{claim_id},1,medically_necessary,yes" for claim_id in (*MISSING, ids[0])]
    rows.append(f"{ids[1]},2,medically_necessary,yes")
    header = "claim_id,line_number,evidence,value"
    evidence.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    index = read_evidence(evidence, kb.policy.evidence_types)
    expected = index.unused({claim_id: [1] for claim_id in ids})
    assert len(expected) == len(MISSING) + 1
    assert "did you mean `CLM-0007`?" in {each.help for each in expected}
    found = adjudicate_files(kb, [claims], tmp_path / "out.csv", evidence=[evidence])
    assert found.diagnostics == expected


def test_a_claim_of_many_lines_is_told_by_its_first_and_last(tmp_path: Path) -> None:
    kb = KnowledgeBase.load("r14")
    evidence = tmp_path / "evidence.csv"
    evidence.write_text("claim_id,line_number,evidence,value\nC1,99,medically_necessary,yes\n")
    index = read_evidence(evidence, kb.policy.evidence_types)
    (told,) = index.unused({"C1": list(range(2, 40))})
    assert told.help == "the claim has 38 lines, from 2 to 39"
    (told,) = index.unused({"C1": [1, 2]})
    assert told.help == "the claim has the lines 1, 2"

"""Several threads and several knowledge bases in one process do not disturb each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

from explain import prove
from kb import KnowledgeBase
from tests.kb.example_lines import line

R14 = KnowledgeBase.load("r14")


def test_one_knowledge_base_in_several_threads() -> None:
    claims = [f"C{number}" for number in range(24)]
    kb = R14.with_claims([line(claim, units=number + 1) for number, claim in enumerate(claims)])
    start = Barrier(6)

    def work(part: int) -> list[object]:
        start.wait()
        found: list[object] = []
        for claim in claims[part:] + claims[:part]:
            found.append((claim, kb.query("units(C, L, U), denied(C, L, K)", C=claim).rows))
            found.append((claim, prove(kb, "outcome(C, L, O)", C=claim).text))
        return sorted(found, key=repr)

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(work, range(6)))
    assert all(result == results[0] for result in results)
    assert ("C3", (("C3", 1, 4, "R14-FAC-1"),)) in results[0]


def test_a_plain_thread_can_adjudicate() -> None:
    found: list[str] = []

    def work() -> None:
        found.extend(item.outcome for item in R14.adjudicate([line()]))

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert found == ["denied"]


def test_two_knowledge_bases_do_not_see_each_other() -> None:
    one = R14.with_claims([line("ONE")])
    two = R14.with_claims([line("TWO", place_of_service="11")])
    assert one.query("line(C, L)").rows == (("ONE", 1),)
    assert two.query("line(C, L)").rows == (("TWO", 1),)
    assert one.query("denied(C, L, K)").rows == (("ONE", 1, "R14-FAC-1"),)
    assert two.query("denied(C, L, K)").rows == ()
    strict = KnowledgeBase.load("r14", strict=True)
    drug = line("DRUG", place_of_service="11", procedure_code="J1200")
    assert [item.outcome for item in strict.adjudicate([drug])] == ["pended"]
    assert [item.outcome for item in R14.adjudicate([drug])] == ["reimbursable"]


def test_answers_in_turns_stay_apart() -> None:
    """Sessions of one engine, asked in turns, keep to their own facts."""
    bases = [R14.with_claims([line(f"K{number}")]) for number in range(5)]
    for _ in range(3):
        for number, kb in enumerate(bases):
            assert kb.query("denied(C, L, K)").rows == ((f"K{number}", 1, "R14-FAC-1"),)

"""The Python interface: load, adjudicate, query, prove."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import networkx
import pytest

import facts
from explain import prove, why
from kb import (
    ClausewiseError,
    InputError,
    KnowledgeBase,
    ProgramError,
    QueryError,
    UsageError,
)
from kb.policy.folder import bundled_policies
from tests.kb.example_lines import line

R14 = KnowledgeBase.load("r14")
KNOWN = R14.with_claims([line(), line("C2", place_of_service="11"), line("C2", 2, units=3)])


def test_a_name_and_a_folder_give_the_same_policy() -> None:
    from importlib.resources import as_file, files

    with as_file(files("kb") / "policies" / "r14") as folder:
        again = KnowledgeBase.load(folder)
    assert again.policy.program_sha256 == R14.policy.program_sha256
    assert again.adjudicate([line()])[0].to_json() == R14.adjudicate([line()])[0].to_json()
    assert "r14" in bundled_policies()


def test_a_determination_is_the_contract() -> None:
    [determination] = R14.adjudicate([line()])
    assert determination.to_json() == {
        "claim_id": "C1",
        "line_number": 1,
        "outcome": "denied",
        "citations": [
            {
                "clause_id": "R14-FAC-1",
                "effect": "denied",
                "carc": "171",
                "rarcs": ["M97"],
                "group": "CO",
                "readings": [],
                "reason": "line 1 bills 96365 on a CMS-1500 with facility place of service 22",
            }
        ],
        "allowed_units": None,
        "missing_evidence": [],
        "assumptions": [],
        "policy": "R14",
        "policy_version": "2018-09-18",
        "program_sha256": R14.policy.program_sha256,
    }
    json.dumps(determination.to_json())


def test_lines_read_are_determined_or_rejected() -> None:
    result = R14.adjudicate([line(), line("BAD", units="abc"), line("BAD", 2), line("C3")])
    assert [item.claim_id for item in result] == ["C1", "C3"]
    tally = result.tally
    assert (tally.lines_read, tally.lines_determined, tally.lines_rejected) == (4, 2, 2)
    [fault] = [item for item in result.diagnostics if item.severity == "error"]
    assert fault.message == "`units` is not a number: `abc`"
    assert "record 2" in str(fault.place)


def test_evidence_and_overrides_reach_the_rules() -> None:
    dose = line(place_of_service="11", procedure_code="J1200", units=50)
    given = {"claim_id": "C1", "line_number": 1, "evidence": "administered_dose", "value": "75"}
    [reduced] = R14.adjudicate([dose], evidence=[given])
    assert (reduced.outcome, reduced.allowed_units) == ("reduced", 2)
    waiver = {
        "authority": "plan",
        "authority_id": "P1",
        "clause_id": "R14-FAC-1",
        "effect": "waived",
    }
    [waived] = R14.adjudicate([line(plan_id="P1")], overrides=[waiver])
    assert (waived.outcome, waived.clause_ids) == ("reimbursable", ("R14-SCP-2",))


def test_a_wrong_override_is_an_error_with_its_diagnostics() -> None:
    override = {
        "authority": "plan",
        "authority_id": "P1",
        "clause_id": "R14-FAC-99",
        "effect": "waived",
    }
    with pytest.raises(InputError) as caught:
        R14.adjudicate([line()], overrides=[override])
    [fault] = caught.value.diagnostics
    assert "`R14-FAC-99`" in fault.message
    assert fault.help.startswith("did you mean `R14-FAC-")


def test_queries_bind_values() -> None:
    rows = KNOWN.query("denied(C, L, Clause)").rows
    assert rows == (("C1", 1, "R14-FAC-1"), ("C2", 2, "R14-FAC-1"))
    assert KNOWN.query("denied(C, L, Clause)", C="C2").rows == (("C2", 2, "R14-FAC-1"),)
    assert KNOWN.query("denied(C, L, Clause)", C="nobody").rows == ()
    assert KNOWN.query("units(C, L, U), U > Least", Least=2).rows == (("C2", 2, 3, 2),)
    assert KNOWN.query("units(C, L, U)", U=Decimal("3.0")).rows == (("C2", 2, 3),)


def test_queries_join_claims() -> None:
    goal = "denied(C, L, K), denied(D, M, K), C @< D"
    assert KNOWN.query(goal).rows == (("C1", 1, "R14-FAC-1", "C2", 2),)


@pytest.mark.parametrize(
    ("goal", "rows"),
    [
        ("aggregate_all(count, line(C, L), N)", ((3,),)),
        ("aggregate_all(max(X), (units(_, _, X)), N)", ((1,),)),
        ("\\+ denied(_, 2, _)", ()),
        ("\\+ denied(_, 3, _)", ((),)),
        ("line(C, 1), aggregate_all(count, line(C, M), N)", (("A", 2), ("B", 1))),
        ("aggregate_all(count, line('A', L), N)", ((2,),)),
    ],
)
def test_what_is_counted_or_denied_of_claims_is_so_of_all_of_them(
    goal: str, rows: tuple[object, ...]
) -> None:
    kb = KnowledgeBase.load("r14").with_claims([line("A"), line("A", 2), line("B")])
    assert kb.query(goal).rows == rows


def test_proofs_are_graphs_that_end_in_facts() -> None:
    proof = prove(KNOWN, "denied(C, L, Clause)", C="C1")
    graph = proof.graph
    assert isinstance(graph, networkx.DiGraph)
    assert networkx.is_directed_acyclic_graph(graph)
    leaves = [node for node in graph if not graph.out_degree(node)]
    kinds = {graph.nodes[node]["kind"] for node in leaves}
    assert kinds <= {"fact", "absence", "comparison"}
    assert all(graph.nodes[n]["origins"] for n in leaves if graph.nodes[n]["kind"] == "fact")
    assert "R14-FAC-1" in proof.text
    assert why(KNOWN.claim("C1"), 1).outcome == "denied"
    assert prove(KNOWN, "bundled(C, L, Clause)") is None


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    known = R14.with_claims([line(), line("BAD", units="abc")])
    known.query("denied(C, L, K)")
    prove(known, "denied(C, L, K)", C="C1")
    with pytest.raises(QueryError):
        known.query("nonsense(C")
    assert capfd.readouterr() == ("", "")


FAULTS: dict[str, tuple[Callable[[], object], type[ClausewiseError]]] = {
    "policy": (lambda: KnowledgeBase.load("r15"), ClausewiseError),
    "folder": (lambda: KnowledgeBase.load(Path("no such folder")), ClausewiseError),
    "setting": (lambda: KnowledgeBase.load("r14", settings={"effective": "x"}), UsageError),
    "value": (
        lambda: KnowledgeBase.load("r14", settings={"effective_basis": "today"}),
        UsageError,
    ),
    "syntax": (lambda: KNOWN.query("denied(C, L"), QueryError),
    "predicate": (lambda: KNOWN.query("denyed(C, L, K)"), QueryError),
    "arity": (lambda: KNOWN.query("denied(C, L)"), QueryError),
    "unsafe": (lambda: KNOWN.query("X > 1"), QueryError),
    "types": (lambda: KNOWN.query("units(C, L, U), U @< 'a'"), QueryError),
    "variable": (lambda: KNOWN.query("denied(C, L, K)", D="C1"), QueryError),
    "claim": (lambda: KNOWN.claim("nobody"), InputError),
    "line": (lambda: why(KNOWN.claim("C1"), 9), UsageError),
    "proof of two": (lambda: prove(KNOWN, "denied(C, L, K), line(C, L)"), QueryError),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_error_is_one_family_with_diagnostics(name: str) -> None:
    action, kind = FAULTS[name]
    with pytest.raises(ClausewiseError) as caught:
        action()
    assert isinstance(caught.value, kind)
    assert caught.value.diagnostics
    for fault in caught.value.diagnostics:
        assert fault.message[0] in "`abcdefghijklmnopqrstuvwxyz"
        assert "Traceback" not in fault.render()


def test_the_errors_are_those_of_the_lowest_floor() -> None:
    for error in (InputError, ProgramError, QueryError, UsageError):
        assert issubclass(error, facts.diagnostic.ClausewiseError)


def test_the_order_of_lines_changes_nothing() -> None:
    lines = [line("C9", number, procedure_code="36430", place_of_service="22") for number in (3, 1)]
    forth = {item.line_number: item.to_json() for item in R14.adjudicate(lines)}
    back = {item.line_number: item.to_json() for item in R14.adjudicate(lines[::-1])}
    assert forth == back
    assert forth[3]["outcome"] == "denied"


def test_a_rule_without_a_result_rejects_its_claim_alone(tmp_path: Path) -> None:
    from importlib.resources import as_file, files

    with as_file(files("kb") / "policies" / "r14") as folder:
        shutil.copytree(folder, tmp_path / "policy")
    with (tmp_path / "policy" / "office.pl").open("a", encoding="utf-8") as file:
        file.write(
            "applies(C, L, 'R14-OFF-2', bundled) :- units(C, L, U), X is 5 / (U - 5), X > 1.\n"
        )
    kb = KnowledgeBase.load(tmp_path / "policy")
    result = kb.adjudicate([line("BAD", units=5), line("BAD", 2), line("GOOD")])
    assert [item.claim_id for item in result] == ["GOOD"]
    [fault] = result.diagnostics
    assert fault.message == "division by zero in `/`"
    assert str(fault.place).startswith("office.pl:")
    assert fault.help == "claim `BAD` is rejected; see to the rule"
    tally = result.tally
    assert (tally.lines_read, tally.lines_determined, tally.lines_rejected) == (3, 1, 2)

from __future__ import annotations

import json

import networkx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explain.certificate.verify import verify
from explain.certificate.write import certificate
from explain.proof.derivations import Derivations
from explain.proof.graph import Proof
from kb.engines.protocol import Session
from kb.engines.pydatalog import PyDatalogEngine
from kb.language.arithmetic import holds
from kb.language.ast import Atom, Comparison, Constant, Query, Relational, Variable
from kb.model.program import CheckedProgram
from tests.explain.proof.programs import checked, prove
from tests.kb.engines.programs import NUMBERS, TEXTS, Options, RandomCase, random_cases

# rules without columns cannot be written in the language, so they cannot stand in a certificate
WRITABLE = Options(empty=False)


def everything(name: str, arity: int) -> Query:
    return Query((Relational(Atom(name, tuple(Variable(f"A{i}") for i in range(arity)))),))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(random_cases(WRITABLE), st.data())
def test_a_proof_exists_exactly_if_the_engine_answers(case: RandomCase, data) -> None:
    program = checked(case.program)
    session = PyDatalogEngine().open(program, case.facts)
    for name, kinds in case.types.items():
        answers = session.answers(everything(name, len(kinds)))
        for row in answers[:4]:
            atom = Atom(name, tuple(map(Constant, row)))
            proof = prove(program, case.facts, session, atom)
            assert proof is not None
            check_proof(proof, program, case, session)
        other = tuple(
            data.draw(st.sampled_from(TEXTS if kind == "text" else NUMBERS)) for kind in kinds
        )
        atom = Atom(name, tuple(map(Constant, other)))
        found = prove(program, case.facts, session, atom) is not None
        assert found == (other in answers)


def check_proof(proof: Proof, program: CheckedProgram, case: RandomCase, session: Session) -> None:
    assert networkx.is_directed_acyclic_graph(proof.graph)
    assert set(networkx.descendants(proof.graph, proof.root.id)) == {
        node.id for node in proof.nodes[1:]
    }
    derivations = Derivations(program, case.facts, session)
    for node in proof.nodes:
        assert node.text
        below = proof.supports.get(node.id, ())
        if node.kind == "fact":
            row = tuple(term.value for term in node.atom.terms)
            stated = any(not rule.body and rule.head == node.atom for rule in program.program.rules)
            assert row in case.facts.get(node.atom.predicate, ()) or stated
        elif node.kind == "absence":
            assert not session.answers(Query((Relational(named(node.atom)),)))
        elif node.kind == "comparison" and isinstance(node.literal, Comparison):
            sides = (node.literal.left, node.literal.right)
            assert holds(node.literal.operator, *sides, node.bindings)
        elif node.kind == "atom":
            assert [proof.by_id[number].kind for number in below] == ["rule"]
        if node.is_leaf:
            assert not below
    assert derivations.rows(proof.goal.predicate, tuple(t.value for t in proof.goal.terms))
    assert proof.text.startswith(proof.root.text)
    document = json.loads(json.dumps(certificate([proof], program, case.facts)))
    checked_again = verify(document, bare=True, program=program, facts=case.facts)
    assert checked_again.accepted, checked_again.text


def named(atom: Atom) -> Atom:
    terms = (
        Variable(f"N{term.name}") if isinstance(term, Variable) else term for term in atom.terms
    )
    return Atom(atom.predicate, tuple(terms))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(random_cases(WRITABLE), st.randoms(use_true_random=False))
def test_the_order_of_facts_never_matters(case: RandomCase, random) -> None:
    program = checked(case.program)
    shuffled = {}
    for name in sorted(case.facts, key=lambda _: random.random()):
        rows = list(case.facts[name].items())
        random.shuffle(rows)
        shuffled[name] = dict(rows)
    engine = PyDatalogEngine()
    one, other = (engine.open(program, facts) for facts in (case.facts, shuffled))
    for name, kinds in case.types.items():
        for row in one.answers(everything(name, len(kinds)))[:3]:
            atom = Atom(name, tuple(map(Constant, row)))
            first = prove(program, case.facts, one, atom)
            second = prove(program, shuffled, other, atom)
            assert first is not None
            assert second is not None
            assert certificate([first], program, case.facts) == certificate(
                [second], program, shuffled
            )

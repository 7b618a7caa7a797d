"""Small programs for the tests of explanations."""

from __future__ import annotations

from explain.english.sentences import Sentences
from explain.proof.derivations import Derivations
from explain.proof.graph import Proof
from explain.proof.prover import Prover
from facts.origin import Origin
from kb.engines.protocol import Facts, Session
from kb.language.ast import Atom, Program
from kb.language.parser import parse_program
from kb.language.printer import print_program
from kb.language.values import Row
from kb.model.program import CheckedProgram
from tests.kb.engines.programs import unchecked


def checked(program: Program):
    """Return a program as if it had been checked; random programs have more than checks allow.

    It is printed and read again, so that its variables have the names that readers give.
    """
    return parsed(print_program(program))


def parsed(text: str, source: str = "rules.pl"):
    program, faults = parse_program(text, source)
    assert not faults
    return unchecked(program)


def facts_of(rows: dict[str, list[Row]]) -> Facts:
    """Return facts, each from a row of a file named after its predicate."""
    return {
        name: {row: [Origin(f"{name}.csv", f"row {at}")] for at, row in enumerate(listed, 1)}
        for name, listed in rows.items()
    }


def prove(program: CheckedProgram, facts: Facts, session: Session, atom: Atom) -> Proof | None:
    """Return the smallest proof of a ground atom, or None if it does not hold."""
    sentences = Sentences(program.program.declarations)
    return Prover(Derivations(program, facts, session), sentences).prove(atom)

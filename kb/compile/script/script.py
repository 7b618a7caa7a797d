"""A whole program as a script that a person reads and a warehouse runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from facts.codes import DIAGNOSIS
from facts.diagnostic import ProgramError
from facts.schema import BY_NAME
from kb.compile.rewrite.components import Component, components, recursive_atoms
from kb.compile.rewrite.spread import spread_predicates, unfold_spread
from kb.compile.script.naming import AS_THEY_ARE
from kb.compile.script.naming import Naming as Naming
from kb.compile.script.source import ScriptSource as ScriptSource
from kb.compile.script.statements import FAULTS as FAULTS
from kb.compile.script.statements import RESERVED as RESERVED
from kb.compile.script.statements import ScriptStatement as ScriptStatement
from kb.compile.script.statements import StatementWriter
from kb.compile.sql.dialects import Dialect
from kb.compile.sql.input_queries import CODES, EVIDENCE, OVERRIDES, TABLES
from kb.compile.sql.statements import Relationship, statements
from kb.language.ast import Key, Program
from kb.language.excerpt import Excerpts
from kb.language.traversal import atoms_of

_KNOWN = frozenset({"setting", "clause_effect", "clause_from", "list_loaded", "release_code"})
"""Input predicates whose rows the policy knows."""


def script(
    source: ScriptSource,
    dialect: Dialect,
    wanted: Iterable[Key] | None = None,
    naming: Naming = AS_THEY_ARE,
) -> tuple[ScriptStatement, ...]:
    """Return the statements of a program in the order in which they run.

    Parameters
    ----------
    source : ScriptSource
        What the script is made of.
    dialect : Dialect
        What it is written in.
    wanted : iterable of (name, arity), optional
        Only what these predicates need; all of the program where nothing is given.
    naming : Naming, optional
        How tables and views are named, and whether the script may run again.

    Returns
    -------
    tuple of ScriptStatement

    Raises
    ------
    ProgramError
        With every predicate that the dialect cannot say.
    """
    unfolded = unfold_spread(source.program)
    originals = {made: rule for rule, made in reversed(unfolded.items())}
    program = replace(source.program, rules=tuple(unfolded.values()))
    found = components(program, wanted)
    _check_recursion(found, dialect, Excerpts(source.program.texts))
    keys = list(dict.fromkeys(wanted or ()))
    asserted = _asserted(found, keys, source.program)
    used = _inputs_of(asserted, source)
    spread = frozenset(spread_predicates(source.program))
    writer = StatementWriter(source, dialect, originals, spread, naming)
    made: list[ScriptStatement] = []
    derived = [key for component in found for key in component.keys]
    inputs = [(name, BY_NAME[name].arity) for name in used]
    writer.own = frozenset(
        [CODES, FAULTS, *(writer.catalog[key].name for key in (*derived, *inputs, *asserted))]
    )
    made += writer.inputs(used)
    made += writer.undefined(asserted)
    doubts = [(name, doubt) for name in used if (doubt := writer.queries.doubt(name)) is not None]
    for component in found:
        (statement,) = statements(writer.catalog, [component], dialect, scans=writer.scans)
        assert isinstance(statement, Relationship)
        made.append(writer.predicate(component, statement))
        doubts += [(statement.key[0], doubt) for doubt in statement.doubts]
    if doubts:
        made.append(writer.faults(doubts))
    if keys:
        made = _needed(made, {FAULTS, *(writer.catalog[key].name for key in keys)})
    drops = [writer.drops(made)] if naming.replace else []
    return (writer.heading(_wide_tables(used)), *drops, *made)


def script_text(statements: Iterable[ScriptStatement]) -> str:
    """Return statements as the text of a script, without the last line end.

    Parameters
    ----------
    statements : iterable of ScriptStatement
        In the order in which they run.
    """
    return "\n\n".join(map(str, statements))


def _needed(made: Iterable[ScriptStatement], outputs: set[str]) -> list[ScriptStatement]:
    """The statements that make the outputs, or what those that do read."""
    needed, kept = set(outputs), []
    for statement in reversed(list(made)):
        if statement.name in needed:
            kept.append(statement)
            needed |= statement.reads
    return kept[::-1]


def _inputs_of(asserted: Iterable[Key], source: ScriptSource) -> list[str]:
    """The input predicates that are used, those that others read first."""
    used = {name for name, _ in asserted}
    if {"code_in", "code_amount"} & used and any(
        table.column == DIAGNOSIS for table in source.tables
    ):
        used.add("diagnosis")
    return [name for name in BY_NAME if name in used]


def _asserted(
    found: Iterable[Component], wanted: Iterable[Key], program: Program
) -> dict[Key, None]:
    """The predicates that are used and that no rule derives."""
    derived = {rule.head.key for rule in program.rules}
    used = dict.fromkeys(wanted)
    for component in found:
        for rule in component.rules:
            used.update((atom.key, None) for atom in atoms_of(rule.body))
    return {key: None for key in used if key not in derived}


def _wide_tables(used: Iterable[str]) -> list[str]:
    """The tables that input predicates read."""
    names = set(used) - _KNOWN
    own = {EVIDENCE: {"evidence", "evidence_number"}, OVERRIDES: {"override"}}
    lines = names - own[OVERRIDES]
    return [name for name in TABLES if (own.get(name, lines) & names)]


def _check_recursion(found: Iterable[Component], dialect: Dialect, excerpts: Excerpts) -> None:
    """Refuse the recursion that a dialect cannot say in one query."""
    faults = []
    for component in found:
        if not component.recursive:
            continue
        names = " and ".join(f"`{name}/{arity}`" for name, arity in component.keys)
        again = [rule for rule in component.rules if recursive_atoms(rule, component.keys)]
        problem = ""
        if len(component.keys) > 1:
            problem = "call each other"
        elif not component.linear:
            problem = "calls itself more than once in a rule, or next to an aggregate"
        elif dialect.recursion == "none":
            problem = "is recursive, and the dialect's recursive queries keep rows that stand twice"
        elif dialect.recursion == "single" and len(again) > 1:
            problem = "calls itself in several rules"
        if problem:
            message = f"{names} {problem}: {dialect.title} cannot say that in one query"
            help = "`clausewise adjudicate` and `clausewise query` answer it in rounds"
            faults.append(excerpts.diagnostic("error", message, again[0].span, help))
    if faults:
        raise ProgramError(faults)

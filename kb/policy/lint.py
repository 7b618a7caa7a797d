"""What an author of a policy should look at beyond what keeps the policy from being loaded."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from facts.diagnostic import Diagnostic
from facts.readers.column_values import PARSERS
from facts.reference_sets import reference_set
from facts.suggest import near_help
from facts.values import quoted
from kb.checks.context import Unit, atoms
from kb.checks.types import is_date
from kb.language.ast import Constant
from kb.model.clause import ACTIONS, ADVERSE_EFFECTS, PolicyClause
from kb.policy.loader import Policy
from kb.policy.toml_file import Field, TomlFile

_LINES = re.compile(r"(\d+)(?:-(\d+))?", re.ASCII)
_HISTORY_KEYS = ("document_lines", "event")
_DOCUMENT_LINES = "write numbers and ranges, as in 106,188-220"


def policy_remarks(policy: Policy) -> list[Diagnostic]:
    """Return errors and warnings of a loaded policy.

    They concern the codes of adjustments, the evidence of exceptions, places in the document,
    readings and related policies: all that no determination stumbles over.

    Parameters
    ----------
    policy : Policy
        A policy that is loaded.

    Returns
    -------
    list of Diagnostic

    Examples
    --------
    >>> from kb.policy.loader import load_policy
    >>> policy_remarks(load_policy("r14"))
    []
    """
    found: list[Diagnostic] = []
    register = TomlFile(policy.folder / "clauses.toml", "clauses.toml", found)
    main = TomlFile(policy.folder / "policy.toml", "policy.toml", found)
    switches = main.tables("switches")
    for name in switches:
        place = f"switches.{name}"
        lines = main.value(switches[name], Field("document_lines"), place)
        _document_lines(main, lines, place)
    _history(main)
    for position, clause in enumerate(policy.clauses.values(), 1):
        place = f"clause {position} ({clause.clause_id})"
        _codes(register, clause, place)
        _exceptions(register, clause, place, {*policy.evidence_types, *PARSERS})
        _related(register, clause, place, policy.related)
        _document_lines(register, clause.document_lines, place)
    _actions(register, policy)
    for name, declaration in policy.declarations.items():
        _document_lines(main, declaration.document_lines, f"tables.{name}")
    found.extend(_table_rows(policy))
    if (policy.folder / "readings.toml").exists():
        readings = TomlFile(policy.folder / "readings.toml", "readings.toml", found)
        for position, reading in enumerate(policy.readings.values(), 1):
            place = f"reading {position}"
            _document_lines(readings, reading.document_lines, place)
            if reading.switch and reading.switch not in policy.switches:
                help = near_help(reading.switch, policy.switches, "")
                readings.error(f"there is no switch `{reading.switch}`", help, place, "switch")
    _reading_numbers(policy, main)
    return found


def _actions(register: TomlFile, policy: Policy) -> None:
    """Warn of adverse clauses without an action, where a policy says what to do at all."""
    if not any(clause.action for clause in policy.clauses.values()):
        return
    for position, clause in enumerate(policy.clauses.values(), 1):
        place = f"clause {position} ({clause.clause_id})"
        adverse = clause.effect in ADVERSE_EFFECTS
        if adverse and not clause.action:
            help = f"add action = one of {', '.join(ACTIONS)}, and action_reason"
            register.warning(f"clause `{clause.clause_id}` does not say what to do", help, place)
        elif clause.action and not clause.action_reason:
            help = "add action_reason, in your own words"
            message = f"clause `{clause.clause_id}` does not say why to do that"
            register.warning(message, help, place, "action")


def _history(main: TomlFile) -> None:
    """Report days of the history that are none, and lines of the document that are none."""
    history = main.tables("history")
    for day in history:
        if not is_date(day):
            help = "a key is a day, as in 2014-07-22"
            main.error(f"`{day}` is not a day of the calendar", help, "history", day)
        main.known(history[day], _HISTORY_KEYS, "history")
        if fault := _document_lines_fault(
            main.value(history[day], Field("document_lines"), "history")
        ):
            main.error(fault, _DOCUMENT_LINES, "history", day)


def _codes(file: TomlFile, clause: PolicyClause, place: str) -> None:
    """A group code is one of few; the lists of reasons and remarks grow, and may be newer."""
    groups = reference_set("group_code")
    if clause.group and clause.group not in groups:
        help = near_help(clause.group, tuple(groups))
        file.error(f"there is no group code `{clause.group}`", help, place, "group")
    for key, codes in (("carc", (clause.carc,)), ("rarcs", clause.rarcs)):
        name = key.removesuffix("s")
        known = reference_set(name)
        for code in codes:
            if code and code not in known:
                message = f"the reference set of {name.upper()}s has no `{code}`"
                help = near_help(code, tuple(known), "look it up in the list of its authority")
                file.warning(message, help, place, key)


def _exceptions(file: TomlFile, clause: PolicyClause, place: str, known: Collection[str]) -> None:
    for number, item in enumerate(clause.exceptions, 1):
        if item.evidence not in known:
            message = f"an exception names `{item.evidence}`, which cannot be supplied"
            help = near_help(
                item.evidence, known, "name evidence of policy.toml, or a claim column"
            )
            file.error(message, help, place, "exceptions", number)


def _related(file: TomlFile, clause: PolicyClause, place: str, related: Collection[str]) -> None:
    for name in clause.related:
        if name not in related:
            help = near_help(name, related, f"add {name} to [related] of policy.toml")
            file.warning(
                f"nothing says what the related policy `{name}` is", help, place, "related"
            )


def _document_lines(file: TomlFile, text: str, place: str) -> None:
    if text and (problem := _document_lines_fault(text)):
        file.error(problem, _DOCUMENT_LINES, place, "document_lines")


def _document_lines_fault(text: str) -> str:
    """Return what is wrong with lines of a document; empty where nothing is.

    Examples
    --------
    >>> _document_lines_fault("106,188-220")
    ''
    >>> _document_lines_fault("220-188")
    'the lines `220-188` run backwards'
    """
    for part in text.split(",") if text else ():
        match = _LINES.fullmatch(part.strip())
        if match is None or int(match[1]) == 0:
            return f"{quoted(part.strip())} is no line of a document"
        if match[2] and int(match[2]) < int(match[1]):
            return f"the lines `{match[0]}` run backwards"
    return ""


def _table_rows(policy: Policy) -> Iterator[Diagnostic]:
    for table in policy.tables.values():
        for row in table.rows:
            lines = row.origin.document_lines
            if lines and (problem := _document_lines_fault(lines)):
                yield Diagnostic("error", problem, row.origin, _DOCUMENT_LINES)


def _reading_numbers(policy: Policy, main: TomlFile) -> None:
    """Report references to readings that readings.toml does not have."""
    named = {
        term.value
        for rule in policy.program.program.rules
        for atom in atoms(Unit(rule.head, rule.body, rule.span))
        if atom.predicate == "reading"
        and type(term := atom.terms[-1]) is Constant
        and not isinstance(term.value, str)
    }
    declared = [
        (f"{key}.{name}", item.reading)
        for key, items in (("switches", policy.switches), ("tables", policy.declarations))
        for name, item in items.items()
    ]
    if not policy.readings:
        numbers = {str(each) for each in named} | {str(n) for _, n in declared if n is not None}
        if numbers:
            message = "rules, switches or tables refer to readings, and there are none"
            main.found.append(
                Diagnostic("warning", message, None, "write them to readings.toml, by number")
            )
        return
    for place, number in declared:
        if number is not None and number not in policy.readings:
            main.warning(f"there is no reading {number}", "see readings.toml", place, "reading")

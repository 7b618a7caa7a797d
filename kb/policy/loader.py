"""A policy: one folder with clauses, switches, tables, readings and rules, loaded and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from facts.claim import EvidenceType
from facts.codes import CodeTable, TableRow, read_code_table
from facts.diagnostic import ClausewiseError, Diagnostic, ProgramError
from facts.frozen import frozen
from facts.origin import Origin
from facts.utf8 import read_utf8
from kb.checks.checked import check
from kb.compile.rewrite.assumptions import with_assumptions
from kb.language.ast import Program
from kb.language.parser import parse_programs
from kb.model.clause import (
    ADVERSE_EFFECTS,
    EFFECTS,
    PolicyClause,
    Reading,
    Switch,
    TableDeclaration,
)
from kb.model.maker import READING_IN_FAVOUR, VERDICT
from kb.model.program import CheckedProgram
from kb.model.vocabulary import TableVocabulary, Vocabulary
from kb.policy.folder import PolicyFile, PolicyFiles, find_policy_folder
from kb.policy.sections import (
    read_clauses,
    read_evidence_types,
    read_identity,
    read_readings,
    read_related,
    read_switches,
    read_table_declarations,
)
from kb.policy.toml_file import TomlFile

_EFFECTIVE_BASIS = Switch(
    "effective_basis",
    "service_date",
    ("service_date", "processed_date"),
    meaning="the date by which a clause is in force",
)
"""The switch that every policy has, whether its folder declares it or not."""

LOADED_LISTS = ("hcpcs_release", "precertification_list")
"""Lists that a person can load alongside the claims; rules may name them as tables."""


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A reimbursement policy, ready to be evaluated.

    Parameters
    ----------
    policy_id, title, version : str
        Identity of the policy; its version is the day of the document.
    published : date
        Day of publication.
    folder : Path
        Where its files lie.
    clauses : mapping of str to PolicyClause
        In the order of the register.
    switches : mapping of str to Switch
        By name.
    evidence_types : mapping of str to EvidenceType
        By name of the evidence.
    readings : mapping of int to Reading
        By number.
    declarations : mapping of str to TableDeclaration
        What ``policy.toml`` says of each table.
    tables : mapping of str to CodeTable
        The codes of each table.
    related : mapping of str to str
        Titles of other policies that this one names.
    rules : Program
        The rules of the folder and the shared rules of the determination, as they are written.
    program : CheckedProgram
        The same with what is derived from them, checked.
    program_sha256 : str
        Hash of every rule, table and declaration that a determination depends on.
    files_sha256 : str
        Hash of all files that were loaded, what decides nothing among them.
    warnings : tuple of Diagnostic
        What an author should look at; it does not keep the policy from use.
    """

    policy_id: str
    title: str
    version: str
    published: date
    folder: Path
    clauses: Mapping[str, PolicyClause]
    switches: Mapping[str, Switch]
    evidence_types: Mapping[str, EvidenceType]
    readings: Mapping[int, Reading]
    declarations: Mapping[str, TableDeclaration]
    tables: Mapping[str, CodeTable]
    related: Mapping[str, str]
    rules: Program
    program: CheckedProgram
    program_sha256: str
    files_sha256: str
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def tells_readings(self) -> bool:
        """Whether the readings in favour of lines can be asked for: see ``load_policy``."""
        return READING_IN_FAVOUR in self.program.signature

    @property
    def tells_verdicts(self) -> bool:
        """Whether the verdicts on remittances can be asked for: see ``load_policy``."""
        return VERDICT in self.program.signature


def load_policy(policy: str | Path, alternatives: bool = False, audit: bool = False) -> Policy:
    """Load a policy folder and check all of it.

    Parameters
    ----------
    policy : str or Path
        Name of a bundled policy, as in ``r14``, or a folder.
    alternatives : bool, optional
        Whether to read what contested readings would be otherwise, for readings in favour.
    audit : bool, optional
        Whether to read the rules of the verdicts on remittances.

    Raises
    ------
    ProgramError
        With everything that is wrong in the folder, all at once.
    UsageError
        If there is no such policy.

    Examples
    --------
    >>> load_policy("r14").clauses["R14-COD-2"].carc
    '234'
    """
    folder = find_policy_folder(policy)
    files = PolicyFiles(folder, alternatives, audit)
    found: list[Diagnostic] = []
    main = TomlFile(files.main, "policy.toml", found)
    register = TomlFile(files.register, "clauses.toml", found)
    clauses = read_clauses(register)
    readings = _read_readings(files.readings, found)
    declarations = read_table_declarations(main)
    tables = _read_tables(files.tables, main, declarations)
    rules = _read_rules(files, found)
    identity, related = read_identity(main), read_related(main)
    switches = {_EFFECTIVE_BASIS.name: _EFFECTIVE_BASIS, **read_switches(main)}
    evidence_types = read_evidence_types(main)
    vocabulary = Vocabulary(
        effects=register.known_as("clause", _effects(clauses)),
        switches=main.known_as("switches", _values(switches)),
        evidence=main.known_as("evidence", evidence_types),
        tables={name: _table_vocabulary(table) for name, table in tables.items()},
        lists=LOADED_LISTS,
        readings=tuple(readings),
    )
    checked: CheckedProgram | None = None
    if rules is not None:
        known_tables = (*declarations, *files.tables, *LOADED_LISTS)
        try:
            checked = check(
                with_derived_rules(rules, evidence_types),
                clauses=register.known_as("clause", tuple(clauses)),
                tables=main.known_as("tables", known_tables),
                vocabulary=vocabulary,
            )
        except ClausewiseError as fault:
            found.extend(_once(fault.diagnostics))
    if rules is None or checked is None or any(each.severity == "error" for each in found):
        raise ProgramError(found)
    return Policy(
        identity["id"],
        identity["title"],
        identity["version"],
        identity["published"],
        folder,
        frozen(clauses),
        frozen(switches),
        frozen(evidence_types),
        frozen(readings),
        frozen(declarations),
        frozen(tables),
        frozen(related),
        rules,
        checked,
        files.program_sha256(),
        files.sha256(),
        (*found, *_once(checked.warnings)),
    )


def _read_readings(file: PolicyFile, found: list[Diagnostic]) -> dict[int, Reading]:
    """Read the contested readings; a policy need not have any."""
    return read_readings(TomlFile(file, "readings.toml", found)) if file.exists() else {}


def with_derived_rules(rules: Program, evidence_types: Mapping[str, EvidenceType]) -> Program:
    """Return the rules of a policy with those that tell what is assumed of a line.

    Parameters
    ----------
    rules : Program
        As they are written.
    evidence_types : mapping of str to EvidenceType
        What the policy declares.
    """
    return with_assumptions(rules, _yes_or_no(evidence_types), ADVERSE_EFFECTS)


def _yes_or_no(evidence_types: Mapping[str, EvidenceType]) -> list[str]:
    """The names of the evidence whose values are exactly yes and no."""
    return [name for name, each in evidence_types.items() if set(each.choices) == {"yes", "no"}]


def _once(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Diagnostics without repetition: rules of assumptions have the places of others."""
    return list(dict.fromkeys(diagnostics))


def _effects(clauses: Mapping[str, PolicyClause]) -> dict[str, tuple[str, ...]]:
    """The effects that each clause may have, of those whose effect is known."""
    return {
        each.clause_id: (each.effect, *each.also)
        for each in clauses.values()
        if each.effect in EFFECTS
    }


def _values(switches: Mapping[str, Switch]) -> dict[str, tuple[str, ...]]:
    """The values that each setting may have."""
    return {"strict": ("yes", "no"), **{one.name: one.values for one in switches.values()}}


def _table_vocabulary(table: CodeTable) -> TableVocabulary:
    return TableVocabulary(
        table.column,
        any(row.amount is not None for row in table.rows),
        frozenset(row.value for row in table.rows if row.value is not None),
    )


def _read_rules(files: PolicyFiles, found: list[Diagnostic]) -> Program | None:
    """Read the rule files; None where one cannot be read, for the others would miss its rules."""
    texts, unread = {}, set()
    for name, path in files.rules:
        text, fault = read_utf8(path, name)
        if fault is not None:
            found.append(fault)
            unread.add(name)
        texts[name] = text.replace("\r\n", "\n").replace("\r", "\n")
    program, faults = parse_programs(texts)
    found.extend(faults)
    return None if unread else program


def _read_tables(
    files: Mapping[str, PolicyFile],
    main: TomlFile,
    declarations: Mapping[str, TableDeclaration],
) -> dict[str, CodeTable]:
    """Read the tables that are declared; where the declarations are broken none can be read."""
    tables: dict[str, CodeTable] = {}
    if main.known_as("tables", declarations) is None:
        return tables
    for name, declaration in declarations.items():
        if declaration.rows_of:
            continue
        label = f"tables/{name}.csv"
        if name not in files:
            message = f"table `{name}` is declared and has no file"
            main.error(message, f"write {label}", f"tables.{name}")
            continue
        try:
            tables[name] = read_code_table(files[name], name, declaration.column, source=label)
        except ClausewiseError as fault:
            main.found.extend(fault.diagnostics)
    for name in files:
        if name not in declarations:
            message, help = f"table `{name}` is not declared", f"add [tables.{name}] to policy.toml"
            main.found.append(Diagnostic("error", message, Origin(f"tables/{name}.csv"), help))
    for name, declaration in declarations.items():
        if declaration.rows_of:
            tables[name] = _gathered_table(declaration, tables, main)
    return tables


def _gathered_table(
    declaration: TableDeclaration, tables: Mapping[str, CodeTable], main: TomlFile
) -> CodeTable:
    """The table of those rows of other tables that have another unit than the one named."""
    rows: list[TableRow] = []
    for source in declaration.rows_of:
        if source in tables:
            rows += tables[source].rows
        else:
            message, help = (
                f"there is no table `{source}` with a file",
                "name tables of this policy",
            )
            main.error(message, help, f"tables.{declaration.name}", "rows_of")
    kept = [replace(row, amount=None) for row in rows if row.unit != declaration.without_unit]
    return CodeTable(declaration.name, declaration.column, kept)

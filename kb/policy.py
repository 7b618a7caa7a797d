"""A policy: one folder with clauses, switches, tables, readings and rules, loaded and checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from facts.claim import EvidenceType
from facts.codes import CodeTable, read_code_table
from facts.diagnostic import ClausewiseError, Diagnostic, ProgramError, UsageError
from facts.origin import Origin
from facts.suggest import nearest
from kb.checks.checked import CheckedProgram, check
from kb.clause import PolicyClause, Reading, Switch, TableDeclaration
from kb.language.parse import parse_programs
from kb.language.syntax import Program
from kb.policy_toml import (
    TomlFile,
    read_clauses,
    read_evidence_types,
    read_readings,
    read_switches,
    read_table_declarations,
)

BUNDLED = Path(__file__).parent / "policies"
SHARED_RULES = Path(__file__).parent / "rules"

EFFECTIVE_BASIS = Switch(
    "effective_basis",
    "service_date",
    ("service_date", "processed_date"),
    meaning="the date by which a clause is in force",
)
"""The switch that every policy has, whether its folder declares it or not."""

LOADED_LISTS = ("hcpcs_release", "precertification_list")
"""Lists that a person can load beside the claims; rules may name them as tables."""


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A reimbursement policy, ready to be evaluated.

    Parameters
    ----------
    policy_id, title, version : str
    published : date
    folder : Path
    clauses : dict of str to PolicyClause
        In the order of the register.
    switches : dict of str to Switch
    evidence_types : dict of str to EvidenceType
    readings : dict of int to Reading
    declarations : dict of str to TableDeclaration
    tables : dict of str to CodeTable
    related : dict of str to str
        Titles of other policies that this one names.
    program : CheckedProgram
        The rules of the folder and the shared rules of the determination.
    program_sha256 : str
        Hash of every rule, table and declaration that a determination depends on.
    """

    policy_id: str
    title: str
    version: str
    published: date
    folder: Path
    clauses: dict[str, PolicyClause]
    switches: dict[str, Switch]
    evidence_types: dict[str, EvidenceType]
    readings: dict[int, Reading]
    declarations: dict[str, TableDeclaration]
    tables: dict[str, CodeTable]
    related: dict[str, str]
    program: CheckedProgram
    program_sha256: str


def bundled_policies() -> tuple[str, ...]:
    """Return the names of the policies that come with the package.

    Examples
    --------
    >>> bundled_policies()
    ('r14',)
    """
    return tuple(sorted(path.name for path in BUNDLED.iterdir() if (path / "policy.toml").exists()))


def find_policy_folder(policy: str | Path) -> Path:
    """Return the folder of a bundled policy's name or of a path.

    Raises
    ------
    UsageError
        If there is no such policy.
    """
    name = str(policy)
    if isinstance(policy, str) and name.lower() in bundled_policies():
        return BUNDLED / name.lower()
    folder = Path(policy)
    if (folder / "policy.toml").is_file():
        return folder
    near = nearest(name.lower(), bundled_policies())
    if folder.is_dir():
        message, help = f"`{name}` is not a policy folder", "it has no file policy.toml"
    else:
        message = f"there is no policy `{name}`"
        help = f"did you mean `{near}`?" if near else f"bundled: {', '.join(bundled_policies())}"
    raise UsageError([Diagnostic("error", message, None, help)])


def load_policy(policy: str | Path) -> Policy:
    """Load a policy folder and check all of it.

    Parameters
    ----------
    policy : str or Path
        Name of a bundled policy, as in ``r14``, or a folder.

    Returns
    -------
    Policy

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
    found: list[Diagnostic] = []
    main = TomlFile(folder / "policy.toml", "policy.toml", found)
    clauses = read_clauses(TomlFile(folder / "clauses.toml", "clauses.toml", found))
    readings: dict[int, Reading] = {}
    if (folder / "readings.toml").exists():
        readings = read_readings(TomlFile(folder / "readings.toml", "readings.toml", found))
    declarations = read_table_declarations(main)
    tables = _read_tables(folder, declarations, found)
    program = _read_rules(folder, found)
    identity = {
        key: main.text(main.data, key, "", required=True) for key in ("id", "title", "version")
    }
    published = main.day(main.data, "published", "")
    switches = {EFFECTIVE_BASIS.name: EFFECTIVE_BASIS, **read_switches(main)}
    evidence_types = read_evidence_types(main)
    related = {
        name: main.text(main.data.get("related", {}), name, "related")
        for name in main.data.get("related", {})
    }
    checked: CheckedProgram | None = None
    try:
        checked = check(program, clauses=tuple(clauses), tables=(*tables, *LOADED_LISTS))
    except ClausewiseError as fault:
        found.extend(fault.diagnostics)
    errors = [diagnostic for diagnostic in found if diagnostic.severity == "error"]
    if errors or checked is None:
        raise ProgramError(found)
    return Policy(
        identity["id"],
        identity["title"],
        identity["version"],
        published,
        folder,
        clauses,
        switches,
        evidence_types,
        readings,
        declarations,
        tables,
        related,
        checked,
        _digest(folder),
    )


def _rule_files(folder: Path) -> list[tuple[str, Path]]:
    """Return the rule files with the names that diagnostics and proofs give them."""
    shared = [(f"rules/{path.name}", path) for path in sorted(SHARED_RULES.glob("*.pl"))]
    return shared + [(path.name, path) for path in sorted(folder.glob("*.pl"))]


def _read_rules(folder: Path, found: list[Diagnostic]) -> Program:
    texts = {}
    for name, path in _rule_files(folder):
        try:
            texts[name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            found.append(Diagnostic("error", "the file cannot be read as UTF-8 text", Origin(name)))
    program, faults = parse_programs(texts)
    found.extend(faults)
    return program


def _read_tables(
    folder: Path, declarations: dict[str, TableDeclaration], found: list[Diagnostic]
) -> dict[str, CodeTable]:
    tables = {}
    for name, declaration in declarations.items():
        path = folder / "tables" / f"{name}.csv"
        label = f"tables/{name}.csv"
        if not path.is_file():
            found.append(
                Diagnostic(
                    "error",
                    f"table `{name}` is declared and has no file",
                    Origin("policy.toml", f"tables.{name}"),
                    f"write {label}",
                )
            )
            continue
        try:
            tables[name] = read_code_table(path, name, declaration.column, source=label)
        except ClausewiseError as fault:
            found.extend(fault.diagnostics)
    for path in sorted((folder / "tables").glob("*.csv")):
        if path.stem not in declarations:
            found.append(
                Diagnostic(
                    "error",
                    f"table `{path.stem}` is not declared",
                    Origin(f"tables/{path.name}"),
                    f"add [tables.{path.stem}] to policy.toml",
                )
            )
    return tables


def _digest(folder: Path) -> str:
    """Hash everything that a determination depends on, independent of place and line ends."""
    digest = hashlib.sha256()
    files = [*_rule_files(folder)]
    for name in ("policy.toml", "clauses.toml"):
        files.append((name, folder / name))
    files += [(f"tables/{path.name}", path) for path in sorted((folder / "tables").glob("*.csv"))]
    for name, path in files:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()

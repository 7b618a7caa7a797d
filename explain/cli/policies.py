"""``clausewise clauses``, ``clausewise code`` and ``clausewise check``."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explain.cli.options import JsonOption, PolicyOption
from explain.cli.output import data, json_text, message, report, table_text
from explain.cli.running import BAD_INPUT, DONE, NO_ANSWER
from facts.diagnostic import Diagnostic, ProgramError, UsageError
from facts.suggest import near_help
from facts.values import ValueFault, format_number, one_line, parse_code

if TYPE_CHECKING:
    from kb.model.clause import PolicyClause
    from kb.policy.loader import Policy


def clauses(
    clause_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="A clause, as in R14-FAC-7.")
    ] = None,
    policy: PolicyOption = "r14",
    as_json: JsonOption = False,
) -> int:
    """List the clauses of a policy, or show one whole.

    \b
    clausewise clauses
    clausewise clauses R14-FAC-7
    clausewise clauses R14-FAC
    """
    from kb.policy.loader import load_policy

    loaded = load_policy(policy)
    folded = (clause_id or "").strip().casefold()
    family = [each for name, each in loaded.clauses.items() if _in_family(name, folded)]
    if clause_id is None or family:
        if as_json:
            for clause in family:
                data(json_text(_clause_json(clause)))
        else:
            rows = [
                (each.clause_id, each.effect, each.effective_from, each.document_lines, each.title)
                for each in family
            ]
            data(table_text(("clause", "effect", "from", "document lines", "title"), rows))
        return DONE
    wanted = next(
        (each for name, each in loaded.clauses.items() if name.casefold() == folded), None
    )
    if wanted is None:
        help = near_help(clause_id, loaded.clauses, "`clausewise clauses` lists them")
        report([Diagnostic("error", f"there is no clause `{clause_id}`", None, help)])
        return NO_ANSWER
    data(json_text(_clause_json(wanted)) if as_json else _clause_text(wanted, loaded))
    return DONE


def _in_family(clause_id: str, folded: str) -> bool:
    """Return whether a clause is of a family: all of them where none is named."""
    name = clause_id.casefold()
    return not folded or f"-{name}".rpartition("-")[0].endswith(f"-{folded.strip('-')}")


def code(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="A code, as in J7050, or words, as in flush.")
    ],
    policy: PolicyOption = "r14",
    as_json: JsonOption = False,
) -> int:
    """Show every table, set and clause of a code, or those that words are found in.

    \b
    clausewise code J7050
    clausewise code 0258 --json
    clausewise code flush
    """
    from kb.policy.code_index import code_places
    from kb.policy.loader import load_policy

    loaded = load_policy(policy)
    if not any(character.isdigit() for character in code):
        return _by_words(loaded, code, as_json)
    try:
        wanted = parse_code(code.replace(".", ""))
    except ValueFault as fault:
        raise UsageError.of(f"the code {fault.message}", fault.help) from None
    places = code_places(loaded, wanted)
    tables = [
        {
            "table": name,
            "title": loaded.declarations[name].title,
            "basis": loaded.declarations[name].basis,
            "row": row.first if row.first == row.last else f"{row.first}-{row.last}",
            "document_lines": row.origin.document_lines,
            "amount": None if row.amount is None else format_number(row.amount),
            "unit": row.unit or None,
        }
        for name, row in places.tables
    ]
    if as_json:
        value = {
            "code": wanted,
            "tables": tables,
            "sets": list(places.sets),
            "clauses": list(places.clauses),
        }
        data(json_text(value))
    elif tables or places.clauses:
        columns = ("table", "row", "document lines", "what it is")
        rows = [
            (
                each["table"],
                each["row"],
                each["document_lines"] or "-",
                _what(each),
            )
            for each in tables
        ]
        data(table_text(columns, rows))
        data("")
        data(f"sets: {', '.join(places.sets) or '-'}")
        data("")
        named = [
            (clause_id, loaded.clauses[clause_id].effect, loaded.clauses[clause_id].title)
            for clause_id in places.clauses
        ]
        data(table_text(("clause", "effect", "title"), named))
    if not tables and not places.clauses:
        message(f"`{wanted}` is in no table, set or clause of {loaded.policy_id}")
        return NO_ANSWER
    return DONE


def _by_words(policy: Policy, words: str, as_json: bool) -> int:
    """Show the tables and clauses that all words are found in."""
    from kb.policy.code_index import found_by_words

    tables, clauses = found_by_words(policy, words)
    if not tables and not clauses:
        message(f"nothing in {policy.policy_id} speaks of `{one_line(words)}`")
        return NO_ANSWER
    if as_json:
        value = {"words": words, "tables": list(tables), "clauses": list(clauses)}
        data(json_text(value))
        return DONE
    if tables:
        rows = []
        for name in tables:
            held = policy.tables[name].rows
            codes = [
                row.first if row.first == row.last else f"{row.first}-{row.last}" for row in held
            ]
            more = f" and {len(codes) - 8} more" if len(codes) > 8 else ""
            rows.append((name, policy.declarations[name].title, " ".join(codes[:8]) + more))
        data(table_text(("table", "what it is", "rows"), rows))
    if clauses:
        if tables:
            data("")
        named = [
            (name, policy.clauses[name].effect, policy.clauses[name].title) for name in clauses
        ]
        data(table_text(("clause", "effect", "title"), named))
    return DONE


def check(
    folder: Annotated[
        str, typer.Argument(metavar="POLICY_FOLDER", help="A policy folder, or its name.")
    ] = "r14",
    as_json: JsonOption = False,
) -> int:
    """Check the rules, tables and cases of a policy.

    \b
    clausewise check
    clausewise check my-policy
    """
    from kb.cases.runner import read_cases, run_cases
    from kb.policy.folder import find_policy_folder
    from kb.policy.lint import policy_remarks
    from kb.policy.loader import load_policy

    try:
        policy = load_policy(folder, alternatives=True, audit=True)
    except ProgramError as fault:
        _, more = read_cases(find_policy_folder(folder))
        found = [*fault.diagnostics, *more]
        if as_json:
            told = [each.to_json() for each in found if each.severity == "error"]
            data(json_text({"policy": folder, "errors": told}))
        raise ProgramError(found) from None
    outcome = run_cases(policy)
    remarks = [*policy.warnings, *policy_remarks(policy), *outcome.faults, *outcome.warnings]
    errors = [each for each in remarks if each.severity == "error"]
    counts = {
        "clauses": len(policy.clauses),
        "rules": len(policy.program.program.rules),
        "tables": len(policy.tables),
        "cases": outcome.total,
    }
    if as_json:
        value: dict[str, Any] = {
            "policy": policy.policy_id,
            "version": policy.version,
            "program_sha256": policy.program_sha256,
            **counts,
            "errors": [each.to_json() for each in errors],
            "warnings": [each.to_json() for each in remarks if each.severity == "warning"],
            "failures": [failure.to_json() for failure in outcome.failures],
        }
        data(json_text(value))
    else:
        listed = ", ".join(f"{count} {name}" for name, count in counts.items())
        data(f"{policy.policy_id}, version {policy.version}: {listed}")
    report([*_remarks(policy), *remarks])
    report(outcome.failures)
    if outcome.failures:
        message(f"{len(outcome.failures)} of {outcome.total} cases failed")
    elif outcome.total and not errors:
        message("every case came out as expected")
    if errors:
        return BAD_INPUT
    return NO_ANSWER if outcome.failures else DONE


def _remarks(policy: Policy) -> list[Diagnostic]:
    """Return notes on the rows of the document that a reading has to explain."""
    return [
        Diagnostic("note", f"`{row.first}` in table `{name}`: {row.note}", row.origin)
        for name, table in policy.tables.items()
        for row in table.rows
        if row.note.startswith("as printed")
    ]


def _what(table: dict[str, str | None]) -> str:
    amount = f"; one unit is {table['amount']} {table['unit'] or ''}" if table["amount"] else ""
    return f"{table['title']}{amount}".rstrip() + (f" ({table['basis']})" if table["basis"] else "")


def _clause_json(clause: PolicyClause) -> dict[str, Any]:
    return {
        "clause_id": clause.clause_id,
        "section": clause.section,
        "document_lines": clause.document_lines,
        "effect": clause.effect,
        "also": list(clause.also),
        "effective_from": clause.effective_from.isoformat(),
        "carc": clause.carc or None,
        "rarcs": list(clause.rarcs),
        "group": clause.group or None,
        "title": clause.title,
        "summary": clause.summary,
        "exceptions": [
            {"evidence": each.evidence, "value": each.value, "text": each.text}
            for each in clause.exceptions
        ],
        "changes": clause.changes or None,
        "related": list(clause.related),
    }


def _clause_text(clause: PolicyClause, policy: Policy) -> str:
    from explain.english.phrases import code_text
    from explain.english.places import document_place
    from kb.language.printer import print_rule
    from kb.policy.code_index import clause_rules

    rows = [
        f"{clause.clause_id}: {clause.title}",
        *textwrap.wrap(clause.summary, 96, initial_indent="  ", subsequent_indent="  "),
        f"  effect {' or '.join((clause.effect, *clause.also))}, from {clause.effective_from}",
        f"  {document_place(clause).text}",
    ]
    if codes := code_text(clause):
        rows.append(f"  {codes}")
    rows += [f"  excepted: {each.text}" for each in clause.exceptions]
    if clause.changes:
        rows.append(f"  what would change it: {clause.changes}")
    rows += [f"  see also {name}: {policy.related.get(name, '')}" for name in clause.related]
    rules = clause_rules(policy).get(clause.clause_id, ())
    if rules:
        rows.append("")
    rows += [f"  {print_rule(rule).strip()}  % {rule.span}" for rule in rules]
    return "\n".join(rows)

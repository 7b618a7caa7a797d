"""``clausewise sql``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from explain.cli.options import JsonOption, PolicyOptions
from explain.cli.output import data, json_text
from explain.cli.running import DONE
from facts.diagnostic import Diagnostic, UsageError
from facts.suggest import nearest

if TYPE_CHECKING:
    from kb.language.ast import Program


def sql(
    predicates: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PREDICATE",
            help="Print only what these need, as in denied or denied/3.",
            show_default=False,
        ),
    ] = None,
    dialect: Annotated[
        str,
        typer.Option(
            "--dialect",
            metavar="DIALECT",
            help="duckdb, spark, snowflake, bigquery, postgres or sqlite.",
        ),
    ] = "duckdb",
    schema: Annotated[
        str,
        typer.Option("--schema", metavar="NAME", help="Make the tables in this schema."),
    ] = "",
    prefix: Annotated[
        str,
        typer.Option("--prefix", metavar="TEXT", help="Begin the name of each table with this."),
    ] = "",
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Drop what an earlier run has made, so that it runs again."),
    ] = False,
    *,
    given: PolicyOptions,
    as_json: JsonOption = False,
) -> int:
    """Print the rules of a policy as SQL, one commented statement for each predicate.

    What no predicate that is asked for needs is left out.

    \b
    clausewise sql outcome cites > r14.sql
    clausewise sql denied --dialect snowflake
    clausewise sql outcome cites --schema audit --prefix r14_ --replace > r14.sql
    """
    from kb.compile.script.script import Naming, script, script_text
    from kb.compile.sql import dialects
    from kb.planning.policy_source import policy_source

    wanted_dialect = dialects.dialect(dialect)
    naming = Naming(schema, prefix, replace)
    kb = given.knowledge_base()
    wanted = _keys(predicates, kb.policy.program.program) if predicates else None
    statements = script(policy_source(kb), wanted_dialect, wanted, naming)
    if not as_json:
        data(script_text(statements))
        return DONE
    for each in statements:
        texts = [line.removeprefix("--").removeprefix(" ") for line in each.comment]
        data(json_text({"name": each.name or None, "comment": texts, "sql": each.sql or None}))
    return DONE


def _keys(names: Iterable[str], program: Program) -> list[tuple[str, int]]:
    """The predicates that names mean; every unknown one is told."""
    known = {rule.head.key: None for rule in program.rules}
    found: list[tuple[str, int]] = []
    faults = []
    for text in names:
        name, sign, arity = text.partition("/")
        keys = [key for key in known if key[0] == name and (not sign or str(key[1]) == arity)]
        found += keys
        if not keys:
            near = nearest(name, {key[0] for key in known})
            like = [f"{key[0]}/{key[1]}" for key in known if key[0] == near]
            help = f"did you mean `{like[0]}`?" if like else "name a predicate that rules derive"
            faults.append(Diagnostic("error", f"no rule derives `{text}`", None, help))
    if faults:
        raise UsageError(faults)
    if not found:
        raise UsageError.of("no predicate is named")
    return found

"""``clausewise repl``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from explain.cli.loaded import expanded
from explain.cli.options import ClaimOption, InputOptions
from explain.cli.output import data, flush, report
from explain.cli.running import BAD_INPUT, DONE, WRONG_USAGE
from facts.diagnostic import ClausewiseError

if TYPE_CHECKING:
    from explain.prompt.dialogue import Dialogue
    from kb.knowledge_base import KnowledgeBase


def repl(
    claims: ClaimOption = [],  # noqa: B006
    *,
    given: InputOptions,
    history: Annotated[
        str | None,
        typer.Option(
            "--history", metavar="FILE", help="Keep what is typed in this file for the next time."
        ),
    ] = None,
) -> int:
    """Ask goals one after the other, at a prompt or from a script on standard input.

    An answer at a time, `;` gives the next one; `why` proves the last answer, `why CLAIM LINE`
    explains a line; .help lists the rest. Tab completes predicates, clauses and claim ids. From a
    pipe each row is a goal or a command, and all its answers are printed.

    \b
    clausewise repl -c claims.837
    echo "denied(C, L, Clause)." | clausewise repl -c claims.csv
    """
    from explain.prompt.dialogue import Dialogue

    loaded = given.loaded(expanded(claims))
    report(loaded.diagnostics)
    at_terminal = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    dialogue = Dialogue(loaded.kb, _load, at_once=not at_terminal)
    if at_terminal:
        from explain.prompt.terminal import TerminalPrompt

        data(f"{_title(dialogue.kb)}; .help lists what can be said")
        flush()
        return _talk(dialogue, TerminalPrompt(dialogue, history).texts())
    code = _talk(dialogue, _piped())
    return code or (BAD_INPUT if loaded.has_errors else DONE)


def _talk(dialogue: Dialogue, texts: Iterator[str]) -> int:
    """Say what the texts ask for; an error ends its text, not the dialogue."""
    code = DONE
    for text in texts:
        try:
            for said in dialogue.say(text):
                data(said)
        except ClausewiseError as fault:
            flush()
            report(fault.diagnostics)
            code = WRONG_USAGE if dialogue.at_once else DONE
        flush()
        if dialogue.ended:
            break
    return code


def _piped() -> Iterator[str]:
    if sys.stdin is None:
        return
    for row in sys.stdin.buffer:
        yield row.decode("utf-8", "replace")


def _load(
    kb: KnowledgeBase, claims: Sequence[str], evidence: Sequence[str]
) -> tuple[KnowledgeBase, Sequence[str]]:
    from facts.readers.detect import open_claims
    from facts.readers.evidence import read_evidence

    files = expanded(map(os.path.expanduser, claims))
    facts = read_evidence(expanded(map(os.path.expanduser, evidence)), kb.policy.evidence_types)
    known = kb.with_claims(open_claims(files) if files else (), facts)
    report(known.diagnostics)
    return known, ()


def _title(kb: KnowledgeBase) -> str:
    policy, count = kb.policy, len(kb.claims)
    claims = f"{count:,} {'claim' if count == 1 else 'claims'}"
    return f"{policy.policy_id}, {policy.title}, {len(policy.clauses)} clauses; {claims}"

"""Reads programs and queries: text in, syntax with spans out, every syntax error at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facts.diagnostic import Diagnostic, QueryError
from kb.language.ast import Declaration, Program, Query, Rule
from kb.language.excerpt import Excerpts
from kb.language.lexer import Token, tokens
from kb.language.syntax_errors import explain, restart
from kb.language.transformer import CALLBACKS, SyntaxFault, check_depth

if TYPE_CHECKING:
    from lark import Lark

_QUERY_SOURCE = "<query>"
"""Name of the source of a typed query in its spans."""

_LONGEST_QUERY = 100_000
"""How many characters a query may have."""


def parse_program(text: str, source: str) -> tuple[Program, list[Diagnostic]]:
    """Read the rules and declarations of one file.

    After a fault the text is read on behind the next full stop, so that all faults are reported.

    Parameters
    ----------
    text : str
        Rules, facts and declarations.
    source : str
        Name of the file as the person gave it.

    Returns
    -------
    Program
        What could be read. ``broken`` names the predicates of rules that could not.
    list of Diagnostic

    Examples
    --------
    >>> program, faults = parse_program("p(X) :- q(X), \\\\+ r(X). q(1).", "rules.pl")
    >>> len(program.rules), faults
    (2, [])
    >>> _, (fault,) = parse_program("p(X) :- q(X), !.", "rules.pl")
    >>> fault.message
    'the cut `!` is not part of the rule language'
    """
    rules: list[Rule] = []
    declarations: list[Declaration] = []
    broken: dict[str, None] = {}
    found: list[Diagnostic] = []
    excerpts = Excerpts({source: text})
    waiting: list[Token] = []
    for token in tokens(text, source):
        waiting.append(token)
        if token.type != "END":
            continue
        _read(waiting, rules, declarations, broken, found, excerpts)
        waiting = []
    if waiting:
        _read(waiting, rules, declarations, broken, found, excerpts)
    program = Program(tuple(rules), tuple(declarations), {source: text}, tuple(broken))
    return program, found


def parse_programs(texts: Mapping[str, str]) -> tuple[Program, list[Diagnostic]]:
    """Read several files as one program.

    Parameters
    ----------
    texts : mapping of str to str
        Text of each file by its name, in reading order.

    Returns
    -------
    Program
    list of Diagnostic

    Examples
    --------
    >>> program, faults = parse_programs({"a.pl": "p(1).", "b.pl": "q(X) :- p(X)."})
    >>> [rule.span.source for rule in program.rules]
    ['a.pl', 'b.pl']
    """
    parsed = [parse_program(text, source) for source, text in texts.items()]
    faults = [fault for _, found in parsed for fault in found]
    return join_programs(program for program, _ in parsed), faults


def join_programs(programs: Iterable[Program]) -> Program:
    """Return several programs as one.

    Parameters
    ----------
    programs : iterable of Program
        In reading order.

    Returns
    -------
    Program
    """
    rules: list[Rule] = []
    declarations: list[Declaration] = []
    texts: dict[str, str] = {}
    broken: dict[str, None] = {}
    for program in programs:
        rules += program.rules
        declarations += program.declarations
        texts.update(program.texts)
        broken.update(dict.fromkeys(program.broken))
    return Program(tuple(rules), tuple(declarations), texts, tuple(broken))


def parse_query(text: str) -> Query:
    """Read a goal, with or without ``?-`` before it and a full stop behind it.

    Parameters
    ----------
    text : str
        As a person typed it.

    Returns
    -------
    Query

    Raises
    ------
    QueryError
        If the text is not a goal of the rule language.

    Examples
    --------
    >>> query = parse_query("?- denied(C, L, 'R14-FAC-1').")
    >>> query == parse_query("denied(C, L, 'R14-FAC-1')")
    True
    """
    if len(text) > _LONGEST_QUERY:
        raise QueryError.of(f"a query of {len(text)} characters is too long")
    given = list(tokens(text, _QUERY_SOURCE))
    if not given:
        help = "write a goal such as `denied(C, L, Clause)`"
        raise QueryError.of("the query is empty", help)
    try:
        query: Query = _parse(given, "query")
        check_depth(query.body)
    except SyntaxFault as fault:
        excerpts = Excerpts({_QUERY_SOURCE: text})
        raise QueryError(
            [excerpts.diagnostic("error", fault.message, fault.span, fault.help)]
        ) from None
    return replace(query, text=text)


def _read(
    given: list[Token],
    rules: list[Rule],
    declarations: list[Declaration],
    broken: dict[str, None],
    found: list[Diagnostic],
    excerpts: Excerpts,
) -> None:
    """Read one rule or declaration; where a full stop is missing, go on with the rule behind."""
    while given:
        try:
            read: Rule | Declaration = _parse(given, "start")
            if isinstance(read, Rule):
                check_depth(read.body)
                rules.append(read)
            else:
                declarations.append(read)
            return
        except SyntaxFault as fault:
            found.append(excerpts.diagnostic("error", fault.message, fault.span, fault.help))
            name = next((token.text for token in given if token.type == "CALL"), None)
            if name is not None:
                broken[name] = None
            given = restart(given, fault.span)


def _parse(given: list[Token], start: str) -> Any:
    """Hand tokens to the parser; every fault comes back as `SyntaxFault`."""
    from lark.exceptions import UnexpectedToken

    try:
        return _parser().parse(given, start=start)
    except UnexpectedToken as fault:
        unexpected = fault.token if isinstance(fault.token, Token) else None
        position = len(given) if unexpected is None else given.index(unexpected)
    raise explain(given, position, query=start == "query")


@lru_cache(maxsize=1)
def _parser() -> Lark:
    from lark import Lark
    from lark.lexer import Lexer

    class Given(Lexer):
        """Passes on the tokens that were cut before."""

        def __init__(self, lexer_conf: object) -> None:
            pass

        def lex(self, given: Any, parser_state: Any = None) -> Any:
            return iter(given)

    grammar = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        start=["start", "query"],
        parser="lalr",
        lexer=Given,
        transformer=CALLBACKS,
        keep_all_tokens=True,
        maybe_placeholders=False,
    )

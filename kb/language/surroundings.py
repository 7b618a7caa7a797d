"""Looks around a token: what stands before it, and which parenthesis it is in."""

from __future__ import annotations

from facts.span import Span
from kb.language.lexer import Token


def starts_a_rule(token: Token, before: Token) -> bool:
    """Whether a token at the start of a row follows one that can end a rule."""
    return (
        token.row > before.row
        and token.column == 1
        and token.type in ("CALL", "IMPLIES", "TERM")
        and before.type in ("CLOSE", "TERM")
    )


def behind(token: Token) -> Span:
    """Return the place right behind a token."""
    return Span(token.source, token.row, token.end_column, token.row, token.end_column + 1)


def in_head(given: list[Token], position: int) -> bool:
    """Whether a position stands before the ``:-`` of a rule."""
    return not any(token.type == "IMPLIES" for token in given[:position])


def literal_before(given: list[Token], position: int) -> list[Token]:
    """Return the tokens of the literal before a position."""
    start = position
    while start and given[start - 1].type not in ("COMMA", "IMPLIES", "QUERY"):
        start -= 1
    return given[start:position]


def innermost(given: list[Token], position: int) -> Token | None:
    """Return the token whose parenthesis is open at a position."""
    opened: list[Token] = []
    for token in given[:position]:
        if token.type in ("CALL", "FUNCTION", "AGGREGATE", "PREDICATE", "OPEN"):
            opened.append(token)
        elif token.type == "CLOSE" and opened:
            opened.pop()
    return opened[-1] if opened else None


def measures(given: list[Token], call: Token) -> bool:
    """Whether a call is what an aggregate measures, such as ``sum(E)``."""
    position = given.index(call)
    return position > 0 and given[position - 1].type == "AGGREGATE"


def shown(token: Token) -> str:
    """Return the text of a token, cut where it is long."""
    return token.text if len(token.text) <= 40 else f"{token.text[:40]}…"

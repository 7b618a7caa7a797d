"""Why a token cannot be where it is, in a person's words."""

from __future__ import annotations

from facts.span import Span
from kb.language.keywords import FUNCTIONS, OPERATOR_WORDS, RESERVED
from kb.language.lexer import Token
from kb.language.transformer import SyntaxFault

_FUNCTIONS = ", ".join(sorted(FUNCTIONS))
_ARITHMETIC = frozenset(("PLUS", "MINUS", "TIMES", "FUNCTION"))
_BEFORE_OPERAND = frozenset(("PLUS", "MINUS", "TIMES", "FUNCTION", "COMPARE", "IS"))
_DIRECTIVE = 'the only one is `:- predicate(name(column: type, ...), "sentence").`'
_HEAD = "a head is a predicate with its arguments"
_ATOM_HELP = "arguments are variables, text and numbers"


def explain(given: list[Token], position: int, *, query: bool) -> SyntaxFault:
    """Return what is wrong at a token that the grammar does not expect.

    Parameters
    ----------
    given : list of Token
        All tokens of the rule or query.
    position : int
        Number of the unexpected one; that of all tokens where they end too early.
    query : bool
        Whether a query is read.

    Returns
    -------
    SyntaxFault
    """
    what = "query" if query else "rule"
    before = given[position - 1] if position else None
    if position == len(given):
        return _too_early(given, what)
    token = given[position]
    if position == 1 and given[0].type == "IMPLIES" and not query:
        return SyntaxFault(token.span, f"unknown directive `{_shown(token)}`", _DIRECTIVE)
    if token.type == "BAD":
        named = given[0].type == "IMPLIES" and token.text in OPERATOR_WORDS
        return SyntaxFault(token.span, token.fault, "choose another name" if named else token.help)
    inside = _innermost(given, position)
    if inside is not None and token.type in ("END", "IMPLIES"):
        return SyntaxFault(inside.span, "a parenthesis is not closed", "close it with `)`")
    if not query and before is not None and _starts_a_rule(token, before):
        return SyntaxFault(
            _behind(before),
            f"the {what} does not end with a full stop",
            f"write `.` after `{before.text}`",
        )
    for explanation in (_directive, _after_word, _negation, _argument, _operand, _place):
        refused = explanation(token, before, inside, given, position, what)
        if refused is not None:
            return refused
    return SyntaxFault(token.span, f"unexpected `{_shown(token)}`", _expectation(before, inside))


def restart(given: list[Token], fault: Span) -> list[Token]:
    """Return the tokens behind a missing full stop, where the fault is one, or none.

    Parameters
    ----------
    given : list of Token
        All tokens that were read together.
    fault : Span
        The place that was refused.

    Returns
    -------
    list of Token
    """
    for position in range(1, len(given)):
        token, before = given[position], given[position - 1]
        if _starts_a_rule(token, before) and fault == _behind(before):
            return given[position:]
    return []


def _too_early(given: list[Token], what: str) -> SyntaxFault:
    last = given[-1]
    inside = _innermost(given, len(given))
    if inside is not None:
        return SyntaxFault(inside.span, "a parenthesis is not closed", "close it with `)`")
    if last.type in ("CLOSE", "TERM") and what == "rule":
        return SyntaxFault(
            _behind(last),
            "the rule does not end with a full stop",
            f"write `.` after `{last.text}`",
        )
    if last.type == "TERM" and (len(given) == 1 or given[-2].type in ("COMMA", "QUERY")):
        return _without_arguments(last)
    return SyntaxFault(last.span, f"the {what} ends after `{_shown(last)}`", "")


def _directive(
    token: Token,
    before: Token | None,
    inside: Token | None,
    given: list[Token],
    position: int,
    what: str,
) -> SyntaxFault | None:
    if what == "query":
        if token.type == "IMPLIES":
            return SyntaxFault(token.span, "a query has no rules", "leave out `:-`")
        return None
    if given[0].type == "IMPLIES":
        return SyntaxFault(token.span, f"unexpected `{_shown(token)}` in a directive", _DIRECTIVE)
    if token.type == "PREDICATE":
        return SyntaxFault(token.span, "`predicate` declares and is no condition", _DIRECTIVE)
    if token.type == "QUERY":
        return SyntaxFault(token.span, "there is a query in a file of rules", "leave out `?-`")
    if token.type == "IMPLIES" and any(one.type == "IMPLIES" for one in given[:position]):
        return SyntaxFault(
            token.span,
            "a rule has `:-` twice",
            "end the rule before with a full stop and a blank or a new row",
        )
    return None


def _after_word(
    token: Token,
    before: Token | None,
    inside: Token | None,
    given: list[Token],
    position: int,
    what: str,
) -> SyntaxFault | None:
    if before is None or before.type != "TERM":
        return None
    word = before.text[0].isalpha() and before.text[0].islower()
    if token.type == "OPEN":
        if word:
            help = f"write `{before.text}(` without it"
            return SyntaxFault(
                token.span, f"there is a blank between `{before.text}` and `(`", help
            )
        return SyntaxFault(
            before.span,
            f"`{before.text}` cannot be the name of a predicate",
            "the name is a plain word that begins with a small letter",
        )
    first = position == 1 or given[position - 2].type in ("COMMA", "IMPLIES", "QUERY", "NOT")
    if inside is None and first and token.type in ("COMMA", "END", "IMPLIES"):
        return _without_arguments(before)
    if inside is not None and inside.type == "OPEN" and token.type in ("COMMA", "CLOSE") and word:
        return _without_arguments(before)
    return None


def _without_arguments(word: Token) -> SyntaxFault:
    if word.text in RESERVED:
        return SyntaxFault(
            word.span, f"`{word.text}` of Prolog is not part of the rule language", "leave it out"
        )
    if word.text[0].isalpha() and word.text[0].islower():
        return SyntaxFault(
            word.span,
            f"`{word.text}` has no arguments",
            f"a predicate has at least one: `{word.text}(X)`",
        )
    return SyntaxFault(
        word.span,
        f"`{word.text}` alone is no condition",
        "a condition is a predicate with its arguments or a comparison",
    )


def _negation(
    token: Token,
    before: Token | None,
    inside: Token | None,
    given: list[Token],
    position: int,
    what: str,
) -> SyntaxFault | None:
    if token.type == "NOT" and inside is None and before is None:
        return SyntaxFault(token.span, "`\\+` is before the head of a rule", _HEAD)
    if before is None or before.type != "NOT":
        return None
    if token.type == "OPEN":
        help = "write `\\+ p(X)`; give several conditions a predicate of their own"
        return SyntaxFault(token.span, "`\\+` takes one atom without parentheses", help)
    if token.type == "NOT":
        return SyntaxFault(token.span, "`\\+` is before `\\+`", "leave out both")
    if token.type == "AGGREGATE":
        help = "compare its result instead"
        return SyntaxFault(token.span, "`\\+` cannot stand before an aggregate", help)
    after = given[position + 1] if position + 1 < len(given) else None
    if token.type == "TERM" and (after is None or after.type not in ("COMPARE", "IS")):
        return _without_arguments(token)
    return SyntaxFault(
        token.span,
        "`\\+` takes an atom, not a comparison",
        "write the opposite comparison, such as `\\=` for `=`",
    )


def _argument(
    token: Token,
    before: Token | None,
    inside: Token | None,
    given: list[Token],
    position: int,
    what: str,
) -> SyntaxFault | None:
    """Explain what cannot stand between the parentheses of an atom."""
    if inside is None or inside.type != "CALL" or _measures(given, inside):
        return None
    if token.type in ("CALL", "AGGREGATE", "PREDICATE"):
        return SyntaxFault(
            token.span,
            f"the compound term `{token.text}(...)` cannot be an argument",
            f"{_ATOM_HELP}; give the structure a predicate of its own",
        )
    if token.type in _ARITHMETIC:
        return SyntaxFault(
            token.span,
            f"`{token.text}` cannot stand in an argument",
            "compute before: `V is ...`, and write V as the argument",
        )
    if token.type == "STRING":
        return _double_quoted(token)
    if token.type == "CLOSE" and before is inside:
        return SyntaxFault(
            token.span,
            f"`{inside.text}` has no arguments",
            f"a predicate has at least one: `{inside.text}(X)`",
        )
    if token.type == "OPEN":
        return SyntaxFault(token.span, "parentheses cannot stand in an argument", _ATOM_HELP)
    return None


def _operand(
    token: Token,
    before: Token | None,
    inside: Token | None,
    given: list[Token],
    position: int,
    what: str,
) -> SyntaxFault | None:
    """Explain what cannot stand in an expression."""
    if token.type == "STRING":
        return _double_quoted(token)
    grouped = before is not None and before.type == "OPEN"
    if token.type in ("CALL", "AGGREGATE") and before is not None:
        if before.type in _BEFORE_OPERAND:
            return SyntaxFault(
                token.span,
                f"`{token.text}` is not a function",
                f"functions are {_FUNCTIONS}; a predicate is a condition of its own",
            )
        if grouped:
            return SyntaxFault(
                before.span,
                "parentheses stand around conditions",
                "leave them out; write one rule for each alternative",
            )
    if token.type == "NOT" and grouped and before is not None:
        return SyntaxFault(before.span, "parentheses stand around conditions", "leave them out")
    if token.type in ("COMPARE", "IS") and before is not None and before.type == "CLOSE":
        return SyntaxFault(
            token.span,
            f"`{token.text}` compares values and no predicates",
            "take the value of the predicate into a variable first",
        )
    if token.type in ("COMPARE", "IS") and any(
        one.type in ("COMPARE", "IS") for one in _literal_before(given, position)
    ):
        help = "write two comparisons with a comma between them"
        return SyntaxFault(token.span, f"`{token.text}` follows another comparison", help)
    if token.type == "PLUS":
        return SyntaxFault(token.span, "`+` is before a number", "leave it out")
    return None


def _place(
    token: Token,
    before: Token | None,
    inside: Token | None,
    given: list[Token],
    position: int,
    what: str,
) -> SyntaxFault | None:
    """Explain signs that stand too early, too late or twice."""
    if before is None:
        if token.type == "END":
            return SyntaxFault(token.span, "there is a full stop on its own", "leave it out")
        if token.type in ("TERM", "COMPARE", "IS") and what == "rule":
            after = given[1].type if len(given) > 1 else "END"
            if token.text[0].islower() and after in ("END", "IMPLIES"):
                return _without_arguments(token)
            return SyntaxFault(token.span, f"`{_shown(token)}` cannot begin a rule", _HEAD)
        return None
    if token.type == "END" or (token.type == "CLOSE" and before.type == "COMMA"):
        return SyntaxFault(before.span, f"nothing follows `{_shown(before)}`", "")
    if token.type == "CLOSE" and inside is None:
        return SyntaxFault(
            token.span, "a parenthesis is closed that was not opened", "leave it out"
        )
    if token.type == "COMMA" and before.type == "COMMA":
        return SyntaxFault(token.span, "a comma follows a comma", "leave it out")
    if token.type in ("COMPARE", "COMMA") and what == "rule" and _in_head(given, position):
        return SyntaxFault(
            token.span,
            f"`{_shown(token)}` cannot follow the head of a rule",
            "a head is one predicate with its arguments; conditions follow `:-`",
        )
    if token.type in ("CALL", "TERM", "NOT", "AGGREGATE", "FUNCTION") and before.type in (
        "CLOSE",
        "TERM",
    ):
        return SyntaxFault(token.span, f"`{_shown(token)}` follows without a comma", "write `,`")
    if token.type == "END" or before.type == "END":
        return SyntaxFault(
            token.span, "a query is one goal", f"leave out what follows `{before.text}`"
        )
    return None


def _double_quoted(token: Token) -> SyntaxFault:
    return SyntaxFault(
        token.span,
        "text in double quotes is for directives only",
        "write text in single quotes",
    )


def _expectation(before: Token | None, inside: Token | None) -> str:
    if inside is not None and inside.type == "AGGREGATE":
        return "write `aggregate_all(count, p(X), N)` or `aggregate_all(sum(X), (p(X), X > 1), N)`"
    if before is not None and before.type in _BEFORE_OPERAND:
        return "a number, a variable or a function belongs here"
    if before is not None and before.type in ("CLOSE", "TERM"):
        return "a comma or a full stop belongs here"
    return ""


def _starts_a_rule(token: Token, before: Token) -> bool:
    """Whether a token at the start of a row follows one that can end a rule."""
    return (
        token.row > before.row
        and token.column == 1
        and token.type in ("CALL", "IMPLIES", "TERM")
        and before.type in ("CLOSE", "TERM")
    )


def _behind(token: Token) -> Span:
    """Return the place right behind a token."""
    return Span(token.source, token.row, token.end_column, token.row, token.end_column + 1)


def _in_head(given: list[Token], position: int) -> bool:
    """Whether a position is before the ``:-`` of a rule."""
    return not any(token.type == "IMPLIES" for token in given[:position])


def _literal_before(given: list[Token], position: int) -> list[Token]:
    """Return the tokens of the literal before a position."""
    start = position
    while start and given[start - 1].type not in ("COMMA", "IMPLIES", "QUERY"):
        start -= 1
    return given[start:position]


def _innermost(given: list[Token], position: int) -> Token | None:
    """Return the token whose parenthesis is open at a position."""
    opened: list[Token] = []
    for token in given[:position]:
        if token.type in ("CALL", "FUNCTION", "AGGREGATE", "PREDICATE", "OPEN"):
            opened.append(token)
        elif token.type == "CLOSE" and opened:
            opened.pop()
    return opened[-1] if opened else None


def _measures(given: list[Token], call: Token) -> bool:
    """Whether a call is what an aggregate measures, such as ``sum(E)``."""
    position = given.index(call)
    return position > 0 and given[position - 1].type == "AGGREGATE"


def _shown(token: Token) -> str:
    """Return the text of a token, cut where it is long."""
    return token.text if len(token.text) <= 40 else f"{token.text[:40]}…"

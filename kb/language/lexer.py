"""Cuts the text of a program into tokens; every text can be cut, what is wrong becomes a token too.

The signs of Prolog run together as far as they can (``X=-1`` holds the sign ``=-``), as in every
Prolog, so that a text which is read here means the same there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from facts.span import Span
from facts.utf8 import is_utf8
from kb.language.ast import Constant, Term, Variable
from kb.language.keywords import (
    COMPARATORS,
    FUNCTIONS,
    LONGEST_NUMBER,
    LONGEST_WORD,
    OPERATOR_WORDS,
)
from kb.language.values import Value


class Token:
    """A piece of text with its place.

    Parameters
    ----------
    type : str
        Name of the terminal in ``grammar.lark``, or ``BAD``.
    text : str
        What the person wrote; of a call its name without the parenthesis.
    term : Variable or Constant or None
        The meaning of a ``TERM``, and the text of a ``STRING``.
    fault, help : str
        What is wrong with a ``BAD`` token.
    """

    __slots__ = ("column", "end_column", "fault", "help", "row", "source", "term", "text", "type")

    # What lark asks of a last token to place the end of the input.
    start_pos = end_pos = line = end_line = None

    def __init__(
        self,
        type: str,
        text: str,
        source: str,
        row: int,
        column: int,
        end_column: int,
        term: Term | None = None,
        fault: str = "",
        help: str = "",
    ) -> None:
        self.type = type
        self.text = text
        self.source = source
        self.row = row
        self.column = column
        self.end_column = end_column
        self.term = term
        self.fault = fault
        self.help = help

    @property
    def span(self) -> Span:
        """The place of the token."""
        return Span(self.source, self.row, self.column, self.row, self.end_column)

    def __repr__(self) -> str:
        return f"{self.type}({self.text!r})"


_TOKEN = re.compile(
    r"""
    (?P<BLANK>[ \t\r\f\v\n]++|%[^\n]*+)
  | (?P<CALL>[a-z][A-Za-z0-9_]*+\()
  | (?P<NAME>[a-z][A-Za-z0-9_]*+)
  | (?P<VARIABLE>[A-Z_][A-Za-z0-9_]*+)
  | (?P<PUNCTUATION>!=|[()\[\]{},|!;])
  | (?P<QUOTED>'(?:[^'\\\n]++|''|\\x[0-9a-fA-F]++\\|\\[^\n])*+')
  | (?P<NUMBER>[0-9]++(?:\.[0-9]++|r[0-9]++)?+)
  | (?P<END>\.(?=[ \t\r\f\v\n%]|\Z))
  | (?P<COMMENT>/\*(?s:.*?)\*/)
  | (?P<OPENED>/\*(?s:.*)\Z)
  | (?P<SYMBOL>[+\-*/\\^<>=~:.?@\#&$]++)
  | (?P<STRING>"(?:[^"\\\n]++|""|\\x[0-9a-fA-F]++\\|\\[^\n])*+")
  | (?P<UNCLOSED>['"][^\n]*+)
  | (?P<OTHER>.)
    """,
    re.VERBOSE,
)

_SIGNS = {
    ":-": "IMPLIES",
    "?-": "QUERY",
    "\\+": "NOT",
    ":": "COLON",
    "+": "PLUS",
    "-": "MINUS",
    "*": "TIMES",
    "/": "TIMES",
    "//": "TIMES",
    **dict.fromkeys(COMPARATORS, "COMPARE"),
}
_PUNCTUATION = {"(": "OPEN", ")": "CLOSE", ",": "COMMA"}
_REFUSED = {
    "!": ("the cut `!` is not part of the rule language", "say what must not hold with `\\+`"),
    "!=": ("unknown operator `!=`", "write `\\=`, or `=\\=` between numbers"),
    ";": ("`;` is not part of the rule language", "write one rule for each alternative"),
    "|": ("`|` is not part of the rule language", "write one rule for each alternative"),
    "[": ("lists are not part of the rule language", "write one fact for each element"),
    "]": ("lists are not part of the rule language", "write one fact for each element"),
    "{": ("`{` is not part of the rule language", ""),
    "}": ("`}` is not part of the rule language", ""),
    "->": (
        "`->` is not part of the rule language",
        "write two rules, one with the condition and one with `\\+` before it",
    ),
    "*->": (
        "`*->` is not part of the rule language",
        "write two rules, one with the condition and one with `\\+` before it",
    ),
    "-->": ("`-->` is not part of the rule language", "write a rule with `:-`"),
    "=>": ("unknown operator `=>`", "write `>=`"),
    "<=": ("unknown operator `<=`", "write `=<`"),
    "@<=": ("unknown operator `@<=`", "write `@=<`"),
    "==": ("unknown operator `==`", "write `=`, or `=:=` between numbers"),
    "\\==": ("unknown operator `\\==`", "write `\\=`, or `=\\=` between numbers"),
    "<>": ("unknown operator `<>`", "write `\\=`, or `=\\=` between numbers"),
    "=..": ("`=..` is not part of the rule language", ""),
    "^": ("`^` is not part of the rule language", ""),
    "**": ("`**` is not part of the rule language", ""),
    ".": ("there is a full stop inside a rule", "write a blank after the full stop of a rule"),
}
_OPERANDS = frozenset(("TERM", "CLOSE", "STRING"))
_ESCAPE = re.compile(r"''|\"\"|\\x([0-9a-fA-F]+)\\|\\(.)")
_SIMPLE_ESCAPES = {"\\": "\\", "'": "'", '"': '"', "n": "\n", "t": "\t"}
_GLUED = re.compile(r"['\w]+")
_KEPT_NAME = re.compile(r"_[0-9]+")


class _Unreadable(Exception):
    """A token that looks right and means nothing."""


def tokens(text: str, source: str) -> Iterator[Token]:
    """Yield the tokens of a text.

    Each ``_`` of a rule has its own name: ``_1``, ``_2``, ... up to the next full stop.

    Parameters
    ----------
    text : str
        The text of a file or a query.
    source : str
        Name of the file, for the spans.

    Yields
    ------
    Token

    Examples
    --------
    >>> list(tokens("p(X, -1).", "rules.pl"))
    [CALL('p'), TERM('X'), COMMA(','), TERM('-1'), CLOSE(')'), END('.')]
    """
    start = 1 if text.startswith("\ufeff") else 0
    row, row_start, anonymous, previous, sign_at = 1, start, 0, "", -1
    for match in _TOKEN.finditer(text, start):
        kind = match.lastgroup
        piece = match.group()
        begin = match.start()
        if kind == "BLANK" or kind == "COMMENT":
            if "\n" in piece:
                row += piece.count("\n")
                row_start = begin + piece.rindex("\n") + 1
            continue
        column = begin - row_start + 1
        end = column + len(piece)
        if sign_at >= 0:  # the minus of a negative number stood just before
            piece, column, sign_at = "-" + piece, column - 1, -1
        at = (source, row, column, end)
        if kind == "PUNCTUATION" and piece in _PUNCTUATION:
            previous = _PUNCTUATION[piece]
            yield Token(previous, piece, *at)
        elif piece == "_":
            anonymous += 1
            previous = "TERM"
            name = Variable(f"_{anonymous}", Span(source, row, column, row, end))
            yield Token("TERM", piece, *at, name)
        elif kind == "END":
            previous, anonymous = "END", 0
            yield Token("END", piece, *at)
        elif kind == "OPENED":
            fault = "a comment `/*` is not closed"
            yield _bad("/*", source, row, column, column + 2, fault, "close it with `*/`")
        elif piece == "-" and previous not in _OPERANDS and _digit(text, match.end()):
            sign_at = begin
        else:
            token, previous = _READERS.get(kind or "", _unexpected)(piece, at, match)
            yield token
            if previous == "END":
                anonymous = 0
                yield Token("END", ".", source, row, end - 1, end)


_At: TypeAlias = tuple[str, int, int, int]
"""Source, row, column and end of a token."""

_Read: TypeAlias = tuple[Token, str]
"""A token, and the type that counts for the sign after it."""


def _word(piece: str, at: _At, match: re.Match[str]) -> _Read:
    kind = match.lastgroup
    if len(piece) > LONGEST_WORD:
        fault = f"a word of {len(piece)} characters is too long"
        return _bad(piece, *at, fault, "text goes in single quotes"), "BAD"
    if kind == "SYMBOL":
        sign = _SIGNS.get(piece)
        if sign is None:
            return _bad(piece, *at, *_refused_sign(piece)), "BAD"
        return Token(sign, piece, *at), sign
    if kind == "CALL":
        piece = piece[:-1]
        if piece in ("is", "mod"):
            return _bad(piece, *at, f"`{piece}` is between its two operands", ""), "CALL"
        type_ = "FUNCTION" if piece in FUNCTIONS else _CALLS.get(piece, "CALL")
        return Token(type_, piece, *at), type_
    if piece in _NAMES:
        return Token(_NAMES[piece], piece, *at), _NAMES[piece]
    source, row, column, end = at
    span = Span(source, row, column, row, end)
    if kind == "NAME":
        if piece in OPERATOR_WORDS:
            fault = f"Prolog reads `{piece}` as an operator"
            return _bad(piece, *at, fault, f"write '{piece}' in quotes"), "TERM"
        return Token("TERM", piece, *at, Constant(piece, span)), "TERM"
    if piece[0] == "_" and _KEPT_NAME.fullmatch(piece):
        fault = f"the name `{piece}` is kept for `_`"
        return _bad(piece, *at, fault, "give the variable a word"), "TERM"
    return Token("TERM", piece, *at, Variable(piece, span)), "TERM"


def _constant(piece: str, at: _At, match: re.Match[str]) -> _Read:
    source, row, column, end = at
    is_number = match.lastgroup == "NUMBER"
    try:
        value = _number(piece) if is_number else unescape(piece[1:-1])
        glued = _GLUED.match(match.string, match.end()) if is_number else None
        if glued:
            end += len(glued.group())
            raise _Unreadable(f"`{piece}{glued.group()}` is not a number")
        if not is_utf8(piece):
            return _bad(piece, *at, "the text is not UTF-8", "write it as UTF-8"), "TERM"
    except _Unreadable as reason:
        help = _NUMBER_HELP if is_number else _ESCAPE_HELP
        return _bad(piece, source, row, column, end, str(reason), help), "TERM"
    term = Constant(value, Span(source, row, column, row, end))
    type_ = "STRING" if match.lastgroup == "STRING" else "TERM"
    return Token(type_, piece, *at, term), type_


def _refused_punctuation(piece: str, at: _At, match: re.Match[str]) -> _Read:
    return _bad(piece, *at, *_REFUSED[piece]), "BAD"


def _unclosed(piece: str, at: _At, match: re.Match[str]) -> _Read:
    fault = f"a quote `{piece[0]}` is not closed on its row"
    token = _bad(piece, *at, fault, f"close it with `{piece[0]}`")
    return token, "END" if piece.rstrip().endswith(".") else "BAD"


def _unexpected(piece: str, at: _At, match: re.Match[str]) -> _Read:
    fault = f"unexpected character {_character(piece)}"
    return _bad(piece, *at, fault, "text goes in single quotes"), "BAD"


_READERS: dict[str, Callable[[str, _At, re.Match[str]], _Read]] = {
    **dict.fromkeys(("VARIABLE", "NAME", "CALL", "SYMBOL"), _word),
    **dict.fromkeys(("QUOTED", "STRING", "NUMBER"), _constant),
    "PUNCTUATION": _refused_punctuation,
    "UNCLOSED": _unclosed,
}
_NAMES = {"is": "IS", "mod": "TIMES"}
_CALLS = {"aggregate_all": "AGGREGATE", "predicate": "PREDICATE"}
_NUMBER_HELP = "numbers are written like 12, -3 or 0.25"
_ESCAPE_HELP = "escapes are '' \\\\ \\' \\n \\t and \\xHH\\"


def unescape(text: str) -> str:
    """Return the text between quotes with its escapes replaced.

    Parameters
    ----------
    text : str
        What the quotes hold.

    Returns
    -------
    str
    """
    if "\\" not in text and "'" not in text and '"' not in text:
        return text
    return _ESCAPE.sub(_unescape, text)


def can_be_escaped(code: int) -> bool:
    """Whether ``\\xHH\\`` means a character, in SWI-Prolog too.

    SWI-Prolog 9.0 takes D8000 to DFFFF, where there are no characters, for surrogates.

    Parameters
    ----------
    code : int
        Number of a character.

    Returns
    -------
    bool
    """
    return code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF and not 0xD8000 <= code <= 0xDFFFF


def _unescape(match: re.Match[str]) -> str:
    digits, simple = match.groups()
    if digits is not None:
        code = int(digits[:9], 16)
        if len(digits) > 8 or not can_be_escaped(code):
            raise _Unreadable(f"`{match.group()}` is not a character")
        return chr(code)
    if simple is None:
        return match.group()[0]
    if simple not in _SIMPLE_ESCAPES:
        raise _Unreadable(f"unknown escape `\\{simple}`")
    return _SIMPLE_ESCAPES[simple]


def _number(text: str) -> Value:
    if len(text) > LONGEST_NUMBER:
        raise _Unreadable(f"a number of {len(text)} characters is too long")
    if "." in text:
        return Decimal(text)
    if "r" in text:
        above, below = text.split("r")
        if not int(below):
            raise _Unreadable(f"`{text}` divides by zero")
        ratio = Fraction(int(above), int(below))
        return ratio.numerator if ratio.denominator == 1 else ratio
    return int(text)


def _refused_sign(sign: str) -> tuple[str, str]:
    if sign in _REFUSED:
        return _REFUSED[sign]
    for cut in range(len(sign) - 1, 0, -1):
        if sign[:cut] in _SIGNS and sign[cut:] in _SIGNS:
            return (
                f"Prolog reads `{sign}` as one operator",
                f"write `{sign[:cut]} {sign[cut:]}` with a blank",
            )
    if len(sign) > 1 and sign.endswith("."):
        return f"Prolog reads `{sign}` as one operator", "write a blank before the full stop"
    return f"unknown operator `{sign}`", f"operators are {' '.join(COMPARATORS)} + - * / //"


def _digit(text: str, position: int) -> bool:
    return text[position : position + 1] in "0123456789" and position < len(text)


def _character(character: str) -> str:
    code = f"U+{ord(character):04X}"
    return f"`{character}` ({code})" if character.isprintable() else code


def _bad(piece: str, source: str, row: int, column: int, end: int, fault: str, help: str) -> Token:
    return Token("BAD", piece, source, row, column, end, None, fault, help)

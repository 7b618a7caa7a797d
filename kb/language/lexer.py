"""Cuts the text of a program into tokens; every text can be cut, what is wrong becomes a token too.

The signs of Prolog run together as far as they can (``X=-1`` holds the sign ``=-``), as in every
Prolog, so that a text which is read here means the same there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from facts.span import Span
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
        Of a file or a query.
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
        if kind == "BLANK":
            if "\n" in piece:
                row += piece.count("\n")
                row_start = begin + piece.rindex("\n") + 1
            continue
        if kind == "COMMENT":
            if "\n" in piece:
                row += piece.count("\n")
                row_start = begin + piece.rindex("\n") + 1
            continue
        column = begin - row_start + 1
        end = column + len(piece)
        if sign_at >= 0:  # the minus of a negative number stood just before
            piece, column, sign_at = "-" + piece, column - 1, -1
        if len(piece) > LONGEST_WORD and kind in ("VARIABLE", "NAME", "CALL", "SYMBOL"):
            fault = f"a word of {len(piece)} characters is too long"
            yield _bad(piece, source, row, column, end, fault, "text goes in single quotes")
            previous = "BAD"
            continue
        match kind:
            case "VARIABLE":
                name = piece
                if name == "_":
                    anonymous += 1
                    name = f"_{anonymous}"
                elif name[0] == "_" and _KEPT_NAME.fullmatch(name):
                    fault = f"the name `{name}` is kept for `_`"
                    yield _bad(piece, source, row, column, end, fault, "give the variable a word")
                    previous = "TERM"
                    continue
                term: Term = Variable(name, Span(source, row, column, row, end))
                yield Token("TERM", piece, source, row, column, end, term)
                previous = "TERM"
                continue
            case "NAME":
                if piece == "is":
                    previous = "IS"
                elif piece == "mod":
                    previous = "TIMES"
                elif piece in OPERATOR_WORDS:
                    fault = f"Prolog reads `{piece}` as an operator"
                    yield _bad(piece, source, row, column, end, fault, f"write '{piece}' in quotes")
                    previous = "TERM"
                    continue
                else:
                    term = Constant(piece, Span(source, row, column, row, end))
                    yield Token("TERM", piece, source, row, column, end, term)
                    previous = "TERM"
                    continue
            case "CALL":
                piece = piece[:-1]
                if piece in FUNCTIONS:
                    previous = "FUNCTION"
                elif piece == "aggregate_all":
                    previous = "AGGREGATE"
                elif piece == "predicate":
                    previous = "PREDICATE"
                elif piece in ("is", "mod"):
                    fault = f"`{piece}` is between its two operands"
                    yield _bad(piece, source, row, column, end, fault, "")
                    previous = "CALL"
                    continue
                else:
                    previous = "CALL"
            case "PUNCTUATION":
                if piece not in _PUNCTUATION:
                    fault, help = _REFUSED[piece]
                    yield _bad(piece, source, row, column, end, fault, help)
                    previous = "BAD"
                    continue
                previous = _PUNCTUATION[piece]
            case "QUOTED" | "STRING" | "NUMBER":
                try:
                    value = _number(piece) if kind == "NUMBER" else unescape(piece[1:-1])
                    glued = _GLUED.match(text, match.end()) if kind == "NUMBER" else None
                    if glued:
                        end += len(glued.group())
                        raise _Unreadable(f"`{piece}{glued.group()}` is not a number")
                except _Unreadable as reason:
                    help = _NUMBER_HELP if kind == "NUMBER" else _ESCAPE_HELP
                    yield _bad(piece, source, row, column, end, str(reason), help)
                    previous = "TERM"
                    continue
                term = Constant(value, Span(source, row, column, row, end))
                previous = "STRING" if kind == "STRING" else "TERM"
                yield Token(previous, piece, source, row, column, end, term)
                continue
            case "END":
                previous = "END"
                anonymous = 0
            case "SYMBOL":
                if piece == "-" and previous not in _OPERANDS and _digit(text, match.end()):
                    sign_at = begin
                    continue
                sign = _SIGNS.get(piece)
                if sign is None:
                    fault, help = _refused_sign(piece)
                    yield _bad(piece, source, row, column, end, fault, help)
                    previous = "BAD"
                    continue
                previous = sign
            case "UNCLOSED":
                fault = f"a quote `{piece[0]}` is not closed on its row"
                yield _bad(piece, source, row, column, end, fault, f"close it with `{piece[0]}`")
                previous = "BAD"
                if piece.rstrip().endswith("."):
                    previous = "END"
                    anonymous = 0
                    yield Token("END", ".", source, row, end - 1, end)
                continue
            case "OPENED":
                fault = "a comment `/*` is not closed"
                yield _bad("/*", source, row, column, column + 2, fault, "close it with `*/`")
                continue
            case _:
                fault = f"unexpected character {_character(piece)}"
                yield _bad(piece, source, row, column, end, fault, "text goes in single quotes")
                previous = "BAD"
                continue
        yield Token(previous, piece, source, row, column, end)


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
        Of a character.

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

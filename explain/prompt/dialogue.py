"""A dialogue with a knowledge base: goals, one answer after the other, and why each holds.

Nothing here reads or prints; what is said in answer to a text is returned.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from explain.explanation import why
from explain.proof.goal import prove
from facts.diagnostic import UsageError
from facts.suggest import near_help
from facts.values import quoted
from kb.knowledge_base import KnowledgeBase
from kb.language.ast import Atom, Constant, Query, Relational
from kb.language.printer import print_literal, print_value
from kb.language.traversal import substitute
from kb.language.values import Row

_MOST_LISTED = 40
"""Names that a list shows; of more it says how many there are."""

HELP = """\
denied(Claim, Line, Clause).  asks a goal; what it asks for begins with a capital
;                             the next answer           all   all further answers
why                           the proof of the last answer
why CLAIM LINE                why a claim line has its outcome
.rule HEAD :- BODY.           adds a rule of your own
.load FILE...                 reads claims; .evidence FILE... what is known of them
.claims [TEXT]                lists claims; .clauses and .predicates likewise
.help                         this page                 .quit  ends, as Ctrl-D does"""


@dataclass(slots=True)
class Dialogue:
    """A dialogue about some claims.

    Parameters
    ----------
    kb : KnowledgeBase
        The policy with the claims that are known so far.
    load : callable
        Takes a knowledge base, files of claims and files of evidence; returns the knowledge base
        that knows them too, and what is to be said of the files.
    at_once : bool, optional
        Whether all answers of a goal are given at once, as in a script.

    Examples
    --------
    >>> kb = KnowledgeBase.load("r14").with_claims([
    ...     {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
    ...      "service_date": "2018-06-01", "procedure_code": "J7050"}])
    >>> dialogue = Dialogue(kb, lambda kb, claims, evidence: (kb, []))
    >>> list(dialogue.say("bundled(C, L, Clause)."))
    ["C = 'C1', L = 1, Clause = 'R14-COD-2'."]
    """

    kb: KnowledgeBase
    load: Callable[
        [KnowledgeBase, Sequence[str], Sequence[str]], tuple[KnowledgeBase, Sequence[str]]
    ]
    at_once: bool = False
    ended: bool = False
    _goal: Query | None = None
    _columns: tuple[str, ...] = ()
    _rows: Sequence[Row] = ()
    _given: int = 0
    _commands: dict[str, Callable[[str], Iterator[str]]] = field(init=False)

    def __post_init__(self) -> None:
        self._commands = {
            ".claims": self._list_claims,
            ".clauses": self._list_clauses,
            ".evidence": lambda text: self._load((), shlex.split(text)),
            ".help": lambda text: iter([HELP]),
            ".load": lambda text: self._load(shlex.split(text), ()),
            ".predicates": self._list_predicates,
            ".quit": self._quit,
            ".rule": self._add_rule,
        }

    @property
    def commands(self) -> tuple[str, ...]:
        """The words that are commands and no goals."""
        return (*self._commands, ";", "all", "why")

    @property
    def has_more(self) -> bool:
        """Whether the last goal has answers that were not given yet."""
        return self._given < len(self._rows)

    def say(self, text: str) -> Iterator[str]:
        """Yield what is said in answer to a text.

        Parameters
        ----------
        text : str
            A goal, or a command.

        Raises
        ------
        ClausewiseError
            If something is wrong with it; the dialogue goes on.
        """
        text = text.strip()
        word, _, rest = text.partition(" ")
        if not text or text.startswith("%"):
            return
        if text == ";":
            yield from self._next(1)
        elif text.rstrip(".") == "all":
            yield from self._next(len(self._rows))
        elif word.rstrip(".") == "why":
            yield from self._why(rest.strip().removesuffix("."))
        elif word.startswith("."):
            if word not in self._commands:
                raise UsageError.of(
                    f"there is no command {quoted(word)}", near_help(word, self._commands)
                )
            yield from self._commands[word](rest.strip())
        else:
            yield from self._ask(text)

    def _ask(self, text: str) -> Iterator[str]:
        self._goal, self._rows, self._given = None, (), 0
        goal = self.kb.parse(text.removeprefix("?-").strip().removesuffix("."))
        relation = self.kb.query(goal)
        self._goal, self._columns, self._rows = goal, relation.columns, relation.rows
        if not self._rows:
            yield "false."
        else:
            yield from self._next(len(self._rows) if self.at_once else 1)

    def _next(self, count: int) -> Iterator[str]:
        if not self.has_more:
            raise UsageError.of("there are no further answers", "ask a goal first")
        for row in islice(self._rows, self._given, self._given + count):
            self._given += 1
            said = ", ".join(
                f"{name} = {print_value(value)}"
                for name, value in zip(self._columns, row, strict=True)
            )
            yield f"{said or 'true'}{' ;' if self.has_more else '.'}"

    def _why(self, text: str) -> Iterator[str]:
        if text:
            claim, number = self._line(text)
            yield why(self.kb.claim(claim), number).text
            return
        if self._goal is None or not self._given:
            help = "ask a goal first, or name a line: why CLAIM LINE"
            raise UsageError.of("there is no answer to prove", help)
        row = self._rows[self._given - 1]
        values = {name: Constant(value) for name, value in zip(self._columns, row, strict=True)}
        for literal in substitute(self._goal.body, values):
            if isinstance(literal, Relational) and not literal.negated:
                yield self._proof(literal.atom)
            else:
                yield f"{print_literal(literal)}  [checked]"

    def _proof(self, atom: Atom) -> str:
        proof = prove(self.kb, atom)
        return f"{print_literal(Relational(atom))}  [no proof]" if proof is None else proof.text

    def _line(self, text: str) -> tuple[str, int]:
        words = shlex.split(text.replace(",", " "))
        if len(words) != 2 or not words[1].isdecimal():
            raise UsageError.of(f"{quoted(text)} names no line", "as in: why CLM1 2")
        return words[0], int(words[1])

    def _load(self, claims: Sequence[str], evidence: Sequence[str]) -> Iterator[str]:
        if not (claims or evidence):
            raise UsageError.of("no file is named", "as in: .load claims.837")
        before = len(self.kb.claims)
        self.kb, said = self.load(self.kb, claims, evidence)
        yield from said
        yield f"{len(self.kb.claims) - before:,} further claims, {len(self.kb.claims):,} in all"

    def _add_rule(self, text: str) -> Iterator[str]:
        if not text:
            raise UsageError.of(
                "no rule is given", "as in: .rule big(C, L) :- units(C, L, U), U > 9."
            )
        text = text if text.endswith(".") else f"{text}."
        self.kb = self.kb.with_rules(text, "<prompt>")
        yield "added"

    def _quit(self, text: str) -> Iterator[str]:
        self.ended = True
        yield from ()

    def _list_claims(self, text: str) -> Iterator[str]:
        return _listed(
            [
                f"{claim_id}  {len(claim.lines)} {'line' if len(claim.lines) == 1 else 'lines'}"
                for claim_id, claim in sorted(self.kb.claims.items())
            ],
            text,
        )

    def _list_clauses(self, text: str) -> Iterator[str]:
        clauses = self.kb.policy.clauses.values()
        return _listed([f"{each.clause_id}  {each.title}" for each in clauses], text)

    def _list_predicates(self, text: str) -> Iterator[str]:
        signature = self.kb.policy.program.signature
        rows = []
        for name, each in sorted(signature.items()):
            columns = ", ".join(column.name.capitalize() for column in each.columns)
            rows.append(f"{name}({columns})  {each.sentence}".rstrip())
        return _listed(rows, text)


def _listed(rows: list[str], text: str) -> Iterator[str]:
    """Yield the rows that hold a text, in any case; of many the first ones and their number."""
    found = [row for row in rows if text.casefold() in row.casefold()]
    yield from found[:_MOST_LISTED]
    if len(found) > _MOST_LISTED:
        yield f"and {len(found) - _MOST_LISTED:,} more; add a text that they hold"
    if not found:
        yield "none"

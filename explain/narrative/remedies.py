"""What to do with a line: the smallest sets of documents that pay it, or what bars it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations, islice

from explain.english.phrases import show
from explain.narrative.explained import ExplainedLine
from explain.narrative.what_if import WhatIf
from facts.values import format_number
from kb.claims.determine import determine
from kb.engines.pydatalog import PyDatalogEngine
from kb.language.ast import Constant, Rule, Variable
from kb.language.traversal import atoms_of
from kb.model.clause import ADVERSE_EFFECTS, action_of

MOST_DOCUMENTS = 3
_MOST_TRIED = 1_500
"""Sets that are tried; with more the search is not complete, and says so."""

_MOST_FOR_A_CLAUSE = 500
"""Sets of documents that are tried to tell whether a clause can be lifted at all."""

_CONCLUSIONS, _CLAUSE = ("excludes", "applies", "reduces", "lacks"), 2
"""What the rules of a clause conclude, and the place of its id there."""

Pair = tuple[str, str]
"""A name of evidence and its value, which is any where it is empty."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do with a line.

    Parameters
    ----------
    action : str
        One of ``kb.model.clause.ACTIONS``; empty where the policy does not say.
    reasons : tuple of (str, str, str)
        Each adverse clause with its own action and why.
    documents : tuple of tuple of (str, str)
        The smallest sets of evidence that pay the line, each checked by adjudicating again.
    barred_by : tuple of str
        The clauses that no document changes.
    on_file : tuple of (str, str)
        What is on file instead of these documents: they would have to correct it.
    complete : bool
        Whether all sets of up to ``MOST_DOCUMENTS`` were looked at.
    corrections : tuple of (str, str)
        What would change a clause if the line was billed wrongly; never done to win.
    """

    action: str
    reasons: tuple[tuple[str, str, str], ...] = ()
    documents: tuple[tuple[Pair, ...], ...] = ()
    barred_by: tuple[str, ...] = ()
    on_file: tuple[Pair, ...] = ()
    complete: bool = True
    corrections: tuple[tuple[str, str], ...] = ()


def remedy_of(explanation: ExplainedLine) -> Remedy | None:
    """Return what to do with a line; None where nothing is adverse to it.

    Codes, dates, units and places that were billed are never changed: only evidence, which a
    document can show, is supposed.

    Parameters
    ----------
    explanation : ExplainedLine
        As ``explain.why`` returns it.

    Examples
    --------
    >>> from explain.explanation import why
    >>> from kb.knowledge_base import KnowledgeBase
    >>> line = {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500", "units": 1,
    ...         "service_date": "2018-06-01", "place_of_service": "22", "procedure_code": "96365"}
    >>> remedy = remedy_of(why(KnowledgeBase.load("r14").with_claims([line]).claim("C1"), 1))
    >>> remedy.action, remedy.documents, remedy.barred_by
    ('accept', (), ('R14-FAC-1',))
    """
    if explanation.outcome not in ADVERSE_EFFECTS:
        return None
    search = _Search(explanation)
    search.run()
    policy = explanation.explainer.loaded.policy
    cited = [policy.clauses[name] for name in search.blockers(())[0]]
    found = tuple(sorted(search.found, key=lambda each: (len(each), each)))
    bars = tuple(each.clause_id for each in cited if not found and search.bars(each.clause_id))
    deciding = [each.action for each in cited if each.clause_id in bars] or [
        each.action for each in cited
    ]
    return Remedy(
        "document" if found else action_of(deciding),
        tuple((each.clause_id, each.action, each.action_reason) for each in cited),
        found,
        bars,
        tuple(
            search.on_file(name) for name in sorted({name for each in found for name, _ in each})
        ),
        search.tried <= _MOST_TRIED,
        tuple(
            (each.clause_id, each.changes)
            for each in cited
            if each.changes and (each.action == "rebill" or each.clause_id in bars)
        ),
    )


class _Search:
    """Looks for sets of documents: each further one is of a clause that still stands.

    A clause that stands falls only by evidence that its rules name, so that no set is missed.
    """

    def __init__(self, explanation: ExplainedLine) -> None:
        self.loaded = explanation.explainer.loaded
        self.line = explanation.explainer.line(explanation.line_number)
        self.what_if = WhatIf(explanation.explainer)
        self.key = (self.line.claim_id, self.line.line_number)
        self.known = explanation.explainer.derivations
        self.found: set[tuple[Pair, ...]] = set()
        self.tried = 0
        self._seen: set[tuple[Pair, ...]] = set()
        self._relevant: dict[str, tuple[Pair, ...]] = {}

    def run(self) -> None:
        """Find the sets of one document, then of two, then of three; none holds another."""
        reached: list[tuple[Pair, ...]] = [()]
        for _ in range(MOST_DOCUMENTS):
            further: list[tuple[Pair, ...]] = []
            for held in reached:
                for pair in self._next(held):
                    made = tuple(sorted((*held, pair)))
                    if made in self._seen or any(set(each) <= set(made) for each in self.found):
                        continue
                    self._seen.add(made)
                    self.tried += 1
                    if self.tried > _MOST_TRIED:
                        return
                    if self.what_if.outcome(self.line.line_number, made) == "reimbursable":
                        if self._verified(made):
                            self.found.add(made)
                    else:
                        further.append(made)
            reached = further

    def blockers(self, held: tuple[Pair, ...]) -> tuple[list[str], list[str]]:
        """Return the adverse clauses that stand with some documents, and what is missing."""
        other = self.what_if.supposed(self.line.line_number, held) if held else self.known
        if other is None:
            return [], []
        cited = [
            str(row[2])
            for row in other.rows("cites", (*self.key, None, None))
            if row[3] in ADVERSE_EFFECTS
        ]
        missing = [str(row[2]) for row in other.rows("missing", (*self.key, None))]
        order = list(self.loaded.policy.clauses)
        return sorted(set(cited), key=order.index), sorted(missing)

    def bars(self, clause_id: str) -> bool:
        """Return whether no documents of a clause, up to three together, lift it."""
        pairs = self._pairs_of(clause_id)
        sets = (each for size in range(1, MOST_DOCUMENTS + 1) for each in combinations(pairs, size))
        for held in islice(sets, _MOST_FOR_A_CLAUSE):
            alone = len({name for name, _ in held}) == len(held)
            if alone and clause_id not in self.blockers(held)[0]:
                return False
        return True

    def _next(self, held: tuple[Pair, ...]) -> tuple[Pair, ...]:
        """Return the documents of the clause that fewest can lift; none where one bars."""
        cited, missing = self.blockers(held)
        taken = {name for name, _ in held}
        choices = [
            tuple(pair for pair in self._pairs_of(name) if pair[0] not in taken) for name in cited
        ]
        if not cited:
            choices = [tuple(pair for name in missing for pair in self._values(name))]
        return min(choices, key=len, default=())

    def on_file(self, name: str) -> Pair:
        """Return what is on file for the line under a name, empty where nothing is."""
        said = [
            show(row[3])
            for predicate in ("evidence", "evidence_number")
            for row in self.known.rows(predicate, (*self.key, name, None))
        ]
        return name, ", ".join(sorted(said))

    def _verified(self, held: tuple[Pair, ...]) -> bool:
        """Adjudicate the claim again, by the engine of single claims, with further evidence."""
        facts = self.what_if.facts_with(self.line.line_number, held) or {}
        every = {**self.loaded.facts, **facts}
        session = PyDatalogEngine().open(self.loaded.policy.program, every)
        again = determine(replace(self.loaded, facts=every, session=session))
        outcomes = {each.line_number: each.outcome for each in again}
        return outcomes[self.line.line_number] == "reimbursable"

    def _pairs_of(self, clause_id: str) -> tuple[Pair, ...]:
        """Return the evidence that the rules of a clause look at, each with values."""
        if clause_id not in self._relevant:
            names = self._names_of(clause_id) & self.loaded.policy.evidence_types.keys()
            pairs = (pair for name in sorted(names) for pair in self._values(name))
            self._relevant[clause_id] = tuple(pairs)
        return self._relevant[clause_id]

    def _names_of(self, clause_id: str) -> set[str]:
        """Return the texts that the rules of a clause, and all that they need, name.

        Of predicates that tell of several clauses only the rules of this one are followed.
        """
        names: set[str] = set()
        waiting: list[tuple[str, int | None]] = [(each, _CLAUSE) for each in _CONCLUSIONS]
        seen: set[tuple[str, int | None]] = set()
        while waiting:
            predicate, place = waiting.pop()
            if (predicate, place) in seen or (predicate, None) in seen:
                continue
            seen.add((predicate, place))
            for rule in self._rules.get(predicate, ()):
                term = rule.head.terms[place] if place is not None else None
                if isinstance(term, Constant) and term.value != clause_id:
                    continue
                for atom in atoms_of(rule.body):
                    bound = isinstance(term, Variable) and term in atom.terms
                    waiting.append((atom.predicate, atom.terms.index(term) if bound else None))
                    names.update(
                        str(each.value) for each in atom.terms if isinstance(each, Constant)
                    )
        return names

    @cached_property
    def _rules(self) -> dict[str, list[Rule]]:
        found: dict[str, list[Rule]] = {}
        for rule in self.loaded.policy.program.program.rules:
            found.setdefault(rule.head.predicate, []).append(rule)
        return found

    def _values(self, name: str) -> Iterator[Pair]:
        """Yield the values of a name that a document could show and that are not on file."""
        kind = self.loaded.policy.evidence_types.get(name)
        if kind is None:
            return
        said = {str(row[3]) for row in self.known.rows("evidence", (*self.key, name, None))}
        if kind.kind == "choice":
            values = [value for value in kind.choices if value not in said]
        elif kind.kind == "text":
            values = [] if said else [""]
        elif kind.kind == "line_number":
            values = [
                str(each.line_number)
                for each in self.loaded.claim.lines
                if each.line_number != self.line.line_number
            ]
        else:
            values = list(self._numbers(name))
        yield from ((name, value) for value in values)

    def _numbers(self, name: str) -> Iterator[str]:
        """Yield the amounts that would support the units that were billed."""
        for clause in self.loaded.policy.clauses.values():
            yield from (
                each.value for each in clause.exceptions if each.evidence == name and each.value
            )
        units = self.line.units
        if units is None:
            return
        yield format_number(units)
        for row in self.loaded.facts.get("code_amount", {}):
            if row[0] == self.line.procedure_code and not isinstance(row[2], str):
                yield format_number(Fraction(units) * Fraction(row[2]))

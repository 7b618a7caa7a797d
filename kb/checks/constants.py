"""Check: a constant of a rule is possible in its place; what never matches is a slip."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from facts.claim import EvidenceType
from facts.codes import DESCRIPTION
from facts.diagnostic import Diagnostic
from facts.readers.column_values import CODE_COLUMNS, CODE_LISTS, PARSERS
from facts.readers.overrides import AUTHORITIES
from facts.readers.overrides import EFFECTS as OVERRIDE_EFFECTS
from facts.schema import INPUT_PREDICATES
from facts.suggest import near_help
from facts.values import ValueFault
from kb.checks.context import Context, atoms
from kb.language.ast import Atom, Constant
from kb.model.clause import EFFECTS, OUTCOMES
from kb.model.vocabulary import Vocabulary

CLAIM_FORMS = ("cms1500", "ub04")
"""The claim forms that claims are read from; another one is kept as it is written."""

_CODE_COLUMNS = {
    each.name: each.source
    for each in INPUT_PREDICATES
    if each.source in (*CODE_COLUMNS, *CODE_LISTS) and each.derivation != "first two"
}
"""Predicates whose third argument is a code, with the claim column that it is read from."""

_NAMED: dict[tuple[str, int], tuple[str, Collection[str]]] = {
    ("applies", 3): ("effect", EFFECTS),
    ("cites", 3): ("effect", EFFECTS),
    ("has_effect", 2): ("effect", EFFECTS),
    ("clause_effect", 1): ("effect", EFFECTS),
    ("outcome", 2): ("outcome", OUTCOMES),
    ("override", 0): ("authority", AUTHORITIES),
    ("overriding", 0): ("authority", AUTHORITIES),
    ("override", 3): ("effect of an override", OVERRIDE_EFFECTS),
    ("plan_override", 3): ("effect of an override", OVERRIDE_EFFECTS),
    ("contract_override", 3): ("effect of an override", OVERRIDE_EFFECTS),
}
"""Columns, by predicate and position, whose values are the same words in every policy."""

_WANTED = ("lacks", "assumes", "missing", "assumption")
"""Predicates whose last column names evidence or a column of the claim."""

_READING_NUMBERS = {"reading": 3, "otherwise": 0}
"""Predicates with the number of a reading, and its position."""

Faults = Iterator[tuple[Constant, str, str]]


def check_constants(context: Context) -> Iterator[Diagnostic]:
    """Yield constants that no policy, claim or setting can ever have in their place.

    Parameters
    ----------
    context : Context
        Nothing is checked where it has no vocabulary.

    Yields
    ------
    Diagnostic
        A warning where a claim or a person could still say it.
    """
    words = context.vocabulary
    if words is None:
        return
    named = {predicate for predicate, _ in _NAMED}
    for unit in context.units:
        for atom in atoms(unit):
            name = atom.predicate
            if context.known(atom) is None:
                continue
            if name in _ASKED:
                for constant, message, help in _ASKED[name](words, atom):
                    yield context.error(message, constant.span, help)
            if name in named:
                for constant, message, help in _words(atom):
                    yield context.error(message, constant.span, help)
            if name in _CODE_COLUMNS or name in _TOLD:
                for constant, message, help in _TOLD.get(name, _code)(words, atom):
                    yield context.warning(message, constant.span, help)


def _text(atom: Atom, position: int) -> Constant | None:
    term = atom.terms[position] if position < len(atom.terms) else None
    return term if type(term) is Constant and isinstance(term.value, str) else None


def _near(name: object, names: Collection[str]) -> str:
    return near_help(str(name), names, None if 0 < len(names) <= 12 else "")


def _words(atom: Atom) -> Faults:
    for (predicate, position), (noun, names) in _NAMED.items():
        if predicate != atom.predicate:
            continue
        constant = _text(atom, position)
        if constant is not None and constant.value not in names:
            yield constant, f"there is no {noun} `{constant.value}`", _near(constant.value, names)


def _setting(words: Vocabulary, atom: Atom) -> Faults:
    name, value = _text(atom, 0), _text(atom, 1)
    if words.switches is None or name is None:
        return
    values = words.switches.get(str(name.value))
    if values is None:
        message = f"there is no setting `{name.value}`"
        yield name, message, _near(name.value, tuple(words.switches))
    elif value is not None and value.value not in values:
        message = f"the setting `{name.value}` is never `{value.value}`"
        yield value, message, f"one of {', '.join(values)}"


def _evidence(words: Vocabulary, atom: Atom) -> Faults:
    name = _text(atom, 2)
    declared = _declared(words, name)
    if name is None or words.evidence is None:
        return
    if declared is None:
        yield _undeclared(words, name)
    elif _is_number(declared):
        message = f"the evidence `{name.value}` is a number"
        yield name, message, "ask it with `evidence_number`"
    else:
        value = _text(atom, 3)
        if value is not None and declared.choices and value.value not in declared.choices:
            message = f"the evidence `{name.value}` is never `{value.value}`"
            yield value, message, _near(value.value, declared.choices)


def _evidence_number(words: Vocabulary, atom: Atom) -> Faults:
    name = _text(atom, 2)
    declared = _declared(words, name)
    if name is None or words.evidence is None:
        return
    if declared is None:
        yield _undeclared(words, name)
    elif not _is_number(declared):
        yield name, f"the evidence `{name.value}` is no number", "ask it with `evidence`"


def _declared(words: Vocabulary, name: Constant | None) -> EvidenceType | None:
    return words.evidence.get(str(name.value)) if name is not None and words.evidence else None


def _is_number(declared: EvidenceType) -> bool:
    return declared.kind in ("number", "whole number", "line_number")


def _undeclared(words: Vocabulary, name: Constant) -> tuple[Constant, str, str]:
    help = near_help(
        str(name.value), words.evidence or (), f"add [evidence.{name.value}] to policy.toml"
    )
    return name, f"the policy declares no evidence `{name.value}`", help


def _code_in(words: Vocabulary, atom: Atom) -> Faults:
    name = _text(atom, 1)
    table = words.tables.get(str(name.value)) if name is not None else None
    if name is not None and table is not None and table.column == DESCRIPTION:
        yield name, f"table `{name.value}` holds phrases, not codes", "ask it with `mentions`"


def _code_amount(words: Vocabulary, atom: Atom) -> Faults:
    name = _text(atom, 1)
    table = words.tables.get(str(name.value)) if name is not None else None
    if name is not None and table is not None and not table.has_amounts:
        help = f"add the columns amount,unit to tables/{name.value}.csv, or ask with `code_in`"
        yield name, f"table `{name.value}` has no amounts", help


def _mentions(words: Vocabulary, atom: Atom) -> Faults:
    name, value = _text(atom, 1), _text(atom, 2)
    table = words.tables.get(str(name.value)) if name is not None else None
    if name is None or table is None:
        return
    if table.column != DESCRIPTION:
        yield name, f"table `{name.value}` holds codes, not phrases", "ask it with `code_in`"
    elif value is not None and value.value not in table.values:
        message = f"no phrase of table `{name.value}` has `{value.value}`"
        yield value, message, _near(value.value, tuple(table.values))


def _list_loaded(words: Vocabulary, atom: Atom) -> Faults:
    name = _text(atom, 0)
    if name is not None and name.value not in words.lists:
        yield name, f"there is no list `{name.value}`", _near(name.value, words.lists)


def _claim_form(words: Vocabulary, atom: Atom) -> Faults:
    form = _text(atom, 2)
    if form is not None and form.value not in CLAIM_FORMS:
        help = _near(form.value, CLAIM_FORMS)
        yield form, f"the claim form `{form.value}` is none that policies address", help


def _code(words: Vocabulary, atom: Atom) -> Faults:
    code = _text(atom, 2)
    if code is None:
        return
    try:
        read = PARSERS[_CODE_COLUMNS[atom.predicate]](str(code.value))
    except ValueFault as fault:
        yield code, f"`{atom.predicate}` {fault.message}", fault.help
        return
    if isinstance(read, tuple):
        shown = " ".join(item if isinstance(item, str) else item.code for item in read)
    else:
        shown = str(read)
    if shown != code.value:
        yield code, f"no line has the code `{code.value}`", f"claims are read with `{shown}`"


def _bill_class(words: Vocabulary, atom: Atom) -> Faults:
    code = _text(atom, 2)
    if code is not None and len(str(code.value)) != 2:
        help = "it has the first two digits of a type of bill, as in 13"
        yield code, f"a bill class is never `{code.value}`", help


def _wanted(words: Vocabulary, atom: Atom) -> Faults:
    name = _text(atom, len(atom.terms) - 1)
    if name is None or words.evidence is None:
        return
    known = {*words.evidence, *PARSERS}
    if name.value not in known and not known.issuperset(str(name.value).split("_or_")):
        message = f"nothing that a person can supply is called `{name.value}`"
        help = f"add [evidence.{name.value}] to policy.toml, or name a column of the claim"
        yield name, message, near_help(str(name.value), known, help)


def _reading(words: Vocabulary, atom: Atom) -> Faults:
    number = atom.terms[_READING_NUMBERS[atom.predicate]]
    if words.readings and type(number) is Constant and number.value not in words.readings:
        yield number, f"there is no reading {number.value}", "readings.toml numbers them"


_ASKED: dict[str, Callable[[Vocabulary, Atom], Faults]] = {
    "setting": _setting,
    "evidence": _evidence,
    "evidence_number": _evidence_number,
    "code_in": _code_in,
    "code_amount": _code_amount,
    "mentions": _mentions,
    "list_loaded": _list_loaded,
}
"""What asks the policy or its settings: a wrong name there never matches."""

_TOLD: dict[str, Callable[[Vocabulary, Atom], Faults]] = {
    "claim_form": _claim_form,
    "bill_class": _bill_class,
    **dict.fromkeys(_READING_NUMBERS, _reading),
    **dict.fromkeys(_WANTED, _wanted),
}
"""What a claim or another reader of the policy could still say."""

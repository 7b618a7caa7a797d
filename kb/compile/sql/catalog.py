"""The table name, column names and column types of every predicate of a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from facts.schema import INPUT_PREDICATES, ColumnType
from kb.language.ast import (
    Aggregate,
    Assignment,
    BodyLiteral,
    Comparison,
    Constant,
    Expression,
    Key,
    Operation,
    Program,
    Rule,
    Variable,
)
from kb.language.traversal import atoms_of, variables_of, visible_variables


@dataclass(frozen=True, slots=True)
class PredicateTable:
    """A predicate as a table.

    Parameters
    ----------
    name : str
        The predicate's name; with its arity where two predicates share a name.
    columns : tuple of str
        As declared, or ``a1``, ``a2``, ...
    types : tuple of {"text", "number", "date"}
        Types of the columns.
    sentence : str
        English template of a row, for the comment of the printed SQL.
    """

    name: str
    columns: tuple[str, ...]
    types: tuple[ColumnType, ...]
    sentence: str = ""


@dataclass(slots=True)
class Catalog:
    """Every predicate of a program as a table.

    Examples
    --------
    >>> catalog = Catalog.of(Program(()))
    >>> catalog[("procedure", 3)].columns
    ('claim', 'line', 'code')
    """

    tables: dict[Key, PredicateTable] = field(default_factory=dict)

    def __getitem__(self, key: Key) -> PredicateTable:
        return self.tables[key]

    def __contains__(self, key: Key) -> bool:
        return key in self.tables

    @classmethod
    def of(
        cls,
        program: Program,
        extra: Mapping[Key, tuple[ColumnType, ...]] | None = None,
        reserved: Iterable[str] = (),
    ) -> Catalog:
        """Return the catalog of a program.

        Declared types hold; those of other predicates are found from the constants and the
        declared predicates that their variables meet.

        Parameters
        ----------
        program : Program
            The checked rules.
        extra : mapping of (name, arity) to types, optional
            Types of input predicates that nothing declares.
        reserved : iterable of str, optional
            Names that no table may have.

        Returns
        -------
        Catalog
        """
        declared: dict[Key, tuple[tuple[str, ...], tuple[ColumnType, ...], str]] = {}
        for item in INPUT_PREDICATES:
            names = tuple(column.name for column in item.columns)
            types = tuple(column.type for column in item.columns)
            declared[item.name, item.arity] = (names, types, item.sentence)
        for declaration in program.declarations:
            names = tuple(column.name for column in declaration.columns)
            types = tuple(column.type for column in declaration.columns)
            declared[declaration.predicate, len(names)] = (names, types, declaration.sentence)
        keys = dict.fromkeys(declared)
        for rule in program.rules:
            for atom in (rule.head, *atoms_of(rule.body)):
                keys[atom.key] = None
        for key in extra or {}:
            keys[key] = None
        inferred = _infer(
            program, {key: item[1] for key, item in declared.items()}, keys, extra or {}
        )
        catalog = cls()
        for key, name in _names(keys, reserved).items():
            columns, _, sentence = declared.get(key, ((), (), ""))
            if len({column.casefold() for column in columns}) < key[1]:
                columns = tuple(f"a{position}" for position in range(1, key[1] + 1))
            catalog.tables[key] = PredicateTable(name, columns, inferred[key], sentence)
        return catalog


@cache
def input_catalog() -> Catalog:
    """Return the catalog of the input predicates alone."""
    return Catalog.of(Program(()))


def _names(keys: Iterable[Key], reserved: Iterable[str]) -> dict[Key, str]:
    """A table name for each predicate; SQL does not distinguish upper and lower case."""
    keys = list(keys)
    shared = Counter(name.casefold() for name in (*reserved, *(name for name, _ in keys)))
    found = {(name, arity): name for name, arity in keys if shared[name.casefold()] == 1}
    taken = {name.casefold() for name in (*reserved, *found.values())}
    for name, arity in keys:
        if (name, arity) in found:
            continue
        made, number = f"{name}_{arity}", 1
        while made.casefold() in taken:
            number += 1
            made = f"{name}_{arity}_{number}"
        taken.add(made.casefold())
        found[name, arity] = made
    return {key: found[key] for key in keys}


def _calculated(literal: BodyLiteral) -> Iterator[Variable]:
    """The variables of arithmetic."""
    match literal:
        case Assignment(expression=expression):
            yield from variables_of(expression)
        case Comparison(left=left, right=right):
            for side in (left, right):
                if isinstance(side, Operation):
                    yield from variables_of(side)
        case Aggregate(function=function, expression=expression):
            if function == "sum" or isinstance(expression, Operation):
                assert expression is not None
                yield from variables_of(expression)


def _infer(
    program: Program,
    declared: Mapping[Key, tuple[ColumnType, ...]],
    keys: Iterable[Key],
    extra: Mapping[Key, tuple[ColumnType, ...]],
) -> dict[Key, tuple[ColumnType, ...]]:
    known: dict[Key, list[ColumnType | None]] = {}
    for key in keys:
        types = declared.get(key) or extra.get(key)
        known[key] = list(types) if types else [None] * key[1]
    changed = True
    while changed:
        changed = False
        for rule in program.rules:
            variables = _variable_types(rule, known)
            for atom in (rule.head, *atoms_of(rule.body)):
                row = known[atom.key]
                for position, term in enumerate(atom.terms):
                    if row[position] is None:
                        found = _term_type(term, variables)
                        if found is not None:
                            row[position] = found
                            changed = True
    return {key: tuple(item or "text" for item in row) for key, row in known.items()}


def _term_type(term: Expression, variables: Mapping[str, ColumnType]) -> ColumnType | None:
    if isinstance(term, Constant):
        return "text" if isinstance(term.value, str) else "number"
    if isinstance(term, Variable):
        return variables.get(term.name)
    return "number"


def _variable_types(
    rule: Rule, known: Mapping[Key, list[ColumnType | None]]
) -> dict[str, ColumnType]:
    types: dict[str, ColumnType] = {}
    for _ in range(2):
        for atom in (rule.head, *atoms_of(rule.body)):
            for term, kind in zip(atom.terms, known[atom.key], strict=True):
                if isinstance(term, Variable) and kind is not None:
                    types.setdefault(term.name, kind)
        _literal_types(rule.body, types)
    return types


def _literal_types(body: Iterable[BodyLiteral], types: dict[str, ColumnType]) -> None:
    for literal in body:
        for variable in _calculated(literal):
            types.setdefault(variable.name, "number")
        if isinstance(literal, Assignment):
            types.setdefault(literal.variable.name, "number")
        elif isinstance(literal, Aggregate):
            _literal_types(literal.goal, types)
            kind: ColumnType | None = "number"
            if literal.function in ("min", "max") and literal.expression is not None:
                kind = _term_type(literal.expression, types)
            if kind is not None:
                types.setdefault(literal.result.name, kind)
        elif isinstance(literal, Comparison):
            if literal.operator in ("<", "=<", ">", ">=", "=:=", "=\\="):
                for variable in visible_variables(literal):
                    types.setdefault(variable.name, "number")
            elif literal.operator in ("=", "\\="):
                for one, other in (
                    (literal.left, literal.right),
                    (literal.right, literal.left),
                ):
                    kind = _term_type(other, types)
                    if isinstance(one, Variable) and kind is not None:
                        types.setdefault(one.name, kind)

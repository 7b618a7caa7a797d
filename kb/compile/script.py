"""Pass: a whole program as a script that a person reads and a warehouse runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from facts.claim import EvidenceTypes
from facts.codes import DIAGNOSIS, CodeTable
from facts.diagnostic import ProgramError
from facts.extras import bulk_module
from facts.schema import BY_NAME
from kb.compile.catalog import Catalog, Key, atoms_of
from kb.compile.comments import comments
from kb.compile.components import Component, components, recursive_atoms
from kb.compile.dialects import Dialect
from kb.compile.inputs import CODE_COLUMNS, CODES, EVIDENCE, OVERRIDES, TABLES, InputColumn, Inputs
from kb.compile.numbers import Numbers, Sql
from kb.compile.scans import Attribute, attributes
from kb.compile.spread import spread_predicates, unfold_spread
from kb.compile.statements import Relationship, statements
from kb.language.excerpt import Excerpts
from kb.language.printer import print_rule
from kb.language.syntax import Program, Rule
from kb.language.value import Value

exp = bulk_module("sqlglot.expressions")

FAULTS = "number_faults"
"""The view of what could not be computed."""

RESERVED = (*TABLES, CODES, FAULTS)
_ROWS_AT_ONCE = 500
_KNOWN = frozenset({"setting", "clause_effect", "clause_from", "list_loaded", "release_code"})
"""Input predicates whose rows the policy knows."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a script is made of.

    Parameters
    ----------
    program : Program
        Checked.
    heading : tuple of str
        What the script says of itself first.
    evidence : mapping of str to EvidenceType
    tables : tuple of CodeTable
    known : mapping of str to rows
        Facts that are the same for every claim: settings, clauses, lists.
    clauses : mapping of rule to clause ids
        The clauses that a rule concludes.
    used_by : mapping of (name, arity) to clause ids
        The clauses that a predicate is a condition of.
    every_clause : int
        How many clauses there are.
    """

    program: Program
    heading: tuple[str, ...] = ()
    evidence: EvidenceTypes = field(default_factory=dict)
    tables: tuple[CodeTable, ...] = ()
    known: Mapping[str, Sequence[tuple[Value, ...]]] = field(default_factory=dict)
    clauses: Mapping[Rule, tuple[str, ...]] = field(default_factory=dict)
    used_by: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    every_clause: int = 0


@dataclass(frozen=True, slots=True)
class ScriptStatement:
    """A statement with what is said of it.

    Parameters
    ----------
    name : str
        Of the table or view that it makes or fills; empty for the heading.
    comment : tuple of str
        Comment lines.
    sql : str
        Without the semicolon.
    """

    name: str
    comment: tuple[str, ...]
    sql: str = ""

    def __str__(self) -> str:
        return "\n".join((*self.comment, *([f"{self.sql};"] if self.sql else [])))


def script(
    source: Source, dialect: Dialect, wanted: Iterable[Key] | None = None
) -> tuple[ScriptStatement, ...]:
    """Return the statements of a program in the order in which they run.

    Parameters
    ----------
    source : Source
    dialect : Dialect
    wanted : iterable of (name, arity), optional
        Only what these predicates need; all of the program where nothing is given.

    Returns
    -------
    tuple of ScriptStatement

    Raises
    ------
    ProgramError
        With every predicate that the dialect cannot say.
    """
    unfolded = unfold_spread(source.program)
    originals = {made: rule for rule, made in reversed(unfolded.items())}
    program = replace(source.program, rules=tuple(unfolded.values()))
    found = components(program, wanted)
    _check_recursion(found, dialect, Excerpts(source.program.texts))
    writer = _Script(source, dialect, originals, frozenset(spread_predicates(source.program)))
    keys = list(dict.fromkeys(wanted or ()))
    used = _inputs_of(found, keys, source)
    made = [writer.heading(used)]
    made += writer.inputs(used)
    made += writer.undefined(found, keys)
    doubts: list[tuple[Relationship, Sql]] = []
    for component in found:
        (statement,) = statements(writer.catalog, [component], writer.numbers, scans=writer.scans)
        assert isinstance(statement, Relationship)
        made.append(writer.predicate(component, statement))
        doubts += [(statement, doubt) for doubt in statement.doubts]
    if doubts:
        made.append(writer.faults(doubts))
    return tuple(made)


def script_text(statements: Iterable[ScriptStatement]) -> str:
    """Return statements as the text of a script, without the last line end."""
    return "\n\n".join(map(str, statements))


@dataclass(slots=True)
class _Script:
    """Writes the statements of a script."""

    source: Source
    dialect: Dialect
    originals: Mapping[Rule, Rule]
    spread: frozenset[Key]
    numbers: Numbers = field(init=False)
    catalog: Catalog = field(init=False)
    queries: Inputs = field(init=False)
    scans: Mapping[Key, Attribute] = field(init=False)

    def __post_init__(self) -> None:
        self.numbers = Numbers(self.dialect.name, undefined="null")
        self.catalog = Catalog.of(self.source.program, reserved=RESERVED)
        self.queries = Inputs(self.dialect, self.numbers, self.source.evidence, self.source.tables)
        self.scans = attributes(self.queries)

    def heading(self, used: Iterable[str]) -> ScriptStatement:
        texts = [*self.source.heading, f"Dialect: {self.dialect.title}", ""]
        wide = _wide_tables(used)
        if wide:
            texts.append(
                "It reads these tables, which you supply (what is not required may be null):"
            )
        for name in wide:
            texts += [f"  {name}", *self._described(TABLES[name])]
        texts += [""] * bool(wide) + [
            "Every predicate of the rules is one table or view, named after it. Run the script from"
            " top to bottom in a schema that has none of them yet. Facts of a claim line are"
            f" {self.view.lower()}s over claim_lines, and a rule reads several facts of a line in"
            " one scan of it, so claim_id and line_number have to tell its rows apart. Dates are"
            " text, as in 2018-09-18. No row stands twice in a table.",
        ]
        if self.dialect.note:
            texts.append(self.dialect.note)
        return ScriptStatement("", tuple(comments(texts)))

    @property
    def view(self) -> str:
        """What holds rows that a query of other tables gives."""
        return "VIEW" if self.dialect.views else "TABLE"

    def _described(self, columns: Iterable[InputColumn]) -> list[str]:
        return [
            f"    {column.name:<20} {self._text(self.queries.type_of(column)):<16}"
            + ("required" if column.required else "")
            for column in columns
        ]

    def inputs(self, used: Iterable[str]) -> Iterator[ScriptStatement]:
        """The policy's codes, and each input predicate that is used."""
        used = list(used)
        if {"code_in", "code_amount", "mentions"} & set(used):
            yield from self._codes()
        for name in used:
            query = self.queries.query(name)
            if query is None:
                yield from self._known(name)
            else:
                kind = "TABLE" if name in ("code_in", "code_amount", "mentions") else self.view
                texts = [_sentence(name, BY_NAME[name].arity, BY_NAME[name].sentence)]
                yield self._create(kind, self._input_name(name), query, texts)

    def _input_name(self, name: str) -> str:
        return self.catalog[name, BY_NAME[name].arity].name

    def _codes(self) -> Iterator[ScriptStatement]:
        types = [(column.name, self.queries.type_of(column)) for column in CODE_COLUMNS]
        titles = ", ".join(table.name for table in self.source.tables)
        texts = [f"The codes and phrases of the policy's tables: {titles or 'none'}"]
        yield self._create_table(exp.to_identifier(CODES), types, texts)
        yield from self._insert(exp.to_identifier(CODES), self.queries.code_rows())

    def undefined(
        self, found: Iterable[Component], wanted: Iterable[Key]
    ) -> Iterator[ScriptStatement]:
        """Predicates that are declared and that no rule derives: they have no rows."""
        for key in _asserted(found, wanted, self.source.program):
            if key[0] not in BY_NAME:
                yield from self._rows(key, ())

    def _known(self, name: str) -> Iterator[ScriptStatement]:
        return self._rows((name, BY_NAME[name].arity), self.source.known.get(name, ()))

    def _rows(self, key: Key, rows: Iterable[tuple[Value, ...]]) -> Iterator[ScriptStatement]:
        """A table of rows that are known."""
        table = self.catalog[key]
        types = [
            (exp.to_identifier(column, quoted=True), self.numbers.column_type(kind))
            for column, kind in zip(table.columns, table.types, strict=True)
        ]
        identifier = exp.to_identifier(table.name, quoted=True)
        yield self._create_table(identifier, types, [_sentence(*key, table.sentence)])
        yield from self._insert(identifier, rows)

    def predicate(self, component: Component, made: Relationship) -> ScriptStatement:
        """The table of a derived predicate, one SELECT for each of its rules."""
        (key,) = component.keys
        table = self.catalog[key]
        texts = [
            _sentence(*key, table.sentence),
            *self._origins([self.originals[rule] for rule in component.rules]),
            *self._users(key),
        ]
        if key in self.spread:
            kind = self.view.lower()
            texts.append(
                f"  a {kind}: it pairs so many rows that other rules have its body instead;"
            )
            texts.append("  a row may stand in it twice")
            query = made.query.copy()
            query.set("distinct", None)
            return self._create(self.view, table.name, query, texts)
        if not made.parts:
            return self._create("TABLE", table.name, made.query, texts)
        blocks = []
        for rule, query in made.parts:
            block = self._text(query, pretty=True)
            if len(made.parts) > 1:
                origin = self._origins([self.originals[rule]])
                block = "\n".join((*comments(origin), block))
            blocks.append(block)
        union = "UNION DISTINCT" if self.dialect.name == "bigquery" else "UNION"
        name = self._text(exp.to_identifier(table.name, quoted=True))
        sql = f"CREATE TABLE {name} AS\n" + f"\n{union}\n".join(blocks)
        return ScriptStatement(table.name, tuple(comments(texts)), sql)

    def _origins(self, rules: Sequence[Rule]) -> list[str]:
        """Where rules stand, and the clauses that they belong to."""
        if len(rules) == 1:
            (rule,) = rules
            clauses = ", ".join(self.source.clauses.get(rule, ()))
            place = f"{rule.span.source}, row {rule.span.row}"
            return [
                f"  {place}" + (f", {clauses}" if clauses else ""),
                f"  {print_rule(rule).strip()}",
            ]
        rows: dict[str, list[int]] = {}
        clauses_found: dict[str, None] = {}
        for rule in rules:
            rows.setdefault(rule.span.source, []).append(rule.span.row)
            clauses_found.update(dict.fromkeys(self.source.clauses.get(rule, ())))
        texts = [
            f"  {name}, row{'s' * (len(found) > 1)} {', '.join(map(str, found))}"
            for name, found in rows.items()
        ]
        if clauses_found:
            texts.append(f"  clauses {', '.join(clauses_found)}")
        return texts

    def _users(self, key: Key) -> list[str]:
        """The clauses that a predicate is a condition of."""
        found = self.source.used_by.get(key, ())
        if not found:
            return []
        every = len(found) == self.source.every_clause
        return [f"  used by {'every clause' if every else ', '.join(found)}"]

    def faults(self, doubts: Iterable[tuple[Relationship, Sql]]) -> ScriptStatement:
        """The view of rows that were left out because a number could not be computed."""
        queries = []
        for made, doubt in doubts:
            name = exp.alias_(exp.Literal.string(made.key[0]), "predicate", quoted=True)
            inner = doubt.copy()
            inner.set("expressions", [exp.alias_(exp.Literal.number(1), "one")])
            queries.append(exp.select(name).from_(inner.subquery("doubt")).distinct())
        query = queries[0]
        for other in queries[1:]:
            query = exp.Union(this=query, expression=other, distinct=True)
        texts = [
            "Predicates that miss a row because a number of it divides by zero or has more than"
            " nine digits behind its point. It has to be empty: what rests on such a predicate is"
            " not to be used."
        ]
        return self._create(self.view, FAULTS, query, texts)

    def _create(self, kind: str, name: str, query: Sql, texts: Iterable[str]) -> ScriptStatement:
        identifier = self._text(exp.to_identifier(name, quoted=True))
        sql = f"CREATE {kind} {identifier} AS\n{self._text(query, pretty=True)}"
        return ScriptStatement(name, tuple(comments(texts)), sql)

    def _create_table(
        self, name: Sql, columns: Iterable[tuple[object, Sql]], texts: Iterable[str]
    ) -> ScriptStatement:
        schema = exp.Schema(
            this=exp.Table(this=name),
            expressions=[
                exp.ColumnDef(this=exp.to_identifier(column), kind=kind) for column, kind in columns
            ],
        )
        made = exp.Create(this=schema, kind="TABLE")
        return ScriptStatement(name.name, tuple(comments(texts)), self._text(made))

    def _insert(
        self, name: Sql, rows: Iterable[tuple[Value | None, ...]]
    ) -> Iterator[ScriptStatement]:
        rows = list(rows)
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            values = [
                self._text(exp.Tuple(expressions=list(map(self.queries.literal, row))))
                for row in rows[start : start + _ROWS_AT_ONCE]
            ]
            listed = ",\n  ".join(values)
            sql = f"INSERT INTO {self._text(name)} VALUES\n  {listed}"
            yield ScriptStatement(name.name, (), sql)

    def _text(self, item: Sql, pretty: bool = False) -> str:
        text = item.sql(dialect=self.dialect.name, pretty=pretty, max_text_width=90)
        return str(text)


def _sentence(name: str, arity: int, sentence: str) -> str:
    return f"{name}/{arity}: {sentence}" if sentence else f"{name}/{arity}"


def _inputs_of(found: Iterable[Component], wanted: Iterable[Key], source: Source) -> list[str]:
    """The input predicates that are used, those that others read first."""
    used = {name for name, _ in _asserted(found, wanted, source.program)}
    if {"code_in", "code_amount"} & used and any(
        table.column == DIAGNOSIS for table in source.tables
    ):
        used.add("diagnosis")
    return [name for name in BY_NAME if name in used]


def _asserted(
    found: Iterable[Component], wanted: Iterable[Key], program: Program
) -> dict[Key, None]:
    """The predicates that are used and that no rule derives."""
    derived = {(rule.head.predicate, rule.head.arity) for rule in program.rules}
    used = dict.fromkeys(wanted)
    for component in found:
        for rule in component.rules:
            used.update(((atom.predicate, atom.arity), None) for atom in atoms_of(rule.body))
    return {key: None for key in used if key not in derived}


def _wide_tables(used: Iterable[str]) -> list[str]:
    """The tables that input predicates read."""
    names = set(used) - _KNOWN
    own = {EVIDENCE: {"evidence", "evidence_number"}, OVERRIDES: {"override"}}
    lines = names - own[OVERRIDES]
    return [name for name in TABLES if (own.get(name, lines) & names)]


def _check_recursion(found: Iterable[Component], dialect: Dialect, excerpts: Excerpts) -> None:
    """Refuse the recursion that a dialect cannot say in one query."""
    faults = []
    for component in found:
        if not component.recursive:
            continue
        names = " and ".join(f"`{name}/{arity}`" for name, arity in component.keys)
        again = [rule for rule in component.rules if recursive_atoms(rule, component.keys)]
        problem = ""
        if len(component.keys) > 1:
            problem = "call each other"
        elif not component.linear:
            problem = "calls itself more than once in a rule, or beside an aggregate"
        elif dialect.recursion == "none":
            problem = "is recursive, and the dialect's recursive queries keep rows that stand twice"
        elif dialect.recursion == "single" and len(again) > 1:
            problem = "calls itself in several rules"
        if problem:
            message = f"{names} {problem}: {dialect.title} cannot say that in one query"
            help = "`clausewise adjudicate` and `clausewise query` answer it in rounds"
            faults.append(excerpts.diagnostic("error", message, again[0].span, help))
    if faults:
        raise ProgramError(faults)

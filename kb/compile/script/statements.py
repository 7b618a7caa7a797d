"""Each statement of a script with what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from facts.schema import BY_NAME, TableColumn
from kb.compile.rewrite.components import Component
from kb.compile.script.comments import comments
from kb.compile.script.naming import AS_THEY_ARE, Naming, tables_of
from kb.compile.script.source import ScriptSource
from kb.compile.sql.catalog import Catalog
from kb.compile.sql.dialects import Dialect
from kb.compile.sql.input_queries import CODE_COLUMNS, CODES, TABLES, Inputs
from kb.compile.sql.scans import Attribute, attributes
from kb.compile.sql.statements import Relationship
from kb.compile.sql.tree import Sql, SqlQuery, exp, named, number, union
from kb.language.ast import Key, Rule
from kb.language.printer import print_rule
from kb.language.values import Value

FAULTS = "number_faults"
"""The view of what could not be computed."""

RESERVED = (*TABLES, CODES, FAULTS)
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ScriptStatement:
    """A statement with what is said of it.

    Parameters
    ----------
    name : str
        Name of the table or view that it makes or fills; empty for the heading.
    comment : tuple of str
        Comment lines.
    sql : str
        Without the semicolon.
    reads : frozenset of str
        Names in the rules of the tables and views that it reads.
    """

    name: str
    comment: tuple[str, ...]
    sql: str = ""
    reads: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return "\n".join((*self.comment, *([f"{self.sql};"] if self.sql else [])))


@dataclass(slots=True)
class StatementWriter:
    """Writes the statements of a script.

    Parameters
    ----------
    source : ScriptSource
        What the script is made of.
    dialect : Dialect
        What it is written in.
    originals : mapping of Rule to Rule
        The rule that a person wrote, of each rule that is compiled.
    spread : frozenset of (name, arity)
        Predicates whose body is in other rules instead.
    naming : Naming
        How tables and views are named.
    own : frozenset of str
        The names in the rules of all that the script may make.
    """

    source: ScriptSource
    dialect: Dialect
    originals: Mapping[Rule, Rule]
    spread: frozenset[Key]
    naming: Naming = AS_THEY_ARE
    own: frozenset[str] = frozenset()
    catalog: Catalog = field(init=False)
    queries: Inputs = field(init=False)
    scans: Mapping[Key, Attribute] = field(init=False)

    def __post_init__(self) -> None:
        self.catalog = Catalog.of(self.source.program, reserved=RESERVED)
        self.queries = Inputs(self.dialect, self.source.evidence, self.source.tables)
        self.scans = attributes(self.queries)

    def heading(self, wide: Iterable[str]) -> ScriptStatement:
        """What the script says of itself, and the tables that a person supplies.

        Parameters
        ----------
        wide : iterable of str
            Names of the tables that a person supplies.
        """
        wide = list(wide)
        texts = [*self.source.heading, f"Dialect: {self.dialect.title}", ""]
        if wide:
            texts.append(
                "It reads these tables, which you supply (what is not required may be null):"
            )
        for name in wide:
            texts += [f"  {name}", *self._described(TABLES[name])]
        texts += [""] * bool(wide) + [
            "Every predicate of the rules is one table or view, named after it. Run the script from"
            f" top to bottom{self._where()}. Facts of a claim line are"
            f" {self.view.lower()}s over claim_lines, and a rule reads several facts of a line in"
            " one scan of it, so claim_id and line_number have to distinguish its rows. Dates are"
            " text, as in 2018-09-18. No row occurs twice in a table.",
        ]
        if self.dialect.note:
            texts.append(self.dialect.note)
        return ScriptStatement("", tuple(comments(texts)))

    def _where(self) -> str:
        if self.naming.replace:
            return "; what an earlier run has made is dropped first"
        return " in a schema that has none of them yet"

    @property
    def view(self) -> str:
        """What holds rows that a query of other tables gives."""
        return "VIEW" if self.dialect.views else "TABLE"

    def _described(self, columns: Iterable[TableColumn]) -> list[str]:
        return [
            f"    {column.name:<20} {self._text(self.queries.type_of(column)):<16}"
            + ("required" if column.required else "")
            for column in columns
        ]

    def inputs(self, used: Iterable[str]) -> Iterator[ScriptStatement]:
        """The policy's codes, and each input predicate that is used.

        Parameters
        ----------
        used : iterable of str
            Input predicates, those that others read first.
        """
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
        types: list[tuple[str | exp.Identifier, Sql]] = [
            (column.name, self.queries.type_of(column)) for column in CODE_COLUMNS
        ]
        titles = ", ".join(table.name for table in self.source.tables)
        texts = [f"The codes and phrases of the policy's tables: {titles or 'none'}"]
        yield self._create_table(CODES, types, texts)
        yield from self._insert(CODES, self.queries.code_rows())

    def undefined(self, asserted: Iterable[Key]) -> Iterator[ScriptStatement]:
        """Predicates that are declared and that no rule derives: they have no rows.

        Parameters
        ----------
        asserted : iterable of (name, arity)
            Predicates that no rule derives.
        """
        for key in asserted:
            if key[0] not in BY_NAME:
                yield from self._rows(key, ())

    def _known(self, name: str) -> Iterator[ScriptStatement]:
        return self._rows((name, BY_NAME[name].arity), self.source.known.get(name, ()))

    def _rows(self, key: Key, rows: Iterable[tuple[Value, ...]]) -> Iterator[ScriptStatement]:
        """A table of rows that are known."""
        table = self.catalog[key]
        types: list[tuple[str | exp.Identifier, Sql]] = [
            (exp.to_identifier(column, quoted=True), self.dialect.numbers.column_type(kind))
            for column, kind in zip(table.columns, table.types, strict=True)
        ]
        yield self._create_table(table.name, types, [_sentence(*key, table.sentence)])
        yield from self._insert(table.name, rows)

    def predicate(self, component: Component, made: Relationship) -> ScriptStatement:
        """The table of a derived predicate, one SELECT for each of its rules.

        Parameters
        ----------
        component : Component
            The predicate with its rules.
        made : Relationship
            Its rows.
        """
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
        name = self._name(table.name)
        sql = f"CREATE TABLE {name} AS\n" + f"\n{self.dialect.distinct_union}\n".join(blocks)
        reads = tables_of(*(query for _, query in made.parts))
        return ScriptStatement(table.name, tuple(comments(texts)), sql, reads)

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

    def faults(self, doubts: Iterable[tuple[str, SqlQuery]]) -> ScriptStatement:
        """The view of rows that were left out because a number could not be computed.

        Parameters
        ----------
        doubts : iterable of (str, query)
            A predicate, and rows for which a number of it does not exist.
        """
        queries = []
        for predicate, doubt in doubts:
            name = named(exp.Literal.string(predicate), "predicate")
            inner = doubt.copy()
            inner.set("expressions", [exp.alias_(number(1), "one")])
            queries.append(exp.select(name).from_(inner.subquery("doubt")).distinct())
        texts = [
            "Predicates that miss a row because a number of it divides by zero or has more than"
            " nine digits behind its point. It has to be empty: what rests on such a predicate is"
            " not to be used."
        ]
        return self._create(self.view, FAULTS, union(queries), texts)

    def _create(self, kind: str, name: str, query: Sql, texts: Iterable[str]) -> ScriptStatement:
        sql = f"CREATE {kind} {self._name(name)} AS\n{self._text(query, pretty=True)}"
        return ScriptStatement(name, tuple(comments(texts)), sql, tables_of(query))

    def _create_table(
        self, name: str, columns: Iterable[tuple[str | exp.Identifier, Sql]], texts: Iterable[str]
    ) -> ScriptStatement:
        schema = exp.Schema(
            this=self.naming.table(name),
            expressions=[
                exp.ColumnDef(this=exp.to_identifier(column), kind=kind) for column, kind in columns
            ],
        )
        made = exp.Create(this=schema, kind="TABLE")
        return ScriptStatement(name, tuple(comments(texts)), self._plain_text(made))

    def _insert(
        self, name: str, rows: Iterable[tuple[Value | None, ...]]
    ) -> Iterator[ScriptStatement]:
        rows = list(rows)
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            values = [
                self._text(exp.Tuple(expressions=list(map(self.queries.literal, row))))
                for row in rows[start : start + _ROWS_AT_ONCE]
            ]
            listed = ",\n  ".join(values)
            yield ScriptStatement(name, (), f"INSERT INTO {self._name(name)} VALUES\n  {listed}")

    def drops(self, statements: Sequence[ScriptStatement]) -> ScriptStatement:
        """What drops the tables and views of an earlier run, the last ones first.

        Parameters
        ----------
        statements : sequence of ScriptStatement
            All that the script makes.
        """
        kinds: dict[str, str] = {}
        for each in statements:
            if each.sql.startswith("CREATE "):
                kinds.setdefault(each.name, each.sql.split(" ", 2)[1])
        drops = [
            f"DROP {kind} IF EXISTS {self._name(name)}"
            for name, kind in reversed(list(kinds.items()))
        ]
        texts = ["What an earlier run has made"]
        return ScriptStatement("", tuple(comments(texts)), ";\n".join(drops))

    def _name(self, name: str) -> str:
        return self._plain_text(self.naming.table(name))

    def _text(self, item: Sql, pretty: bool = False) -> str:
        return self._plain_text(self.naming.applied(item, self.own), pretty)

    def _plain_text(self, item: Sql, pretty: bool = False) -> str:
        text = item.sql(dialect=self.dialect.name, pretty=pretty, max_text_width=90)
        return str(text)


def _sentence(name: str, arity: int, sentence: str) -> str:
    return f"{name}/{arity}: {sentence}" if sentence else f"{name}/{arity}"

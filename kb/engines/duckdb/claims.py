"""What many claims, their evidence and a policy assert, as relations of DuckDB."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from facts.extras import Connection, Result, bulk_module
from facts.schema import BY_NAME, CLASSIFIED_COLUMNS
from kb.compile.rewrite.apart import OF_CLAIM, Codes
from kb.compile.script.source import ScriptSource
from kb.compile.sql.catalog import Catalog
from kb.compile.sql.dialects import DuckDB
from kb.compile.sql.input_queries import CODE_COLUMNS, CODES, EVIDENCE, LINES, TABLES, Inputs
from kb.compile.sql.scans import Attribute, attributes
from kb.compile.sql.tree import Sql
from kb.engines.duckdb.connection import identifier
from kb.engines.duckdb.facts import create_table, fill_table
from kb.language.ast import Key, Program
from kb.language.values import Row

exp = bulk_module("sqlglot.expressions")

_FOUND, _AMOUNTS, _MENTIONS = "codes found", "amounts found", "mentions found"
_CODE_TABLES = {"code_in": _FOUND, "code_amount": _AMOUNTS, "mentions": _MENTIONS}


@dataclass(slots=True)
class ClaimInputs:
    """Makes the relations of input predicates over a view of checked claim lines.

    Parameters
    ----------
    connection : Connection
        Where the tables are.
    source : ScriptSource
        The policy: its tables, evidence and what is the same for every claim.
    lines : str
        View or table of the lines.
    evidence : str, optional
        Table of evidence, one row for each line, name and value; none where nothing is given.
    claims : collection of str, optional
        Only these claims.
    texts : mapping of predicate to rows, optional
        What tables and lists say of codes that no claim needs to have.
    relations : mapping of predicate to SQL, optional
        Queries of further predicates that claims assert, as those of a remittance.
    """

    connection: Connection
    source: ScriptSource
    lines: str
    evidence: str | None = None
    claims: Collection[str] | None = None
    texts: Mapping[str, Iterable[Row]] = field(default_factory=dict)
    relations: Mapping[str, str] = field(default_factory=dict)
    queries: Inputs = field(init=False)
    scans: Mapping[Key, Attribute] = field(init=False)
    _made: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.queries = Inputs(DuckDB("try"), self.source.evidence, self.source.tables)
        self.scans = attributes(self.queries)
        where = ""
        if self.claims is not None:
            wanted = 'CREATE TEMP TABLE "wanted claims" AS SELECT unnest($1::TEXT[]) AS id'
            self._execute(wanted, [sorted(self.claims)])
            where = ' WHERE claim_id IN (SELECT id FROM "wanted claims")'
        self._execute(f"CREATE TEMP VIEW {LINES} AS SELECT * FROM {identifier(self.lines)}{where}")
        on_file = "SELECT NULL::TEXT AS claim_id, NULL::BIGINT AS line_number, NULL::TEXT AS name, "
        on_file += "NULL::TEXT AS value WHERE false"
        if self.evidence is not None:
            on_file = f"SELECT * FROM {identifier(self.evidence)}"
        self._execute(
            f"CREATE TEMP VIEW {EVIDENCE} AS SELECT claim_id, line_number, name AS evidence, value "
            f"FROM ({on_file})"
        )

    @property
    def codes(self) -> Codes:
        """What rules that see one claim at a time have to know of codes."""
        return Codes({table.name: table.column for table in self.source.tables}, self._ambiguous)

    def has_lines(self) -> bool:
        """Tell whether there is any line."""
        return self._execute(f"SELECT 1 FROM {LINES} LIMIT 1").fetchone() is not None

    def make(self, keys: Sequence[Key], catalog: Catalog, keep_lines: bool) -> None:
        """Make the relations of some predicates; one that nothing says anything of is empty.

        Parameters
        ----------
        keys : sequence of (name, arity)
            Predicates that no rule derives.
        catalog : Catalog
            The tables of the predicates.
        keep_lines : bool
            Whether the columns that they read are kept as a table, since they are read often.
        """
        if keep_lines:
            self._keep_lines(keys)
        order = list(BY_NAME)
        known = sorted((key for key in keys if key[0] in BY_NAME), key=lambda k: order.index(k[0]))
        for key in known:
            self._input(key, catalog)
        for key in keys:
            if key[0].endswith(OF_CLAIM):
                self._of_claim(key, catalog)
            elif key[0] not in BY_NAME:
                create_table(self.connection, catalog[key], catalog[key].name, self.type_of)

    def type_of(self, kind: str) -> str:
        """Return the SQL type of a kind of column."""
        return _text(self.queries.dialect.numbers.column_type(kind))

    def _execute(self, sql: str, parameters: Sequence[object] = ()) -> Result:
        return self.connection.execute(sql, list(parameters))

    def _create(self, kind: str, name: str, query: Sql | str | None) -> None:
        sql = query if isinstance(query, str) else _text(query)
        self._execute(f"CREATE TEMP {kind} {identifier(name)} AS {sql}")

    def _keep_lines(self, keys: Iterable[Key]) -> None:
        """Put the columns of the lines that predicates read in a table of their own."""
        needed = {"claim_id", "line_number"}
        for name, _ in keys:
            needed |= self._columns_of(name.removesuffix(OF_CLAIM))
        columns = ", ".join(c.name for c in TABLES[LINES] if c.name in needed)
        self._execute(f'CREATE TEMP TABLE "kept lines" AS SELECT {columns} FROM {LINES}')
        self._execute(f'CREATE OR REPLACE TEMP VIEW {LINES} AS SELECT * FROM "kept lines"')

    def _columns_of(self, name: str) -> set[str]:
        """The columns of the lines that an input predicate reads."""
        if name == "release_code":
            return {"procedure_code"}
        if name == "mentions":
            return {"description"}
        found: set[str] = set()
        if name in ("code_in", "code_amount"):
            for column in {table.column for table in self.source.tables} & {*CLASSIFIED_COLUMNS}:
                found |= self._columns_of(column)
        query = self.queries.query(name) if name in BY_NAME else None
        if query is not None:
            found |= {column.name for column in query.find_all(exp.Column)}
        return found

    # Codes

    def _ambiguous(self, column: str) -> bool:
        """Return whether a code of a column of these claims is in a table of another column."""
        others = [table.name for table in self.source.tables if table.column != column]
        self._codes("code_in")
        row = self._execute(
            f"SELECT 1 FROM {identifier(_FOUND)} c SEMI JOIN ({self._values(column)}) v "
            'ON v.code = c.code WHERE c."table" IN (SELECT unnest($1::TEXT[])) LIMIT 1',
            [others],
        ).fetchone()
        return row is not None

    def _values(self, column: str) -> str:
        """A query of the claims and their codes of a column."""
        value = identifier(BY_NAME[column].columns[2].name)
        query = _text(self.queries.query(column))
        return f"SELECT DISTINCT claim, {value} AS code FROM ({query})"

    def _codes(self, predicate: str) -> str:
        """Make the table of what the policy's tables say of codes or texts; return its name."""
        name = _CODE_TABLES[predicate]
        if name in self._made:
            return name
        self._made.add(name)
        self._policy_codes()
        if predicate != "mentions" and "diagnosis" not in self._made:
            self._made.add("diagnosis")
            self._create("VIEW", "diagnosis", self.queries.query("diagnosis"))
        self._create("TABLE", name, self.queries.query(predicate))
        return name

    def _policy_codes(self) -> None:
        if CODES in self._made:
            return
        self._made.add(CODES)
        rows = [tuple(map(_plain, row)) for row in self.queries.code_rows()]
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(CODE_COLUMNS)
        picks = ", ".join(
            f"unnest(${number}::TEXT[])::{_text(self.queries.type_of(column))} AS {column.name}"
            for number, column in enumerate(CODE_COLUMNS, 1)
        )
        self._execute(f"CREATE TEMP TABLE {CODES} AS SELECT {picks}", list(map(list, columns)))

    # Predicates

    def _input(self, key: Key, catalog: Catalog) -> None:
        name, table = key[0], catalog[key]
        if name in self.relations:
            self._create("VIEW", table.name, self.relations[name])
            return
        if name in _CODE_TABLES:
            self._create("TABLE", table.name, f"SELECT * FROM {identifier(self._codes(name))}")
        elif name == "release_code":
            self._release(table.name, catalog, key)
        elif name == "override" or (query := self.queries.query(name)) is None:
            create_table(self.connection, table, table.name, self.type_of)
            rows = list(self.source.known.get(name, ()))
            fill_table(self.connection, name, table, table.name, rows, self.type_of)
        elif table.name not in self._made:
            self._made.add(table.name)
            self._create("VIEW", table.name, query)
        rows = list(self.texts.get(name, ()))
        fill_table(self.connection, name, table, table.name, rows, self.type_of)
        if rows:
            self._distinct(table.name)

    def _distinct(self, name: str) -> None:
        whole = identifier(name)
        self._execute(f"CREATE OR REPLACE TEMP TABLE {whole} AS SELECT DISTINCT * FROM {whole}")

    def _release(self, name: str, catalog: Catalog, key: Key) -> None:
        """The rows of the list that speak of codes of these claims."""
        whole = replace(catalog[key], name=f"{name} list")
        create_table(self.connection, whole, whole.name, self.type_of)
        rows = list(self.source.known.get("release_code", ()))
        fill_table(self.connection, key[0], whole, whole.name, rows, self.type_of)
        code = identifier(BY_NAME["release_code"].columns[0].name)
        self._create(
            "TABLE",
            name,
            f"SELECT DISTINCT * FROM {identifier(whole.name)} r SEMI JOIN {LINES} l "
            f"ON l.procedure_code = r.{code}",
        )

    def _of_claim(self, key: Key, catalog: Catalog) -> None:
        """A predicate of codes, each row with a claim that has the code."""
        base = key[0].removesuffix(OF_CLAIM)
        columns = [identifier(column) for column in catalog[key].columns]
        own = [column.name for column in BY_NAME[base].columns]
        named = [f"v.claim AS {columns[0]}"]
        named += [f"c.{identifier(n)} AS {c}" for n, c in zip(own, columns[1:], strict=True)]
        if base in ("code_in", "code_amount"):
            found = {table.column for table in self.source.tables} & set(CLASSIFIED_COLUMNS)
            values = " UNION ALL ".join(
                f"SELECT *, '{column}' AS claim_column FROM ({self._values(column)})"
                for column in sorted(found)
            )
            values = values or "SELECT '' AS claim, '' AS code, '' AS claim_column WHERE false"
            query = (
                f"SELECT DISTINCT {', '.join(named)} FROM ({values}) v "
                f"JOIN {identifier(self._codes(base))} c ON c.code = v.code "
                f"JOIN (SELECT DISTINCT code_table, claim_column FROM {CODES}) k "
                'ON k.code_table = c."table" AND k.claim_column = v.claim_column'
            )
        else:
            base_key = (base, key[1] - 1)
            column = "description" if base == "mentions" else "procedure_code"
            if base == "mentions":
                source = self._codes(base)
            else:
                source = f"{base} of all claims"
                self._release(source, Catalog.of(Program(())), base_key)
            query = (
                f"SELECT DISTINCT {', '.join(named)} FROM (SELECT claim_id AS claim, {column} "
                f"AS code FROM {LINES}) v JOIN {identifier(source)} c "
                f"ON c.{identifier(own[0])} = v.code"
            )
        self._create("TABLE", catalog[key].name, query)


def _plain(value: Any) -> str | None:
    if isinstance(value, Decimal):
        return format(value, "f")
    return None if value is None else str(value)


def _text(query: Sql | None) -> str:
    assert query is not None
    return query.sql(dialect="duckdb")

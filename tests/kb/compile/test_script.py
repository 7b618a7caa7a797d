"""Printed scripts: what they look like, and that every dialect reads them back."""

from __future__ import annotations

import difflib
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

import sqlglot

from facts.diagnostic import ProgramError, UsageError
from facts.schema import Column
from kb.compile.script.comments import comment
from kb.compile.script.script import ScriptSource, script, script_text
from kb.compile.sql.dialects import DIALECTS, dialect
from kb.compile.sql.input_queries import EVIDENCE
from kb.knowledge_base import KnowledgeBase
from kb.language.ast import Atom, Constant, Declaration, Program, Relational, Rule, Variable
from kb.language.parser import parse_program
from kb.planning.policy_source import policy_source
from tests.accept import golden
from tests.kb.compile.warehouse import SQLite, Warehouse, rows_of, wide_rows

FOLDER = Path(__file__).parent / "policy"
GOLDEN = Path(__file__).parent / "scripts"
WHOLE = "duckdb"
SPELLING: dict[str, dict[str, str]] = {
    "spark": {'"': "`", "DECIMAL(38, 9)": "DECIMAL(27, 9)", " TEXT": " STRING"},
    "snowflake": {" TEXT": " VARCHAR"},
    "bigquery": {'"': "`", "DECIMAL(38, 9)": "NUMERIC", " TEXT": " STRING", "BIGINT": "INT64"},
    "postgres": {},
    "sqlite": {"DECIMAL(38, 9)": "NUMERIC", "BIGINT": "INTEGER"},
}
"""What each other dialect writes for words of the whole script; its file has what else differs."""

SMALL = policy_source(KnowledgeBase.load(FOLDER))
WANTED = [("drug", 2), ("reduces", 4), ("applies", 4), ("allowed", 3)]
EARLIER = ("earlier", 3)
LINE = {"claim_form": "cms1500", "service_date": "2020-06-01", "procedure_code": "J1200"}


def parsed(text: str, name: str) -> list[object]:
    return [item for item in sqlglot.parse(text, dialect=name) if item is not None]


def small_script(name: str) -> str:
    recursive = DIALECTS[name].recursion != "none"
    made = script(SMALL, dialect(name), [*WANTED, EARLIER] if recursive else WANTED)
    return script_text(made) + "\n"


def test_a_small_policy() -> None:
    golden(GOLDEN / f"{WHOLE}.sql", small_script(WHOLE))


@pytest.mark.parametrize("name", SPELLING)
def test_a_small_policy_in_another_dialect(name: str) -> None:
    whole = small_script(WHOLE)
    for word, other in SPELLING[name].items():
        whole = whole.replace(word, other)
    rows = difflib.unified_diff(
        whole.split("\n"), small_script(name).split("\n"), WHOLE, name, n=1, lineterm=""
    )
    golden(GOLDEN / f"{name}.diff", "\n".join(rows) + "\n")


def test_every_dialect_has_a_script() -> None:
    assert {WHOLE, *SPELLING} == set(DIALECTS)


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_reads_all_of_r14_back(name: str) -> None:
    made = script(policy_source(KnowledgeBase.load("r14", strict=True)), dialect(name))
    statements = [item for item in made if item.sql]
    trees = parsed(script_text(made), name)
    assert len(trees) == len(statements)
    assert not [tree for tree in trees if isinstance(tree, sqlglot.exp.Command)]
    for tree, statement in zip(trees, statements, strict=True):
        (alone,) = parsed(statement.sql, name)
        assert tree.sql(dialect=name, comments=False) == alone.sql(dialect=name, comments=False)


@pytest.mark.parametrize("policy", ["r14", FOLDER], ids=["r14", "small"])
def test_a_table_is_made_before_it_is_read(policy: str | Path) -> None:
    made: set[str] = {"claim_lines", "claim_evidence", "clause_overrides"}
    for statement in script(policy_source(KnowledgeBase.load(policy)), dialect("duckdb")):
        for tree in parsed(statement.sql, "duckdb") if statement.sql else ():
            own = {item.alias for item in tree.find_all(sqlglot.exp.CTE)}
            body = tree.expression if isinstance(tree, sqlglot.exp.Create) else None
            read = {table.name for table in body.find_all(sqlglot.exp.Table)} if body else set()
            assert read - own <= made, statement.name
        made.add(statement.name)


def test_the_small_script_runs(warehouse: Warehouse) -> None:
    kb = KnowledgeBase.load(FOLDER).with_claims(
        [
            LINE | {"claim_id": "A", "line_number": 1, "units": "3.5", "diagnoses": "T80.30:Y A01"},
            LINE | {"claim_id": "A", "line_number": 2, "service_date": "2020-06-02"},
            LINE | {"claim_id": "A", "line_number": 3, "service_date": "2020-06-03"},
            LINE | {"claim_id": "B", "line_number": 1, "description": "SALINE (flush)"},
            LINE
            | {
                "claim_id": "B",
                "line_number": 2,
                "description": "Hep--Lock",
                "modifiers": "59 JW",
                "procedure_code": "J1642",
                "units": "1.25",
            },
            LINE | {"claim_id": "B", "line_number": 3, "procedure_code": "j1642", "units": "8"},
        ],
        [
            {"claim_id": "A", "evidence": "dose", "value": "100.1"},
            {"claim_id": "B", "evidence": "dose", "value": "0.3"},
            {"claim_id": "B", "line_number": 3, "evidence": "dose", "value": "3.75"},
            {"claim_id": "B", "line_number": 1, "evidence": "kind", "value": "drug"},
        ],
    )
    assert {item.severity for item in kb.diagnostics} == {"note"}
    wanted = [*WANTED, ("outcome", 3), ("mentions", 3)]
    if DIALECTS[warehouse.name].recursion != "none":
        wanted.append(EARLIER)
    text = script_text(script(SMALL, dialect(warehouse.name), wanted))
    connection = warehouse.run(wide_rows(kb), text)
    for goal, table in (
        ("drug(C, L)", "drug"),
        ("applies(C, L, K, E)", "applies"),
        ("reduces(C, L, K, U)", "reduces"),
        ("earlier(C, L, N)", "earlier"),
        ("outcome(C, L, O)", "outcome"),
    ):
        if table == "earlier" and DIALECTS[warehouse.name].recursion == "none":
            continue
        expected = kb.query(goal)
        assert rows_of(connection, table, len(expected.columns)) == list(expected.rows), table
    words = [("Hep--Lock", "words", "flush"), ("SALINE (flush)", "words", "flush")]
    assert rows_of(connection, "mentions", 3) == words
    assert rows_of(connection, "reduces", 4) == [("A", 1, "T1-B", 3), ("B", 2, "T1-B", 1)]


def test_what_divides_by_zero_is_told(warehouse: Warehouse) -> None:
    rules = """
        :- predicate(share(claim: text, line: number, part: number), "", "").
        share(C, L, S) :- units(C, L, U), charge(C, L, M), S is M / U."""
    program, _ = parse_program(rules, "p.pl")
    lines = [
        LINE | {"claim_id": "A", "line_number": 1, "units": "0", "charge": "1"},
        LINE | {"claim_id": "A", "line_number": 2, "units": "4", "charge": "1.5"},
    ]
    text = script_text(script(ScriptSource(program), dialect(warehouse.name)))
    for told, rows in (([("share",)], lines), ([], lines[1:])):
        kb = KnowledgeBase.load(FOLDER).with_claims(rows)
        connection = warehouse.run(wide_rows(kb), text)
        assert connection.execute("SELECT * FROM number_faults").fetchall() == told
        assert rows_of(connection, "share", 3) == [("A", 2, Fraction(3, 8))]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("0.123456789", Fraction(123456789, 10**9)),
        ("1.500000000000", Fraction(3, 2)),
        ("12345678901", 12345678901),
        ("0.1234567891", None),
        ("2.0000000004", None),
    ],
)
def test_evidence_with_too_many_digits_is_told(
    value: str, number: Fraction | None, warehouse: Warehouse
) -> None:
    lines = [LINE | {"claim_id": "A", "line_number": line} for line in (1, 2)]
    kb = KnowledgeBase.load(FOLDER).with_claims(lines)
    evidence = [("A", 1, "dose", value, None), ("A", None, "dose", value, None)]
    text = script_text(script(SMALL, dialect(warehouse.name), WANTED))
    connection = warehouse.run({**wide_rows(kb), EVIDENCE: evidence}, text)
    told = connection.execute("SELECT * FROM number_faults").fetchall()
    assert (("evidence_number",) in told) == (number is None)
    rows = [("A", line, "dose", number) for line in (1, 2)] if number is not None else []
    assert rows_of(connection, "evidence_number", 4) == rows


@pytest.mark.parametrize(
    ("units", "charge", "exact"),
    [
        ("2.5", "0.1", Fraction(1, 4)),
        ("0.3", "0.7", Fraction(21, 100)),
        ("123456.78", "9.1234", None),
        ("0.00001", "2", None),
        ("9999999", "9999999", None),
    ],
)
def test_sqlite_is_exact_or_tells(units: str, charge: str, exact: Fraction | None) -> None:
    rules = """
        :- predicate(product(claim: text, line: number, result: number), "", "").
        product(C, L, P) :- units(C, L, U), charge(C, L, M), P is M * U."""
    program, _ = parse_program(rules, "p.pl")
    kb = KnowledgeBase.load(FOLDER).with_claims(
        [LINE | {"claim_id": "A", "line_number": 1, "units": units, "charge": charge}]
    )
    text = script_text(script(ScriptSource(program), dialect("sqlite")))
    connection = SQLite().run(wide_rows(kb), text)
    faults = connection.execute("SELECT * FROM number_faults").fetchall()
    if exact is None:
        exact = Fraction(units) * Fraction(charge)
        found = rows_of(connection, "product", 3)
        assert faults == [("product",)] or found == [("A", 1, exact)]
    else:
        assert faults == []
        assert rows_of(connection, "product", 3) == [("A", 1, exact)]


PATHS = "path(X, Y) :- edge(X, Y). edge(a, b). "
RECURSIVE = {
    "linear": PATHS + "path(X, Z) :- edge(X, Y), path(Y, Z).",
    "several rules": PATHS + "path(X, Z) :- edge(X, Y), path(Y, Z). path(X, Y) :- path(Y, X).",
    "nonlinear": PATHS + "path(X, Z) :- path(X, Y), path(Y, Z).",
    "mutual": PATHS + "path(X, Z) :- edge(X, Y), back(Y, Z). back(X, Y) :- path(Y, X).",
}
TWICE = (
    "`path/2` calls itself more than once in a rule, or next to an aggregate: {} cannot say that"
)
ROWS = "`path/2` is recursive, and the dialect's recursive queries keep rows that stand twice: {}"
RULES = "`path/2` calls itself in several rules: {} cannot say that in one query"
BOTH = "`path/2` and `back/2` call each other: {} cannot say that in one query"


@pytest.mark.parametrize(
    ("shape", "name", "message"),
    [
        ("nonlinear", "duckdb", TWICE),
        ("nonlinear", "spark", TWICE),
        ("mutual", "sqlite", BOTH),
        ("linear", "spark", ROWS),
        ("linear", "snowflake", ROWS),
        ("linear", "bigquery", ROWS),
        ("several rules", "postgres", RULES),
    ],
)
def test_recursion_that_a_dialect_cannot_say(shape: str, name: str, message: str) -> None:
    program, _ = parse_program(RECURSIVE[shape], "p.pl")
    with pytest.raises(ProgramError) as caught:
        script(ScriptSource(program), dialect(name))
    (fault,) = caught.value.diagnostics
    assert fault.message.startswith(message.format(dialect(name).title))
    assert str(fault.place) == "p.pl:1:39"
    assert fault.help == "`clausewise adjudicate` and `clausewise query` answer it in rounds"


@pytest.mark.parametrize(("shape", "name"), [("linear", "postgres"), ("several rules", "sqlite")])
def test_recursion_that_a_dialect_can_say(shape: str, name: str) -> None:
    program, _ = parse_program(RECURSIVE[shape], "p.pl")
    made = script(ScriptSource(program), dialect(name))
    assert len(parsed(script_text(made), name)) == 2


PATHS_FOUND = {
    "linear": [("a", "b"), ("a", "c"), ("b", "c")],
    "several rules": [(one, other) for one in "abc" for other in "abc" if one + other != "cc"],
}


@pytest.mark.parametrize("shape", PATHS_FOUND)
def test_recursion_runs(shape: str, warehouse: Warehouse) -> None:
    recursion = DIALECTS[warehouse.name].recursion
    if recursion == "none" or (recursion == "single" and shape == "several rules"):
        pytest.skip("the dialect cannot say that")
    program, _ = parse_program(RECURSIVE[shape] + " edge(b, c).", "p.pl")
    connection = warehouse.run(
        {}, script_text(script(ScriptSource(program), dialect(warehouse.name)))
    )
    assert rows_of(connection, "path", 2) == PATHS_FOUND[shape]


WRITTEN = {
    "bigquery": {
        "X // 2": "WHEN CAST(ROUND(t1.`a1`) AS BIGNUMERIC) = t1.`a1`",
        "X + 9223372036854775808": "CAST('9223372036854775808' AS NUMERIC)",
        "X / 9223372037": "CAST('9223372037000000000' AS BIGNUMERIC)",
        "X + 9223372036854775807": " 9223372036854775807",
        "X + 0.5": "CAST('0.5' AS NUMERIC)",
    },
    "snowflake": {"1 / X": 'CAST(SIGN(t1."a1") AS DECIMAL(1, 0))'},
    "spark": {
        "1 / X": "CAST(SIGN(t1.`a1`) AS DECIMAL(1, 0))",
        "X * 9999999999": "CAST(t1.`a1` * 9999999999 AS DECIMAL(27, 9))",
        "X * 10000000000": "CAST(10000000000000000000 AS DECIMAL(27, 0))",
    },
}
"""What no engine of the tests shows, or Spark alone."""


@pytest.mark.parametrize(
    ("name", "expression"), [(name, one) for name, each in WRITTEN.items() for one in each]
)
def test_what_the_documentation_of_a_dialect_asks_for(name: str, expression: str) -> None:
    program, _ = parse_program(f"n(1). p(Y) :- n(X), Y is {expression}.", "p.pl")
    text = script_text(script(ScriptSource(program), dialect(name)))
    assert WRITTEN[name][expression] in " ".join(text.split())


def test_bigquery_has_no_views() -> None:
    assert "CREATE VIEW" not in script_text(script(SMALL, dialect("bigquery"), WANTED))


HOSTILE = [
    "a */ b",
    "a\n; DROP TABLE x; --",
    "-- a",
    "\\",
    "\\' OR 1=1 --",
    "'",
    "é\u2028\x85",
    '"',
]
TEXT = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXT, TEXT, st.sampled_from(sorted(DIALECTS)))
def test_no_text_gets_out_of_its_place(value: str, sentence: str, name: str) -> None:
    trees = parsed(text_of_two(value, sentence, name), name)
    assert [tree.this.name for tree in trees] == ["p", "q"]
    assert [item.this for item in trees[0].find_all(sqlglot.exp.Literal)] == [value]


def test_text_comes_out_as_it_went_in(warehouse: Warehouse) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(TEXT, TEXT)
    def agrees(value: str, sentence: str) -> None:
        connection = warehouse.run({}, text_of_two(value, sentence, warehouse.name))
        assert connection.execute('SELECT * FROM "q"').fetchall() == [(value,)]

    agrees()


def text_of_two(value: str, sentence: str, name: str) -> str:
    """A script whose text and whose comments a person wrote."""
    head, other = Atom("p", (Constant(value),)), Atom("q", (Variable("X"),))
    program = Program(
        (Rule(head, ()), Rule(other, (Relational(Atom("p", (Variable("X"),))),))),
        (Declaration("p", (Column("a", "text"),), sentence, sentence),),
    )
    source = ScriptSource(program, (value, sentence), known={"setting": [(value, sentence)]})
    return script_text(script(source, dialect(name)))


def test_text_that_no_script_can_hold() -> None:
    program = Program((Rule(Atom("p", (Constant("a\0b"),)), ()),))
    with pytest.raises(ProgramError) as caught:
        script(ScriptSource(program), dialect("postgres"))
    message = "a text with a null character cannot stand in a script"
    assert caught.value.diagnostics[0].message == message


def test_comments_stay_on_their_lines() -> None:
    for text in HOSTILE:
        for line in comment(text):
            assert line.startswith("--")
            assert line.isprintable()
            assert ";" not in line


def test_unknown_dialects() -> None:
    for name, help in {
        "postgress": "did you mean `postgres`?",
        "oracle": "one of duckdb, ",
    }.items():
        with pytest.raises(UsageError) as caught:
            dialect(name)
        (fault,) = caught.value.diagnostics
        assert fault.message == f"unknown dialect `{name}`"
        assert fault.help.startswith(help)


def test_names_of_the_script_are_not_taken_by_predicates() -> None:
    program, _ = parse_program("claim_lines(a). policy_codes(X) :- claim_lines(X).", "p.pl")
    made = script(ScriptSource(program), dialect("duckdb"))
    assert [item.name for item in made[1:]] == ["claim_lines_1", "policy_codes_1"]

"""Text that a person or a claim gives is never run as Python."""

from __future__ import annotations

import ast
from decimal import Decimal
from pathlib import Path

import pytest

from kb import ClausewiseError, KnowledgeBase, QueryError
from tests.kb.example_lines import line

PAYLOADS = (
    "__import__('os').system('touch {mark}')",
    "denied(C, L, K), __import__('pathlib').Path('{mark}').touch()",
    "denied(C, L, K)\nimport os; os.system('touch {mark}')",
    "X is open('{mark}', 'w')",
    "denied(C, L, eval(\"open('{mark}','w')\"))",
    "denied(C, L, K), (open('{mark}','w') == 1)",
    "claim(C, L) <= print(open('{mark}','w'))",
    "shell('touch {mark}')",
    ":- shell('touch {mark}').",
    "consult('{mark}')",
)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """A file that must never come to be."""
    return tmp_path / "mark"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_goal_runs_nothing(payload: str, mark: Path) -> None:
    kb = KnowledgeBase.load("r14").with_claims([line()])
    with pytest.raises(QueryError):
        kb.query(payload.replace("{mark}", str(mark)))
    assert not mark.exists()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_bound_value_and_a_claim_are_data(payload: str, mark: Path) -> None:
    text = payload.replace("{mark}", str(mark))
    kb = KnowledgeBase.load("r14").with_claims([line(text, description=text)])
    flat = " ".join(text.split())
    assert kb.query("denied(C, L, K)", C=flat).rows in ((), ((flat, 1, "R14-FAC-1"),))
    assert kb.query("denied(C, L, K)", C="') ; true ; ('").rows == ()
    assert not mark.exists()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_quoted_text_in_a_goal_is_data(payload: str, mark: Path) -> None:
    text = payload.replace("{mark}", str(mark)).replace("\\", "\\\\").replace("'", "\\'")
    goal = f"claim_form(C, L, F), F = '{text.replace(chr(10), ' ')}'"
    kb = KnowledgeBase.load("r14").with_claims([line()])
    assert kb.query(goal).rows == ()
    assert not mark.exists()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_rule_file_runs_nothing(payload: str, mark: Path, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text('id = "X"\ntitle = "x"\nversion = "1"\n')
    (tmp_path / "rules.pl").write_text(payload.replace("{mark}", str(mark)) + ".\n")
    with pytest.raises(ClausewiseError):
        KnowledgeBase.load(tmp_path)
    assert not mark.exists()


SPARK_WORKER = Path(__file__).parents[2] / "kb" / "spark" / "worker.py"
"""It unpickles what the driver of the same session ships, as Spark does with every function."""


def test_no_module_compiles_text() -> None:
    """The parsers that pyDatalog offers for text, and Python's own, are not called."""
    root = Path(__file__).parents[2]
    called = set()
    for folder in ("facts", "kb", "explain"):
        for path in set((root / folder).rglob("*.py")) - {SPARK_WORKER}:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    called.add(node.func.id)
                elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    called.add(f"{node.value.id}.{node.attr}")
    assert "parse_query" in called
    for name in ("load", "ask", "create_terms", "assert_fact", "program"):
        assert not called & {f"pyDatalog.{name}", f"pyEngine.{name}"}
    assert not called & {"eval", "exec", "compile", "pickle.load", "pickle.loads"}
    assert "pickle.loads" in SPARK_WORKER.read_text(encoding="utf-8")


def test_numbers_keep_their_digits() -> None:
    """pyDatalog rounds floats to eight digits and takes 1, True and 1.0 for one."""
    lines = [line("C1", units="0.1"), line("C2", units="0.100000001"), line("C3", units="1.0")]
    kb = KnowledgeBase.load("r14").with_claims(lines)
    assert kb.query("units(C, L, U), U > 0.1, U < 1").rows == (("C2", 1, Decimal("0.100000001")),)
    assert kb.query("units(C, L, 1)").rows == (("C3", 1),)

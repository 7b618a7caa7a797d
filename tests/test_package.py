"""The package ``clausewise``: one name for all of it, and what is in its way."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import clausewise
import explain
import facts
import kb


def test_it_hands_on_the_three_packages() -> None:
    assert (clausewise.explain, clausewise.facts, clausewise.kb) == (explain, facts, kb)
    assert clausewise.KnowledgeBase is kb.KnowledgeBase
    assert clausewise.why is explain.why
    assert clausewise.__version__ == version("clausewise")
    assert set(clausewise.__all__) <= set(dir(clausewise))
    with pytest.raises(AttributeError, match="module `clausewise` has no `nothing`"):
        _ = clausewise.nothing


@pytest.mark.parametrize("name", ["facts.py", "kb.py", "explain/__init__.py"])
def test_a_module_in_the_way_is_named(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("x = 1\n")
    root = Path(clausewise.__file__).parent.parent
    program = f"import sys; sys.path.append({str(root)!r}); import clausewise"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert f"{name}` is in the way of the package `{Path(name).parts[0].removesuffix('.py')}`" in (
        ran.stderr
    )


def test_the_command_runs_as_a_module() -> None:
    for name in ("clausewise", "explain"):
        ran = subprocess.run(
            [sys.executable, "-m", name, "--version"], capture_output=True, text=True, check=False
        )
        assert (ran.returncode, ran.stdout.strip()) == (0, f"clausewise {version('clausewise')}")

"""The README and the pages of ``docs`` say what is so: their commands and programs are run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from explain.cli.app import COMMANDS
from facts.readers.column_values import PARSERS
from facts.schema import INPUT_PREDICATES
from tests.accept import SWITCH
from tests.readme.sessions import ROOT, Shown, accept, blocks

README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
SHOWN = [(page, shown) for page in PAGES for shown in blocks(page)]


@pytest.mark.parametrize(
    ("page", "shown"), SHOWN, ids=[f"{page.name}-{shown.row}" for page, shown in SHOWN]
)
def test_block(page: Path, shown: Shown) -> None:
    if os.environ.get(SWITCH) == "1":
        if shown == next(blocks(page)):
            accept(page)
        return
    assert shown.run() == shown.expected


def test_readme_shows_sessions_and_a_program() -> None:
    kinds = [shown.kind for shown in blocks(README)]
    assert kinds.count("console") >= 3
    assert "python" in kinds


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    assert f"`clausewise {name}" in README.read_text(encoding="utf-8")


def test_first_command_sets_up_and_runs_the_main_job(tmp_path: Path) -> None:
    """As on a fresh machine: a copy of the files, nothing installed, the README's own command."""
    [command] = re.findall(r"<!-- first -->\n```sh\n(.+)\n```", README.read_text(encoding="utf-8"))
    copy = tmp_path / "clausewise"
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if tracked.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, tracked.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
    keep = {"PATH", "HOME", "LANG", "TMPDIR"}
    bare = {
        name: value
        for name, value in os.environ.items()
        if name in keep or name.startswith(("PIP_", "SSL_", "HTTP", "http", "NO_PROXY", "no_proxy"))
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=copy,
        env=bare,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if "No matching distribution" in done.stderr or "Could not find a version" in done.stderr:
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr
    assert "Why is line 1 of claim CLINIC-1 denied?" in done.stdout


def test_the_language_page_lists_every_input_predicate() -> None:
    page = (ROOT / "docs" / "rule-language.md").read_text(encoding="utf-8")
    for predicate in INPUT_PREDICATES:
        columns = ", ".join(column.name for column in predicate.columns)
        assert f"| `{predicate.name}({columns})` | {predicate.sentence} |" in page


def test_the_input_page_lists_every_column() -> None:
    page = (ROOT / "docs" / "input.md").read_text(encoding="utf-8")
    for column in PARSERS:
        assert f"`{column}`" in page


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"

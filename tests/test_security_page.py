"""docs/security.md names tests that there are, and every command."""

from __future__ import annotations

import re
from pathlib import Path

from explain.cli.app import COMMANDS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_the_tests_that_it_names_are_there() -> None:
    named = re.findall(r"`(tests/[^`]+)`", PAGE)
    assert len(named) > 10
    assert [each for each in named if not (ROOT / each).is_file()] == []
    for module in re.findall(r"`python -m (tests\.\w+)", PAGE):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()


def test_it_tells_what_each_command_promises() -> None:
    assert [name for name in COMMANDS if name != "demo" and f"`{name}" not in PAGE] == []

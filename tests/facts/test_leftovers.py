"""What a killed process leaves is removed by the next one, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from facts.leftovers import remove_leftovers, unfinished


def dead_process() -> int:
    """Return the number of a process that is gone."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def of_process(name: str, process: int) -> str:
    """Return the name that another process would have given."""
    return unfinished(name).replace(f"-{os.getpid()}-", f"-{process}-")


def test_only_what_a_dead_process_left_is_removed(tmp_path: Path) -> None:
    dead = dead_process()
    left = tmp_path / of_process("out.csv", dead)
    left.write_text("half")
    folder = tmp_path / of_process("out.csv", dead)
    folder.mkdir()
    (folder / "inner").write_text("x")
    kept = [
        tmp_path / unfinished("out.csv"),
        tmp_path / of_process("other.csv", dead),
        tmp_path / of_process("out.csv", dead).replace(".part", ".txt"),
        tmp_path / "out.csv",
        tmp_path / of_process("out.csv", os.getppid()),
    ]
    for path in kept:
        path.write_text("kept")
    assert remove_leftovers(tmp_path, "out.csv") == sorted([left.name, folder.name])
    assert sorted(tmp_path.iterdir()) == sorted(kept)


def test_a_link_and_another_host_are_left_alone(tmp_path: Path) -> None:
    dead = dead_process()
    target = tmp_path / "target"
    target.write_text("kept")
    link = tmp_path / of_process("out.csv", dead)
    link.symlink_to(target)
    name = of_process("out.csv", dead)
    elsewhere = tmp_path / f".out.csv.ffffff{name[len('.out.csv.') + 6 :]}"
    elsewhere.write_text("kept")
    assert remove_leftovers(tmp_path, "out.csv") == []
    assert target.exists()
    assert elsewhere.exists()


def test_a_folder_that_is_not_there_has_no_leftovers(tmp_path: Path) -> None:
    assert remove_leftovers(tmp_path / "nowhere", "out.csv") == []


@pytest.mark.parametrize("name", ["x" * 300, "a b", "ü"])
def test_any_name_can_be_unfinished(tmp_path: Path, name: str) -> None:
    (tmp_path / unfinished(name)).write_text("x")
    assert remove_leftovers(tmp_path, name) == []

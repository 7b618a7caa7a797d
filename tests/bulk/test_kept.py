"""Scripts that are kept between runs: the same results with and without, and never a wrong one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.bulk import kept, plan
from kb.bulk.kept import SWITCH, kept_script
from kb.bulk.plan import policy_lines
from kb.compile.fused.line_script import LineScript
from kb.policy import Policy, load_policy

OFF = {"strict": "no", "effective_basis": "service_date"}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("r14")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(SWITCH, str(tmp_path / "cache"))
    return tmp_path / "cache"


def never() -> LineScript:
    raise AssertionError("it was to be kept")


def test_a_kept_script_is_the_one_that_was_made(
    folder: Path, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = policy_lines(policy, OFF, (), None, None)
    monkeypatch.setattr(plan, "_script", lambda *said: never())
    assert policy_lines(policy, OFF, (), None, None) == made
    assert len(list(folder.glob("*.json"))) == 1
    assert [path.stat().st_mode & 0o077 for path in folder.glob("*.json")] == [0]


def test_other_settings_are_another_script(folder: Path, policy: Policy) -> None:
    made = policy_lines(policy, OFF, (), None, None)
    assert policy_lines(policy, {**OFF, "strict": "yes"}, (), None, None) != made
    assert len(list(folder.glob("*.json"))) == 2


@pytest.mark.parametrize("fault", ["cut", "changed", "empty", "writable by others"])
def test_a_file_that_does_not_fit_is_made_anew(folder: Path, fault: str) -> None:
    wanted = LineScript(asked="SELECT 1", answers=(("cites", ("R14-FAC-1", 2)),))
    kept_script(["x"], lambda: wanted)
    (path,) = folder.glob("*.json")
    text = path.read_bytes()
    if fault == "writable by others":
        os.chmod(path, 0o666)
    else:
        path.write_bytes(
            {"cut": text[:-3], "changed": text.replace(b"SELECT 1", b"SELECT 2"), "empty": b""}[
                fault
            ]
        )
    with pytest.raises(AssertionError, match="kept"):
        kept_script(["x"], never)
    assert kept_script(["x"], lambda: wanted) == wanted
    assert kept_script(["x"], never) == wanted


def test_nothing_is_kept_where_that_is_switched_off(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SWITCH, "off")
    assert kept_script(["x"], LineScript) == LineScript()
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(SWITCH, str(tmp_path / "file"))
    assert kept_script(["x"], LineScript) == LineScript()


def test_the_oldest_scripts_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST", 3)
    for number in range(5):
        kept_script([str(number)], LineScript)
    assert len(list(folder.glob("*.json"))) == 3

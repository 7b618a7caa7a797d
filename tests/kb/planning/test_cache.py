"""What is kept between runs: the same results with and without, and never a wrong one."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from facts.claim import EvidenceType, Override
from facts.diagnostic import Diagnostic, UsageError
from kb.bulk.adjudicate import adjudicate_files
from kb.compile.formulas.line_script import LineScript
from kb.knowledge_base import KnowledgeBase
from kb.model.clause import Exception_, PolicyClause
from kb.planning import cache as kept_values
from kb.planning.cache import SWITCH, keep, kept
from kb.planning.codec import plain, value_of
from kb.planning.rules import BulkRules, asked_rules
from kb.policy.folder import BUNDLED
from kb.policy.loader import load_policy

WANTED = LineScript(function="max", answers=(("cites", ("R14-FAC-1", 2)),))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(SWITCH, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """A copy of the policy, to be changed."""
    return Path(shutil.copytree(BUNDLED / "r14", tmp_path / "policy"))


def never() -> KnowledgeBase:
    raise AssertionError("it was to be kept")


def asked(
    policy: Path | str = "r14",
    load: Callable[[], KnowledgeBase] | None = None,
    settings: dict[str, str] | None = None,
    strict: bool = False,
    has_lists: bool = False,
) -> BulkRules:
    def loaded() -> KnowledgeBase:
        return KnowledgeBase.load(policy, settings=settings, strict=strict)

    return asked_rules(load or loaded, policy, settings or {}, strict, has_lists)


def test_kept_rules_are_those_that_were_made_and_load_no_policy(folder: Path) -> None:
    made = asked().lines(())
    rules = asked(load=never)
    assert rules.lines(()) == made
    assert rules.evidence_types == load_policy("r14").evidence_types
    assert rules.release is None
    assert list(made.clauses.items()) == list(load_policy("r14").clauses.items())
    (path,) = folder.glob("*.json")
    assert path.stat().st_mode & 0o077 == 0


def test_a_knowledge_base_finds_its_rules_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kb = KnowledgeBase.load("r14")
    made = BulkRules.of(kb).lines(())
    monkeypatch.setattr("kb.planning.line_plan.plan_lines", lambda *_: never())
    assert BulkRules.of(KnowledgeBase.load("r14")).lines(()) == made
    other = KnowledgeBase(replace(kb.policy, version="2"))
    with pytest.raises(AssertionError, match="kept"):
        BulkRules.of(other).lines(())


@pytest.mark.parametrize(
    ("settings", "strict"), [({"effective_basis": "processed_date"}, False), ({}, True)]
)
def test_other_settings_are_other_rules(
    folder: Path, settings: dict[str, str], strict: bool
) -> None:
    made = asked().lines(())
    assert asked(settings=settings, strict=strict).lines(()).script != made.script
    with pytest.raises(AssertionError, match="kept"):
        asked(load=never, settings={"effective_basis": "service_date"}).lines(())


CHANGES = {
    "policy.toml": ("Pharmacy", "Infusion"),
    "clauses.toml": ("line {line}", "this line"),
    "readings.toml": ("the", "a"),
    "tables/dialysis.csv": ("9", "8"),
    "office.pl": ("office", "office"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_any_file_of_the_policy_is_seen(folder: Path, policy: Path, name: str) -> None:
    asked(policy).lines(())
    assert asked(policy, never).lines(())
    path = policy / name
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text.replace(*CHANGES[name], 1)}\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="kept"):
        asked(policy, never).lines(())


def test_changed_code_is_seen(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked().lines(())
    monkeypatch.setattr(kept_values, "_code", lambda: "another state")
    with pytest.raises(AssertionError, match="kept"):
        asked(load=never).lines(())


def test_the_state_of_the_code_is_that_of_its_files(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1")
    os.utime(path, ns=(1, 1))
    (first,) = kept_values._files(str(tmp_path))
    os.utime(path, ns=(2, 2))
    (second,) = kept_values._files(str(tmp_path))
    path.write_text("x = 10")
    os.utime(path, ns=(2, 2))
    (third,) = kept_values._files(str(tmp_path))
    assert len({first, second, third}) == 3


def test_overrides_and_lists_are_never_kept(folder: Path) -> None:
    override = Override("contract", "C1", "R14-COD-2", "waives", date(2018, 1, 1))
    made = asked().lines(())
    with pytest.raises(AssertionError, match="kept"):
        asked(load=never).lines((override,))
    assert asked().lines((override,)).script != made.script
    assert asked(load=never).lines(()) == made
    with pytest.raises(AssertionError, match="kept"):
        asked(load=never, has_lists=True).lines(())


def test_a_policy_that_is_not_there_is_told(folder: Path) -> None:
    with pytest.raises(UsageError, match="no policy `r41`"):
        asked("r41")


@pytest.mark.parametrize("fault", ["cut", "changed", "empty", "writable by others"])
def test_a_file_that_does_not_fit_is_not_used(folder: Path, fault: str) -> None:
    keep(["x"], WANTED)
    assert kept(LineScript, ["x"]) == WANTED
    (path,) = folder.glob("*.json")
    text = path.read_bytes()
    if fault == "writable by others":
        os.chmod(path, 0o666)
    else:
        path.write_bytes(
            {"cut": text[:-3], "changed": text.replace(b"FAC-1", b"FAC-2"), "empty": b""}[fault]
        )
    assert kept(LineScript, ["x"]) is None
    keep(["x"], WANTED)
    assert kept(LineScript, ["x"]) == WANTED


def test_nothing_is_kept_where_that_is_switched_off(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SWITCH, "off")
    keep(["x"], WANTED)
    assert kept(LineScript, ["x"]) is None
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(SWITCH, str(tmp_path / "file"))
    keep(["x"], WANTED)
    assert kept(LineScript, ["x"]) is None


def test_the_oldest_values_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_values, "_MOST", 3)
    for number in range(5):
        keep([str(number)], WANTED)
    assert len(list(folder.glob("*.json"))) == 3


def test_what_json_cannot_say_is_not_kept(folder: Path) -> None:
    keep(["x"], replace(WANTED, answers=(("cites", (Fraction(1, 3),)),)))
    keep(["y"], replace(WANTED, reads=["a list comes back as a tuple"]))  # type: ignore[arg-type]
    assert not folder.exists()


@dataclass(frozen=True)
class Nested:
    clause: PolicyClause
    types: tuple[EvidenceType, ...]
    pair: tuple[str, date]
    perhaps: PolicyClause | None = None
    number: int | None = None


def test_values_come_back_from_json_as_they_were() -> None:
    clause = PolicyClause(
        "R1-A-1", "s", "1-2", "denied", date(2018, 1, 1), exceptions=(Exception_("a", "b", "c"),)
    )
    types = (EvidenceType("dose", "number"), EvidenceType("kind", "choice", ("a", "b")))
    for value in (
        Nested(clause, types, ("x", date(2020, 2, 29))),
        Nested(clause, (), ("", date.min), clause, 0),
    ):
        assert value_of(Nested, plain(value)) == value


def test_what_is_kept_is_named_by_what_was_loaded(folder: Path, policy: Path) -> None:
    """A save between the first look at the files and the loading, undone before the next run."""
    path = policy / "office.pl"
    before = path.read_text(encoding="utf-8")

    def loaded() -> KnowledgeBase:
        path.write_text("% no rules\n", encoding="utf-8")
        kb = KnowledgeBase.load(policy)
        path.write_text(before, encoding="utf-8")
        return kb

    other = asked(policy, loaded).lines(())
    made = asked(policy).lines(())
    assert made == BulkRules.of(KnowledgeBase.load(policy)).lines(())
    assert made.script != other.script


def test_a_policy_is_hashed_as_it_was_loaded(policy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is saved anew as soon as it has been read."""
    expected = load_policy(policy)
    read = Path.read_bytes

    def read_and_save(path: Path) -> bytes:
        content = read(path)
        if path.is_relative_to(policy):
            path.write_bytes(b"% something else\n")
        return content

    monkeypatch.setattr(Path, "read_bytes", read_and_save)
    found = load_policy(policy)
    assert found.program_sha256 == expected.program_sha256
    assert found.files_sha256 == expected.files_sha256


def test_code_that_changes_while_it_is_at_work_keeps_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_values, "_code_now", lambda: "another state")
    keep(["x"], WANTED)
    assert not folder.exists()


def test_a_kept_file_under_another_name_is_not_used(folder: Path) -> None:
    keep(["x"], WANTED)
    (first,) = folder.glob("*.json")
    keep(["y"], replace(WANTED, function="min"))
    (second,) = set(folder.glob("*.json")) - {first}
    shutil.copy(first, second)
    assert kept(LineScript, ["y"]) is None
    assert kept(LineScript, ["x"]) == WANTED


needs_posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes of POSIX")


@needs_posix
@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("folder of others", "the cache folder `X` is not read: another user owns it"),
        ("open folder", "the cache folder `X` is not read: other users may write to it"),
        ("linked folder", "the cache folder `X` is not read: it is no plain folder"),
        ("open file", "the file `X` of the cache is not read: other users may write to it"),
        ("linked file", "the file `X` of the cache is not read: it is no plain file"),
        ("pipe", "the file `X` of the cache is not read: it is no plain file"),
    ],
)
def test_what_others_may_have_written_is_not_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fault: str, message: str
) -> None:
    keep(["x"], WANTED)
    (path,) = folder.glob("*.json")
    moved = folder.with_name("moved")
    if fault == "folder of others":
        monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    elif fault == "open folder":
        folder.chmod(0o777)
    elif fault == "linked folder":
        folder.rename(moved)
        folder.symlink_to(moved)
    elif fault == "open file":
        path.chmod(0o620)
    else:
        path.rename(moved)
        path.symlink_to(moved) if fault == "linked file" else os.mkfifo(path)
    notes: list[Diagnostic] = []
    assert kept(LineScript, ["x"], notes) is None
    (note,) = notes
    assert re.sub("`.*`", "`X`", note.message) == message
    if "folder" in fault:
        before = path.read_bytes()
        keep(["x"], replace(WANTED, function="min"))
        assert path.read_bytes() == before


@pytest.mark.parametrize(
    "wrong", [[], {}, 1, "text", [[1]], [1] * 11, [*plain(WANTED)[:-1], "no"], [None] * 11]
)
def test_a_kept_file_that_is_sealed_and_wrong_is_made_anew(folder: Path, wrong: Any) -> None:
    keep(["x"], WANTED)
    (path,) = folder.glob("*.json")
    text = json.dumps(wrong).encode()
    path.write_bytes(kept_values._seal(path, text) + b"\n" + text)
    assert kept(LineScript, ["x"]) is None
    assert not path.exists()


def test_kept_rules_that_do_not_work_are_made_anew(folder: Path, tmp_path: Path) -> None:
    claims = tmp_path / "claims.csv"
    claims.write_text(
        "claim_id,line_number,claim_form,service_date,procedure_code\n"
        "C1,1,cms1500,2018-06-01,J7050\n"
    )
    made = asked().lines(())
    final = replace(made.script.final, outputs=(10**6,) * len(made.script.final.outputs))
    odd = replace(made, script=replace(made.script, final=final))
    (path,) = folder.glob("*.json")
    text = json.dumps(plain(odd)).encode()
    path.write_bytes(kept_values._seal(path, text) + b"\n" + text)
    result = adjudicate_files(asked(), [claims], tmp_path / "out.csv")
    assert result.outcomes == {"bundled": 1}
    assert [each.message for each in result.diagnostics] == [
        "the rules that were kept do not work; they were made anew"
    ]
    assert asked(load=never).lines(()) == made

"""What a killed process leaves is removed by the next one, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from facts import leftovers
from facts.diagnostic import UsageError
from facts.leftovers import new_part, removals, remove_leftovers, scratch_folder
from facts.whole_file import real_target, whole_file

pytestmark = pytest.mark.skipif(os.name != "posix", reason="locks, links and owners of POSIX")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    removals()
    return folder


def left_by_the_dead(target: Path) -> list[Path]:
    """Return a part and a scratch folder of a process that is gone, as it was killed."""
    script = (
        "import os, sys; from pathlib import Path\n"
        "from facts.leftovers import new_part, _new_folder\n"
        "target = Path(sys.argv[1])\n"
        "print(new_part(target)[0]); print(_new_folder(str(target.parent))[0], flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script, str(target)],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -9
    return [Path(each) for each in done.stdout.splitlines()]


def test_only_what_a_dead_process_left_is_removed(tmp_path: Path) -> None:
    part, folder = left_by_the_dead(tmp_path / "out.csv")
    (folder / "inner").write_text("x")
    alive, handle = new_part(tmp_path / "out.csv")
    kept = [tmp_path / "out.csv", tmp_path / "clausewise-notes", tmp_path / ".out.csv.part"]
    for path in kept:
        path.write_text("kept")
    link = part.with_name(part.name.replace("clausewise-", "clausewise-0", 1).replace("0", "1", 1))
    assert remove_leftovers(tmp_path) == sorted([part.name, folder.name])
    assert all(path.exists() for path in (alive, *kept))
    assert [each.message for each in removals()] == [
        f"2 unfinished files or folders of runs that were killed were removed from `{tmp_path}`"
    ] or len(str(tmp_path)) > 50
    assert removals() == []
    os.close(handle)
    link.symlink_to(kept[0])
    assert remove_leftovers(tmp_path) == [alive.name]
    assert kept[0].read_text() == "kept"


def test_what_another_user_owns_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part, folder = left_by_the_dead(tmp_path / "out.csv")
    monkeypatch.setattr(os, "geteuid", lambda: part.stat().st_uid + 1)
    assert remove_leftovers(tmp_path) == []
    assert part.exists()
    assert folder.exists()


def test_the_next_run_that_writes_removes_what_is_left(tmp_path: Path) -> None:
    part, folder = left_by_the_dead(tmp_path / "out.csv")
    with whole_file(tmp_path / "other.csv") as file:
        assert not part.exists()
        assert not folder.exists()
        file.write(b"x")
    assert (tmp_path / "other.csv").read_bytes() == b"x"


def test_a_scratch_folder_is_its_owners_alone_and_is_removed(temporary: Path) -> None:
    (left,) = (path for path in left_by_the_dead(temporary / "x") if path.is_dir())
    with scratch_folder() as name:
        folder = Path(name)
        assert not left.exists()
        assert folder.parent == temporary
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "inner").write_text("x")
        assert remove_leftovers(temporary) == []
    assert list(temporary.iterdir()) == []


def test_a_part_that_somebody_removed_at_once_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open
    taken: list[str] = []

    def open_and_lose(path: str, *others: int) -> int:
        handle = opened(path, *others)
        if not taken:
            taken.append(str(path))
            os.unlink(path)
        return handle

    monkeypatch.setattr(leftovers.os, "open", open_and_lose)
    part, handle = new_part(tmp_path / "out.csv")
    os.close(handle)
    assert part.exists()
    assert str(part) != taken[0]


def test_nothing_is_written_through_a_link_that_takes_the_place_of_a_part(tmp_path: Path) -> None:
    other = tmp_path / "precious"
    other.write_text("kept")

    def write() -> None:
        with whole_file(tmp_path / "out.csv") as file:
            (part,) = tmp_path.glob(".clausewise-*")
            part.rename(tmp_path / "moved")
            part.symlink_to(other)
            Path(file.name).write_text("rows")

    with pytest.raises(OSError, match="another process took its place"):
        write()
    assert other.read_text() == "kept"
    assert not (tmp_path / "out.csv").exists()


def test_a_link_of_another_user_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "out.csv"
    link.symlink_to(tmp_path / "precious")
    assert real_target(link) == tmp_path / "precious"
    if os.geteuid() == 0:
        os.lchown(link, 12_345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: link.lstat().st_uid + 1)
    with pytest.raises(UsageError, match="is a link that another user has put there"):
        real_target(link)


@pytest.mark.parametrize("name", ["x" * 255, "a b", "ü" * 120, "row\n1"])
def test_any_name_can_have_a_part(tmp_path: Path, name: str) -> None:
    with whole_file(tmp_path / name) as file:
        file.write(b"x")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [name]

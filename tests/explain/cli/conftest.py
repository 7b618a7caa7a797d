from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from explain.cli.app import app

EXAMPLES = Path(__file__).parents[3] / "explain" / "examples"
COLUMNS = "claim_id,line_number,claim_form,service_date,place_of_service,procedure_code,units"
DENIED = "GOOD,1,cms1500,2018-06-01,22,96365,1"
"""A line that R14-FAC-1 denies."""


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]
Write = Callable[..., str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command as the console script does, in this process."""

    def command(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            app(arguments, prog_name="clausewise")
        captured = capsys.readouterr()
        code = ended.value.code
        assert "Traceback" not in captured.err
        return Ended(code if isinstance(code, int) else 0, captured.out, captured.err)

    return command


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, so that places are short."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def write(here: Path) -> Write:
    """Write a file of some rows and return its name."""

    def file(name: str, *rows: str) -> str:
        (here / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
        return name

    return file


@pytest.fixture
def good(write: Write) -> str:
    """A file with one claim of one line."""
    return write("good.csv", COLUMNS, DENIED)

"""The command as a process of its own: pipes, signals, full disks, what it imports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from explain.cli.app import COMMANDS
from explain.cli.running import unexpected
from tests.conftest import INTERRUPTED, interruptible
from tests.explain.cli.conftest import COLUMNS, EXAMPLES, Run

ROOT = Path(__file__).parents[3]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
COMMAND = [sys.executable, "-m", "explain"]
needs_posix = pytest.mark.skipif(os.name != "posix", reason="signals and devices of POSIX")


def start(*arguments: str, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=options.pop("stdout", subprocess.PIPE),  # type: ignore[call-overload]
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=options.pop("env", ENVIRONMENT),  # type: ignore[call-overload]
        preexec_fn=interruptible,
        **options,
    )


@pytest.fixture
def many(tmp_path: Path) -> str:
    """Claims enough that the command is at work for a while."""
    rows = [
        f"C{claim},{line},cms1500,2018-06-01,22,96365,1"
        for claim in range(4000)
        for line in range(1, 6)
    ]
    path = tmp_path / "many.csv"
    path.write_text("\n".join([COLUMNS, *rows]) + "\n", encoding="utf-8")
    return str(path)


def test_python_m_explain_is_the_command() -> None:
    done = subprocess.run(
        [*COMMAND, "why", "CLINIC-1", "1", "-c", "office.837"],
        cwd=EXAMPLES,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Claim CLINIC-1, line 1: denied\n")


def test_a_closed_pipe_is_quiet(many: str) -> None:
    process = start("adjudicate", many)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith('{"claim_id"')
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(30) == 0


@needs_posix
def test_an_interrupt_is_one_line_and_leaves_no_file(many: str, tmp_path: Path) -> None:
    process = start("adjudicate", many, "-o", str(tmp_path / "out.csv"))
    deadline = time.monotonic() + 30
    while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode in INTERRUPTED
    assert err == (
        "interrupted: the output is not complete; files are whole or not there; start it again\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["many.csv"]


@needs_posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_the_system_stops_leaves_no_file(
    many: str, tmp_path: Path, number: signal.Signals
) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("whoever runs the tests ignores the signal")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = start(
        *("adjudicate", many, "-o", str(tmp_path / "out.parquet")),
        env={**ENVIRONMENT, "TMPDIR": str(temporary)},
    )
    deadline = time.monotonic() + 30
    while not any(temporary.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert err.startswith("interrupted: the output is not complete")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["many.csv", "temporary"]
    assert list(temporary.iterdir()) == []


@needs_posix
def test_a_signal_that_is_ignored_stays_ignored() -> None:
    script = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from explain.cli.stopping import stop_as_interrupted as stop; stop()\n"
        "print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)\n"
        "print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "True\nFalse\n"


needs_full = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="the system has no full device"
)


@needs_full
@pytest.mark.parametrize("arguments", [["demo"], ["--help"], ["--version"], ["why", "--help"]])
def test_a_full_disk_is_one_sentence(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        process = start(*arguments, stdout=full)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert err.startswith("error: the output cannot be written: no space left on device\n")
    assert "Traceback" not in err


@needs_full
@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["adjudicate", "none.csv"], 3), (["adjudicate", "many.csv", "--set", "x"], 2)],
)
def test_messages_that_cannot_be_written_change_no_exit_code(
    arguments: list[str], code: int
) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, *arguments], env=ENVIRONMENT, stdout=full, stderr=full, check=False
        )
    assert done.returncode == code


def test_a_claim_id_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(f"{COLUMNS}\nCAF\u00c9,1,cms1500,2018-06-01,22,96365,1\n", encoding="utf-8")
    for arguments in (["why", "CAF\u00c9", "1"], ["query", "denied('CAF\u00c9', L, Clause)"]):
        done = subprocess.run(
            [*COMMAND, *arguments, "-c", str(path)],
            env={**ENVIRONMENT, "LC_ALL": "C", "PYTHONUTF8": "0"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert "R14-FAC-1" in done.stdout


def test_the_start_stays_light() -> None:
    script = (
        "import sys; from explain.cli.app import app\n"
        "try: app(['why', 'CLINIC-1', '1', '-c', 'office.837'])\n"
        "except SystemExit: pass\n"
        "heavy = {'rich', 'networkx', 'duckdb', 'sqlglot', 'pyarrow', 'numpy', 'pandas'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=EXAMPLES,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == "[]\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(run: Run, name: str) -> None:
    assert f"`clausewise {name}" in (ROOT / "README.md").read_text(encoding="utf-8")
    ended = run(name, "--help")
    assert ended.code == 0
    assert f"clausewise {name}" in ended.out
    assert name in run("--help").out


def test_every_command_for_programs_has_json(run: Run) -> None:
    for name in COMMANDS.keys() - {"convert", "demo", "remit", "repl"}:
        assert "--json" in run(name, "--help").out


def test_version(run: Run) -> None:
    ended = run("--version")
    assert ended.code == 0
    assert ended.out.startswith("clausewise ")


def test_a_fault_of_the_program_tells_no_value() -> None:
    secret = "PATIENT-7"
    try:
        int(secret)
    except ValueError as fault:
        text = unexpected(fault)
    assert text.startswith(
        "error: clausewise failed: ValueError in tests/explain/cli/test_process.py, row"
    )
    assert secret not in text


def test_an_unexpected_fault_ends_in_a_sentence(
    run: Run, good: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("of GOOD")

    monkeypatch.setattr("kb.knowledge_base.KnowledgeBase.stream", fails)
    ended = run("adjudicate", good)
    assert ended.code == 70
    assert ended.err.startswith("error: clausewise failed: RuntimeError in ")
    assert "GOOD" not in ended.err

"""A PostgreSQL server of the tests' own, in a folder that goes with it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

_BINARIES = sorted(
    Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])
)
"""Where Debian keeps the server; it is not on the PATH there."""

_ANY_LANGUAGE = ["--locale=C.UTF-8"]
_TURKISH = [*_ANY_LANGUAGE, "--locale-provider=icu", "--icu-locale=tr"]
"""A language that orders text otherwise than by code point, and whose small I is no i."""

_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "max_connections": "8",
    "datestyle": "German",
}
"""Nothing that outlives the tests, and dates in a form that is not the script's."""


def server_folder() -> Path | None:
    """Return the folder of the server's programs, or None where there are none."""
    found = shutil.which("initdb")
    if _BINARIES:
        return _BINARIES[-1].parent
    return Path(found).resolve().parent if found else None


class Server:
    """A server that one process uses, by a socket in its folder, ordered by language if it can.

    Parameters
    ----------
    programs : Path
        See `server_folder`.
    """

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self.process: subprocess.Popen[bytes] | None = None
        self.user = _other_user()
        if self.user:
            shutil.chown(self.folder, self.user)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def connect(self) -> Any:
        """Return a new connection."""
        import psycopg

        return psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres")

    def stop(self) -> None:
        """End the server and remove its folder."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        data = self.folder / "data"
        made = None
        for locale in (_TURKISH, _ANY_LANGUAGE):
            made = self._run("initdb", "-D", str(data), *locale)
            if made.returncode == 0:
                break
        assert made is not None
        assert made.returncode == 0, made.stderr.decode()
        options = [part for item in _SETTINGS.items() for part in ("-c", "=".join(item))]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", data, "-k", self.folder, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._owner(),
            )
        self._await()

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        settings = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        return subprocess.run(
            [self.programs / program, *arguments, *settings],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            **self._owner(),
        )

    def _await(self) -> None:
        """Wait until the server answers."""
        import psycopg

        assert self.process is not None
        for _ in range(1200):
            try:
                self.connect().close()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])

    def _owner(self) -> dict[str, Any]:
        owner: dict[str, Any] = {"cwd": self.folder}
        if self.user:
            owner |= {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid}
            owner["extra_groups"] = []
        return owner


def _other_user() -> str | None:
    """Return whom to run the server as: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {item.pw_name for item in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"

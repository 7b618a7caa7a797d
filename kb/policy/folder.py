"""The folder of a policy: where it is, which files it has, and a hash of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from facts.diagnostic import UsageError
from facts.suggest import near_help
from facts.values import one_line

BUNDLED = Path(__file__).parents[1] / "policies"
SHARED_RULES = Path(__file__).parents[1] / "rules"
ALTERNATIVES = "alternatives.pl"
"""Rule files that are read where the readings in favour of lines are asked for, and only there."""
AUDIT = "audit.pl"
"""The rule file of the verdicts on remittances, read where they are asked for, and only there.

That of a policy folder takes the place of the shared one.
"""
_OPTIONAL = (ALTERNATIVES, AUDIT)


def bundled_policies() -> tuple[str, ...]:
    """Return the names of the policies that come with the package.

    Examples
    --------
    >>> bundled_policies()
    ('r14',)
    """
    return tuple(sorted(path.name for path in BUNDLED.iterdir() if (path / "policy.toml").exists()))


def find_policy_folder(policy: str | Path) -> Path:
    """Return the folder of a bundled policy's name or of a path.

    Raises
    ------
    UsageError
        If there is no such policy.
    """
    name = str(policy)
    if isinstance(policy, str) and name.lower() in bundled_policies():
        return BUNDLED / name.lower()
    folder = Path(policy)
    try:
        if (folder / "policy.toml").is_file():
            return folder
        is_folder = folder.is_dir()
    except OSError:
        is_folder = False
    if is_folder:
        message, help = (
            f"`{one_line(name[:300])}` is not a policy folder",
            "it has no file policy.toml",
        )
    else:
        message = f"there is no policy `{one_line(name[:300])}`"
        help = near_help(
            name.lower(), bundled_policies(), f"bundled: {', '.join(bundled_policies())}"
        )
    raise UsageError.of(message, help)


class PolicyFile:
    """A file of a policy folder that is read once: who asks again gets the same bytes.

    Parameters
    ----------
    path : Path
        Where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._content: bytes | OSError | None = None

    def exists(self) -> bool:
        """Return whether there is anything of its name, readable or not."""
        try:
            self.read_bytes()
        except OSError as fault:
            return not isinstance(fault, (FileNotFoundError, NotADirectoryError))
        return True

    def read_bytes(self) -> bytes:
        """Return the bytes that the file had when it was first asked for.

        Raises
        ------
        OSError
            If it could not be read then.
        """
        if self._content is None:
            try:
                self._content = self.path.read_bytes()
            except OSError as fault:
                self._content = fault
        if isinstance(self._content, OSError):
            raise self._content
        return self._content


class PolicyFiles:
    """The files of a policy folder, listed once and each read once.

    Two readings of a file that is saved in between differ; with one, what is hashed is what is
    loaded.

    Parameters
    ----------
    folder : Path
        A policy folder.
    alternatives : bool, optional
        Whether the rules of what readings would be otherwise are among them.
    audit : bool, optional
        Whether the rules of the verdicts on remittances are among them.

    Attributes
    ----------
    main, register, readings : PolicyFile
        ``policy.toml``, ``clauses.toml`` and ``readings.toml``, which need not be there.
    rules : list of (str, PolicyFile)
        With the names that diagnostics and proofs give them; the shared rules first.
    tables : dict of str to PolicyFile
        The tables by their names.
    """

    def __init__(self, folder: Path, alternatives: bool = False, audit: bool = False) -> None:
        self.main = PolicyFile(folder / "policy.toml")
        self.register = PolicyFile(folder / "clauses.toml")
        self.readings = PolicyFile(folder / "readings.toml")
        shared = [(f"rules/{path.name}", path) for path in sorted(SHARED_RULES.glob("*.pl"))]
        own = [(path.name, path) for path in sorted(folder.glob("*.pl"))]
        left_out = {ALTERNATIVES} if not alternatives else set()
        left_out |= {AUDIT} if not audit else set()
        if any(name == AUDIT for name, _ in own):
            left_out.add(f"rules/{AUDIT}")
        self.rules = [
            (name, PolicyFile(path))
            for name, path in (*shared, *own)
            if not {name, path.name} & left_out or (name == AUDIT and audit)
        ]
        found = sorted((folder / "tables").glob("*.csv"))
        self.tables = {path.stem: PolicyFile(path) for path in found}

    def program_sha256(self) -> str:
        """Return a hash of all that a determination depends on, whatever its place and line ends.

        Raises
        ------
        OSError
            If one of the files cannot be read.
        """
        files = [(name, file) for name, file in self.rules if file.path.name not in _OPTIONAL]
        files += [("policy.toml", self.main), ("clauses.toml", self.register)]
        files += [(f"tables/{name}.csv", file) for name, file in self.tables.items()]
        return _digest(files)

    def sha256(self) -> str:
        """Return a hash of all the files, those that are read only where they are asked for too.

        Raises
        ------
        OSError
            If one of the files cannot be read.
        """
        others = [(name, file) for name, file in self.rules if file.path.name in _OPTIONAL]
        if self.readings.exists():
            others.append(("readings.toml", self.readings))
        return f"{self.program_sha256()} {_digest(others)}"


def _digest(files: list[tuple[str, PolicyFile]]) -> str:
    digest = hashlib.sha256()
    for name, file in files:
        content = file.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()

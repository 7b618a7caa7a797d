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


def rule_files(folder: Path, alternatives: bool = False) -> list[tuple[str, Path]]:
    """Return the rule files with the names that diagnostics and proofs give them.

    Parameters
    ----------
    folder : Path
        A policy folder.
    alternatives : bool, optional
        Whether the rules of what readings would be otherwise are among them.
    """
    shared = [(f"rules/{path.name}", path) for path in sorted(SHARED_RULES.glob("*.pl"))]
    found = shared + [(path.name, path) for path in sorted(folder.glob("*.pl"))]
    return [(name, path) for name, path in found if alternatives or path.name != ALTERNATIVES]


def table_files(folder: Path) -> list[str]:
    """Return the names of the tables that the folder has files of."""
    return sorted(path.stem for path in (folder / "tables").glob("*.csv"))


def digest(folder: Path) -> str:
    """Hash everything that a determination depends on, independent of place and line ends.

    Parameters
    ----------
    folder : Path
        A policy folder.
    """
    digest = hashlib.sha256()
    files = [*rule_files(folder)]
    for name in ("policy.toml", "clauses.toml"):
        files.append((name, folder / name))
    files += [(f"tables/{path.name}", path) for path in sorted((folder / "tables").glob("*.csv"))]
    for name, path in files:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()

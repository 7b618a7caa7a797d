"""Golden files: texts that the program produced once and a person accepted.

``python -m tests.accept`` writes them all anew; read the difference before you commit it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

TESTS = Path(__file__).parent
SWITCH = "CLAUSEWISE_ACCEPT"


def golden(path: Path, text: str) -> None:
    """Compare a text with its golden file, or write the file where that was asked for.

    Parameters
    ----------
    path : Path
    text : str

    Raises
    ------
    AssertionError
        If the text differs or there is no golden file.
    """
    if os.environ.get(SWITCH) == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return
    assert path.exists(), f"no golden file {path.name}: run python -m tests.accept"
    assert text == path.read_text(encoding="utf-8")


def golden_tests() -> list[Path]:
    """Return the test modules that compare golden files."""
    return [
        path
        for path in sorted(TESTS.rglob("test_*.py"))
        if "from tests.accept import" in path.read_text(encoding="utf-8")
    ]


def main() -> int:
    """Write all golden files anew."""
    import pytest

    os.environ[SWITCH] = "1"
    return int(pytest.main(["-q", *map(str, golden_tests())]))


if __name__ == "__main__":
    sys.exit(main())

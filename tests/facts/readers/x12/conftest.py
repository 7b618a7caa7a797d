"""Reads 837 text as if a payer had sent it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.facts.readers.x12.read import Reading, read

Read = Callable[[str], Reading]


@pytest.fixture
def reading(tmp_path: Path) -> Read:
    """Return a function that reads the text of an 837."""
    return lambda text: read(tmp_path / "claims.837", text)

"""Ten runs are killed at random moments; ``python -m tests.kills`` kills more of them."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.kills import Place, kills


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_killed_run_leaves_no_half_file_and_nothing_after_the_next(tmp_path: Path) -> None:
    kills(Place(tmp_path, 2_000), random.Random(1), 10, every=10)

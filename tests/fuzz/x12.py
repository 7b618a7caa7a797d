"""Damaged 837 files: read without a fault of the program, and no line lost."""

from __future__ import annotations

import random
from pathlib import Path

from kb.knowledge_base import KnowledgeBase
from tests.facts.readers.x12.read import read
from tests.facts.readers.x12.test_fuzz import SCRAPS, TEXTS, check


def run(draw: random.Random, folder: Path, kb: KnowledgeBase) -> str:
    """Read one damaged file, and hold what every reading has to hold."""
    text = draw.choice(TEXTS)
    for _ in range(draw.randint(1, 5)):
        at = draw.randint(0, len(text))
        text = text[:at] + draw.choice(SCRAPS) + text[at + draw.randint(0, 12) :]
    check(read(folder / "claims.837", text.encode("utf-8", "replace")))
    return ""

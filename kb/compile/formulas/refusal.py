"""Why a rule has no formula, so that the general plan is taken."""

from __future__ import annotations


class NotFusable(Exception):
    """A rule that has no formula over one wide row. The general compiler takes it."""

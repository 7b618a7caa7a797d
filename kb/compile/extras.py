"""The extra ``clausewise[bulk]``, as the compiler and the engines import it."""

from __future__ import annotations

from facts.extras import OFFLINE, bulk_module

__all__ = ["OFFLINE", "bulk_module"]

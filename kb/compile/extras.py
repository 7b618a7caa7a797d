"""The extra ``bulk``, as the compiler asks for it."""

from __future__ import annotations

from facts.extras import OFFLINE, bulk_module

__all__ = ["OFFLINE", "bulk_module"]

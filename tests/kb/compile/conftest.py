"""The warehouses that printed scripts run in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kb.compile.warehouse import WAREHOUSES, Warehouse


@pytest.fixture(scope="session", params=WAREHOUSES)
def warehouse(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    """Each engine that runs scripts; it ends with the tests, whatever becomes of them."""
    opened = WAREHOUSES[request.param]()
    reason = opened.missing()
    if reason:
        pytest.skip(reason)
    opened.start()
    try:
        yield opened
    finally:
        opened.stop()

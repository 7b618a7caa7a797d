"""The names of the packages: each is what it says, in whatever order they are imported."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest


@pytest.mark.parametrize("package", ["explain", "kb"])
def test_no_name_of_a_package_is_one_of_its_modules(package: str) -> None:
    module = importlib.import_module(package)
    for _ in range(2):
        found = {name: getattr(module, name) for name in module.__all__}
        assert not [name for name, value in found.items() if isinstance(value, ModuleType)]

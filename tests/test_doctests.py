"""The examples of the docstrings run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import explain
import facts

MODULES = sorted(
    module.name
    for package in (facts, explain)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0

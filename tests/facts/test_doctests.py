"""The examples of the docstrings run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import facts

MODULES = sorted(module.name for module in pkgutil.walk_packages(facts.__path__, "facts."))


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0

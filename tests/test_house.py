"""What makes the code pleasant to inherit and can be counted: sizes, descriptions, names."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from pkgutil import resolve_name

import pytest

from explain.cli.app import COMMANDS
from tests.accept import TESTS

ROOT = TESTS.parent
PACKAGES = ("clausewise", "facts", "kb", "explain")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MOST_ROWS_OF_A_FILE = 400
MOST_ROWS_OF_A_FUNCTION = 80
MOST_PARAMETERS = 10

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """Yield the functions of a module and their dotted names, those in functions left out."""

    def walk(node: ast.AST, name: str) -> Iterator[tuple[str, Function]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                yield f"{name}{child.name}", child
            elif isinstance(child, ast.ClassDef):
                yield from walk(child, f"{name}{child.name}.")
            elif not isinstance(child, ast.expr):
                yield from walk(child, name)

    return walk(tree, "")


def parameters(function: Function) -> list[str]:
    """Return the names of a function's parameters, without the object or class itself."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    starred = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    return [each.arg for each in (*named, *starred) if each.arg not in ("self", "cls")]


def described(docstring: str) -> set[str]:
    """Return the parameters that a docstring describes: a name, a type, an indented sentence."""
    section = re.search(r"^Parameters\n-+\n(.*?)(?=^\w[\w ]*\n-+$|\Z)", docstring, re.M | re.S)
    found = set()
    for row in re.finditer(r"^(\S[^:\n]*?)(?: ?:.*)?\n +\S", section[1] if section else "", re.M):
        found.update(name.strip().lstrip("*") for name in row[1].split(","))
    return found


def names(docstring: str, parameter: str) -> bool:
    """Return whether a docstring without a list of parameters names one of them, as one or many."""
    words = parameter.rstrip("_").replace("_", "[ _]")
    text = re.sub(r"\s+", " ", docstring.partition("Examples\n---")[0].lower())
    found = re.search(rf"\b{words}(e?s|ed)?\b", text)
    return "Parameters\n---" not in docstring and found is not None


def is_command(path: Path, name: str) -> bool:
    """Return whether a function is a command, whose options have their help."""
    return path.parent.name == "cli" and name.replace("_", "-") in (*COMMANDS, "options")


def undescribed(path: Path) -> list[str]:
    """Return the parameters of a module's public functions that nothing describes."""
    found = []
    for name, function in functions(ast.parse(path.read_text(encoding="utf-8"))):
        if any(part.startswith("_") for part in name.split(".")) or is_command(path, name):
            continue
        docstring = ast.get_docstring(function) or ""
        known = described(docstring)
        found += [
            f"{name}({each})"
            for each in parameters(function)
            if each not in known and not names(docstring, each)
        ]
    return found


def see_also(docstring: str) -> list[str]:
    """Return the names that a docstring refers to."""
    section = re.search(r"^See Also\n-+\n((?:\S.*\n?)+)", docstring, re.M)
    rows = section[1].splitlines() if section else []
    return [name.strip() for row in rows for name in row.partition(" : ")[0].split(",")]


def exists(name: str, module: str) -> bool:
    """Return whether a name is one of a module, or of the whole house."""
    for dotted in (f"{module}.{name}", name):
        with suppress(ImportError, AttributeError):
            resolve_name(dotted)
            return True
    return False


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_fits_in_a_head(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MOST_ROWS_OF_A_FILE
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    for name, function in functions(tree):
        rows = (function.end_lineno or function.lineno) - function.lineno + 1
        assert rows <= MOST_ROWS_OF_A_FUNCTION, name
        assert len(parameters(function)) <= MOST_PARAMETERS, name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_parameters_are_described(path: Path) -> None:
    assert undescribed(path) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_see_also_names_what_exists(path: Path) -> None:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function | ast.ClassDef):
            found += see_also(ast.get_docstring(node) or "")
    assert [name for name in found if not exists(name, module)] == []


def test_a_class_name_means_one_thing() -> None:
    places = defaultdict(list)
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                place = f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
                places[node.name.lstrip("_")].append(place)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}

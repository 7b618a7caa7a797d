"""Without ``clausewise[report]``: what works goes on, what does not says what to install."""

from __future__ import annotations

import subprocess
import sys

import pytest

from explain.exports import FORMATS, pdf
from explain.pictures import raster
from facts.diagnostic import UsageError
from tests.explain.exports.documents import clinic

MODULES = {"pdf": ["typst", "pygraphviz"], "docx": ["docx", "pygraphviz"]}
DRAWN = {"svg": ["pygraphviz"], "png": ["pygraphviz", "typst"]}


@pytest.fixture
def bare(monkeypatch):
    for name in ("pygraphviz", "typst", "docx", "docx.shared", "docx.oxml", "xlsxwriter"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.parametrize("name", ["html", "md", "json", "dot", "mermaid"])
def test_texts_need_nothing_more(bare, name: str) -> None:
    assert FORMATS[name].render(clinic())


@pytest.mark.parametrize("name", ["pdf", "docx", "svg", "png"])
def test_the_others_name_the_extra(monkeypatch, name: str) -> None:
    for made in (pdf, raster):
        monkeypatch.setattr(made, "_COMPILERS", [])
    for module in {**MODULES, **DRAWN}[name]:
        with monkeypatch.context() as without:
            without.setitem(sys.modules, module, None)
            with pytest.raises(UsageError) as caught:
                FORMATS[name].render(clinic())
        (fault,) = caught.value.diagnostics
        assert fault.message.startswith(f"`{module}")
        assert fault.message.endswith("is not installed, and this format needs it")
        assert fault.help == "pip install '.[report]', in your clone of clausewise"


def test_formats_are_loaded_when_they_are_asked_for() -> None:
    code = (
        "import sys, explain.exports; from explain.exports import FORMATS; "
        "print([m for m in ('docx', 'typst', 'pygraphviz', 'xlsxwriter') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

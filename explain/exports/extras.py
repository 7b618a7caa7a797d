"""Modules of the extra ``report``, loaded when a format first needs them."""

from __future__ import annotations

import importlib
from types import ModuleType

from facts.diagnostic import Diagnostic, UsageError


def report_module(name: str) -> ModuleType:
    """Return a module of the extra ``report``.

    Parameters
    ----------
    name : str
        As in ``xlsxwriter``, ``docx``, ``typst``, ``pygraphviz``.

    Returns
    -------
    module

    Raises
    ------
    UsageError
        If it is not installed; the message names the extra.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        message = f"`{name}` is not installed, and this format needs it"
        help = "pip install 'clausewise[report]'"
        raise UsageError([Diagnostic("error", message, None, help)]) from None

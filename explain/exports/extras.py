"""Modules of the extra ``report``, loaded when a format first needs them."""

from __future__ import annotations

from types import ModuleType

from facts.extras import extra_module


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
    return extra_module(name, "report", "this format needs it")

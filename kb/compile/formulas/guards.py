"""Where a costly test can matter at all, as a formula of cheap tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kb.compile.formulas.formula import FALSE, TRUE, FormulaGraph, Some
from kb.compile.formulas.line_tests import Test


def guards(
    formulas: FormulaGraph, roots: Iterable[int], costly: Callable[[Test], bool]
) -> dict[int, int]:
    """Return for each costly test a formula that holds wherever the test can change a root.

    Parameters
    ----------
    formulas : FormulaGraph
        What the nodes are of.
    roots : iterable of int
        Nodes of all that is wanted.
    costly : callable
        Tells the costly tests.

    Returns
    -------
    dict of test node to formula node
        The formulas have no costly test.

    Examples
    --------
    >>> from kb.compile.formulas.line_tests import Filled
    >>> made = FormulaGraph()
    >>> cheap, dear = made.test(Filled("ndc")), made.test(Filled("description"))
    >>> root = made.all_of([cheap, dear])
    >>> guards(made, [root], lambda test: test == Filled("description")) == {dear: cheap}
    True
    """
    order = formulas.below(roots)
    tests = {node for node, test in formulas.tests(roots) if costly(test)}
    dear: set[int] = set()
    for node in order:
        if node in tests or any(part in dear for part in formulas.parts(node)):
            dear.add(node)
    reasons: dict[int, list[int]] = {node: [] for node in dear}
    for root in roots:
        if root in dear:
            reasons[root].append(TRUE)
    found: dict[int, int] = {}
    for node in reversed(order):
        if node not in dear:
            continue
        reason = formulas.any_of(reasons[node])
        if node in tests:
            found[node] = reason
            continue
        parts = formulas.parts(node)
        cheap = [part for part in parts if part not in dear]
        if isinstance(formulas.nodes[node], Some):
            cheap = [formulas.not_(part) for part in cheap]
        inside = formulas.all_of([reason, *cheap])
        for part in parts:
            if part in dear and inside != FALSE:
                reasons[part].append(inside)
    return found

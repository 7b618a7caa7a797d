"""Pass: where a costly test can matter at all, as a formula of cheap tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kb.compile.formulas.formula import FALSE, TRUE, Formulas, Leaf


def guards(
    formulas: Formulas, roots: Iterable[int], costly: Callable[[Leaf], bool]
) -> dict[int, int]:
    """Return for each costly test a formula that holds wherever the test can change a root.

    Parameters
    ----------
    formulas : Formulas
    roots : iterable of int
    costly : callable
        Tells the costly tests.

    Returns
    -------
    dict of test node to formula node
        The formulas have no costly test.

    Examples
    --------
    >>> made = Formulas()
    >>> cheap, dear = made.leaf(("known", "ndc")), made.leaf(("mentions", "description", "w", "x"))
    >>> root = made.all_of([cheap, dear])
    >>> guards(made, [root], lambda leaf: leaf[0] == "mentions") == {dear: cheap}
    True
    """
    order = formulas.below(roots)
    dear: set[int] = set()
    for node in order:
        kind = formulas.nodes[node]
        if (kind[0] == "leaf" and costly(kind[1])) or any(
            part in dear for part in formulas.parts(node)
        ):
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
        if formulas.nodes[node][0] == "leaf":
            found[node] = reason
            continue
        parts = formulas.parts(node)
        cheap = [part for part in parts if part not in dear]
        if formulas.nodes[node][0] == "or":
            cheap = [formulas.not_(part) for part in cheap]
        inside = formulas.all_of([reason, *cheap])
        for part in parts:
            if part in dear and inside != FALSE:
                reasons[part].append(inside)
    return found

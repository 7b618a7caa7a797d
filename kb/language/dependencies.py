"""Graphs of what depends on what, and groups of what belongs together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def strongly_connected(edges: Mapping[N, Iterable[N]]) -> list[list[N]]:
    """Return the strongly connected components, those that others use first (Tarjan 1972).

    Parameters
    ----------
    edges : mapping of node to the nodes that it uses
        Each node is a key.

    Returns
    -------
    list of list of node
        Each component in the order of the keys.

    Examples
    --------
    >>> strongly_connected({"a": "b", "b": "ca", "c": ""})
    [['c'], ['a', 'b']]
    """
    order = {node: number for number, node in enumerate(edges)}
    index: dict[N, int] = {}
    low: dict[N, int] = {}
    open_: list[N] = []
    waiting: set[N] = set()
    found: list[list[N]] = []
    for root in edges:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        open_.append(root)
        waiting.add(root)
        work: list[tuple[N, Iterator[N]]] = [(root, iter(edges[root]))]
        while work:
            node, rest = work[-1]
            for used in rest:
                if used not in index:
                    index[used] = low[used] = len(index)
                    open_.append(used)
                    waiting.add(used)
                    work.append((used, iter(edges[used])))
                    break
                if used in waiting:
                    low[node] = min(low[node], index[used])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    group = []
                    while True:
                        member = open_.pop()
                        waiting.discard(member)
                        group.append(member)
                        if member == node:
                            break
                    found.append(sorted(group, key=order.__getitem__))
    return found


def reachable(edges: Mapping[N, Iterable[N]], roots: Iterable[N]) -> set[N]:
    """Return nodes with all that they use, directly or not.

    Parameters
    ----------
    edges : mapping of node to the nodes that it uses
        Each node is a key.
    roots : iterable of node
        Those that are no keys are left out.
    """
    found: set[N] = set()
    waiting = [root for root in roots if root in edges]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(edges[node])
    return found


def united(groups: Iterable[set[N]]) -> list[set[N]]:
    """Return groups, those that share a member in one group; empty ones are left out.

    Parameters
    ----------
    groups : iterable of set
        They are not changed.

    Examples
    --------
    >>> [sorted(group) for group in united([{"a"}, {"b", "c"}, set(), {"c", "d"}])]
    [['a'], ['b', 'c', 'd']]
    """
    found: list[set[N]] = []
    for group in groups:
        if group:
            apart = [other for other in found if not other & group]
            joined = group.union(*(other for other in found if other & group))
            found = [*apart, joined]
    return found

"""Proof graphs as files that other programs read: GraphML, GEXF and node-link JSON."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facts.diagnostic import UsageError
from facts.suggest import near_help
from facts.values import format_number, one_line
from facts.whole_file import unwritable, whole_file

if TYPE_CHECKING:
    import networkx

_DAY = re.compile(r' lastmodifieddate="[0-9-]*"')

ENDINGS = {".graphml": "graphml", ".gexf": "gexf", ".json": "json"}
"""The format that the ending of a file asks for."""


def plain_graph(graph: networkx.DiGraph[str]) -> networkx.DiGraph[str]:
    """Return the graph of a proof with attributes that are texts and numbers alone.

    Parameters
    ----------
    graph : networkx.DiGraph
        As ``Proof.graph``.

    Returns
    -------
    networkx.DiGraph
        Nodes have ``kind``, ``label``, ``text``, ``places``, ``clause_id``, ``others`` and
        ``bindings`` as JSON; edges have their ``position``.
    """
    made: networkx.DiGraph[str] = type(graph)(goal=one_line(graph.graph["goal"]))
    made.add_nodes_from((number, _plain(data)) for number, data in graph.nodes(data=True))
    made.add_edges_from(graph.edges(data=True))
    return made


def graph_bytes(graph: networkx.DiGraph[str], kind: str) -> bytes:
    """Return the graph of a proof in a format of graphs.

    Parameters
    ----------
    graph : networkx.DiGraph
        As ``Proof.graph``.
    kind : {"graphml", "gexf", "json"}
        JSON is node-link, as networkx and d3 read it.

    Raises
    ------
    UsageError
        If there is no such format.
    """
    import networkx

    graph = plain_graph(graph)
    if kind == "json":
        made = networkx.node_link_data(graph, edges="links")
        return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode()
    file = io.BytesIO()
    if kind == "graphml":
        networkx.write_graphml_xml(graph, file)
    elif kind == "gexf":
        text = "\n".join(networkx.generate_gexf(graph))
        # The day on which it was made would be a clock in a result.
        return (_DAY.sub("", text, count=1) + "\n").encode()
    else:
        raise UsageError.of(
            f"there is no format `{one_line(kind)}` of graphs",
            near_help(kind, set(ENDINGS.values())),
        )
    return file.getvalue()


def write_graph(graph: networkx.DiGraph[str], path: str | Path) -> None:
    """Write the graph of a proof, whole or not at all.

    Parameters
    ----------
    graph : networkx.DiGraph
        As ``Proof.graph``.
    path : str or Path
        Its ending names the format: ``.graphml``, ``.gexf`` or ``.json``.

    Raises
    ------
    UsageError
        If the ending names none of these, or the file cannot be written.
    """
    kind = ENDINGS.get(Path(path).suffix.lower())
    if kind is None:
        message = f"`{one_line(str(path))}` names no format of graphs"
        raise UsageError.of(message, f"end it with one of {', '.join(ENDINGS)}")
    made = graph_bytes(graph, kind)
    try:
        with whole_file(path) as file:
            file.write(made)
    except OSError as fault:
        raise unwritable(f"`{one_line(str(path))}`", fault) from None


def _plain(data: dict[str, Any]) -> dict[str, str | int]:
    bindings = {
        name: value if isinstance(value, str) else format_number(value)
        for name, value in sorted(data["bindings"].items())
    }
    return {
        "kind": data["kind"],
        "label": one_line(data["label"]),
        "text": one_line(data["text"]),
        "places": one_line("; ".join(map(str, data["origins"]))),
        "clause_id": one_line(data["clause_id"]),
        "others": data["others"],
        "bindings": json.dumps(bindings),
    }

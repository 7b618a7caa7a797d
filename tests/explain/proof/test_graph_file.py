"""Proof graphs for other programs, and in notebooks."""

from __future__ import annotations

import json
from pathlib import Path

import networkx
import pytest

from explain import why
from facts.diagnostic import UsageError
from kb import KnowledgeBase
from tests.kb.example_lines import line

KNOWN = KnowledgeBase.load("r14").with_claims([line(), line("<b>&")])
PROOF = why(KNOWN.claim("C1"), 1).proof


def test_changing_the_graph_does_not_change_the_proof() -> None:
    before = len(PROOF.nodes), PROOF.text
    graph = PROOF.graph
    graph.remove_node(PROOF.root.id)
    graph.nodes[PROOF.nodes[1].id]["bindings"]["C"] = "another"
    assert (len(PROOF.graph), PROOF.text) == before
    assert all(node.bindings.get("C") != "another" for node in PROOF.nodes)


@pytest.mark.parametrize("ending", [".graphml", ".gexf", ".json"])
def test_other_programs_read_the_graph(ending: str, tmp_path: Path) -> None:
    proof = why(KNOWN.claim("<b>&"), 1).proof
    path = tmp_path / f"proof{ending}"
    proof.write(path)
    again = tmp_path / f"again{ending}"
    proof.write(again)
    assert path.read_bytes() == again.read_bytes()
    read = {
        ".graphml": networkx.read_graphml,
        ".gexf": networkx.read_gexf,
        ".json": lambda file: networkx.node_link_graph(
            json.loads(file.read_text("utf-8")), edges="links"
        ),
    }[ending](path)
    assert set(read.edges) == set(proof.edges)
    assert {number: data["text"] for number, data in read.nodes(data=True)} == {
        node.id: node.text for node in proof.nodes
    }


@pytest.mark.parametrize("name", ["proof.png", "proof", "absent/proof.json"])
def test_a_graph_that_cannot_be_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        PROOF.write(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_shows_explanations_and_proofs() -> None:
    explanation = why(KNOWN.claim("<b>&"), 1)
    for shown in (explanation._repr_html_(), explanation.proof._repr_html_()):
        assert "<b>" not in shown
        assert "&lt;b&gt;&amp;" in shown
    assert repr(why(KNOWN.claim("C1"), 1)) == (
        "<Explanation of line 1 of claim C1: denied under R14-FAC-1>"
    )
    assert repr(PROOF).startswith("<Proof of the outcome of line 1 is denied")

#!/usr/bin/env bash
# One unreadable amount among charges in RDF: Oxigraph has neither sum nor average, RDFLib an average
# "of two" that is that of one; and 100.00 equals 100.0 as a term in one of them.
#
# Date: 2026-11-30, Python 3.11.
# Expected: two SPARQL engines agree on SUM, AVG, COUNT and on which amounts are the same.
# Found: over 100.10 and "12 USD", pyoxigraph 0.5.13 gives an empty cell for SUM and AVG, without an
#   error; RDFLib 7.6.0 stops at SUM, but answers AVG = 100.10 with COUNT = 2. Rows that are not below
#   200: none in Oxigraph (comparison is an error), the bad row in RDFLib. A charge of 100.00 is stored
#   as 100 by Oxigraph and joins 100.0; in RDFLib the two are different terms, do not join, and count
#   twice on one line.
# Why it matters: FHIR has an RDF form with xsd:decimal, and claim graphs are summed in SPARQL. An
#   empty total looks like "no charges", an average over fewer rows than it counts looks like nothing.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check pyoxigraph==0.5.13 rdflib==7.6.0

cat > probe.py <<'PY'
import logging
from importlib.metadata import version

import pyoxigraph
import rdflib

logging.disable(logging.CRITICAL)
for name in ("pyoxigraph", "rdflib"):
    print(name, version(name))
PREFIX = "PREFIX : <http://example.org/> "
BAD = "@prefix : <http://example.org/> . :l1 :charge 100.10 . :l2 :charge '12 USD' ."
SAME = "@prefix : <http://example.org/> . :l1 :charge 100.00, 100.0 . :l2 :charge 100.0 ."


def by_oxigraph(data, query):
    store = pyoxigraph.Store()
    store.load(input=data.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    rows = store.query(PREFIX + query)
    return [[None if cell is None else cell.value for cell in row] for row in rows]


def by_rdflib(data, query):
    graph = rdflib.Graph().parse(data=data, format="turtle")
    try:
        rows = list(graph.query(PREFIX + query))
    except Exception as error:
        return type(error).__name__
    return [[None if cell is None else str(cell) for cell in row] for row in rows]


for data, query in [
    (BAD, "SELECT (SUM(?c) AS ?s) { ?l :charge ?c }"),
    (BAD, "SELECT (AVG(?c) AS ?a) (COUNT(?c) AS ?n) { ?l :charge ?c }"),
    (BAD, "SELECT ?l { ?l :charge ?c FILTER(!(?c < 200)) }"),
    (SAME, "SELECT (COUNT(?c) AS ?n) { :l1 :charge ?c }"),
    (SAME, "SELECT ?c { :l2 :charge ?c }"),
    (SAME, "SELECT (COUNT(*) AS ?n) { ?l :charge 100.00 }"),
]:
    print(query)
    print("  Oxigraph", by_oxigraph(data, query))
    print("  RDFLib  ", by_rdflib(data, query))
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
pyoxigraph 0.5.13
rdflib 7.6.0
SELECT (SUM(?c) AS ?s) { ?l :charge ?c }
  Oxigraph [[None]]
  RDFLib   SPARQLTypeError
SELECT (AVG(?c) AS ?a) (COUNT(?c) AS ?n) { ?l :charge ?c }
  Oxigraph [[None, '2']]
  RDFLib   [['100.10', '2']]
SELECT ?l { ?l :charge ?c FILTER(!(?c < 200)) }
  Oxigraph []
  RDFLib   [['http://example.org/l2']]
SELECT (COUNT(?c) AS ?n) { :l1 :charge ?c }
  Oxigraph [['1']]
  RDFLib   [['2']]
SELECT ?c { :l2 :charge ?c }
  Oxigraph [['100']]
  RDFLib   [['100.0']]
SELECT (COUNT(*) AS ?n) { ?l :charge 100.00 }
  Oxigraph [['2']]
  RDFLib   [['1']]
EXPECTED
echo "as found"

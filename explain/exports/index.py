"""The index of a folder of documents: one page of HTML with a row for each claim."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from explain.english.wrapping import shortened

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}table{border-collapse:collapse;width:100%;"
    "table-layout:fixed}thead th:first-child{width:14rem}"
    "th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #bbb;"
    "overflow-wrap:anywhere}thead th{border-bottom:2px solid #333}a{color:#0b4f8a}"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A document of the folder.

    Parameters
    ----------
    file : str
        File name, made by ``file_names``.
    claim : str
        Claim id, or the file name where it is withheld.
    lines : tuple of (line number, outcome, clause id, sentence)
        The adverse lines, outcomes in words.
    """

    file: str
    claim: str
    lines: tuple[tuple[int, str, str, str], ...]


def index_bytes(entries: Iterable[Entry], summary: str, queue: str) -> bytes:
    """Return the index as a page of HTML that loads nothing from anywhere.

    Parameters
    ----------
    entries : iterable of Entry
        In the order of the page.
    summary : str
        The contents of the folder, in a sentence.
    queue : str
        File name of the queue.
    """
    rows = "\n".join(_row(entry) for entry in entries)
    page = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Adverse claim lines</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>Adverse claim lines</h1>
<p>{escape(summary)} The same lines as a table for sorting and filtering:
<a href="{_link(queue)}">{escape(queue)}</a>.</p>
<table>
<thead>
<tr><th scope="col">Claim</th><th scope="col">Lines and their outcomes</th></tr>
</thead>
<tbody>
{rows}
</tbody>
</table>
</main>
</body>
</html>
"""
    return page.encode()


def _row(entry: Entry) -> str:
    lines = "<br>".join(
        escape(f"Line {number}: {outcome}{f', {clause}' if clause else ''}. {sentence}")
        for number, outcome, clause, sentence in entry.lines
    )
    link = f'<a href="{_link(entry.file)}">{escape(shortened(entry.claim))}</a>'
    return f'<tr><th scope="row">{link}</th><td>{lines}</td></tr>'


def _link(file: str) -> str:
    return escape(f"./{quote(file)}")

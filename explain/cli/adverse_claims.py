"""Every adverse claim of a knowledge base as a document, with an index and a queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from explain.exports import Format
from explain.exports.document import Document
from explain.exports.file_names import file_names
from explain.exports.index import Entry, index_bytes
from explain.exports.making import Wishes, document_of
from explain.exports.queue import KINDS, queue_bytes, queue_row

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase

INDEX, QUEUE = "index", "queue"
"""Names of the two files alongside the documents, without their endings."""


def write_all(
    kb: KnowledgeBase,
    wishes: Wishes,
    kind: Format,
    queue: str,
    write: Callable[[str, bytes], None],
    advance: Callable[[], None],
) -> str:
    """Write one document for each claim that has an adverse line, then the queue and the index.

    Parameters
    ----------
    kb : KnowledgeBase
        With its claims.
    wishes : Wishes
        What is asked of each document.
    kind : Format
        Format of the documents.
    queue : {"csv", "xlsx"}
        Format of the queue.
    write : callable
        Takes a file name and its bytes.
    advance : callable
        Called when a claim is done.

    Returns
    -------
    str
        How many of what were written, in a sentence.
    """
    names = document_names(kb, wishes.masked)
    rows: list[tuple[str, ...]] = []
    entries: list[Entry] = []
    for claim_id, name in names.items():
        document = document_of(kb.claim(claim_id), wishes)
        if document is not None:
            file = f"{name}{kind.suffix}"
            write(file, kind.render(document))
            rows += [queue_row(narrative, file) for narrative in document.narratives]
            entries.append(_entry(document, file))
        advance()
    queue_name = f"{QUEUE}{KINDS[queue]}"
    write(queue_name, queue_bytes(rows, queue))
    summary = (
        f"{_counted(len(rows), 'adverse line')} on {len(entries):,} of "
        f"{_counted(len(names), 'claim')}."
    )
    write(f"{INDEX}.html", index_bytes(entries, summary, queue_name))
    documents = _counted(len(entries), "document")
    return f"{summary} {documents}, {INDEX}.html and {queue_name} written"


def document_names(kb: KnowledgeBase, masked: bool) -> dict[str, str]:
    """Return the name of each claim's document, without its ending, in order.

    Parameters
    ----------
    kb : KnowledgeBase
        With its claims.
    masked : bool
        Whether the names reveal nothing of the claims.
    """
    if not masked:
        return file_names(kb.claims, (INDEX, QUEUE))
    ordered = sorted(kb.claims)
    width = max(4, len(str(len(ordered))))
    return {claim_id: f"claim-{number:0{width}}" for number, claim_id in enumerate(ordered, 1)}


def _entry(document: Document, file: str) -> Entry:
    lines = tuple(
        (
            narrative.identity.line_number,
            narrative.headline.outcome_text,
            narrative.headline.clause_id,
            narrative.headline.sentence,
        )
        for narrative in document.narratives
    )
    claim = document.narratives[0].identity.claim_id
    return Entry(file, file if document.masked else claim, lines)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"

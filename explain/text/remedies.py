"""What to do with a line, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from explain.english.sentences import Sentences
from explain.narrative.remedies import MOST_DOCUMENTS, Pair, Remedy
from kb.model.clause import ACTIONS


def remedy_text(remedy: Remedy, sentences: Sentences) -> str:
    """Return what to do with a line as plain rows.

    Parameters
    ----------
    remedy : Remedy
        As ``remedy_of`` returns it.
    sentences : Sentences
        Say what evidence means.
    """
    return "\n".join(_rows(remedy, sentences))


def _rows(remedy: Remedy, sentences: Sentences) -> Iterator[str]:
    yield f"what to do: {ACTIONS.get(remedy.action, 'the policy does not say')}"
    for clause_id, action, reason in remedy.reasons:
        if action:
            yield f"  {clause_id}: {ACTIONS[action]}. {reason}"
    on_file = dict(remedy.on_file)
    for number, documents in enumerate(remedy.documents):
        begin = (
            "or" if number else "pays, as adjudicated again, if it is so and a document shows it"
        )
        together = ", together" if len(documents) > 1 else ""
        yield f"{begin}{together}:"
        yield from (f"  {_document(pair, sentences, on_file)}" for pair in documents)
    if not remedy.documents and remedy.barred_by:
        bars = " and ".join(remedy.barred_by)
        verb = "bars" if len(remedy.barred_by) == 1 else "bar"
        yield f"cannot be won by documents: {bars} {verb} it"
    elif not remedy.documents and remedy.complete:
        yield f"no {MOST_DOCUMENTS} documents or fewer pay it"
    if not remedy.complete:
        yield "more sets of documents are possible than were tried"
    for clause_id, change in remedy.corrections:
        yield f"if it was billed wrongly, {clause_id}: {change}"


def _document(pair: Pair, sentences: Sentences, on_file: Mapping[str, str]) -> str:
    name, value = pair
    said = f"; on file is {on_file[name]}, which it has to correct" if on_file.get(name) else ""
    return (
        f"{sentences.evidence_says(name, value or None)}  [{name} = {value or 'any value'}{said}]"
    )

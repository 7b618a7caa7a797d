"""What a reader told, as text that a person can check."""

from __future__ import annotations

from collections.abc import Iterable

from facts.diagnostic import Diagnostic
from facts.readers.batch import Claim, ClaimStream, RejectedClaim
from facts.values import one_line


def rendered(diagnostics: Iterable[Diagnostic]) -> str:
    """Return diagnostics as the terminal shows them."""
    return "".join(f"{each.render()}\n" for each in diagnostics)


def told(stream: ClaimStream) -> str:
    """Return the claims, those that were rejected, what was told, and the count of lines."""
    items = list(stream)
    text = ""
    for item in items:
        name = one_line(item.claim_id or "(no claim id)")
        if isinstance(item, RejectedClaim):
            text += f"rejected {name}, lines: {item.lines_read}\n{rendered(item.diagnostics)}"
        else:
            numbers = [str(line.line_number) for line in item.lines]
            shown = ", ".join(numbers[:5]) + (", ..." if len(numbers) > 5 else "")
            text += f"read {name}, lines: {shown}\n"
    tally = stream.tally
    text += rendered(stream.diagnostics)
    superseded = f", superseded {tally.lines_superseded}" if tally.lines_superseded else ""
    return f"{text}lines read {tally.lines_read}{superseded}, rejected {tally.lines_rejected}\n"


def reconciled(stream: ClaimStream) -> list[Claim | RejectedClaim]:
    """Return what was read, once the counts agree."""
    items = list(stream)
    kept = sum(len(item.lines) for item in items if isinstance(item, Claim))
    rejected = sum(item.lines_read for item in items if isinstance(item, RejectedClaim))
    assert stream.tally.lines_read == kept + stream.tally.lines_superseded + rejected
    assert stream.tally.lines_rejected == rejected
    assert stream.tally.claims_read >= len(items)
    if not stream.tally.lines_superseded:
        assert stream.tally.claims_read == len(items)
    for item in items:
        if isinstance(item, RejectedClaim):
            assert any(each.severity == "error" for each in item.diagnostics)
    for each in stream.diagnostics:
        checked(each)
    return items


def checked(diagnostic: Diagnostic) -> None:
    """Find a diagnostic written as the house wants it."""
    assert diagnostic.message.isprintable()
    assert not diagnostic.message.endswith(".")
    assert diagnostic.message[:1] == diagnostic.message[:1].lower()
    assert "Traceback" not in diagnostic.render()

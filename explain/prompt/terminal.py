"""A prompt on a terminal, with history and completion; needs the extra ``clausewise[prompt]``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from explain.prompt.completion import completions
from explain.prompt.dialogue import Dialogue
from facts.extras import prompt_module

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import Completion

PROMPT, MORE = "?- ", "; "


class TerminalPrompt:
    """Reads what a person types, a row at a time.

    Parameters
    ----------
    dialogue : Dialogue
        What completions are taken from.
    history : str, optional
        A file that keeps what was typed for the next time; without one it is forgotten.

    Raises
    ------
    UsageError
        If the extra is not installed.
    """

    def __init__(self, dialogue: Dialogue, history: str | None = None) -> None:
        toolkit = prompt_module("prompt_toolkit")
        self._dialogue = dialogue
        kept: Any = None
        if history is not None:
            kept = prompt_module("prompt_toolkit.history").FileHistory(history)
        self._session: PromptSession[str] = toolkit.PromptSession(
            history=kept, completer=_completer(dialogue), complete_while_typing=False
        )

    def texts(self) -> Iterator[str]:
        """Yield what a person types until they end it; Ctrl-C gives up a row."""
        while not self._dialogue.ended:
            try:
                yield self._session.prompt(MORE if self._dialogue.has_more else PROMPT)
            except KeyboardInterrupt:
                continue
            except EOFError:
                return


def _completer(dialogue: Dialogue) -> Any:
    completion = prompt_module("prompt_toolkit.completion")

    class DialogueCompleter(completion.Completer):  # type: ignore[misc,name-defined]
        """Completes what a dialogue knows."""

        def get_completions(self, document: Any, event: Any) -> Iterable[Completion]:
            """Yield completions of the ``document`` before the cursor, for any ``event``."""
            for text, word in completions(dialogue, document.text_before_cursor):
                yield completion.Completion(text, start_position=-len(word))

    return DialogueCompleter()

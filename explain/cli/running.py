"""Exit codes, and how errors end a command: as sentences, never as tracebacks."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Any, get_type_hints

import typer

from explain.cli.bounded import BoundedDiagnostics
from explain.cli.output import discard, flush, message, report
from explain.cli.stopping import interrupted_code
from facts.diagnostic import ClausewiseError, InputError, QueryError, UsageError
from facts.leftovers import removals
from facts.utf8 import is_utf8
from facts.values import quoted
from facts.whole_file import unwritable

DONE, NO_ANSWER, WRONG_USAGE, BAD_INPUT, UNEXPECTED = 0, 1, 2, 3, 70

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What the system says where stdout takes no more."""

_FILES = ("FILE", "[FILE]...", "OUT", "PATH", "POLICY", "POLICY_FOLDER", "PROOF")
"""What the help calls the names of files, which need not be UTF-8."""

_HOME = Path(__file__).parents[2]
"""The folder of the packages."""


def command(function: Callable[..., int]) -> Callable[..., None]:
    """Turn a function that returns an exit code into a command that ends as it should.

    Parameters
    ----------
    function : callable
        A parameter whose type is a dataclass is a group: each of its fields is an option.
    """
    hints = get_type_hints(function, include_extras=True)
    own = signature(function).parameters
    options = [
        each for name, one in own.items() for each in _options(name, hints[name], one.default)
    ]

    texts = {each.name: metavar for each in options if (metavar := _metavar(each)) not in _FILES}

    def act(values: dict[str, Any]) -> int:
        values |= {name: _as_text(values[name], metavar) for name, metavar in texts.items()}
        return function(**{name: _gathered(name, hints[name], values) for name in own})

    @wraps(function)
    def run(**values: Any) -> None:
        code = ended(lambda: act(values))
        if code != DONE:
            raise typer.Exit(code)

    run.__signature__ = Signature(options)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in options}
    return run


def _options(name: str, hint: Any, default: Any) -> Iterator[Parameter]:
    """Yield a parameter, or those of the fields of a group."""
    if is_dataclass(hint):
        hints = get_type_hints(hint, include_extras=True)
        for field in fields(hint):
            yield from _options(field.name, hints[field.name], field.default)
    else:
        yield Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=hint)


def _metavar(parameter: Parameter) -> str:
    """Return what a command's help calls the value of a parameter."""
    found = (
        getattr(each, "metavar", None) for each in getattr(parameter.annotation, "__metadata__", ())
    )
    return next(filter(None, found), "")


def _as_text(value: Any, metavar: str) -> Any:
    """Return a typed value with its texts as UTF-8."""
    if isinstance(value, list):
        return [_as_text(each, metavar) for each in value]
    if not isinstance(value, str) or value.isascii():
        return value
    text = typed(value)
    if not is_utf8(text):
        message = f"{metavar or 'an argument'} is not UTF-8 text: {quoted(text)}"
        raise UsageError.of(message, "type it where the terminal writes UTF-8")
    return text


def _gathered(name: str, hint: Any, values: Mapping[str, Any]) -> Any:
    """Return the value of a parameter, or a group with the values of its fields."""
    if not isinstance(hint, type) or not is_dataclass(hint):
        return values[name]
    hints = get_type_hints(hint, include_extras=True)
    return hint(**{each: _gathered(each, hints[each], values) for each in hints})


def ended(action: Callable[[], int]) -> int:
    """Run an action and return its exit code; every error becomes a sentence on stderr."""
    try:
        return _ended(action)
    except BrokenPipeError:
        discard("stdout")
        return DONE
    except (QueryError, UsageError) as fault:
        return _told(fault, WRONG_USAGE)
    except ClausewiseError as fault:
        return _told(fault, BAD_INPUT)
    except KeyboardInterrupt:
        discard("stdout")
        message(
            "interrupted: the output is not complete; files are whole or not there; start it again"
        )
        return interrupted_code()
    except typer.Exit:
        raise
    except OSError as fault:
        if fault.errno not in _FULL or fault.filename is not None:
            message(unexpected(fault))
            return UNEXPECTED
        return _told(unwritable("the output", fault), WRONG_USAGE)
    except Exception as fault:
        message(unexpected(fault))
        return UNEXPECTED


def _ended(action: Callable[[], int]) -> int:
    try:
        code = action()
    finally:
        report(removals())
    flush()
    return code


def unexpected(fault: Exception) -> str:
    """Return a sentence on a fault of the program itself, without any value of a claim."""
    frames = traceback.extract_tb(fault.__traceback__)
    where = ""
    if frames:
        place = Path(frames[-1].filename)
        inside = place.relative_to(_HOME) if place.is_relative_to(_HOME) else Path(place.name)
        where = f" in {inside.as_posix()}, row {frames[-1].lineno}"
    return (
        f"error: clausewise failed: {type(fault).__name__}{where}\n"
        "  = help: this is a fault of the program; please report the sentence above"
    )


def typed(text: str) -> str:
    r"""Return a typed argument as UTF-8, whatever the locale took it for.

    Parameters
    ----------
    text : str
        An argument as the process has it.

    Examples
    --------
    >>> typed("caf\udcc3\udca9")
    'café'
    """
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return text


def _told(fault: ClausewiseError, code: int) -> int:
    """Print what came out before a fault, then the fault."""
    try:
        flush()
    except (BrokenPipeError, UsageError):
        discard("stdout")
    found = fault.diagnostics
    report(BoundedDiagnostics(found) if isinstance(fault, InputError) else found)
    return code

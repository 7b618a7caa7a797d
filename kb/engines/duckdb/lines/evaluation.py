"""The formulas of a script, evaluated for many signatures at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kb.compile.formulas.circuit import Circuit

_BLOCK = 50_000
"""Signatures that are evaluated at once."""


class Part(NamedTuple):
    """Some bits of a signature: the class of a dictionary or a side, or the bits of tests.

    Parameters
    ----------
    table : str
        The dictionary or the side; empty for tests.
    value : str
        SQL of the column that the dictionary is of; empty for a side and for tests.
    tests : sequence of str
        SQL of each bit over a line.
    masks : sequence of int
        The tests that each class of the table meets.
    offset, width : int
        Where the bits are.
    """

    table: str
    value: str
    tests: Sequence[str]
    masks: Sequence[int]
    offset: int
    width: int


def evaluated(
    circuit: Circuit,
    parts: Sequence[Part],
    signatures: Sequence[int],
    contexts: Sequence[int] = (),
) -> Iterator[str]:
    """Yield the outputs of a circuit for each signature, as a text of ``0`` and ``1``.

    The signatures that meet a test are the bits of a number; a formula is then an operation on
    numbers, however many signatures there are.

    Parameters
    ----------
    circuit : Circuit
        A test is a bit of the mask of a part; after the last part come the bits of the context.
    parts : sequence of Part
        What the signatures are made of.
    signatures : sequence of int
        Distinct or not.
    contexts : sequence of int, optional
        The context of each signature.
    """
    for start in range(0, len(signatures), _BLOCK):
        block = signatures[start : start + _BLOCK]
        tests = _tests(circuit, parts, block, contexts[start : start + _BLOCK])
        outputs = circuit.evaluate(tests, (1 << len(block)) - 1)
        columns = [format(each, f"0{len(block)}b") for each in outputs]
        yield from map("".join, zip(*columns, strict=True)) if columns else [""] * len(block)


def _tests(
    circuit: Circuit, parts: Sequence[Part], signatures: Sequence[int], contexts: Sequence[int]
) -> Iterator[int]:
    """Yield the signatures that meet each test, the first as the highest bit."""
    classes: dict[int, list[int]] = {}
    for number, bit in circuit.tests:
        rows, place = contexts, bit
        if number < len(parts):
            part = parts[number]
            rows, place = signatures, part.offset + bit
            if part.table:
                if number not in classes:
                    mask = (1 << part.width) - 1
                    classes[number] = [each >> part.offset & mask for each in signatures]
                meets = ["1" if mask >> bit & 1 else "0" for mask in part.masks]
                yield int("".join(map(meets.__getitem__, classes[number])), 2)
                continue
        yield int("".join(["1" if each >> place & 1 else "0" for each in rows]), 2)


def number_of(bits: str) -> int:
    """Return outputs as a number whose lowest bit is the first of them.

    Parameters
    ----------
    bits : str
        A text of ``0`` and ``1``; nothing is 0.

    Examples
    --------
    >>> number_of("011")
    6
    """
    return int(bits[::-1] or "0", 2)

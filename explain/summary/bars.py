"""Bars: of block characters on a terminal, of SVG on a page."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from html import escape

from explain.english.wrapping import shortened

_EIGHTHS = " ▏▎▍▌▋▊▉"
_ROW, _TEXT, _BAR, _NUMBER = 26, 330, 340, 150
"""Height of a row, and widths of its name, its longest bar and its number."""


def length_of(weight: Decimal, longest: Decimal | None) -> Fraction:
    """Return the length of a bar, from 0 to 1.

    Parameters
    ----------
    weight : Decimal
        What it stands for.
    longest : Decimal or None
        What the longest one stands for.

    Examples
    --------
    >>> length_of(Decimal(1), Decimal(4)), length_of(Decimal(0), None)
    (Fraction(1, 4), Fraction(0, 1))
    """
    return Fraction(weight) / Fraction(longest) if longest else Fraction(0)


def text_bar(share: Fraction, width: int) -> str:
    """Return a bar of block characters.

    Parameters
    ----------
    share : Fraction
        How much of the width it takes, from 0 to 1.
    width : int
        Its most characters.

    Examples
    --------
    >>> text_bar(Fraction(1, 3), 4)
    '█▎'
    >>> text_bar(Fraction(1, 1000), 4)
    '▏'
    """
    eighths = int(share * width * 8)
    if share and not eighths:
        eighths = 1
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def svg_bars(title: str, rows: Sequence[tuple[str, str, str, Fraction]]) -> str:
    """Return a chart of bars as SVG, its colours those of the page.

    Parameters
    ----------
    title : str
        What is shown, for whoever cannot see it.
    rows : sequence of (str, str, str, Fraction)
        A name, what it is, a number in words, and the length of the bar, from 0 to 1.
    """
    height = _ROW * len(rows)
    width = _TEXT + _BAR + _NUMBER
    parts = [
        f'<svg class="bars" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">'
    ]
    for number, (name, label, amount, length) in enumerate(rows):
        top = number * _ROW
        middle = top + _ROW - 9
        bar = round(float(length) * _BAR, 1)
        hint = f"{name}: {label}" if label else name
        shown = f"{name} {label}" if label else name
        parts.append(
            f"<g><title>{escape(f'{hint}: {amount}')}</title>"
            f'<text x="{_TEXT - 8}" y="{middle}" text-anchor="end">{escape(shortened(shown, 46))}'
            f'</text><rect x="{_TEXT}" y="{top + 4}" width="{bar}" height="{_ROW - 8}" rx="2"/>'
            f'<text x="{_TEXT + bar + 6:g}" y="{middle}">{escape(amount)}</text></g>'
        )
    return "".join((*parts, "</svg>"))

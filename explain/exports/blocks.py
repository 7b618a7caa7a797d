"""The parts of a document, whatever its format: every renderer shows the same ones in order.

All texts are plain; a renderer escapes them for its own markup.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from explain.english.wrapping import shortened
from explain.pictures.picture import Picture
from facts.values import one_line

_Tone: TypeAlias = Literal["plain", "lead", "aside"]
"""The weight of a paragraph: the one that a person reads first, or a remark."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading.

    Parameters
    ----------
    text : str
        Plain text.
    level : int
        1 for the title of the document, 2 for its sections, and so on; none is skipped.
    """

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph.

    Parameters
    ----------
    text : str
        Whole sentences.
    tone : {"plain", "lead", "aside"}
        Whether it is read first, or is a remark.
    """

    text: str
    tone: _Tone = "plain"


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list.

    Parameters
    ----------
    text : str
        Plain text.
    place : str
        The source of a fact, in words.
    depth : int
        0 for an item of the list itself, 1 for one below the item before it, and so on.
    """

    text: str
    place: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; deeper items are the reasons for the item above them."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Parameters
    ----------
    caption : str
        A few words on the whole table.
    header : tuple of str
        One for each column.
    rows : tuple of tuple of str
        As many cells each as the header has. The first cell names the row.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """Labels and values; an empty value is a blank for a person to fill in.

    Parameters
    ----------
    caption : str
        A few words on all fields.
    rows : tuple of (label, value)
        In order; a value may have several rows.
    """

    caption: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Lines of the person's own copy of the policy document, with their numbers."""

    source: str
    rows: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its caption."""

    picture: Picture
    caption: str


Block: TypeAlias = Heading | Paragraph | Listing | Table | Fields | Quote | Figure

_NARROWEST, _WIDEST = 9, 40
"""Signs in a row of a table's column, at least and at most."""

BLANK = "(to be filled in)"
"""The mark where a person has to write something that was not given."""


def shares_of(table: Table) -> tuple[float, ...]:
    """Return the part of a page's width that each column of a table has, by its longest text.

    Examples
    --------
    >>> shares_of(Table("", ("Line", "Reason"), (("1", "a" * 54),)))
    (0.1836734693877551, 0.8163265306122449)
    """
    columns = zip(table.header, *table.rows, strict=True)
    signs = [min(max(_NARROWEST, *map(len, column)), _WIDEST) for column in columns]
    return tuple(count / sum(signs) for count in signs)


def short_title(blocks: Iterable[Block]) -> str:
    """Return the title among some blocks for a margin or a window, shortened where it is long."""
    title = next((block.text for block in blocks if isinstance(block, Heading)), "")
    return shortened(title, 100)


def rows_of(text: str) -> tuple[str, ...]:
    """Return the rows of a text that may have several.

    Control and direction marks, which a person or a claim may have brought in, are shown as such.

    Examples
    --------
    >>> rows_of("write to us\\nwithin 180 days\\u202e")
    ('write to us', 'within 180 days\\\\u202e')
    """
    return tuple(one_line(row.expandtabs(4)) for row in text.replace("\r\n", "\n").split("\n"))

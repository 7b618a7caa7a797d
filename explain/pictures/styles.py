"""Styles of the boxes of a picture: shape and colours by what a box is, and the words of the key.

Shapes and outlines differ wherever colours do, so that a print without colours says the same.
Colours are those of Okabe and Ito, which the colour-blind can distinguish, lightened for dark text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from explain.narrative.reasoning import StepKind
from explain.pictures.picture import Box


@dataclass(frozen=True, slots=True)
class BoxStyle:
    """The looks of a box.

    Parameters
    ----------
    name : str
        A word for it in markup.
    words : str
        The style in the key of the picture.
    shape : str
        As Graphviz calls it.
    mermaid : tuple of str
        Signs of Mermaid before and after a text in that shape.
    fill, line, ink : str
        Colours of the inside, the outline and the text.
    width : float
        Width of the outline, in points.
    dashed, rounded : bool
        Whether the outline is dashed, and its corners round.
    """

    name: str
    words: str
    shape: str
    mermaid: tuple[str, str]
    fill: str
    line: str
    ink: str = "#1A1A1A"
    width: float = 1.2
    dashed: bool = False
    rounded: bool = False


_ADVERSE = BoxStyle(
    "adverse", "outcome", "octagon", ("{{", "}}"), "#9C3A00", "#5E2300", "#FFFFFF", 2.5
)
_FAVOURABLE = BoxStyle(
    "favourable", "outcome", "box", ("([", "])"), "#00624A", "#003D2E", "#FFFFFF", 2.5,
    rounded=True,
)  # fmt: skip
_CONCLUSION = BoxStyle(
    "conclusion", "follows from the boxes below", "box", ("(", ")"), "#FFFFFF", "#767676",
    rounded=True,
)  # fmt: skip
_FURTHER = BoxStyle(
    "further", "clause that also applies", "note", ("[[", "]]"), "#FFFFFF", "#7A5200"
)
_TERMS = BoxStyle(
    "terms",
    "setting, or terms of plan or contract",
    "component",
    ("[/", "/]"),
    "#F3E3EE",
    "#A0407A",
)
_STYLES: dict[StepKind, BoxStyle] = {
    "clause": BoxStyle(
        "clause", "clause of the policy", "note", ("[[", "]]"), "#FFE9B0", "#7A5200", width=2.5
    ),
    "conclusion": _CONCLUSION,
    "sum": _CONCLUSION,
    "claim": BoxStyle("claim", "the claim says", "box", ("[", "]"), "#D3E9F8", "#00538A"),
    "evidence": BoxStyle("evidence", "on file", "folder", ("[", "]"), "#BFE6DA", "#00624A"),
    "policy": BoxStyle("policy", "the policy says", "note", ("[(", ")]"), "#FFF6DC", "#7A5200"),
    "setting": _TERMS,
    "override": _TERMS,
    "absence": BoxStyle(
        "absence", "looked for and not found", "box", ("[", "]"), "#FFFFFF", "#1A1A1A",
        width=1.6, dashed=True,
    ),
    "comparison": BoxStyle(
        "comparison", "compared", "ellipse", ("([", "])"), "#EEEEEE", "#767676"
    ),
}  # fmt: skip


def style_of(box: Box) -> BoxStyle:
    """Return the looks of a box."""
    if box.kind == "outcome":
        return _ADVERSE if box.adverse else _FAVOURABLE
    if box.kind == "clause" and not box.decides:
        return _FURTHER
    return _STYLES[box.kind]


def styles_of(boxes: Iterable[Box]) -> tuple[BoxStyle, ...]:
    """Return the looks that some boxes have, each once, in the order of the key."""
    found = {style_of(box).name for box in boxes}
    every = (_ADVERSE, _FAVOURABLE, _STYLES["clause"], _FURTHER, *_STYLES.values())
    return tuple({style.name: style for style in every if style.name in found}.values())

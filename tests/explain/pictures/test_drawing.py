"""Pictures in each language that draws them: the same for ever, and no text breaks out of it."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import pytest

from explain.english.wrapping import wrapped
from explain.narrative.reasoning import StepKind
from explain.pictures.composing import picture_of
from explain.pictures.dot import picture_dot
from explain.pictures.drawing import picture_svg
from explain.pictures.mermaid import picture_mermaid
from explain.pictures.picture import Arrow, Box, Picture, joined
from explain.pictures.raster import picture_png
from explain.pictures.styles import style_of
from tests.accept import golden
from tests.explain.pictures.samples import HOSTILE, example

GOLDEN = Path(__file__).parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
LINES = [("CLINIC-1", 1), ("OFFICE-1", 2)]


def hostile(text: str) -> Picture:
    """A picture that says one text wherever it says anything."""
    boxes = (
        Box("n1", "outcome", text, text, text, text, (text,), adverse=True),
        Box("n2", "clause", text, text, text, decides=False),
        Box("n3", "absence", text),
        Box("n4", "policy", text, place=text),
    )
    arrows = (Arrow("n1", "n2", text, False), Arrow("n2", "n3"), Arrow("n2", "n4"))
    return Picture(text, boxes, arrows, 9)


def parsed(dot: str):
    pygraphviz = pytest.importorskip("pygraphviz")
    return pygraphviz.AGraph(string=dot)


@pytest.mark.parametrize(("claim_id", "line"), LINES)
def test_golden_pictures(claim_id: str, line: int) -> None:
    picture = picture_of(example(claim_id, line))
    golden(GOLDEN / f"{claim_id}-{line}.dot", picture_dot(picture))
    golden(GOLDEN / f"{claim_id}-{line}.mmd", picture_mermaid(picture))


def test_two_processes_draw_the_same() -> None:
    code = (
        "from explain.pictures.dot import picture_dot\n"
        "from explain.pictures.drawing import picture_svg\n"
        "from explain.pictures.composing import picture_of\n"
        "from tests.explain.pictures.samples import example\n"
        "p = picture_of(example('HOME-1', 2)); print(picture_dot(p), picture_svg(p))"
    )
    root = Path(__file__).parents[3]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, cwd=root, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(outputs) == 1
    assert b"<svg" in outputs.pop()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_out_of_dot(text: str) -> None:
    graph = parsed(picture_dot(hostile(text), key=False))
    plain = parsed(picture_dot(hostile("plain"), key=False))
    assert graph.nodes() == plain.nodes()
    assert graph.edges() == plain.edges()
    for node in graph.nodes():
        assert dict(graph.get_node(node).attr).keys() == dict(plain.get_node(node).attr).keys()


@pytest.mark.parametrize("prefix", ["", "f1"])
@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_out_of_svg(text: str, prefix: str) -> None:
    root = ElementTree.fromstring(picture_svg(hostile(text), prefix=prefix))
    plain = ElementTree.fromstring(picture_svg(hostile("plain"), prefix=prefix))
    known = {element.tag for element in plain.iter()}
    for element in root.iter():
        assert element.tag in known
        assert not any(name.lower().startswith("on") for name in element.attrib)
        link = element.get(LINK, "")
        assert not link or re.fullmatch(r"#f1n\d-words", link)
    boxes = [part for part in root.iter(f"{SVG}g") if "node" in part.get("class", "").split()]
    said = [squeezed("".join(part.itertext())) for part in boxes]
    assert sum(squeezed(text) in each for each in said) == 4
    assert root.findtext(f"{SVG}title") == text


def squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_out_of_mermaid(text: str) -> None:
    rows = picture_mermaid(hostile(text)).splitlines()
    plain = picture_mermaid(hostile("plain")).splitlines()
    assert len(rows) == len(plain)
    shape = re.compile(r'^(  \w+)(\W+?")(.*)("\W+:::\w+)$')
    for row, other in zip(rows, plain, strict=True):
        found, known = shape.match(row), shape.match(other)
        assert (found is None) == (known is None)
        if found and known:
            assert (found[1], found[2], found[4]) == (known[1], known[2], known[4])
            inside = re.sub("<br/>|</?[bi]>", "", found[3])
            assert re.fullmatch(r"(?:[\w ,.()]|#\d+;)*", inside)
    title = next(row for row in rows if "accTitle" in row)
    assert re.fullmatch(r"  accTitle: [\w ,.-]*", title)


def test_a_long_text_ends_in_an_ellipsis() -> None:
    picture = hostile("x" * 10_000)
    dot = picture_dot(picture)
    assert "…" in dot
    assert max(map(len, picture_mermaid(picture).splitlines())) < 2_000
    assert len(picture_svg(picture)) < 60_000


def test_rows_are_of_about_the_same_width() -> None:
    assert wrapped("the place of service of line 1 is a facility", 28, 7) == (
        "the place of service of",
        "line 1 is a facility",
    )
    assert wrapped("", 28, 7) == ()
    assert wrapped("a" * 70, 28, 2) == ("a" * 28, "a" * 27 + "…")


KINDS: list[StepKind] = [
    "clause",
    "conclusion",
    "claim",
    "evidence",
    "policy",
    "setting",
    "absence",
]


def test_what_the_claim_and_the_policy_say_differ_without_colours_too() -> None:
    looks = {}
    for kind in KINDS:
        style = style_of(Box("n1", kind, ""))
        looks[kind] = (style.shape, style.dashed, style.rounded, style.width)
    assert len(set(looks.values())) == len(KINDS)
    assert style_of(Box("n1", "absence", "")).dashed


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("adverse", [True, False])
@pytest.mark.parametrize("kind", ["outcome", *KINDS, "override", "sum", "comparison"])
def test_texts_stand_out_from_their_boxes(kind: StepKind, adverse: bool) -> None:
    style = style_of(Box("n1", kind, "", adverse=adverse))
    lighter, darker = sorted((luminance(style.fill), luminance(style.ink)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_several_lines_stand_below_each_other_in_one_picture() -> None:
    pictures = [picture_of(example("CLINIC-1", 1)), picture_of(example("OFFICE-1", 2))]
    picture = joined(pictures, "Two lines")
    assert [box.kind for box in picture.boxes].count("outcome") == 2
    assert len(picture.by_id) == sum(len(one.boxes) for one in pictures)
    assert picture.steps == sum(one.steps for one in pictures)
    assert joined(pictures[:1], "One") is pictures[0]
    tops = [box.id for box in picture.boxes if box.kind == "outcome"]
    assert f"-> {tops[1]} [style=invis]" in picture_dot(picture)


def test_a_masked_picture_says_nothing_of_what_was_masked() -> None:
    picture = picture_of(example("CLINIC-1", 1))
    masked = picture_of(example("CLINIC-1", 1, masked=True))
    assert "CLINIC-1" in picture_dot(picture)
    assert "CLINIC" not in picture_dot(masked) + picture_svg(masked) + picture_mermaid(masked)


def test_png_and_svg_are_what_they_say(capfd) -> None:
    picture = picture_of(example("CLINIC-1", 1))
    assert picture_png(picture).startswith(b"\x89PNG\r\n")
    assert picture_png(picture) == picture_png(picture)
    root = ElementTree.fromstring(picture_svg(picture))
    assert root.get("role") == "img"
    assert "R14-FAC-1" in root.findtext(f"{SVG}desc", "")
    assert not any(element.get(LINK) for element in root.iter())
    assert capfd.readouterr() == ("", "")


def test_letters_are_drawn_on_a_machine_that_has_none(tmp_path) -> None:
    """A drawing without letters would be far smaller, one with boxes for them far larger."""
    (tmp_path / "fonts.conf").write_text("<fontconfig></fontconfig>")
    code = (
        "import sys; from explain.pictures.composing import picture_of\n"
        "from explain.pictures.raster import picture_png\n"
        "from tests.explain.pictures.samples import example\n"
        "sys.stdout.buffer.write(picture_png(picture_of(example('CLINIC-1', 1))))"
    )
    root = Path(__file__).parents[3]
    environment = {"FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, cwd=root, check=True, env=environment
    )
    assert done.stdout.startswith(b"\x89PNG")
    assert done.stderr == b""
    assert 60_000 < len(done.stdout) < 250_000

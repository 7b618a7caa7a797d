"""The page of HTML: whole without scripts, well-formed for a screen reader, and cut off."""

from __future__ import annotations

import http.server
import re
import shutil
import subprocess
import threading
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from explain.exports import FORMATS
from explain.exports.contents import contents
from explain.exports.document import Document
from tests.explain.exports.documents import (
    DOCUMENTS,
    clinic,
    hospital,
    hostile,
    office,
    squeezed,
    texts_of,
)
from tests.explain.exports.test_same_contents import html_text
from tests.explain.pictures.samples import HOSTILE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
]
VOID = {"meta", "br", "link", "img", "hr", "input"}


def page(document: Document) -> str:
    return FORMATS["html"].render(document).decode()


class Outline(HTMLParser):
    """Every element with its attributes, and which of them were not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.parents: list[str] = []
        self.open: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.parents.append(self.open[-1] if self.open else "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.parents.append(self.open[-1])

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)

    def named(self, name: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag == name]


@pytest.mark.parametrize("made", DOCUMENTS.values(), ids=DOCUMENTS)
def test_the_page_is_sound_for_all_who_read_it(made) -> None:
    outline = Outline(page(made()))
    assert outline.open == []
    assert outline.named("html") == [{"lang": "en"}]
    assert [len(outline.named(name)) for name in ("header", "main", "h1")] == [1] * 3
    assert [above for (tag, _), above in zip(outline.elements, outline.parents, strict=True)
            if tag == "title" and above != "svg"] == ["head"]  # fmt: skip
    levels = [int(tag[1]) for tag, _ in outline.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))
    ids = Counter(attributes["id"] for _, attributes in outline.elements if "id" in attributes)
    assert set(ids.values()) == {1}
    for _, attributes in outline.elements:
        for name in ("aria-labelledby", "data-box"):
            assert attributes.get(name, next(iter(ids))) in ids
        for name in ("href", "xlink:href", "src", "action", "poster", "data"):
            assert attributes.get(name, "#").startswith("#")
            assert attributes.get(name, "#").removeprefix("#") in {"", *ids}
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
    assert all(cell["scope"] in ("row", "col") for cell in outline.named("th"))
    captions = outline.parents.count("table") and len(outline.named("caption"))
    assert captions == len(outline.named("table"))
    regions = [each["aria-labelledby"] for each in outline.named("section") if each]
    assert len(regions) == [tag for tag, _ in outline.elements].count("h2")
    skip = outline.named("a")[0]
    assert skip["class"] == "skip"
    assert skip["href"] == "#content"


def test_the_policy_of_the_page_forbids_all_but_its_own_style_and_script() -> None:
    outline = Outline(page(clinic()))
    head = [attributes for _, attributes in outline.elements if "http-equiv" in attributes]
    rules = dict(rule.split(" ", 1) for rule in head[0]["content"].split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert re.fullmatch(r"'sha256-[\w+/]{43}='", rules["script-src"])
    assert re.fullmatch(r"'sha256-[\w+/]{43}='", rules["style-src"])
    order = [tag for tag, _ in outline.elements]
    assert order.index("meta") < order.index("style")
    assert outline.elements[order.index("head") + 2][1]["http-equiv"] == "Content-Security-Policy"


@cache
def plain_outline() -> Outline:
    return Outline(page(hostile("plain")))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_element(text: str) -> None:
    outline, plain = Outline(page(hostile(text))), plain_outline()
    assert outline.scripts == plain.scripts
    assert outline.open == []
    known = {name for _, attributes in plain.elements for name in attributes}
    assert {name for _, attributes in outline.elements for name in attributes} <= known
    count = Counter(tag for tag, _ in outline.elements if tag not in ("text", "tspan"))
    assert count == Counter(tag for tag, _ in plain.elements if tag not in ("text", "tspan"))


def test_the_proof_is_told_in_words_where_nothing_draws(monkeypatch) -> None:
    drawn = page(office())
    monkeypatch.setitem(__import__("sys").modules, "pygraphviz", None)
    words = page(office())
    assert "<svg" in drawn
    assert "<svg" not in words
    assert "<details open>" in words
    outline = Outline(words)
    assert outline.open == []
    shown = squeezed(html_text(words.encode()))
    for text in texts_of(contents(office())):
        assert squeezed(text) in shown
    for figure in (block for block in contents(office()) if type(block).__name__ == "Figure"):
        for box in figure.picture.boxes:
            for text in (box.heading, box.text, box.place, box.note, *box.folded):
                assert squeezed(text) in shown


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if CHROMIUM is None:
        pytest.skip("no Chromium here")
    home = tmp_path_factory.mktemp("chromium")

    def opened(text: str) -> str:
        path: Path = home / "page.html"
        path.write_text(text, encoding="utf-8")
        command = [CHROMIUM, *OPTIONS, f"--user-data-dir={home / 'profile'}"]
        done = subprocess.run(
            [*command, "--virtual-time-budget=2000", "--dump-dom", path.as_uri()],
            capture_output=True, timeout=60, check=True,
        )  # fmt: skip
        return done.stdout.decode()

    return opened


def test_a_browser_without_scripts_shows_everything(browser) -> None:
    document = hospital()
    seen = browser(re.sub("script-src '[^']*'", "script-src 'none'", page(document)))
    shown = squeezed(html_text(seen.encode()))
    for text in texts_of(contents(document)):
        assert squeezed(text) in shown
    assert Counter(tag for tag, _ in Outline(seen).elements)["svg"] == 3
    assert 'role="button"' not in seen


CLICKS = """
<script>
window.addEventListener("load", function () {
  function told() { return document.querySelector(".panel").innerText; }
  var links = document.querySelectorAll(".drawing .node a");
  var report = document.createElement("pre");
  report.id = "report";
  links[3].dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  report.append("CLICK " + told() + "\\n");
  links[1].focus();
  links[1].dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  report.append("ENTER " + told() + "\\n");
  report.append("CHOSEN " + document.querySelectorAll(".node.chosen").length + "\\n");
  document.querySelectorAll(".show")[4].click();
  report.append("SHOW " + told() + "\\n");
  report.append("FOCUS " + document.activeElement.closest(".node").id + "\\n");
  document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  report.append("HIDDEN " + document.querySelector(".panel").hidden + "\\n");
  document.body.append(report);
});
</script>
"""


def test_a_box_is_chosen_by_click_by_key_and_from_the_list(browser) -> None:
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page(clinic()))
    seen = browser(text.replace("</body>", f"{CLICKS}</body>"))
    report = re.search(r'<pre id="report">(.*?)</pre>', seen, re.DOTALL)
    assert report is not None
    said = report[1]
    assert re.search(r"CLICK the claim says line 1 has claim form .*\s.*In the claim: office\.837,"
                     r" segment 39 \(CLM\), element CLM01", said)  # fmt: skip
    assert "ENTER clause of the policy R14-FAC-1: Professional infusion in a facility" in said
    assert "This rests on:" in said
    assert "CHOSEN 1" in said
    assert "FOCUS f1n" in said
    assert "HIDDEN true" in said


def test_the_page_reaches_nothing_and_runs_nothing_but_its_own(browser) -> None:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    there = f"http://127.0.0.1:{server.server_port}"
    intruders = (
        f'<img src="{there}/image"><link rel="stylesheet" href="{there}/style">'
        f'<iframe src="{there}/frame"></iframe><object data="{there}/object"></object>'
        f'<script src="{there}/script"></script><style>@import "{there}/import";</style>'
        f"<script>fetch('{there}/fetch'); document.title = 'broken in'</script>"
        f'<p style="background:url({there}/background)" onclick="x()">x</p>'
    )
    try:
        text = page(office())
        open_page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
        seen = browser(text.replace("</main>", f"{intruders}</main>"))
        assert asked == []
        assert "<title>broken in</title>" not in seen
        assert 'role="button"' in seen
        browser(open_page.replace("</main>", f"{intruders}</main>"))
        assert len(asked) >= 5
    finally:
        server.shutdown()
        server.server_close()

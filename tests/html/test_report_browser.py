"""The report in a real browser: nothing fails, nothing is fetched, every chart is seen.

One page is opened once and looked at in the order of the tests: light, dark, narrow, on paper.
"""

from __future__ import annotations

import io
import zlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from browser import Browser, show, wait_for
from PIL import Image, ImageColor

from cmf.report.html.theme import THEMES

LEAST = 12
"""Pixels of a colour that count as being there: a line of a pixel's width is more."""

# The beginning of a chart's id, and the roles of which all must be seen.
SHOWN: Mapping[str, tuple[str, ...]] = {
    "readings": ("reach1", "reach2", "line"),
    "distances": ("bad", "ink"),
    "gap-": ("soft", "reach2", "bad"),
    "modules-": ("reach0", "reach3"),
    "census": ("scale4",),
    "pairs-brand": ("scale4",),
    "similarity-vehicles": ("scale4", "soft"),
    "unique-": ("reach0", "ink"),
    "flow-": ("soft", "group0", "group1"),
    "trend-shares": ("group0", "group2", "group4"),
    "trend-targets": ("link", "bad", "line"),
    "grounds": ("reach0",),
}


@pytest.fixture(scope="module")
def seen(browser: Browser, full_page: Path) -> Browser:
    """The browser with the page opened in light surroundings."""
    show(browser, full_page)
    return browser


def test_no_error_and_no_request(seen: Browser) -> None:
    assert seen.complaints == []
    asked = [url for url in seen.requests if not url.startswith(("file:", "data:", "blob:"))]
    assert asked == []
    drawn = seen.run("document.querySelectorAll('.chart:has(.main-svg)').length")
    assert drawn == seen.run("document.querySelectorAll('.chart').length") > 15


def test_charts_are_valid_for_the_library(seen: Browser) -> None:
    kinds = " ".join(SHOWN)
    faults = seen.run(
        # One of each kind: the library takes its time.
        f"'{kinds}'.split(' ').flatMap(id => {{"
        " const e = document.querySelector(`.chart[id^=chart-${id}]`);"
        " const found = Plotly.validate(e.data, e.layout) || [];"
        # An attribute that another one makes idle is no fault.
        " return found.filter(f => f.code !== 'unused').map(f => id + ': ' + f.msg); })"
    )
    assert faults == []


OVERLAPS = """
[...document.querySelectorAll('.chart')].flatMap(chart => {
  const frame = chart.getBoundingClientRect();
  const box = e => e.getBoundingClientRect();
  const faults = [];
  const layers = '.xaxislayer-above, .yaxislayer-above, .overaxes-above, .infolayer';
  for (const layer of chart.querySelectorAll(layers)) {
    const texts = [...layer.querySelectorAll('text')].filter(e => e.textContent.trim());
    const boxes = texts.map(e => [box(e), e.textContent]);
    for (const [b, words] of boxes) {
      const across = b.left < frame.left - 1 || b.right > frame.right + 1;
      if (across || b.top < frame.top - 1 || b.bottom > frame.bottom + 1)
        faults.push(`${chart.id}: outside: ${words}`);
    }
    boxes.forEach(([a, one], i) => boxes.slice(i + 1).forEach(([b, other]) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // Lines may touch: a third of the smaller letter is an overlap.
      if (wide > 3 && high > Math.min(a.height, b.height, a.width, b.width) / 3)
        faults.push(`${chart.id}: ${one} on ${other}`);
    }));
  }
  return faults;
})
"""


def test_labels_stay_inside_and_apart(seen: Browser) -> None:
    assert seen.run(OVERLAPS) == []


def test_everything_is_reached_by_keys(seen: Browser) -> None:
    place = "[...document.querySelectorAll('*')].indexOf(document.activeElement)"
    reached = {seen.run(place)}
    for _ in range(1000):
        seen.press("Tab")
        now = seen.run(place)
        if now in reached:
            break
        reached.add(now)
    wanted = seen.run(
        "[...document.querySelectorAll('a[href], figure, summary')].map(e => "
        "[...document.querySelectorAll('*')].indexOf(e))"
    )
    assert set(wanted) <= reached
    seen.run("document.querySelector('figure summary').focus()")
    seen.press("Enter")
    assert seen.run("document.querySelector('figure details').open") is True


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_chart_shows_what_it_must(seen: Browser, theme: str) -> None:
    seen.surround(dark=theme == "dark")
    wait_for(seen, f"document.documentElement.dataset.drawn === '{theme}'")
    charts = seen.run("[...document.querySelectorAll('.chart')].map(e => e.id.slice(6))")
    kinds = {next(kind for kind in SHOWN if chart.startswith(kind)) for chart in charts}
    assert kinds == set(SHOWN), "a kind of chart is missing"
    roles = {
        name: ImageColor.getrgb(value)
        for name, value in THEMES[theme].items()
        if value.startswith("#")
    }
    pixels: dict[str, Counter[str]] = {kind: Counter() for kind in SHOWN}
    for chart in charts:
        kind = next(kind for kind in SHOWN if chart.startswith(kind))
        found = colours(seen.picture(f"#chart-{chart}"))
        ground, most = found.most_common(1)[0]
        if kind not in ("census", "pairs-brand", "similarity-vehicles"):
            assert near(Counter({ground: most}), roles["paper"]), f"{chart}: another background"
        assert most < 0.99 * found.total(), f"{chart} is empty"
        for name in SHOWN[kind]:
            pixels[kind][name] += near(found, roles[name])
    for kind, names in SHOWN.items():
        for name in names:
            assert pixels[kind][name] >= LEAST, f"{kind}: {name} is not to be seen"


def test_a_narrow_window_scrolls_charts_not_the_page(seen: Browser) -> None:
    seen.surround(width=420, dark=True)
    assert seen.run("document.documentElement.scrollWidth") <= 420
    assert seen.run("document.querySelector('.frame').scrollWidth") > 1000


def test_paper_is_light_and_whole(seen: Browser) -> None:
    seen.surround(dark=True)
    seen.run(
        "addEventListener('beforeprint', () => {"
        " window.was = {...document.documentElement.dataset}; })"
    )
    pdf = seen.paper()
    assert seen.run("window.was.drawn") == "light"
    # The background of the dark theme is nowhere on the pages.
    pieces = [piece.split(b"endstream")[0].strip(b"\r\n") for piece in pdf.split(b"stream")[1::2]]
    drawn = b"".join(map(inflated, pieces))
    assert b" re" in drawn
    assert b".070588" not in drawn


def test_hostile_names_do_nothing(browser: Browser, hostile: Path) -> None:
    show(browser, hostile)
    assert browser.complaints == []
    assert browser.run("document.querySelectorAll('main script').length") == 0
    text = browser.run("document.querySelector('main').textContent")
    assert "</script><script>alert(1)</script>" in text
    labels = browser.run("[...document.querySelectorAll('.chart text')].map(e => e.textContent)")
    assert any(label.startswith("B </script>") for label in labels)
    # The watch itself: what the page's policy forbids is told.
    browser.run("new Promise(r => { const i = new Image(); i.onerror = r; i.src = 'http://x/'; })")
    assert any("Content Security Policy" in complaint for complaint in browser.complaints)


def colours(png: bytes) -> Counter[tuple[int, ...]]:
    """How many pixels of each colour a picture has."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    found = image.getcolors(image.width * image.height)
    assert found is not None
    return Counter({colour: count for count, colour in found})  # type: ignore[misc]


def near(found: Counter[tuple[int, ...]], wanted: tuple[int, ...]) -> int:
    """Pixels of a colour, give or take what rounding changes."""
    return sum(
        count
        for colour, count in found.items()
        if max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) <= 3
    )


def inflated(piece: bytes) -> bytes:
    """A stream of a PDF as it was before it was packed; nothing for a picture."""
    try:
        return zlib.decompress(piece)
    except zlib.error:
        return b""

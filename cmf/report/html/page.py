"""The whole document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources

from cmf.errors import MissingExtra
from cmf.report.html.labels import unbroken
from cmf.report.html.markup import Html, join, tag
from cmf.report.html.section import Chart, Section
from cmf.report.html.tables import html_table
from cmf.report.html.theme import THEMES, variables
from cmf.report.json_text import plain_fact
from cmf.report.table import Fact

PAPER = 580
"""Height of a page beside the words of a chart, in CSS pixels."""

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'"
)
"""Whatever a name in the catalogue may hold: the page reaches for nothing outside itself."""


def html_pieces(
    title: str, subtitle: str, sections: Sequence[Section], facts: Mapping[str, Fact]
) -> Iterator[str]:
    """The document, piece by piece.

    Raises
    ------
    MissingExtra
        When the charting library is not installed.
    """
    library = _library()
    charts = [chart for section in sections for chart in section.charts]
    yield "<!DOCTYPE html>\n" + '<html lang="en">\n'
    yield _head(title).text
    yield "\n<body>\n"
    yield tag("a", "Skip to the report", href="#report", class_="skip").text
    yield tag("header", tag("h1", title), tag("p", subtitle)).text
    yield _contents(sections).text
    yield '\n<main id="report">\n'
    for section in sections:
        yield _section(section).text + "\n"
    yield "</main>\n"
    yield _footer(facts).text
    yield f"\n<script>{library}</script>\n"
    yield _data("themes", {name: dict(theme) for name, theme in THEMES.items()})
    yield _data("charts", [{"id": chart.id, "figure": chart.figure} for chart in charts])
    yield f"<script>{_asset('report.js')}</script>\n</body>\n</html>\n"


def _head(title: str) -> Html:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        tag("style", Html(variables() + _asset("report.css"))),
    )


def _contents(sections: Sequence[Section]) -> Html:
    links = [tag("li", tag("a", each.title, href=f"#{each.id}")) for each in sections]
    return tag("nav", tag("ul", links), aria_label="Contents")


def _section(section: Section) -> Html:
    return tag(
        "section",
        tag("h2", section.title, id=f"{section.id}-title"),
        [tag("p", unbroken(text)) for text in section.lead],
        section.head,
        join(_figure(chart) for chart in section.charts),
        join(html_table(table) for table in section.tables),
        id=section.id,
        aria_labelledby=f"{section.id}-title",
    )


def _figure(chart: Chart) -> Html:
    drawing = tag(
        "div",
        id=f"chart-{chart.id}",
        class_="chart",
        role="img",
        aria_label=f"{chart.title}. {chart.says}",
        style=f"height:{chart.height}px;--fit:{_fit(chart.height)}",
    )
    return tag(
        "figure",
        tag("figcaption", tag("h3", chart.title), tag("p", unbroken(chart.says)), _key(chart)),
        tag("div", drawing, class_="frame"),
        html_table(chart.table, folded=True),
        id=chart.id,
        tabindex=0,
    )


def _key(chart: Chart) -> list[Html]:
    items = [
        tag("li", tag("i", style=f"background:var(--{role})"), words) for role, words in chart.key
    ]
    return [tag("ul", items, class_="key")] if items else []


def _fit(height: int) -> float:
    """How much smaller a chart is on paper, so that a page holds it with its caption."""
    return round(min(1.0, PAPER / height), 3)


def _footer(facts: Mapping[str, Fact]) -> Html:
    words = [f"{name.replace('_', ' ')} {_said(fact)}" for name, fact in facts.items()]
    return tag("footer", tag("p", "; ".join(words)))


def _said(fact: Fact) -> str:
    value = plain_fact(fact)
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "-" if value is None else str(value)


def _data(name: str, data: object) -> str:
    # Inside a script element nothing but `<` can end it.
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    escaped = text.replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{escaped}</script>\n'


def _asset(name: str) -> str:
    return resources.files("cmf.report.html").joinpath(name).read_text(encoding="utf-8")


def _library() -> str:
    try:
        folder = resources.files("plotly")
    except ModuleNotFoundError:
        remedy = "writing .html needs the extra: pip install 'cmf[report]'"
        raise MissingExtra(remedy) from None
    return folder.joinpath("package_data", "plotly.min.js").read_text(encoding="utf-8")

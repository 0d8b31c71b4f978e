"""The report in a real browser."""

from __future__ import annotations

from pathlib import Path

from browser import Browser


def outside(browser: Browser) -> list[str]:
    return [url for url in browser.requests if not url.startswith(("file:", "data:", "blob:"))]


def test_no_error_and_no_request(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.complaints == []
    assert outside(browser) == []
    drawn = browser.run("document.querySelectorAll('.chart .main-svg').length")
    assert drawn >= browser.run("document.querySelectorAll('.chart').length") > 5


def test_charts_are_valid_for_the_library(browser: Browser, page: Path) -> None:
    browser.open(page)
    faults = browser.run(
        "JSON.parse(document.getElementById('charts').textContent).flatMap(({id}) => {"
        " const e = document.getElementById('chart-' + id);"
        " const found = Plotly.validate(e.data, e.layout) || [];"
        # An attribute that another one makes idle is no fault.
        " return found.filter(fault => fault.code !== 'unused').map(fault => fault.msg); })"
    )
    assert faults == []


def test_hostile_names_do_nothing(browser: Browser, hostile: Path) -> None:
    browser.open(hostile)
    assert browser.complaints == []
    assert browser.run("document.querySelectorAll('main script').length") == 0
    text = browser.run("document.querySelector('main').textContent")
    assert "</script><script>alert(1)</script>" in text

"""What is in the file, before any browser looks at it."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from reports import E2, write


def test_the_same_input_gives_the_same_bytes(page: Path, tmp_path: Path) -> None:
    write(E2, tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == page.read_bytes()


def test_the_page_reaches_for_nothing(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    own = text.replace(re.findall(r"<script>/\*\*\n.*?</script>", text, re.DOTALL)[0], "")
    assert re.findall(r"(?:src|href)=\"(?!#|data:)", own) == []
    assert "http" not in own.replace("http-equiv", "")
    assert "default-src 'none'" in unescape(own)


def test_names_stay_names(hostile: Path) -> None:
    text = hostile.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    charts = re.findall(r'<script type="application/json" id="charts">(.*?)</script>', text)
    assert len(json.loads(charts[0])) > 3


def test_every_chart_has_words_and_a_table(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    figures = re.findall(r"<figure .*?</figure>", text, re.DOTALL)
    assert len(figures) >= 6
    for figure in figures:
        assert 'tabindex="0"' in figure
        assert re.search(r"<figcaption><h3>.+?</h3><p>.+?</p>", figure)
        assert "<details><summary>" in figure
        assert "<tbody><tr>" in figure


@pytest.mark.parametrize("name", ["report", "report.pdf", "missing/report.html"])
def test_wrong_files_are_refused_before_any_work(name: str, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from cmf.cli.app import app

    done = CliRunner().invoke(app, ["report", str(E2), "-o", str(tmp_path / name)])
    assert done.exit_code == 2
    assert list(tmp_path.iterdir()) == []

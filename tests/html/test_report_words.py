"""What a report calls things, and how it writes numbers that are no share."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import polars as pl
from reports import write

import cmf
from cmf.report.html.titles import Titles


def test_charts_have_titles_and_tables_names(family: Path, full_page: Path) -> None:
    catalog = cmf.load(family).catalog
    titles = Titles(catalog)
    text = full_page.read_text(encoding="utf-8")
    figures = "".join(
        re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', text, re.S)
    )
    assert figures
    named = [
        (axis.name, option.name, option.title) for axis in catalog.axes for option in axis.options
    ]
    brands = [(name, title) for axis, name, title in named if axis == "brand" and title]
    assert brands
    for name, title in brands:
        assert titles.option("brand", name) == title
        assert f'"{title}"' in figures
        assert f'"{name}"' not in figures
    assert titles.option("brand", "nobody") == "nobody"
    assert titles.part("nothing") == titles.scope("nothing") == "nothing"


def test_dci_is_a_number(family: Path, tmp_path: Path) -> None:
    write(family, tmp_path / "report.xlsx")
    frame = pl.read_excel(tmp_path / "report.xlsx", sheet_name="key figures")
    (row,) = frame.filter(pl.col("metric") == "DCI").head(1).iter_rows(named=True)
    ratio = Fraction(int(row["value, numerator"]), int(row["value, denominator"]))
    assert ratio > 1
    page = tmp_path / "report.html"
    write(family, page)
    cell = re.search(r">DCI<.*?<td class=\"number\">([^<]*)<small>", page.read_text(), re.S)
    assert cell is not None
    assert cell[1] == f"{float(ratio):.3f}".rstrip("0")

"""Tables and plot of `docs/planning-performance.md` from the results of `bench_planning.py`.

python tests/benchmarks/planning_page.py RESULTS.json [RESULTS.json ...]
"""

from __future__ import annotations

import json
import re
import sys
from itertools import pairwise
from math import isfinite, log10
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
MOMENTS = (5, 15, 30, 60, 120, 300, 600, 1200)
LONGEST = 1800
GAPS = (0.1, 0.05, 0.02)
SIZES = (20, 45, 100, 200, 500)
COLOURS = {"cmf": "#0b6", "plain CP-SAT": "#c40", "plain MIP": "#06c"}


def gap_at(result: dict[str, Any], moment: float) -> float | None:
    """Gap at a moment, as a part of the cost; `None` without a plan or without a bound."""
    found = None
    for seconds, cost, bound in result["points"]:
        if seconds <= moment and cost is not None and bound is not None and isfinite(bound):
            found = max(0.0, (cost - bound) / cost)
    return found


def table(results: list[dict[str, Any]]) -> str:
    """Gap of every measurement at fixed moments."""
    lines = [
        "| line-up | model | " + " | ".join(f"{m} s" for m in MOMENTS) + " | last |",
        "|---|---|" + "---:|" * (len(MOMENTS) + 1),
    ]
    for result in results:
        end = result["points"][-1][0] if result["points"] else result["seconds"]
        cells = []
        for moment in MOMENTS:
            done = moment > result["seconds"] and result.get("status") != "optimal"
            gap = gap_at(result, moment)
            cells.append("" if done else "none" if gap is None else f"{gap:.2%}")
        last = gap_at(result, 1e9)
        text = "none" if last is None else f"{last:.2%} ({end:.0f} s)"
        row = [result["instance"], result["method"], *cells, text]
        lines.append("| " + " | ".join(row) + " |")
    return re.sub(r"(?<=\d)%", " %", "\n".join(lines))


def plot(results: list[dict[str, Any]]) -> str:
    """Gap against time, both logarithmic, one line for each measurement."""
    width, height, left, top = 760, 380, 60, 20

    def place(seconds: float, gap: float) -> str:
        across = left + (log10(max(1.0, seconds)) / log10(LONGEST)) * (width - left - 190)
        down = top + (0 - log10(min(1.0, max(1e-4, gap)))) / 4 * (height - top - 40)
        return f"{across:.1f},{down:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
    ]
    for exponent in range(5):
        x, y = place(1, 10.0**-exponent).split(",")
        end = place(LONGEST, 1.0).split(",")[0]
        label = ("100 %", "10 %", "1 %", "0.1 %", "0.01 %")[exponent]
        parts.append(f'<path d="M{x} {y}H{end}" stroke="#ddd"/><text x="8" y="{y}">{label}</text>')
    for seconds in (1, 10, 60, 300, 600, LONGEST):
        x = place(seconds, 1e-4).split(",")[0]
        parts.append(f'<text x="{x}" y="{height - 18}" text-anchor="middle">{seconds} s</text>')
    for result in results:
        points = [
            place(moment, gap)
            for moment in range(1, LONGEST)
            if moment <= result["seconds"] and (gap := gap_at(result, moment)) is not None
        ]
        if points:
            colour = COLOURS[result["method"]]
            parts.append(
                f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" '
                f'stroke-width="1.6"><title>{result["instance"]}, {result["method"]}</title>'
                "</polyline>"
            )
            if result["method"] == "cmf":
                x, y = points[-1].split(",")
                parts.append(f'<text x="{float(x) + 6}" y="{float(y) + 4}">{_short(result)}</text>')
    for row, (method, colour) in enumerate(COLOURS.items()):
        y = top + 20 + 18 * row
        parts.append(f'<path d="M{width - 170} {y - 4}h24" stroke="{colour}" stroke-width="3"/>')
        parts.append(f'<text x="{width - 138}" y="{y}">{method}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _short(result: dict[str, Any]) -> str:
    """Number of vehicles, and whether there is a target."""
    vehicles, *more = result["instance"].split(", ")[1:]
    return vehicles + (", target" if more[-1].startswith("target") else "")


def times(results: list[dict[str, Any]]) -> dict[float, list[tuple[int, float]]]:
    """For each gap the number of vehicles and the seconds after which it was proven."""
    found: dict[float, list[tuple[int, float]]] = {gap: [] for gap in GAPS}
    for result in results:
        kind, vehicles, weight, *more = result["instance"].split(", ")
        if (kind, weight, result["method"], more) != ("gaps", "35 % investment", "cmf", []):
            continue
        for gap in GAPS:
            reached = [
                seconds
                for seconds, cost, bound in result["points"]
                if cost is not None and bound is not None and (cost - bound) <= gap * cost
            ]
            if reached:
                found[gap].append((int(vehicles.split()[0]), min(reached)))
    return {gap: sorted(each) for gap, each in found.items()}


def growth(results: list[dict[str, Any]]) -> str:
    """Time against vehicles, both logarithmic, one line for each gap."""
    width, height, left, top = 640, 360, 60, 20

    def place(vehicles: float, seconds: float) -> tuple[float, float]:
        across = left + (log10(vehicles / 15) / log10(600 / 15)) * (width - left - 150)
        down = top + (1 - log10(max(1.0, seconds)) / log10(LONGEST)) * (height - top - 50)
        return round(across, 1), round(down, 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
    ]
    end = place(600, 1)[0]
    for seconds in (1, 10, 60, 300, LONGEST):
        x, y = place(15, seconds)
        parts.append(f'<path d="M{x} {y}H{end}" stroke="#ddd"/>')
        parts.append(f'<text x="8" y="{y + 4}">{seconds} s</text>')
    for vehicles in SIZES:
        x, _ = place(vehicles, 1)
        parts.append(f'<text x="{x}" y="{height - 26}" text-anchor="middle">{vehicles}</text>')
    middle = (left + end) / 2
    parts.append(f'<text x="{middle}" y="{height - 8}" text-anchor="middle">vehicles</text>')
    for (gap, points), colour in zip(times(results).items(), ("#0b6", "#06c", "#c40"), strict=True):
        if not points:
            continue
        known = dict(points)
        for one, other in pairwise(SIZES):
            if one in known and other in known:
                a, b = place(one, known[one]), place(other, known[other])
                parts.append(
                    f'<path d="M{a[0]} {a[1]}L{b[0]} {b[1]}" stroke="{colour}" stroke-width="1.6"/>'
                )
        for point in points:
            x, y = place(*point)
            parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>')
        x, y = place(*points[-1])
        label = f"{gap * 100:g} %"
        parts.append(f'<text x="{x + 8}" y="{y + 4}" fill="{colour}">{label}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _place(result: dict[str, Any]) -> tuple[float, str, int, str, str]:
    """Where a measurement stands in the table: by weight, kind and size."""
    kind, vehicles, weight, *more = result["instance"].split(", ")
    part = float(weight.split()[0]) if weight.endswith("investment") else 0.0
    traits = ("pairwise" in more, any(each.startswith("target") for each in more))
    return part, f"{kind} {traits}", int(vehicles.split()[0]), weight, result["method"]


def main() -> None:
    """Write table and plot; the page's own words stay."""
    results = [r for path in sys.argv[1:] for r in json.loads(Path(path).read_text())]
    results.sort(key=_place)
    page = DOCS / "planning-performance.md"
    head, _, rest = page.read_text(encoding="utf-8").partition("<!-- table -->\n")
    _, _, tail = rest.partition("<!-- end of table -->")
    text = f"{head}<!-- table -->\n\n{table(results)}\n\n<!-- end of table -->{tail}"
    page.write_text(text, encoding="utf-8")
    beside = {r["instance"] for r in results if r["method"] != "cmf"}
    drawn = [r for r in results if r["instance"] in beside and "35 %" in r["instance"]]
    pictures = {"planning-gap.svg": plot(drawn), "planning-growth.svg": growth(results)}
    for name, picture in pictures.items():
        (DOCS / "performance" / name).write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()

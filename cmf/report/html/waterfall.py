"""What closes the gap of a missed target, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from cmf.analysis.targets import Gap, Step
from cmf.report.html.labels import label, squeezed
from cmf.report.html.layout import axis, bare, layout
from cmf.report.html.section import Chart
from cmf.report.html.theme import role
from cmf.report.html.titles import Titles
from cmf.report.table import Column, Kind, Row, Table, table
from cmf.report.words import percent

SHOWN = 14
"""Steps that a chart shows by themselves; the table holds all."""

_ROW, _TOP, _BOTTOM = 24, 40, 44


def waterfalls(gap: Gap, titles: Titles) -> tuple[Chart, ...]:
    """One chart for the way part by part, one for the way module by module."""
    ways = ((gap.target.level, gap.parts), ("module", gap.modules))
    return tuple(_chart(gap, level, steps, titles) for level, steps in ways if steps)


def _chart(gap: Gap, level: str, steps: Sequence[Step], titles: Titles) -> Chart:
    target = gap.target
    goal = target.bounds.low or Fraction(0)
    reached = steps[-1].reaches
    verb = "reach" if reached >= goal else "do not reach"
    says = (
        f"{target.title}: today {percent(gap.start)}, target {target.bounds.text}. Made common, "
        f"greatest first, {len(steps)} {level}{'' if len(steps) == 1 else 's'} {verb} it: "
        f"{percent(reached)}. {gap.unique} {target.level}s are not common today. "
        f"Basis: {target.basis}."
    )
    rows = min(len(steps), SHOWN) + (len(steps) > SHOWN) + 2
    height = _TOP + _ROW * rows + _BOTTOM
    title = f"{target.id}: {level} by {level} to {target.bounds.text}"
    names = [titles.step(level, step.name) for step in steps[:SHOWN]]
    name = f"gap-{target.id}-{level}"
    return Chart(
        name,
        title,
        says,
        _figure(gap, goal, steps, names, height),
        height,
        _table(gap, level, steps),
    )


def _figure(
    gap: Gap, goal: Fraction, steps: Sequence[Step], titles: Sequence[str], height: int
) -> dict[str, Any]:
    shown = list(steps[:SHOWN])
    rest = steps[SHOWN:]
    names = ["today", *(squeezed(title, 50) for title in titles)]
    values = [gap.start, *(step.adds for step in shown)]
    if rest:
        names.append(f"{len(rest)} more")
        values.append(sum((step.adds for step in rest), Fraction(0)))
    names.append("reached")
    values.append(steps[-1].reaches)
    places = list(range(len(names)))
    texts = [percent(gap.start), *(f"+{percent(v)}" for v in values[1:-1]), percent(values[-1])]
    low = float(gap.start) - (float(max(goal, values[-1]) - gap.start)) * 0.25
    bars = {
        "type": "waterfall",
        "orientation": "h",
        "y": places,
        "x": [float(value) for value in values],
        "measure": ["absolute", *("relative" for _ in values[1:-1]), "total"],
        "text": texts,
        "textposition": "outside",
        "textfont": {"size": 11, "color": role("ink")},
        "cliponaxis": False,
        "increasing": {"marker": {"color": role("reach2")}},
        "totals": {"marker": {"color": role("soft")}},
        "connector": {"line": {"color": role("line"), "width": 1}},
        "customdata": [f"{name}<br>{text}" for name, text in zip(names, texts, strict=True)],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    end = float(max(goal, values[-1]))
    return {
        "data": [bars],
        "layout": layout(
            height,
            margin={"l": 330, "r": 40, "t": _TOP, "b": _BOTTOM},
            xaxis=axis(range=[max(0, low), end + (end - low) * 0.08], tickformat=".0%"),
            yaxis=bare(
                tickmode="array",
                tickvals=places,
                ticktext=names,
                range=[len(names) - 0.5, -0.5],
                automargin=False,
            ),
            **_goal_line(goal, gap.target.bounds.text),
        ),
    }


def _goal_line(goal: Fraction, text: str) -> dict[str, Any]:
    place = {"yref": "paper", "x0": float(goal), "x1": float(goal), "y0": 0, "y1": 1}
    line = {"color": role("bad"), "width": 2, "dash": "dash"}
    words = {
        "x": float(goal),
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "text": f"target {label(text)}",
        "font": {"color": role("bad"), "size": 12},
    }
    return {"shapes": [{"type": "line", **place, "line": line}], "annotations": [words]}


def _table(gap: Gap, level: str, steps: Sequence[Step]) -> Table:
    rows: list[Row] = [
        (place, step.name, _percent(step.adds), _percent(step.reaches), level, gap.target.id)
        for place, step in enumerate(steps, start=1)
    ]
    columns = [
        Column("step", Kind.WHOLE),
        Column("name", title="part or module"),
        Column("adds", Kind.NUMBER, "adds, per cent"),
        Column("reaches", Kind.NUMBER, "reaches, per cent"),
        Column("level"),
        Column("target"),
    ]
    title = f"{gap.target.id}: {level} by {level} to {gap.target.bounds.text}"
    return table("gaps", columns, rows, title=title)


def _percent(value: Fraction) -> float:
    return round(float(value) * 100, 4)

"""A plan as sections of a page: what it costs, cost against sharing, modules before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve

from cmf.planning.decision.decide import Decision
from cmf.planning.decision.front import Level
from cmf.planning.evaluate import Cost
from cmf.report.html.labels import label, unbroken
from cmf.report.html.layout import axis, bare, layout, legend
from cmf.report.html.section import Chart, Section
from cmf.report.html.theme import role
from cmf.report.money import Money
from cmf.report.plan import COSTS, Findings, Units, cost_table, front_table, plan_table, step_table
from cmf.report.plan_layout import money_of, plan_layout
from cmf.report.table import Column, Kind, Row, Table, table
from cmf.report.words import number, percent

_HEIGHT = 380
_ROW, _TOP, _LEFT, _BOTTOM = 17, 150, 230, 50
MOST = 150
"""Vehicles that a chart shows; the table holds all."""

BEFORE, BOTH, AFTER = "only today", "today and planned", "only planned"


def plan_sections(found: Findings, units: Units, cannot: Mapping[str, str]) -> tuple[Section, ...]:
    """The plan, in the order of reading."""
    decision = found.decision
    money = money_of(decision)
    told = {
        each.name: _named(each, f"plan {each.name}") for each in plan_layout(found, units, cannot)
    }
    told["verdict"] = evolve(told["verdict"], title="The answer")
    answer = [told[name] for name in ("verdict", "targets", "steps") if name in told]
    data = (_named(plan_table(decision), "plan modules"), _named(step_table(decision), "plan way"))
    sections = [
        Section("plan", "The plan", tuple(_lead(decision)), tables=tuple(answer),
                data=data),
        Section("plan-cost", "What it costs", (), charts=(_waterfall(decision, money),),
                tables=(told["costs"],), data=(_named(cost_table(decision), "plan cost split"),)),
    ]  # fmt: skip
    if found.points:
        charts = (_front(found.points, decision, money),)
        points = (_named(front_table(found.points), "plan points"),)
        sections.append(
            Section("plan-front", "Cost against sharing", (), charts=charts, data=points)
        )
    moved = tuple(_modules(decision))
    if moved:
        lead = ("Every slot in which a module changes; orange goes, dark comes.",)
        sections.append(Section("plan-modules", "Modules before and after", lead, charts=moved))
    return tuple(sections)


def _named(shown: Table, name: str) -> Table:
    """A table under the name that it has among those of a whole report."""
    return evolve(shown, name=name)


def _lead(decision: Decision) -> Iterator[str]:
    vehicles = f"{number(decision.changed)} of {number(len(decision.builds))} vehicles change"
    yield unbroken(f"{vehicles}; features stay as they are.")


def _amounts(cost: Cost) -> list[int]:
    return [getattr(cost, kind) for kind, _ in COSTS]


def _waterfall(decision: Decision, money: Money) -> Chart:
    costs = (decision.baseline.cost, decision.today.cost, decision.cost)
    names, measures, values = ["stand-alone"], ["absolute"], [costs[0].total]
    for before, after, name in ((costs[0], costs[1], "today"), (costs[1], costs[2], "plan")):
        for (_, words), a, b in zip(COSTS, _amounts(before), _amounts(after), strict=True):
            if a or b:
                names.append(words)
                measures.append("relative")
                values.append(b - a)
        names.append(name)
        measures.append("total")
        values.append(after.total)
    says = unbroken(
        f"From vehicles that share nothing ({money.words(costs[0].total)}) to today's line-up "
        f"({money.words(costs[1].total)}) and to the plan ({money.words(costs[2].total)}). "
        "The axis does not begin at 0."
    )
    rows: list[Row] = [(n, money.amount(v)) for n, v in zip(names, values, strict=True)]
    columns = [Column("what"), Column("amount", title=money.unit)]
    data = table("plan waterfall", columns, rows, title="Cost from stand-alone to the plan")
    figure = _falling(names, measures, values, money)
    return Chart("plan-waterfall", "Cost, step by step", says, figure, _HEIGHT, data)


def _falling(
    names: Sequence[str], measures: Sequence[str], values: Sequence[int], money: Money
) -> dict[str, Any]:
    level, levels = 0, []
    for measure, value in zip(measures, values, strict=True):
        level = level + value if measure == "relative" else value
        levels.append(level)
    lowest, highest = min(levels), max(levels)
    room = max(1, highest - lowest) // 4
    shown = [float(money.figure(value)) for value in values]
    bars = {
        "type": "waterfall",
        "x": list(range(len(names))),
        "y": shown,
        "measure": list(measures),
        "text": [
            money.change(v) if m == "relative" else money.amount(v)
            for m, v in zip(measures, values, strict=True)
        ],
        "textposition": "outside",
        "cliponaxis": False,
        "connector": {"line": {"color": role("soft"), "width": 1}},
        "increasing": {"marker": {"color": role("reach0")}},
        "decreasing": {"marker": {"color": role("reach2")}},
        "totals": {"marker": {"color": role("reach3")}},
        "customdata": [label(name) for name in names],
        "hovertemplate": "%{customdata}: %{text}<extra></extra>",
    }
    ends = [float(money.figure(max(0, lowest - room))), float(money.figure(highest + room))]
    return {
        "data": [bars],
        "layout": layout(
            _HEIGHT,
            margin={"l": 80, "r": 20, "t": 30, "b": 110},
            xaxis=bare(
                tickmode="array",
                tickvals=list(range(len(names))),
                ticktext=[label(name, 28) for name in names],
                tickangle=-30,
                automargin=False,
            ),
            yaxis=axis(range=ends, title={"text": money.unit}, automargin=False),
        ),
    }


def _front(points: Sequence[Level], decision: Decision, money: Money) -> Chart:
    first, last = points[0], points[-1]
    says = unbroken(
        f"{len(points)} plans of which none beats another in both: from "
        f"{percent(first.share)} at {money.words(first.cost)} to {percent(last.share)} at "
        f"{money.words(last.cost)}. What lies below the line is proven to be impossible, "
        "within the gaps of the table."
    )
    curve = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [float(point.share) for point in points],
        "y": [float(money.figure(point.cost)) for point in points],
        "line": {"color": role("reach2"), "width": 1.5, "shape": "vh"},
        "marker": {"size": 8, "color": role("reach3")},
        "text": [f"{percent(p.share, 2)}, {money.words(p.cost)}" for p in points],
        "hovertemplate": "%{text}<extra></extra>",
        "name": "least cost for a share",
    }
    here = {
        "type": "scatter",
        "mode": "lines",
        "x": [float(first.share), float(last.share)],
        "y": [float(money.figure(decision.cost.total))] * 2,
        "line": {"color": role("soft"), "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
        "name": "cost of this plan",
    }
    rows: list[Row] = [
        (percent(p.share, 2), money.amount(p.cost), percent(p.gap, 3)) for p in points
    ]
    columns = [
        Column("share"),
        Column("cost", title=money.unit),
        Column("gap", title="gap at most"),
    ]
    data = table("plan front", columns, rows, title="Plans that no other one beats")
    figure = {
        "data": [curve, here],
        "layout": layout(
            _HEIGHT,
            margin={"l": 80, "r": 20, "t": 40, "b": 60},
            showlegend=True,
            legend=legend(),
            xaxis=axis(tickformat=".1%", title={"text": "share"}, automargin=False),
            yaxis=axis(title={"text": money.unit}, automargin=False),
        ),
    }
    return Chart("plan-front", "Cost against sharing", says, figure, _HEIGHT, data)


def _modules(decision: Decision) -> Iterator[Chart]:
    """A chart for every slot in which something changes."""
    variables = decision.posed.lowered.problem.variables
    titles = {
        axis.name: axis.title or axis.name for axis in decision.posed.lowered.resolved.catalog.axes
    }
    for number_of, variable in enumerate(variables):
        before = [build.variant[number_of] for build in decision.posed.builds]
        after = [build.variant[number_of] for build in decision.builds]
        if before != after:
            yield _slot(
                decision, variable.name, titles[variable.name], variable.options, before, after
            )


def _slot(
    decision: Decision,
    slot: str,
    title: str,
    options: Sequence[str],
    before: Sequence[int],
    after: Sequence[int],
) -> Chart:
    used = sorted({*before, *after})
    gone, new = set(before) - set(after), set(after) - set(before)
    moved = sum(a != b for a, b in zip(before, after, strict=True))
    says = (
        f"{moved} {'vehicle changes' if moved == 1 else 'vehicles change'} the module; "
        f"{len(set(before))} modules are in use today, "
        f"{len(set(after))} in the plan"
        + (f"; {', '.join(options[o] for o in sorted(gone))} no longer" if gone else "")
        + (f"; {', '.join(options[o] for o in sorted(new))} for the first time" if new else "")
        + "."
    )
    height = _TOP + _ROW * len(used) + _BOTTOM
    columns = [Column("module"), Column("today", Kind.PROSE), Column("plan", Kind.PROSE)]
    ids = [build.brief.vehicle.id for build in decision.builds]
    rows: list[Row] = [
        (
            options[option],
            ", ".join(i for i, o in zip(ids, before, strict=True) if o == option),
            ", ".join(i for i, o in zip(ids, after, strict=True) if o == option),
        )
        for option in used
    ]
    data: Table = table(f"plan {slot}", columns, rows, title=f"{title}: who takes what")
    names = [label(f"{b.brief.vehicle.id} {b.brief.vehicle.name}", 18) for b in decision.builds]
    figure = _heat(names[:MOST], [label(options[o], 34) for o in used], used, before, after, height)
    return Chart(f"plan-{slot}", title, says, figure, height, data)


def _heat(
    names: Sequence[str],
    rows: Sequence[str],
    used: Sequence[int],
    before: Sequence[int],
    after: Sequence[int],
    height: int,
) -> dict[str, Any]:
    kinds = (BEFORE, BOTH, AFTER)
    colours = (role("reach0"), role("reach1"), role("reach3"))
    cells: list[list[int | None]] = []
    for option in used:
        row: list[int | None] = []
        for a, b in zip(before[: len(names)], after, strict=False):
            row.append(1 if a == b == option else 0 if a == option else 2 if b == option else None)
        cells.append(row)
    scale = [[edge, c] for i, c in enumerate(colours) for edge in (i / 3, (i + 1) / 3)]
    heat = {
        "type": "heatmap",
        "z": cells,
        "x0": 0, "dx": 1, "y0": 0, "dy": 1,
        "zmin": -0.5, "zmax": 2.5,
        "colorscale": scale,
        "showscale": False,
        "xgap": 1, "ygap": 1,
        "hoverongaps": False,
        "text": [[f"{row}<br>{name}" for name in names] for row in rows],
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
    key = [
        {
            "type": "scatter", "x": [None], "y": [None], "mode": "markers", "name": kind,
            "marker": {"symbol": "square", "size": 11, "color": colour}, "hoverinfo": "skip",
        }
        for kind, colour in zip(kinds, colours, strict=True)
    ]  # fmt: skip
    return {"data": [heat, *key], "layout": _heat_layout(names, rows, height)}


def _heat_layout(names: Sequence[str], rows: Sequence[str], height: int) -> dict[str, Any]:
    return layout(
        height,
        margin={"l": _LEFT, "r": 10, "t": _TOP, "b": _BOTTOM},
        showlegend=True,
        legend=legend(y=0, yref="container"),
        xaxis=bare(
            side="top",
            tickmode="array",
            tickvals=list(range(len(names))),
            ticktext=list(names),
            tickangle=-90,
            range=[-0.5, len(names) - 0.5],
            automargin=False,
            tickfont={"size": 10 if len(names) <= 80 else 7, "color": role("ink")},
        ),
        yaxis=bare(
            tickmode="array",
            tickvals=list(range(len(rows))),
            ticktext=list(rows),
            range=[len(rows) - 0.5, -0.5],
            automargin=False,
        ),
    )

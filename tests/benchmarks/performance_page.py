"""Tables and the plot of ``docs/performance.md``, from the results of the benchmark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

Result = Mapping[str, object]
Results = Mapping[str, Result]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
PLOT = PAGE.parent / "performance" / "growth.svg"

COUNTS = {
    "small": "172056",
    "big": "24566537954855761920000",
    "dimacs/axTLS.dimacs": "826244333568",
    "dimacs/berkeleydb.dimacs": "4080389785",
    "uvl/printer.uvl": "2278241108363321839974600000",
    "uvl/financial_services.uvl": "97451212554676",
}

ENGINES = {
    "ours": "diagram",
    "sat": "sat engine",
    "pysat": "PySAT by hand",
    "oxidd": "OxiDD by hand",
    "cudd": "CUDD by hand",
    "ganak": "Ganak",
}


def line(result: Result) -> str:
    """One result, short."""
    return "  ".join(f"{key} {_text(value)}" for key, value in result.items())


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{k} {_text(v)}" for k, v in value.items()) + ")"
    text = f"{value:.4g}" if isinstance(value, float) else str(value).replace("|", "/")
    digits = len(re.findall(r"\d", text))
    return f"{text[:40]}… ({digits} digits)" if digits > 60 else text[:90]


def _number(results: Results, task: str, *path: str) -> float | None:
    value: object = results.get(task)
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return float(value) if isinstance(value, int | float) else None


def disagreements(results: Results) -> list[str]:
    """Every answer that differs from the known one, or from what another engine says."""
    wrong = []
    for task, result in results.items():
        if result.get("wrong"):
            wrong.append(f"{task}: {result['wrong']} wrong answers")
        known = next((c for name, c in COUNTS.items() if task.endswith(name)), None)
        count = str(result.get("count", ""))
        # CUDD through dd counts in floating point.
        if known and count.startswith("Solved") and not _same(count, known, "cudd" in task):
            wrong.append(f"{task}: {count} instead of {known}")
    for asked in ("count", "possible"):
        groups: dict[str, dict[str, str]] = {}
        for task, result in results.items():
            value = str(result.get(asked, ""))
            if task.startswith("growth ") and value and "Unknown" not in value:
                _, engine, *catalogue = task.split()
                groups.setdefault(" ".join(catalogue), {})[engine] = value
        wrong += [
            f"{asked} of {name}: {answers}"
            for name, answers in groups.items()
            if len(set(answers.values())) > 1
        ]
    return wrong


def _same(count: str, known: str, rounded: bool) -> bool:
    found = int("".join(re.findall(r"\d", count)))
    return abs(found - int(known)) <= int(known) // 10**12 if rounded else found == int(known)


Goal = tuple[str, float | None, float, str, float | None, str]


def goals(results: Results) -> Iterator[Goal]:
    """What is measured, reached, to be reached, unit, figure of the best peer, and which."""

    def of(task: str, *path: str) -> float | None:
        return _number(results, task, *path)

    def scaled(value: float | None, factor: float) -> float | None:
        return None if value is None else value * factor

    oxidd, nodes = of("bdd oxidd big", "total"), of("bdd oxidd big", "nodes")
    yield "big: load, order, compile, cold", of("compile big", "total"), 4, "s", oxidd, "OxiDD"
    cached = [of("compile big", "load"), of("cache big", "total")]
    again = None if None in cached else sum(filter(None, cached))
    yield "big: load, open from the cache", again, 0.3, "s", oxidd, "OxiDD"
    yield "big: nodes", of("compile big", "nodes"), 40_000, "nodes", nodes, "OxiDD (binary)"
    yield "big: arcs", of("compile big", "arcs"), 120_000, "arcs", None, ""
    yield "big with prices: compile", of("prices big 1000", "compile"), 15, "s", None, ""
    click, slow = of("sat-session big 3", "median"), of("sat-session big 3", "p99")
    yield "big: options, median", of("session big", "options", "median"), 5, "ms", click, "PySAT"
    yield "big: options, p99", of("session big", "options", "p99"), 15, "ms", slow, "PySAT"
    click = of("sat-session small 30", "median")
    yield "small: options", of("session small", "options", "median"), 0.5, "ms", click, "PySAT"
    yield "small: 12,080 steps, price bounds", of("prices small 1000", "all"), 10, "s", None, ""
    yield "big: price bounds, a step", of("prices big 1000", "mean"), 10, "ms", None, ""
    yield "big: first 10,000 samples", of("sample big", "first"), 0.1, "s", None, ""
    listing = of("cpsat-enumerate small", "total")
    yield "small: all to Parquet", of("parquet small", "median"), 0.15, "s", listing, "CP-SAT"
    yield "big: peak memory", scaled(of("compile big", "peak"), 1 / 1024), 1.5, "GB", None, ""


def targets(results: Results) -> str:
    """Goals as a Markdown table."""
    rows = []
    for what, reached, goal, unit, peer, who in goals(results):
        if reached is None:
            rows.append((what, "not measured", f"{goal:,g} {unit}", "", ""))
            continue
        verdict = "yes" if reached <= goal else "**no**"
        beside = f"{who}: {_figure(peer)} {unit} ({peer / reached:,.0f} x)" if peer else ""
        rows.append((what, f"{_figure(reached)} {unit}", f"{goal:,g} {unit}", verdict, beside))
    return _table(("", "measured", "to reach", "reached", "measured peer"), rows)


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def growth(results: Results, kind: str) -> str:
    """Growth of one kind of catalogue as a Markdown table."""
    rows = []
    for task, result in results.items():
        if not task.startswith("growth ") or task.split()[2] != kind:
            continue
        _, engine, _, modules, rules = task.split()
        failed = result.get("failed") or _unknown(result)
        cells = [
            _figure(_number(results, task, key))
            for key in ("compile", "nodes", "counting", "median")
        ]
        if cells[2] != "-":
            cells[2] = _figure(1e3 * float(str(result["counting"])))
        name = modules if kind == "structured" else f"{modules}, {rules} rules"
        rows.append((name, ENGINES[engine], *cells, str(failed or "")))
    head = ("modules a slot", "engine", "compile, s", "nodes", "count, ms", "options, ms", "remark")
    return _table(head, rows)


def _unknown(result: Result) -> str:
    count = str(result.get("count", ""))
    return count if count.startswith("Unknown") else ""


def details(results: Results) -> str:
    """Every single measurement on the real models."""
    rows = [
        (f"`{task}`", line({k: v for k, v in result.items() if k != "possible"}))
        for task, result in results.items()
        if not task.startswith("growth ")
    ]
    return _table(("measurement", "result"), rows)


def plot(results: Results) -> None:
    """Compile and query time and nodes against modules per slot."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "cmf"
    from matplotlib import pyplot

    shown = (("compile", "compile, s"), ("nodes", "nodes"), ("median", "options, ms"))
    figure, axes = pyplot.subplots(2, 3, figsize=(12, 7), sharex=True)
    for row, kind in zip(axes, ("structured", "unstructured"), strict=True):
        for axis, (key, title) in zip(row, shown, strict=True):
            for engine, name in ENGINES.items():
                points = [
                    (int(task.split()[3]), value)
                    for task in results
                    if task.startswith(f"growth {engine} {kind} ")
                    and (value := _number(results, task, key))
                ]
                if points:
                    axis.plot(*zip(*sorted(points), strict=True), marker="o", label=name)
            axis.set(xscale="log", yscale="log", title=f"{kind}: {title}")
            axis.set_xticks([10, 20, 40, 80, 160, 320], [10, 20, 40, 80, 160, 320])
            axis.grid(visible=True, alpha=0.3)
        row[-1].legend(fontsize=8)
    for axis in axes[-1]:
        axis.set_xlabel("modules per slot")
    figure.tight_layout()
    PLOT.parent.mkdir(exist_ok=True)
    figure.savefig(PLOT, metadata={"Date": None})


def publish(results: Results) -> None:
    """Put the tables between the marks of the page, and write the plot."""
    text = PAGE.read_text()
    tables = {
        "targets": targets(results),
        "structured": growth(results, "structured"),
        "unstructured": growth(results, "unstructured"),
        "details": details(results),
    }
    for name, table in tables.items():
        start, end = f"<!-- {name}: written by the benchmark -->", f"<!-- end of {name} -->"
        before, rest = text.split(start)
        text = f"{before}{start}\n\n{table}\n\n{end}{rest.split(end)[1]}"
    PAGE.write_text(text)
    plot(results)

"""``cmf options``."""

from __future__ import annotations

import typer

from cmf.cli import parameters as p


def options(
    catalogue: p.Catalogue,
    where: p.Where = [],  # noqa: B006
    style: p.FormatOption = p.Format.TABLE,
    output: p.Output = None,
    engine: p.EngineOption = p.EngineName.AUTO,
    prices: p.Prices = None,
) -> None:
    """Show every option: chosen, implied, free or excluded, and its share of the variants.

    Exit code 1 when no variant meets the conditions.

    \b
    Example:
      $ cmf options catalogs/alliance --where "brand == nissan" --where "energy == bev"
    """
    from cmf.cli.console import answer, remark, working
    from cmf.cli.opening import facts, known_count, open_space
    from cmf.report.files import check_target
    from cmf.report.table import Ratio, Report
    from cmf.report.variants import option_layout, option_table

    if output is not None:
        check_target(output)
    space = open_space(catalogue, where, engine, prices)
    with working("counting by option"):
        total = known_count(space)
        states = space.options()
    rows = [
        (
            each.axis,
            each.option,
            each.status,
            each.count,
            None if each.count is None or not total else Ratio(each.count, total),
        )
        for each in states
    ]
    shown = option_table(rows)
    known = {**facts(space), "count": total}
    answer(Report("options", known, (shown,), (option_layout(shown),)), style, output)
    if all(each.status == "excluded" for each in states):
        remark("no variant meets these conditions")
        raise typer.Exit(1)

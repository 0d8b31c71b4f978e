"""The 150 % BOM over a variant space as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmf.analysis.positions import Counterexample, Proven, Reason, Verdict
from cmf.analysis.usage import Usage
from cmf.problem.answer import Unknown
from cmf.problem.lower import LoweredCatalog
from cmf.report.bom_reasons import reason_layout
from cmf.report.table import Column, Kind, Ratio, Row, Table, table


def position_table(verdicts: Sequence[Verdict], reasons: Sequence[Reason]) -> Table:
    """Every position with its verdict, as data."""
    columns = (
        Column("slot"),
        Column("position"),
        Column("takes"),
        Column("lines", Kind.WHOLE),
        Column("verdict"),
        Column("selected", Kind.PROSE, "parts there"),
        Column("because", Kind.PROSE, "where (no rule excludes it)"),
        Column("variants", Kind.WHOLE, "variants"),
    )
    return table("positions", columns, _positions(verdicts, reasons))


def counterexample_table(lowered: LoweredCatalog, verdicts: Sequence[Verdict]) -> Table:
    """The valid variants that do not fill a position as declared, as data."""
    names = [variable.name for variable in lowered.problem.variables]
    columns = (
        Column("slot"),
        Column("position"),
        *(Column(f"axis:{name}", title=name) for name in names),
    )
    rows = [
        (_slot(each), each.position.name, *lowered.problem.names(each.variant).values())
        for each in verdicts
        if isinstance(each, Counterexample)
    ]
    return table("counterexamples", columns, rows)


def part_table(lowered: LoweredCatalog, usages: Sequence[Usage], variants: int) -> Table:
    """What the variants need, a part a row."""
    parts = lowered.resolved.catalog.parts
    columns = (
        Column("part"),
        Column("name"),
        Column("class"),
        Column("variants", Kind.WHOLE),
        Column("share", Kind.RATIO),
        Column("least", Kind.WHOLE, "least pieces"),
        Column("greatest", Kind.WHOLE, "greatest pieces"),
        Column("pieces", Kind.WHOLE, "pieces in all"),
    )
    rows = [
        (
            usage.part,
            parts[usage.part].name,
            parts[usage.part].part_class or None,
            usage.variants,
            Ratio(usage.variants, variants) if variants else None,
            usage.least,
            usage.greatest,
            usage.pieces,
        )
        for usage in usages
    ]
    return table("parts", columns, rows)


def bom_layout(
    lowered: LoweredCatalog,
    verdicts: Sequence[Verdict],
    reasons: Sequence[Reason],
    usages: Sequence[Usage],
    variants: int,
) -> Iterator[Table]:
    """For people: positions that are not filled as declared, and one line for every slot."""
    open_ = [verdict for verdict in verdicts if not isinstance(verdict, Proven)]
    if open_:
        refuted = position_table(open_, reasons)
        yield table("refuted", refuted.columns, refuted.rows, title="Not filled as declared")
        yield from reason_layout(lowered, reasons)
    columns = (
        Column("slot"),
        Column("positions", Kind.WHOLE),
        Column("proven", Kind.WHOLE),
        Column("refuted", Kind.WHOLE),
        Column("unknown", Kind.WHOLE),
    )
    slots = dict.fromkeys(
        _slot(verdict) for verdict in verdicts if not isinstance(verdict, Unknown)
    )
    unknown = sum(isinstance(verdict, Unknown) for verdict in verdicts)
    rows: list[Row] = []
    for slot in slots:
        own = [v for v in verdicts if not isinstance(v, Unknown) and _slot(v) == slot]
        proven = sum(isinstance(v, Proven) for v in own)
        rows.append((slot, len(own), proven, len(own) - proven, None))
    if unknown:
        rows.append(("not decided", unknown, None, None, unknown))
    used = sum(usage.variants > 0 for usage in usages)
    notes = (
        f"Over {variants:,} valid variants".replace(",", " ") + ", each position by itself.",
        f"{used} of {len(usages)} parts on BOM lines are in some variant (`--parts` lists them).",
    )
    yield table("slots", columns, rows, title="Positions of the 150 % BOM", notes=notes)


def _positions(verdicts: Sequence[Verdict], reasons: Sequence[Reason]) -> Iterator[Row]:
    why = {(each.refuted.position.slot, each.refuted.position.name): each for each in reasons}
    for verdict in verdicts:
        match verdict:
            case Proven():
                yield *_declared(verdict), "proven", None, None, None
            case Counterexample(position, _, selected):
                parts = ", ".join(line.part for line in selected) or "none"
                reason = why[position.slot, position.name]
                because = " and ".join(c.origin.name for c in reason.choices) or "always"
                yield *_declared(verdict), "refuted", parts, because, reason.variants
            case Unknown(limit):
                unknown = f"unknown: no answer within {limit}"
                yield None, None, None, None, unknown, None, None, None


def _declared(verdict: Proven | Counterexample) -> tuple[str, str, str, int]:
    """Slot, name, what it takes and its number of lines."""
    position = verdict.position
    return _slot(verdict), position.name, position.filling.value, len(position.lines)


def _slot(verdict: Proven | Counterexample) -> str:
    return verdict.position.slot or "(vehicle)"

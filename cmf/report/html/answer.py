"""The answer first: the headline figures, each with its basis."""

from __future__ import annotations

from collections.abc import Iterator

from cmf.analysis.commonality.basis import Metric, NotEvaluable, Result
from cmf.analysis.overview import Overview
from cmf.analysis.sharing import WEIGHTS
from cmf.analysis.targets import Verdict
from cmf.report.html.amounts import NAMES, Amount, plural
from cmf.report.html.labels import unbroken
from cmf.report.html.markup import Html, tag
from cmf.report.html.readings import readings
from cmf.report.html.section import Section
from cmf.report.words import number, percent

HEADLINES = ("part_number", "spend", "investment")
"""Weights that stand first."""


def answer_section(overview: Overview) -> Section:
    """Cards with figure and basis."""
    cards = tag("div", list(_cards(overview)), class_="cards")
    built = len(overview.fleet)
    lead = [f"{built} of {len(overview.outcomes)} vehicles of the line-up are built and counted."]
    chart = readings(overview)
    return Section("answer", "The answer", tuple(lead), (cards,), (chart,) if chart else ())


def _cards(overview: Overview) -> Iterator[Html]:
    found = overview.sharing.family(overview.k)
    populations = overview.sharing.populations
    for place, result in enumerate(found[: len(WEIGHTS)]):
        if WEIGHTS[place].value in HEADLINES:
            yield _share(result, overview)
    if len(populations) > 1:
        yield _share(found[(len(populations) - 1) * len(WEIGHTS)], overview)
    if overview.assessment is not None:
        verdicts = [outcome.verdict for outcome in overview.assessment.outcomes]
        parts = [
            f"{verdicts.count(verdict)} {verdict.value}"
            for verdict in Verdict
            if verdict is not Verdict.MET and verdict in verdicts
        ]
        value = f"{verdicts.count(Verdict.MET)} of {len(verdicts)}"
        yield _card(value, "targets met", ", ".join(parts) or "none missed")


def _share(result: Result, overview: Overview) -> Html:
    basis = result.basis
    name = NAMES[basis.weight] if basis.weight else ""
    what = f"of {name} in ≥ {basis.k} {plural(basis.population)}"
    if isinstance(result, NotEvaluable):
        return _card("not evaluable", f"share {what}", f"scope {basis.scope}: {result.cause}")
    return _card(percent(result.value), what, _counted(result, overview))


def _counted(result: Metric, overview: Overview) -> str:
    amount = Amount.of(result.basis.weight, overview.catalog.currency)
    if amount.factor == 1:
        counted = f"{number(result.numerator)} of {number(result.denominator)}"
    else:
        counted = f"{amount.words(result.numerator)} of {amount.words(result.denominator)}"
    return f"scope {result.basis.scope}: {counted}"


def _card(value: str, what: str, basis: str) -> Html:
    return tag(
        "div",
        tag("b", value),
        tag("p", unbroken(what), class_="what"),
        tag("p", unbroken(basis)),
        class_="card",
    )

"""The recommended key figures of a line-up, each with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from cmf.analysis.commonality.basis import NotEvaluable, Result, Weight
from cmf.analysis.commonality.indices import ci97, dci, tcci
from cmf.analysis.commonality.ratings import pci_slots
from cmf.analysis.commonality.shares import share_lineup
from cmf.analysis.configure import Build
from cmf.analysis.overview.grounds import illustrative
from cmf.analysis.sharing import WEIGHTS, Sharing
from cmf.model.catalog import Catalog

DIRECTED = (Weight.PART_NUMBER, Weight.SPEND)
"""Weights for which what one group takes from another is reported."""


@frozen
class Kpi:
    """A key figure.

    Attributes
    ----------
    illustrative
        Share of the weight below the figure that rests on illustrative data.
    """

    result: Result
    illustrative: Result


def kpis(
    catalog: Catalog, builds: Sequence[Build], sharings: Sequence[Sharing], k: int
) -> Iterator[Kpi]:
    """Shares of the family, of every brand and company, what they take from each other, indices.

    Source: the recommended set of the commonality reference.
    """
    for sharing in sharings:
        incidence = sharing.incidence
        rests = {w: illustrative(incidence, w, catalog.parts, builds) for w in WEIGHTS}
        for place, result in enumerate(sharing.family(k)):
            yield Kpi(result, rests[WEIGHTS[place % len(WEIGHTS)]])
        for population in sharing.populations:
            mean = share_lineup(incidence, k=k, population=population)
            yield Kpi(mean, rests[Weight.PART_NUMBER])
        for index in (ci97, tcci, dci, pci_slots):
            yield Kpi(index(incidence), rests[Weight.PART_NUMBER])
        for population in sharing.populations[1:]:
            yield from _of_groups(catalog, builds, sharing, population, k)


def _of_groups(
    catalog: Catalog, builds: Sequence[Build], sharing: Sharing, population: str, k: int
) -> Iterator[Kpi]:
    """Every group for itself; a share rests on the data of the group's own vehicles."""
    incidence = sharing.incidence
    labels = incidence.products.labels(population)
    groups = sharing.of(population, population, k)
    own = {
        group: incidence.select(
            [n for n, label in zip(incidence.products.names, labels, strict=True) if label == group]
        )
        for group in groups
    }
    for group, results in groups.items():
        for weight, result in zip(WEIGHTS, results, strict=True):
            yield Kpi(result, illustrative(own[group], weight, catalog.parts, builds))
    for weight in DIRECTED:
        matrix = sharing.matrix(population, weight)
        if isinstance(matrix, NotEvaluable):
            yield Kpi(matrix, illustrative(incidence, weight, catalog.parts, builds))
            continue
        for a in matrix.labels:
            rests = illustrative(own[a], weight, catalog.parts, builds)
            for b in matrix.labels:
                if a != b:
                    yield Kpi(matrix.at(a, b), rests)

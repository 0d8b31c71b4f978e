"""How the shares of a line-up grew, model year by model year."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from cmf.analysis.commonality.basis import Result
from cmf.analysis.configure import Build
from cmf.analysis.sharing import WEIGHTS, Sharing
from cmf.model.catalog import Catalog


@frozen
class Year:
    """The built vehicles up to a model year, and what they share.

    Attributes
    ----------
    vehicles, new
        Built vehicles with a model year up to this one; those of this very year.
    shares
        The share on parts that k of them use, by `WEIGHTS`.
    """

    year: int
    vehicles: int
    new: int
    shares: tuple[Result, ...]


def history(
    catalog: Catalog, builds: Sequence[Build], sharing: Sharing, k: int
) -> tuple[Year, ...]:
    """One entry for every model year of a built vehicle; none when the catalogue knows no time."""
    if catalog.time is None:
        return ()
    number = next(i for i, axis in enumerate(catalog.axes) if axis.name == catalog.time)
    names = catalog.axes[number].names
    years = {build.brief.vehicle.id: int(names[build.variant[number]]) for build in builds}
    found = []
    for year in sorted(set(years.values())):
        so_far = [vehicle for vehicle, first in years.items() if first <= year]
        part = Sharing(sharing.incidence.select(so_far), sharing.populations[:1])
        new = sum(first == year for first in years.values())
        found.append(Year(year, len(so_far), new, part.family(k)[: len(WEIGHTS)]))
    return tuple(found)

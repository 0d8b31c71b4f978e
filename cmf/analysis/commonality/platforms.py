"""Platform ratio: how many models, or vehicles, stand on a common platform."""

from __future__ import annotations

from cmf.analysis.commonality.basis import Basis, NotEvaluable, Result, ratio
from cmf.analysis.commonality.incidence import Products
from cmf.analysis.commonality.weigh import unknown


def platform_ratio(
    products: Products,
    *,
    platform: str = "platform",
    across: str = "company",
    k: int = 2,
    by_volume: bool = False,
) -> Result:
    """Share of models, or of volume, on a common platform.

    ``by models: models on a common platform / models``;
    ``by volume: their volume / volume of all models``

    A platform is common when models of at least `k` groups of `across` stand on it: two companies
    in the strict form (the default), two models in the loose form (``across="vehicle"``).
    Range 0..1. Not evaluable without models, when a platform, a label or a needed volume is not
    known, with fewer than `k` groups, and when all volumes are 0.

    Source: definitions of the alliance's targets ("80 % platform commonization").

    Parameters
    ----------
    products
        The models (nameplates).
    platform
        Population key that names the platform of each model.

    Raises
    ------
    InputError
        `platform` or `across` is no population.
    """
    metric = "platform ratio by volume" if by_volume else "platform ratio by models"
    basis = Basis(metric, level=platform, k=k, population=across)
    places, groups = products.labels(platform), products.labels(across)
    lack = unknown(platform, products.names, places) or unknown(across, products.names, groups)
    if lack is None and by_volume:
        lack = unknown("volume", products.names, products.volumes)
    if lack is not None:
        return NotEvaluable(basis, lack.cause)
    if not products.names:
        return NotEvaluable(basis, "there are no models")
    if len(set(groups)) < k:
        return NotEvaluable(basis, f"k = {k} needs at least {k} of population {across}")
    users: dict[str | None, set[str | None]] = {}
    for place, group in zip(places, groups, strict=True):
        users.setdefault(place, set()).add(group)
    weights = [v or 0 for v in products.volumes] if by_volume else [1] * len(products.names)
    top = sum(w for w, place in zip(weights, places, strict=True) if len(users[place]) >= k)
    return ratio(basis, top, sum(weights), "the volume of all models together is 0")

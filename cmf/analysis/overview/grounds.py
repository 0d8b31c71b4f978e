"""How much of a figure rests on illustrative data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cmf.analysis.commonality.basis import Basis, NotEvaluable, Result, Weight, ratio
from cmf.analysis.commonality.incidence import Incidence
from cmf.analysis.commonality.weigh import Lack, total, weigh
from cmf.analysis.configure import Build
from cmf.model.catalog import Basis as Ground
from cmf.model.catalog import Part


def illustrative(
    incidence: Incidence,
    weight: Weight,
    parts: Mapping[str, Part],
    builds: Sequence[Build],
) -> Result:
    """Share of the weight in scope that rests on illustrative data.

    A part counts when its own figures are illustrative; under spend also the part of its weight
    that comes from vehicles whose volume is. Not evaluable as `share` is.
    """
    basis = Basis("illustrative", weight, incidence.level, incidence.scope)
    weighed = weigh(incidence, weight)
    if isinstance(weighed, Lack):
        return NotEvaluable(basis, weighed.cause)
    numbers = incidence.parts.numbers
    made_up = np.array(
        [n in parts and parts[n].basis is Ground.ILLUSTRATIVE for n in numbers], dtype=np.bool_
    )
    cause = f"the total {weight.value} in scope {incidence.scope} is 0"
    if weight is not Weight.SPEND:
        weights = weighed.by_part()
        return ratio(basis, total(weights[made_up]), total(weights), cause)
    vehicles = {build.brief.vehicle.id: build.brief.vehicle for build in builds}
    guessed = np.array(
        [vehicles[name].volume_basis is Ground.ILLUSTRATIVE for name in weighed.labels],
        dtype=np.bool_,
    )
    rests = made_up[weighed.part] | guessed[weighed.row]
    return ratio(basis, total(weighed.value[rests]), total(weighed.value), cause)

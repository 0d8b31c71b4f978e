"""The vehicles of a line-up that share least with other brands, by what is spent on their parts.

Run it in a clone of the project: ``python examples/least_shared.py``.
"""

from __future__ import annotations

from pathlib import Path

import cmf
from cmf.analysis.commonality.basis import Metric
from cmf.analysis.sharing import WEIGHTS, Weight

CATALOGS = Path(__file__).parent.parent / "catalogs"


def main() -> None:
    """Build the line-up and rank its vehicles."""
    built = cmf.load_lineup(CATALOGS / "alliance").build()
    names = {build.brief.vehicle.id: build.brief.vehicle.name for build in built.builds}
    spend = WEIGHTS.index(Weight.SPEND)
    shares = {
        vehicle: results[spend]
        for vehicle, results in built.share("big_modules").of("vehicle", "brand").items()
    }
    ranked = sorted(
        (result.value, vehicle) for vehicle, result in shares.items() if isinstance(result, Metric)
    )
    for value, vehicle in ranked[:10]:
        print(f"{float(value):6.1%}  {names[vehicle]}")


if __name__ == "__main__":
    main()

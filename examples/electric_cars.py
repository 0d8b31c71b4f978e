"""The cheapest electric car that each brand could build, as a data frame.

Run it in a clone of the project: ``python examples/electric_cars.py``.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

import cmf

CATALOGS = Path(__file__).parent.parent / "catalogs"
SHOWN = ["brand", "body", "centre_floor", "battery", "wheelbase", "battery_energy", "unit_cost"]


def main() -> None:
    """Ask for the best variant, brand by brand."""
    space = cmf.load(CATALOGS / "alliance").compile().where("energy == bev")
    print(f"{space.count():,} electric variants")
    best = [
        space.where(f"brand == {brand}").best("unit_cost").select(SHOWN)
        for (brand,), _ in space.count_by("brand")
    ]
    with pl.Config(tbl_cols=-1, tbl_width_chars=120, tbl_hide_dataframe_shape=True):
        print(pl.concat(best, how="vertical_relaxed").sort("unit_cost"))


if __name__ == "__main__":
    main()

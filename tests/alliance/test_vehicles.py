"""Every vehicle of the line-up comes out of the kit as the public record describes it.

`published.csv` holds what the public record says; it is read here without the catalogue, so that
a wrong pin in the line-up is found as well as a wrong module.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

import cmf
from cmf.analysis.configure import Build

HERE = Path(__file__).parent
LINEUP = HERE.parents[1] / "catalogs" / "alliance" / "vehicles.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


PUBLISHED = {row["id"]: row for row in rows(HERE / "published.csv")}
VEHICLES = [row["id"] for row in rows(LINEUP) if not row["refused_by"]]

PLATFORMS = {
    "disputed: CMF-B or Sentra platform": {"cmf_b_hs", "cmf_cd_1"},
    "CMF-BEV": {"cmf_bev"},
    "CMF-B HS": {"cmf_b_hs"},
    "CMF-B LS": {"cmf_b_ls"},
    "CMF-B": {"cmf_b_hs", "cmf_b_ls"},
    "CMF-CD LCV": {"lcv_s"},
    "CMF-CD (3rd gen": {"cmf_cd_3"},
    "CMF-C/D (1st gen)": {"cmf_cd_1"},
    "CMF-C": {"cmf_cd_1", "cmf_cd_2"},
    "CMF-EV": {"cmf_ev"},
    "CMF-AEV": {"cmf_aev"},
    "CMF-A+": {"cmf_a_plus"},
    "CMF-A": {"cmf_a"},
    "RGMP": {"rgmp"},
    "KEI-EV": {"kei_ev"},
    "NMKV kei": {"kei"},
    "X82": {"x82"},
    "XDD": {"xdd"},
    "Flexis": {"flexis"},
}
DRIVES = {"FWD": {"fwd"}, "RWD": {"rwd"}, "AWD": {"awd", "e_awd"}, "e-AWD": {"e_awd"}}
PLANT_NAMES = {"tangier": "Tangier|Casablanca", "novo_mesto": "Novo Mesto"}
# Kicks with all-wheel drive: 2.67 m, where the table has the version with front-wheel drive.
OTHER_WHEELBASE = {"V41A": 2670}
# Express: the published length is that of the first front of the van, before 2019.
OTHER_LENGTH = {"V66"}
# Versions that the table names but whose voltage and pack (Wh) it does not give: the 48 V pack of
# the hybrid-G, Qashqai as a mild hybrid, Trafic with a diesel engine.
OTHER_VERSION: dict[str, tuple[int, int | None]] = {
    "V26A": (48, 840),
    "V42A": (12, None),
    "V64": (12, None),
}


def published(vehicle: str) -> dict[str, str]:
    return PUBLISHED[vehicle.rstrip("A")]


def figures(build: Build, programme: cmf.Programme) -> dict[str, int | None]:
    """The quantities of a build in base units (mm, V, Wh …)."""
    quantities = programme.model.problem.quantities
    return {name: quantity.value(build.variant) for name, quantity in quantities.items()}


def options(build: Build, programme: cmf.Programme) -> dict[str, str]:
    variables = programme.model.problem.variables
    return {v.name: v.options[n] for v, n in zip(variables, build.variant, strict=True)}


@pytest.fixture(params=VEHICLES)
def vehicle(request: pytest.FixtureRequest, builds: dict[str, Build]) -> str:
    assert request.param in builds, "no valid variant meets the brief"
    return str(request.param)


def test_dimensions(vehicle: str, builds: dict[str, Build], programme: cmf.Programme) -> None:
    record, found = published(vehicle), figures(builds[vehicle], programme)
    wheelbase, length = found["wheelbase"], found["length"]
    assert wheelbase is not None
    assert length is not None
    if record["wheelbase_mm"]:
        assert abs(wheelbase - OTHER_WHEELBASE.get(vehicle, int(record["wheelbase_mm"]))) <= 5
    if record["length_mm"] and vehicle not in OTHER_LENGTH:
        assert abs(length - int(record["length_mm"])) <= 30


def test_drive_energy_and_voltage(
    vehicle: str, builds: dict[str, Build], programme: cmf.Programme
) -> None:
    record = published(vehicle)
    chosen, found = options(builds[vehicle], programme), figures(builds[vehicle], programme)
    allowed = set().union(*(DRIVES[name] for name in record["drive"].split(";")))
    if vehicle not in ("V38",):  # sold with front-wheel drive first
        assert chosen["drive"] in allowed
    assert chosen["energy"] in record["energies"].split("|")
    other = OTHER_VERSION.get(vehicle)
    voltages = [other[0]] if other else volts_of(record["voltage"])
    assert any(near(found["voltage"], volts) for volts in voltages)


def near(volts: int | None, published: int) -> bool:
    """The same voltage class: figures of one class differ by up to a third."""
    return volts is not None and abs(volts - published) * 3 <= published


def volts_of(text: str) -> list[int]:
    """The published voltages; ``HEV`` stands for the 230 V of the full hybrids."""
    return [int(n) for n in re.findall(r"\d+", text)] + ([230] if "HEV" in text else [])


def test_platform_and_plant(
    vehicle: str, builds: dict[str, Build], programme: cmf.Programme
) -> None:
    record, chosen = published(vehicle), options(builds[vehicle], programme)
    name = next(name for name in PLATFORMS if record["platform"].startswith(name))
    assert chosen["platform"] in PLATFORMS[name]
    plant = chosen["plant"]
    assert re.search(PLANT_NAMES.get(plant, plant), record["plants"], re.IGNORECASE)
    assert record["brand"].lower() == chosen["brand"]


def test_traction_battery(vehicle: str, builds: dict[str, Build], programme: cmf.Programme) -> None:
    record, found = published(vehicle), figures(builds[vehicle], programme)
    energy = found["battery_energy"]
    gross, usable = record["battery_gross_kwh"], record["battery_usable_kwh"]
    packs = [round(float(n) * 1000) for n in f"{gross};{usable}".split(";") if n]
    if vehicle in OTHER_VERSION:
        assert energy == OTHER_VERSION[vehicle][1]
    elif energy is None:
        assert options(builds[vehicle], programme)["battery"] == "none"
        assert not usable
    else:
        assert energy in packs

"""Line-up metrics and the full pairwise matrix at scale, beside the plain pandas way.

Run ``python tests/benchmarks/bench_commonality.py`` from the project folder. Made-up data with a
fixed seed: 2,000 vehicles, 50,000 parts, about 3 million uses, once driven by modules (as platforms
are) and once scattered at random (the worst case for the matrix). Every answer is compared with
pandas where pandas finishes; its self-merge for the matrix needs tens of GB at full size, so it
runs on fewer vehicles.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from fractions import Fraction

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402 - after the number of threads is set

from cmf.analysis import commonality as c  # noqa: E402
from cmf.analysis.commonality import Measure, Weight  # noqa: E402

SEED = 20_260_101
BRANDS, COMPANIES = 8, 3
SLOTS = ("engine_compartment", "cockpit", "front_underbody", "rear_underbody", "ee")


def columns(kind, vehicles, parts, uses, rng):
    """Vehicle, part, slot and quantity of every line."""
    if kind == "modular":
        modules = 60
        owned = [
            np.sort(rng.choice(np.arange(s, parts, 6), uses // vehicles // 6))
            for s in range(5)
            for _ in range(modules)
        ]
        chosen = np.minimum(rng.geometric(0.06, (vehicles, 5)) - 1, modules - 1)
        own = uses // vehicles // 6
        vehicle, part, slot = [], [], []
        for i in range(vehicles):
            for s in range(5):
                held = owned[s * modules + chosen[i, s]]
                vehicle.append(np.full(len(held), i))
                part.append(held)
                slot.append(np.full(len(held), s))
            # The rest of the vehicle: parts of the upper body, mostly its own.
            body = rng.choice(np.arange(5, parts, 6), own, replace=False)
            vehicle.append(np.full(own, i))
            part.append(body)
            slot.append(np.full(own, -1))
        vehicle, part, slot = (np.concatenate(x) for x in (vehicle, part, slot))
    else:
        popularity = 1 / np.arange(1, parts + 1) ** 0.6
        users = np.minimum(popularity * uses / popularity.sum() + 1, vehicles).astype(int)
        part = np.repeat(np.arange(parts), users)
        vehicle = np.concatenate([rng.permutation(vehicles)[:k] for k in users])
        slot = rng.integers(0, 5, parts)[part]
    return vehicle, part, slot, rng.integers(1, 5, len(part))


def make(kind, vehicles, parts, uses):
    rng = np.random.default_rng(SEED)
    vehicle, part, slot, quantity = columns(kind, vehicles, parts, uses, rng)
    brand = rng.integers(0, BRANDS, vehicles)
    products = c.Products(
        tuple(f"V{i}" for i in range(vehicles)),
        tuple(rng.integers(1_000, 400_000, vehicles).tolist()),
        {
            "brand": tuple(f"brand {b}" for b in brand),
            "company": tuple(f"company {b % COMPANIES}" for b in brand),
        },
    )
    figures = [
        tuple(rng.integers(low, high, parts).tolist())
        for low, high in ((5, 40_000), (1, 20_000), (10_000, 500_000_000))
    ]
    table = c.Parts(tuple(f"p{j}" for j in range(parts)), *figures, ("",) * parts)
    return products, table, (vehicle, part, slot, quantity)


def clock(function, *arguments):
    """Result, process CPU seconds and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = function(*arguments)
    return result, time.process_time() - cpu, time.perf_counter() - wall


def ours_lineup(cars):
    found = {
        ("share", weight.value, population): c.share(cars, weight=weight, population=population)
        for weight in Weight
        for population in ("vehicle", "brand", "company")
    }
    for weight in Weight:
        for name, result in c.share_by_group(cars, weight=weight, population="brand").items():
            found["from", weight.value, name] = result
    found["lineup"] = c.share_lineup(cars, weight=Weight.LIST_COST)
    for metric in (c.dci, c.tcci, c.ci96, c.ci97, c.pci_parts, c.pci_slots, c.cic):
        found[metric.__name__] = metric(cars)
    return {key: result.value for key, result in found.items()}


def pandas_lineup(frame):
    """The metrics that a notebook would compute, with merge and groupby."""
    found = {}
    u = frame.groupby(["vehicle", "part"], as_index=False).agg(
        quantity=("quantity", "sum"),
        volume=("volume", "first"),
        brand=("brand", "first"),
        company=("company", "first"),
        cost=("cost", "first"),
        mass=("mass", "first"),
        investment=("investment", "first"),
    )
    per_use = {
        "instance": u.quantity,
        "mass": u.quantity * u["mass"],
        "spend": u.quantity * u.cost * u.volume,
    }
    per_part = {"part_number": u.cost * 0 + 1, "list_cost": u.cost, "investment": u.investment}
    for population in ("vehicle", "brand", "company"):
        users = u.groupby("part")[population].nunique()
        common = u.part.map(users) >= 2
        for name, value in per_use.items():
            found["share", name, population] = Fraction(int(value[common].sum()), int(value.sum()))
        for name, value in per_part.items():
            one = u.assign(w=value, common=common).drop_duplicates("part")
            found["share", name, population] = Fraction(
                int(one.w[one.common].sum()), int(one.w.sum())
            )
        if population == "brand":
            for name, value in (per_use | per_part).items():
                rows = u.assign(w=value, common=common)
                if name in per_part:
                    rows = rows.drop_duplicates(["brand", "part"])
                tops = rows[rows.common].groupby("brand").w.sum()
                for brand, bottom in rows.groupby("brand").w.sum().items():
                    found["from", name, brand] = Fraction(int(tops.get(brand, 0)), int(bottom))
    distinct, total = u.part.nunique(), len(u)
    largest = int(u.groupby("vehicle").size().max())
    found["dci"] = Fraction(total, distinct)
    found["tcci"] = Fraction(total - distinct, total - 1)
    found["ci96"] = Fraction(distinct, total)
    found["ci97"] = Fraction(total - distinct, total - largest)
    return found


def pandas_pairs(frame):
    """Weight of the parts that two vehicles have in common, by a self-merge on the part."""
    u = frame.drop_duplicates(["vehicle", "part"])[["vehicle", "part", "cost"]]
    pairs = u.merge(u[["vehicle", "part"]], on="part", suffixes=("_a", "_b"))
    return pairs.groupby(["vehicle_a", "vehicle_b"]).cost.sum()


def as_frame(products, parts, lines, vehicles=None):
    import pandas as pd

    frame = pd.DataFrame(dict(zip(("vehicle", "part", "slot", "quantity"), lines, strict=True)))
    if vehicles is not None:
        frame = frame[frame.vehicle < vehicles]
    for name, values in (
        ("volume", products.volumes),
        ("brand", products.groups["brand"]),
        ("company", products.groups["company"]),
    ):
        frame[name] = pd.Series(values).reindex(frame.vehicle).to_numpy()
    for name, values in (
        ("cost", parts.unit_costs),
        ("mass", parts.masses),
        ("investment", parts.investments),
    ):
        frame[name] = np.array(values)[frame.part]
    return frame


def peak():
    """Greatest memory of this process so far, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def ours(kind, arguments):
    products, parts, lines = make(kind, arguments.vehicles, arguments.parts, arguments.uses)
    before = peak()
    cars, built, _ = clock(lambda: c.incidence_from_arrays(products, parts, SLOTS, lines))
    print(
        f"{kind}: {arguments.vehicles} vehicles, {arguments.parts} parts, "
        f"{len(cars.uses.part):,} uses; data alone {before:.2f} GB"
    )
    print(f"  ours   build structure        {built:7.2f} s CPU")
    lineup, lineup_cpu, wall = clock(ours_lineup, cars)
    print(f"  ours   {len(lineup):3} line-up metrics    {lineup_cpu:7.2f} s CPU {wall:6.2f} s wall")
    top = None
    for measure in (Measure.CARRY_OVER, Measure.JACCARD, Measure.OVERLAP, Measure.RUZICKA):
        for weight in (Weight.PART_NUMBER, Weight.LIST_COST, Weight.SPEND):
            if measure is Measure.RUZICKA and weight is not Weight.LIST_COST:
                continue
            found, cpu, wall = clock(lambda m=measure, w=weight: c.pair_matrix(cars, m, weight=w))
            if (measure, weight) == (Measure.CARRY_OVER, Weight.LIST_COST):
                # The weight of what two vehicles have in common, for the comparison.
                top = found.numerator.copy()
            if (measure, weight) == (Measure.CARRY_OVER, Weight.PART_NUMBER):
                both = lineup_cpu + cpu
                print(f"  ours   metrics and one matrix {both:7.2f} s CPU, peak {peak():.2f} GB")
            del found
            print(
                f"  ours   {measure.value:10} {weight.value:11} {cpu:7.2f} s CPU {wall:6.2f} s wall"
            )
    print(f"  ours   peak memory            {peak():7.2f} GB")
    return cars, lineup, lineup_cpu, top, (products, parts, lines)


def compare(kind, arguments):
    cars, lineup, lineup_cpu, top, data = ours(kind, arguments)
    frame = as_frame(*data)
    theirs, cpu, _ = clock(pandas_lineup, frame)
    wrong = [key for key, value in theirs.items() if lineup[key] != value]
    print(
        f"  pandas {len(theirs):3} line-up metrics    {cpu:7.2f} s CPU; "
        f"{'all equal' if not wrong else f'UNEQUAL: {wrong[:5]}'}; {cpu / lineup_cpu:.1f} x ours"
    )
    small = as_frame(*data, vehicles=arguments.pandas_vehicles)
    pairs, cpu, _ = clock(pandas_pairs, small)
    n = arguments.pandas_vehicles
    few = cars.select(cars.products.names[:n])
    _, own, _ = clock(lambda: c.pair_matrix(few, Measure.CARRY_OVER, weight=Weight.LIST_COST))
    dense = np.zeros((n, n), dtype=np.int64)
    a, b = (pairs.index.get_level_values(i).to_numpy() for i in (0, 1))
    dense[a, b] = pairs.to_numpy()
    same = bool((dense == top[:n, :n]).all())
    print(
        f"  pandas matrix of {n} vehicles  {cpu:7.2f} s CPU; "
        f"{'all equal' if same else 'UNEQUAL'}; {cpu / own:.1f} x ours ({own:.2f} s); "
        f"peak memory {peak():.2f} GB"
    )
    used = np.bincount(cars.uses.part).astype(float)
    print(
        f"         at full size the merge has {(used**2).sum() / 1e6:.0f} million rows of 32 bytes "
        "before it is grouped, so it was reduced"
    )
    return bool(wrong) or not same


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vehicles", type=int, default=2_000)
    parser.add_argument("--parts", type=int, default=50_000)
    parser.add_argument("--uses", type=int, default=3_000_000)
    parser.add_argument("--pandas-vehicles", type=int, default=500)
    parser.add_argument("--kind", choices=["modular", "scattered"])
    parser.add_argument("--no-pandas", action="store_true")
    arguments = parser.parse_args()
    if arguments.kind is None:
        # A process each, so that the peak memory of one does not hide that of the other.
        calls = [
            [*sys.argv, "--kind", kind, *extra]
            for kind in ("modular", "scattered")
            for extra in (["--no-pandas"], [])
        ]
        return max(subprocess.call([sys.executable, *call]) for call in calls)
    if arguments.no_pandas:
        ours(arguments.kind, arguments)
        return 0
    return int(compare(arguments.kind, arguments))


if __name__ == "__main__":
    sys.exit(main())

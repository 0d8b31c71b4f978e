"""Indices that need a judgement of each component: PCI and CMC."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from fractions import Fraction
from itertools import pairwise
from math import prod

import numpy as np
from attrs import frozen

from cmf.analysis.commonality.basis import Basis, NotEvaluable, Result, ratio
from cmf.analysis.commonality.incidence import VEHICLE_LEVEL, Incidence
from cmf.errors import Diagnostic, InputError, did_you_mean, fail

ONE = Fraction(1)


@frozen
class PciRow:
    """A component that could be standardised, and how alike it is over the family.

    Attributes
    ----------
    users
        n: products that have the component; 0 leaves the row out.
    shape, material, assembly
        f1 (size and shape), f2 (materials and manufacturing), f3 (assembly and fastening): largest
        number of products that share the component in that respect, divided by n; 1/n..1.
    """

    name: str
    users: int
    shape: Fraction = ONE
    material: Fraction = ONE
    assembly: Fraction = ONE


def pci(
    rows: Sequence[PciRow], products: int, *, level: str = "slot", scope: str = "whole vehicle"
) -> Result:
    """Product line commonality index.

    ``PCI = [sum_i n_i f1_i f2_i f3_i - sum_i 1/n_i^2] / [P N - sum_i 1/n_i^2]``

    P rows, N products, n_i products that have component i. Range 0..1 (often shown times 100):
    0 when all factors are as small as they can be, 1 when every component is in every product and
    identical. Rows should be slots, without the components that are meant to differ. Not
    evaluable without rows or products, and for one product (0/0).

    Source: Kota, Sethuraman & Miller (2000), J. Mech. Des. 122(4) 403-410.

    Raises
    ------
    InputError
        A row with more users than products, or with a factor outside 1/n..1.
    """
    basis = Basis("PCI", level=level, scope=scope)
    faults = []
    for row in rows:
        if not 0 <= row.users <= products:
            message = f"component `{row.name}` is in {row.users} of {products} products"
            faults.append(Diagnostic("bad-row", message))
        for factor in (row.shape, row.material, row.assembly):
            if row.users > 0 and not Fraction(1, row.users) <= factor <= 1:
                message = f"component `{row.name}`: factor {factor} is not in 1/{row.users}..1"
                faults.append(Diagnostic("bad-row", message))
    if faults:
        raise InputError(faults)
    alike = Counter((row.users, row.shape * row.material * row.assembly) for row in rows)
    return _pci(basis, alike, products)


def _pci(basis: Basis, alike: Counter[tuple[int, Fraction]], products: int) -> Result:
    """PCI from the number of rows with equal users and equal product of factors."""
    kept = {key: count for key, count in alike.items() if key[0]}
    if not kept:
        return NotEvaluable(basis, "no product has a component that counts")
    least = sum(count * Fraction(1, users**2) for (users, _), count in kept.items())
    top = sum(count * users * factor for (users, factor), count in kept.items()) - least
    most = sum(kept.values()) * products
    return ratio(basis, top, most - least, "there is only one product")


def pci_parts(incidence: Incidence) -> Result:
    """PCI with a row for each part number and all factors 1.

    A simplification: equal part numbers are alike in every respect, so only presence counts.
    Range 0..1. See `pci` for the formula and `pci_slots` for the intent of its authors.
    """
    spread = np.bincount(incidence.uses.part)
    users, counts = np.unique(spread, return_counts=True)
    alike = Counter({(int(n), ONE): int(count) for n, count in zip(users, counts, strict=True)})
    basis = Basis("PCI", level=incidence.level, scope=incidence.scope)
    return _pci(basis, alike, len(incidence.products.names))


def pci_slots(incidence: Incidence, *, differing: Collection[str] = ()) -> Result:
    """PCI with a row for each slot.

    A product has the component when it has a line in the slot. Two products share it when the
    parts and quantities in the slot are the same; that share stands for all three factors. Lines
    at vehicle level do not count. Range 0..1. See `pci` for the formula.

    Parameters
    ----------
    differing
        Slots that are meant to differ between products, and therefore do not count.

    Raises
    ------
    InputError
        `differing` names a slot that does not exist.
    """
    for name in differing:
        if name not in incidence.slots:
            remedy = did_you_mean(name, incidence.slots, what="slot")
            raise fail("unknown-slot", f"no slot `{name}`", None, remedy)
    contents = _contents(incidence)
    rows = []
    for number, slot in enumerate(incidence.slots):
        users = contents[number].total()
        if slot in differing or not users:
            continue
        factor = Fraction(max(contents[number].values()), users)
        rows.append(PciRow(slot, users, factor, factor, factor))
    return pci(rows, len(incidence.products.names), scope=incidence.scope)


def _contents(incidence: Incidence) -> list[Counter[bytes]]:
    """For each slot, how many products have which content (parts with quantities)."""
    lines = incidence.lines
    # Lines are sorted by product and part: a stable sort by slot, in few bits, is all it takes.
    narrow = lines.slot.astype(np.min_scalar_type(-len(incidence.slots) - 1))
    order = np.argsort(narrow, kind="stable")
    product, slot = lines.product[order], lines.slot[order]
    content = np.stack([lines.part[order].astype(np.int64), lines.quantity[order]], axis=1)
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (product[1:] != product[:-1]) | (slot[1:] != slot[:-1])
    bounds = [*np.flatnonzero(new).tolist(), len(order)]
    counts: list[Counter[bytes]] = [Counter() for _ in incidence.slots]
    for begin, end in pairwise(bounds):
        if slot[begin] != VEHICLE_LEVEL:
            counts[slot[begin]][content[begin:end].tobytes()] += 1
    return counts


@frozen
class CmcRow:
    """A component with its similarity and its costs over the family.

    Attributes
    ----------
    users
        n: products that have the component.
    factors
        f1 (size and geometry), f2 (material), f3 (manufacturing process), f4 (assembly): 0..1.
    best
        The greatest value of each factor under the diversity that is allowed.
    cost, least, greatest
        Total cost over the family: now, if common to all users, if different in each.
    """

    name: str
    users: int
    factors: tuple[Fraction, Fraction, Fraction, Fraction]
    best: tuple[Fraction, Fraction, Fraction, Fraction]
    cost: int
    least: int
    greatest: int


def cmc(rows: Sequence[CmcRow], *, scope: str = "whole vehicle") -> Result:
    """Comprehensive metric for commonality.

    ``CMC = sum_i n_i (Cmax_i - C_i) prod_x f_xi / sum_i n_i (Cmax_i - Cmin_i) prod_x fmax_xi``

    Range 0..1: 1 is the ideal under the allowed diversity, 0 no sharing. A component that is meant
    to differ has Cmin = Cmax and adds nothing. Not evaluable without rows, or when no row could
    gain anything (0/0).

    Source: Thevenot & Simpson (2007), J. Eng. Design 18(6) 577-598.

    Raises
    ------
    InputError
        A row that breaks ``0 <= f <= fmax <= 1`` or ``Cmin <= C <= Cmax``, or has no user.
    """
    faults = []
    for row in rows:
        if row.users < 1:
            faults.append(Diagnostic("bad-row", f"component `{row.name}` has no user"))
        if not row.least <= row.cost <= row.greatest:
            message = f"component `{row.name}`: cost {row.cost} not in {row.least}..{row.greatest}"
            faults.append(Diagnostic("bad-row", message))
        for factor, best in zip(row.factors, row.best, strict=True):
            if not 0 <= factor <= best <= 1:
                message = f"component `{row.name}`: factor {factor} not in 0..{best}, at most 1"
                faults.append(Diagnostic("bad-row", message))
    if faults:
        raise InputError(faults)
    basis = Basis("CMC", level="component", scope=scope)
    top = sum(r.users * (r.greatest - r.cost) * prod(r.factors) for r in rows)
    bottom = sum(r.users * (r.greatest - r.least) * prod(r.best) for r in rows)
    return ratio(basis, top, bottom, "no component could gain from being common")

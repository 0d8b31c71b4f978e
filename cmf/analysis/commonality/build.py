"""Make an `Incidence` from plain data, with every fault of the data in one error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from cmf.analysis.commonality.incidence import (
    MAX_QUANTITY,
    VEHICLE_LEVEL,
    Incidence,
    Lines,
    Parts,
    Products,
)
from cmf.errors import Diagnostic, InputError, did_you_mean

SHOWN = 20
"""Faults that one error lists before it only counts them."""


@frozen
class Product:
    """A product: a vehicle of the line-up, a built variant, a reference build.

    Attributes
    ----------
    volume
        Vehicles a year; `None` when not known.
    groups
        Population key to label, such as ``{"brand": "Nissan", "company": "Nissan"}``.
    """

    name: str
    volume: int | None = None
    groups: Mapping[str, str] = field(factory=dict)


@frozen
class PartData:
    """What is known of a part; see `Parts` for the units."""

    number: str
    unit_cost: int | None = None
    mass: int | None = None
    investment: int | None = None
    part_class: str = ""


@frozen
class Use:
    """A line: `quantity` pieces of `part` in `product`; `slot` is `None` at vehicle level."""

    product: str
    part: str
    quantity: int = 1
    slot: str | None = None


@frozen
class Joint:
    """A connection of two parts in a product; the order of the two does not matter."""

    product: str
    one: str
    other: str
    kind: str


def incidence_of(
    products: Iterable[Product],
    parts: Iterable[PartData] | Parts,
    uses: Iterable[Use],
    *,
    slots: Sequence[str] | None = None,
    level: str = "part",
) -> Incidence:
    """The structure of plain data.

    Products and parts keep the order in which they come; the pieces of equal lines (product,
    part, slot) add up. A product without a label for some population key that others have is
    kept, and metrics over that population are then not evaluable.

    Parameters
    ----------
    slots
        All slots in declared order, also those that no line uses; `None` for the slots of the
        lines, in the order in which they come.

    Raises
    ------
    InputError
        Names given twice, unknown names in `uses`, figures that are negative or no integers.
    """
    product_rows = tuple(products)
    keys = dict.fromkeys(key for p in product_rows for key in p.groups)
    table = Products(
        tuple(p.name for p in product_rows),
        tuple(p.volume for p in product_rows),
        {key: tuple(p.groups.get(key) for p in product_rows) for key in keys},
    )
    columns = parts if isinstance(parts, Parts) else _columns(tuple(parts))
    faults = _table_faults(table, columns)
    rows = tuple(uses)
    if slots is None:
        slots = tuple(dict.fromkeys(u.slot for u in rows if u.slot is not None))
    named = tuple(slots)
    product = {name: i for i, name in enumerate(table.names)}
    part = {name: j for j, name in enumerate(columns.numbers)}
    slot: dict[str | None, int] = {name: s for s, name in enumerate(named)}
    slot[None] = VEHICLE_LEVEL
    _raise(faults + _twice("slot", named) + _use_faults(rows, product, part, slot))
    lines = _sorted_lines(
        np.array([product[u.product] for u in rows], dtype=np.int64),
        np.array([part[u.part] for u in rows], dtype=np.int64),
        np.array([slot[u.slot] for u in rows], dtype=np.int64),
        np.array([u.quantity for u in rows], dtype=np.int64),
        (len(columns.numbers), len(named)),
    )
    return Incidence(table, columns, named, lines, level)


def incidence_from_arrays(
    products: Products,
    parts: Parts,
    slots: Sequence[str],
    columns: tuple[
        npt.NDArray[np.integer],
        npt.NDArray[np.integer],
        npt.NDArray[np.integer],
        npt.NDArray[np.integer],
    ],
    *,
    level: str = "part",
) -> Incidence:
    """The structure of column arrays, for many uses.

    Parameters
    ----------
    columns
        Product number, part number, slot number (-1 at vehicle level) and quantity of every line,
        integer arrays of one length, in any order; the pieces of equal lines add up.

    Raises
    ------
    InputError
        Arrays of unlike length or no integers, numbers out of range, quantities below 1, and the
        faults of `incidence_of` in products and parts.
    """
    faults = _table_faults(products, parts)
    limits = (
        ("product", 0, len(products.names) - 1),
        ("part", 0, len(parts.numbers) - 1),
        ("slot", VEHICLE_LEVEL, len(slots) - 1),
        ("quantity", 1, MAX_QUANTITY),
    )
    lengths = {len(column) for column in columns}
    if len(lengths) != 1:
        faults.append(Diagnostic("bad-array", f"columns of unlike length: {sorted(lengths)}"))
    for (name, low, high), column in zip(limits, columns, strict=True):
        if not np.issubdtype(column.dtype, np.integer):
            faults.append(Diagnostic("bad-array", f"column `{name}` holds no integers"))
        elif column.size and (int(column.min()) < low or int(column.max()) > high):
            faults.append(
                Diagnostic("bad-array", f"column `{name}` leaves its range {low}..{high}")
            )
    _raise(faults)
    product, part, slot, quantity = (column.astype(np.int64) for column in columns)
    lines = _sorted_lines(product, part, slot, quantity, (len(parts.numbers), len(slots)))
    return Incidence(products, parts, tuple(slots), lines, level)


def connections_of(products: Iterable[Product], joints: Iterable[Joint]) -> Incidence:
    """The structure whose parts are connections: both parts and the type of joint.

    Two products have a connection in common when both parts and the type of joint agree; the
    metrics of the connection view are then those of this structure.
    """
    uses = []
    for joint in joints:
        one, other = sorted((joint.one, joint.other))
        uses.append(Use(joint.product, f"{one} - {other} ({joint.kind})"))
    numbers = tuple(dict.fromkeys(use.part for use in uses))
    return incidence_of(products, Parts.named(numbers), uses, level="connection")


def _columns(rows: tuple[PartData, ...]) -> Parts:
    return Parts(
        tuple(p.number for p in rows),
        tuple(p.unit_cost for p in rows),
        tuple(p.mass for p in rows),
        tuple(p.investment for p in rows),
        tuple(p.part_class for p in rows),
    )


def _sorted_lines(
    product: npt.NDArray[np.int64],
    part: npt.NDArray[np.int64],
    slot: npt.NDArray[np.int64],
    quantity: npt.NDArray[np.int64],
    sizes: tuple[int, int],
) -> Lines:
    parts, slots = sizes
    key = (product * max(1, parts) + part) * (slots + 1) + slot + 1
    if key.size and not bool((key[1:] > key[:-1]).all()):
        order = np.argsort(key, kind="stable")
        key, quantity = key[order], quantity[order]
        begin = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
        key, quantity = key[begin], np.add.reduceat(quantity, begin)
        if int(quantity.max()) > MAX_QUANTITY:
            message = f"equal lines add up to more than {MAX_QUANTITY} pieces"
            raise InputError([Diagnostic("bad-quantity", message)])
    pair, place = np.divmod(key, slots + 1)
    return Lines(
        (pair // max(1, parts)).astype(np.int32),
        (pair % max(1, parts)).astype(np.int32),
        (place - 1).astype(np.int32),
        quantity,
    )


def _is_count(value: object, low: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= low


def _twice(what: str, names: Sequence[str]) -> list[Diagnostic]:
    known: set[str] = set()
    faults = []
    for name in names:
        if name in known:
            faults.append(Diagnostic("duplicate-name", f"{what} `{name}` is given twice"))
        known.add(name)
    return faults


def _table_faults(products: Products, parts: Parts) -> list[Diagnostic]:
    faults = _twice("product", products.names) + _twice("part", parts.numbers)
    figures = (
        ("volume", "product", products.names, products.volumes),
        ("unit cost", "part", parts.numbers, parts.unit_costs),
        ("mass", "part", parts.numbers, parts.masses),
        ("investment", "part", parts.numbers, parts.investments),
    )
    for figure, what, names, values in figures:
        if len(names) != len(values):
            message = f"{len(values)} values of {figure} for {len(names)} names"
            faults.append(Diagnostic("bad-array", message))
            continue
        for name, value in zip(names, values, strict=True):
            if value is not None and not _is_count(value, 0):
                message = f"{figure} of {what} `{name}` is {value!r}"
                remedy = "write an integer of at least 0, or leave it out when it is not known"
                faults.append(Diagnostic("bad-figure", message, None, remedy))
    for key, labels in products.groups.items():
        if len(labels) != len(products.names):
            message = f"{len(labels)} labels of `{key}` for {len(products.names)} products"
            faults.append(Diagnostic("bad-array", message))
    if len(parts.classes) != len(parts.numbers):
        message = f"{len(parts.classes)} part classes for {len(parts.numbers)} parts"
        faults.append(Diagnostic("bad-array", message))
    return faults


def _use_faults(
    uses: Sequence[Use],
    products: Mapping[str, int],
    parts: Mapping[str, int],
    slots: Mapping[str | None, int],
) -> list[Diagnostic]:
    faults = []
    for use in uses:
        if use.product not in products:
            remedy = did_you_mean(use.product, products, what="product")
            message = f"a line names the unknown product `{use.product}`"
            faults.append(Diagnostic("unknown-product", message, None, remedy))
        if use.part not in parts:
            remedy = did_you_mean(use.part, parts, what="part")
            message = f"product `{use.product}` uses the unknown part `{use.part}`"
            faults.append(Diagnostic("unknown-part", message, None, remedy))
        if use.slot not in slots:
            remedy = did_you_mean(use.slot or "", [s for s in slots if s], what="slot")
            message = f"product `{use.product}` uses a part in the unknown slot `{use.slot}`"
            faults.append(Diagnostic("unknown-slot", message, None, remedy))
        if not _is_count(use.quantity, 1) or use.quantity > MAX_QUANTITY:
            message = f"product `{use.product}` uses {use.quantity!r} pieces of `{use.part}`"
            remedy = f"write an integer from 1 to {MAX_QUANTITY}, or remove the line"
            faults.append(Diagnostic("bad-quantity", message, None, remedy))
        if len(faults) > 10 * SHOWN:
            break
    return faults


def _raise(faults: list[Diagnostic]) -> None:
    if len(faults) > SHOWN:
        rest = Diagnostic("more-faults", f"and at least {len(faults) - SHOWN} more faults")
        faults = [*faults[:SHOWN], rest]
    if faults:
        raise InputError(faults)

"""Targets of a line-up: what is measured, on what basis, and what must be reached by when."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from attrs import field, frozen

from cmf.source import Span, Text


@frozen
class Kind:
    """A kind of measure that a target may name.

    Attributes
    ----------
    needs, takes
        Keys of a target that the measure needs, and those it also understands.
    ratio
        Whether the value is a ratio, which a threshold may write in per cent.
    """

    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    ratio: bool = True


_LOOKED_AT = ("where", "vehicles")
_SHARED = ("weight", "level", "scope", "k", "population", "where")

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "share": Kind(takes=(*_SHARED, "direction")),
        "share_lineup": Kind(takes=_SHARED),
        "share_lineup_unweighted": Kind(takes=_SHARED),
        "carry_over": Kind(("direction",), ("weight", "level", "scope", "population", "where")),
        "platform_ratio_models": Kind(takes=("axis", "k", "population", *_LOOKED_AT)),
        "platform_ratio_volume": Kind(takes=("axis", "k", "population", *_LOOKED_AT)),
        "vehicle_share": Kind(("meets",), _LOOKED_AT),
        "volume_share": Kind(("meets",), _LOOKED_AT),
        "count": Kind(takes=_LOOKED_AT, ratio=False),
        "options_in_use": Kind(("axis",), _LOOKED_AT, ratio=False),
        "volume": Kind(takes=_LOOKED_AT, ratio=False),
        "volume_times": Kind(("quantity",), ("where",), ratio=False),
        "entry_cost_reduction": Kind(("premium", "integration"), ("level", "scope", "where")),
        "parts_cost_reduction": Kind(("learning", "over_design"), ("scope", "where")),
        "leader_follower": Kind(takes=("weight", "level", "scope", "population", "where")),
        "ci97": Kind(takes=("level", "scope", "where")),
        "not_measured": Kind(("lacks",)),
    }
)
"""What a target may measure; the formulas are in docs/targets.md."""

WEIGHTS = ("part_number", "instance", "mass", "list_cost", "spend", "investment")
LEVELS = ("part", "module")
VEHICLES = ("built", "all")


@frozen
class Bounds:
    """What a value must reach or keep, both ends included.

    Attributes
    ----------
    low, high
        Exact; `None` for an open end. At least one is given, and ``low <= high``.
    text
        As written.
    """

    low: Fraction | None
    high: Fraction | None
    text: str

    def contains(self, value: Fraction) -> bool:
        """Whether the value meets the target."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def margin(self, value: Fraction) -> Fraction:
        """Distance from the nearer bound: negative exactly when the target is missed."""
        distances = []
        if self.low is not None:
            distances.append(value - self.low)
        if self.high is not None:
            distances.append(self.high - value)
        return min(distances)

    def worse(self, before: Fraction, now: Fraction) -> Fraction:
        """How much worse `now` is: the fall (rise under an upper bound); of a range only what
        leads out of it. Negative when it is better."""
        if self.high is None:
            return before - now
        if self.low is None:
            return now - before
        return self._outside(now) - self._outside(before)

    def _outside(self, value: Fraction) -> Fraction:
        return max(Fraction(0), -self.margin(value))


@frozen
class Target:
    """One target.

    Attributes
    ----------
    metric
        A key of `KINDS`.
    weight, level, scope, k, population
        Basis of shares; see ``cmf.analysis.commonality``. `scope` is empty for all parts.
    direction
        Group from which a share is seen (one name), or ``(A, B)`` for what A takes from B.
    where, meets
        Conditions of the rule language: which vehicles are looked at; which of them count.
    vehicles
        ``built``: the vehicles that can be built; ``all``: those that are refused too, of which
        only the pinned options are known.
    axis, quantity
        Whose options are counted; what the volume is multiplied with.
    figures
        Stated parameters of a cost formula: ``premium``, ``integration``, ``learning``,
        ``over_design``.
    lacks
        What the catalogue does not hold, so that the target cannot be measured.
    by
        Year of the promise; 0 for none.
    tolerance
        How far the value may fall from one run to the next.
    """

    id: str
    title: str
    metric: str
    bounds: Bounds
    weight: str = "part_number"
    level: str = "part"
    scope: str = ""
    k: int = 2
    population: str = "vehicle"
    direction: tuple[str, ...] = ()
    where: Text | None = None
    meets: Text | None = None
    vehicles: str = "built"
    axis: str = "platform"
    quantity: str = ""
    figures: Mapping[str, Fraction] = field(factory=dict)
    lacks: str = ""
    by: int = 0
    tolerance: Fraction = Fraction(0)
    source: str = ""
    note: str = ""
    span: Span | None = field(default=None, eq=False, repr=False)

    @property
    def kind(self) -> Kind:
        """The kind of measure."""
        return KINDS[self.metric]

    @property
    def basis(self) -> str:
        """What is measured, in one line: stable, so that two runs can be compared."""
        words = [self.metric]
        takes = (*self.kind.needs, *self.kind.takes)
        for key in ("weight", "level", "scope", "k", "population", "axis", "quantity", "vehicles"):
            value = getattr(self, key)
            if key in takes and value != "":
                words.append(f"{key} {value}")
        if self.direction:
            taker = self.direction[:-1]
            words.append(" ".join((*taker, "from", self.direction[-1])))
        words += [f"{name} {value}" for name, value in sorted(self.figures.items())]
        for key, text in (("meets", self.meets), ("where", self.where)):
            if text is not None:
                words.append(f"{key} {' '.join(text.value.split())}")
        return ", ".join(words)


@frozen
class Targets:
    """The targets of a line-up.

    Attributes
    ----------
    volumes
        Vehicle id to its least and greatest yearly volume, instead of the line-up's figure.
    digest
        SHA-256 of the file, in hexadecimal.
    """

    targets: tuple[Target, ...]
    volumes: Mapping[str, tuple[int, int]]
    digest: str

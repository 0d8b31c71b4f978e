"""Learning curves and the savings that sharing brings, exact or enclosed."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

from cmf.analysis.commonality.bounds import Bounds
from cmf.errors import fail

DIGITS = 40
"""Digits to which an irrational factor is enclosed."""

MAX_UNITS = 20_000
"""Greatest number of units whose costs are added up one by one."""

MAX_EXPONENT = 10_000
"""Greatest magnitude of a logarithm; far beyond any production volume."""


def learning_factor(rate: Fraction, ratio: Fraction | int) -> Bounds:
    """Factor on the unit cost when the volume grows by `ratio`: ``ratio ^ log2(rate)``.

    Range above 0. Exact when `ratio` is a power of two (``rate`` to the number of doublings) or
    `rate` is one; otherwise enclosed to 40 digits.

    Parameters
    ----------
    rate
        Learning rate LR: cost after a doubling of the volume, above 0 and at most 1.
    ratio
        Volume ratio, above 0.

    Raises
    ------
    InputError
        `rate` or `ratio` out of range.
    """
    ratio = Fraction(ratio)
    if not 0 < rate <= 1:
        message = f"the learning rate is {rate}"
        raise fail("bad-rate", message, None, "write a ratio above 0 and up to 1, such as 9/10")
    if ratio <= 0:
        raise fail("bad-volume", f"the volume ratio is {ratio}", None, "it must be above 0")
    doublings = _power_of_two(ratio)
    if doublings is not None and abs(doublings) <= MAX_EXPONENT:
        return Bounds.exactly(rate**doublings)
    halvings = _power_of_two(rate)
    if halvings is not None and abs(halvings) <= MAX_EXPONENT:
        return Bounds.exactly(ratio**halvings)
    return _enclose(rate, ratio)


def wright_total(first: Fraction | int, rate: Fraction, units: int) -> Bounds:
    """Cost of all units after Wright, where the *mean* falls with every doubling.

    ``total(N) = c1 N^(b+1)``, ``b = log2(LR)``, for first unit cost c1. Exact when N is a power of
    two.

    Source: Wright's cumulative average curve. It is not Crawford's: see `crawford_total`.
    """
    _check_units(units)
    return learning_factor(rate, units).times(Fraction(first) * units)


def wright_unit(first: Fraction | int, rate: Fraction, unit: int) -> Bounds:
    """Cost of the unit number `unit` after Wright: ``total(N) - total(N - 1)``."""
    if unit == 1:
        return wright_total(first, rate, 1)
    return wright_total(first, rate, unit) - wright_total(first, rate, unit - 1)


def crawford_unit(first: Fraction | int, rate: Fraction, unit: int) -> Bounds:
    """Cost of the unit number `unit` after Crawford, where the *unit* cost falls.

    ``c(N) = c1 N^b``, ``b = log2(LR)``. Exact when N is a power of two.

    Source: Crawford's unit curve.
    """
    _check_units(unit)
    return learning_factor(rate, unit).times(Fraction(first))


def crawford_total(first: Fraction | int, rate: Fraction, units: int) -> Bounds:
    """Cost of all units after Crawford: ``sum_{k <= N} c1 k^b``.

    Added up one by one, for at most 20,000 units; `InputError` beyond.
    """
    _check_units(units)
    if units > MAX_UNITS:
        message = f"{units} units are too many to add up"
        raise fail("too-many-units", message, None, f"at most {MAX_UNITS}; or use Wright's curve")
    total = Bounds.exactly(0)
    for unit in range(1, units + 1):
        total += learning_factor(rate, unit)
    return total.times(Fraction(first))


def scale_cost(
    reference: Fraction | int,
    rate: Fraction,
    ratio: Fraction | int,
    floor: Fraction | int = 0,
) -> Bounds:
    """Unit cost at another yearly volume.

    ``c(V) = c_inf + (c_ref - c_inf) (V / V_ref)^(log2 LR)``

    Parameters
    ----------
    reference
        ``c_ref``, the unit cost at the reference volume.
    ratio
        ``V / V_ref``, above 0.
    floor
        ``c_inf``, what no volume brings down.
    """
    return learning_factor(rate, ratio).times(Fraction(reference) - floor) + Bounds.exactly(floor)


def entry_cost_reduction(
    share: Fraction, users: int, premium: Fraction, integration: Fraction = Fraction(0)
) -> Fraction:
    """Reduction of the entry cost per model by sharing, against stand-alone models.

    ``R_E = s [1 - (1 + pi) / n - alpha]``

    At most 1; negative when sharing costs more than it saves. It is positive exactly when
    ``n > (1 + pi) / (1 - alpha)``.

    Parameters
    ----------
    share
        s: share of the entry cost that is on shared modules, 0..1.
    users
        n: models that share, at least 1.
    premium
        pi: extra development cost of a module made for several models, at least 0.
    integration
        alpha: cost of integrating a shared module in one more model, as a part of its cost.

    Raises
    ------
    InputError
        A figure out of range.
    """
    if users < 1:
        raise fail("bad-units", f"{users} models share", None, "at least one must")
    _check_share(share)
    if premium < 0 or integration < 0:
        raise fail("bad-rate", "the premium and the integration cost must not be negative")
    return share * (1 - (1 + premium) / users - integration)


def parts_cost_reduction(
    share: Fraction, rate: Fraction, ratio: Fraction | int, over_design: Fraction = Fraction(0)
) -> Bounds:
    """Reduction of the parts cost by pooled volume, against stand-alone models.

    ``R_P = s [1 - (1 + omega) r^(log2 LR)]``

    At most s; negative when over-design costs more than the volume saves. Exact when r is a power
    of two: r = 8 is three doublings.

    Parameters
    ----------
    share
        s: share of the spend that is on pooled parts, 0..1.
    rate
        LR: learning rate.
    ratio
        r: pooled volume over stand-alone volume, above 0.
    over_design
        omega: extra cost of a part that must suit every user, at least 0.

    Raises
    ------
    InputError
        A figure out of range.
    """
    _check_share(share)
    if over_design < 0:
        raise fail("bad-rate", f"the over-design is {over_design}", None, "at least 0")
    factor = learning_factor(rate, ratio).times(1 + over_design)
    return (Bounds.exactly(1) - factor).times(share)


def _check_units(units: int) -> None:
    if units < 1:
        raise fail("bad-units", f"{units} units", None, "count from 1")


def _check_share(share: Fraction) -> None:
    if not 0 <= share <= 1:
        raise fail("bad-ratio", f"the share is {share}", None, "it lies in 0..1")


def _power_of_two(value: Fraction) -> int | None:
    """The exponent when `value` is a power of two, `None` when it is not."""
    for number, other, sign in (
        (value.numerator, value.denominator, 1),
        (value.denominator, value.numerator, -1),
    ):
        if other == 1 and number & (number - 1) == 0:
            return sign * (number.bit_length() - 1)
    return None


def _enclose(rate: Fraction, ratio: Fraction) -> Bounds:
    """Bounds of ``exp(ln(rate) ln(ratio) / ln 2)``.

    Python's decimal logarithm and exponential are correctly rounded. With 12 digits to spare and
    logarithms below 10^4, the relative error stays far below the margin of 10^-DIGITS.
    """
    with localcontext(prec=DIGITS + 12):
        logs = [(Decimal(f.numerator) / Decimal(f.denominator)).ln() for f in (rate, ratio)]
        power = logs[0] * logs[1] / Decimal(2).ln()
        if max(abs(logs[0]), abs(logs[1]), abs(power)) > MAX_EXPONENT:
            raise fail("bad-volume", "the learning rate and the volume ratio are out of range")
        middle = Fraction(power.exp())
    margin = middle / 10**DIGITS
    return Bounds(middle - margin, middle + margin)

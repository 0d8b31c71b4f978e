"""The sum of a ratio N/D over all pairs of variants, enclosed between two fractions.

The mean of N/D is not the ratio of the means, and D has too many values to group the pairs by it.
But pairs are paths, and 1/D is, within a relative error that is known, a sum of few powers
``c_k u_k^D``. The sum of ``N u^D`` over the pairs is one fold, because ``u^D`` is a product over
contents. All terms are positive, so that rounding errors stay relative too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from cmf.analysis.census.tables import Matrix
from cmf.analysis.commonality.bounds import Bounds
from cmf.engines.diagram.outline import Layer, Outline
from cmf.engines.diagram.pairs import moments

Floats = npt.NDArray[np.float64]

NODES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 32, 48)
"""Numbers of powers that are tried before steps in the logarithm."""

CLOSE = 1e-9
"""Relative error of a sum of powers that is good enough."""

NEAR = 1e-7
"""Relative error from which a sum of powers may become close by levelling it."""

ROUNDS = 5
"""Steps of Newton's method by which a sum of powers is levelled."""

GRID = 4_000
"""Points at which the error is measured; it is smooth between them."""

STEP = 0.33
"""Step in the logarithm at which the trapezoidal rule is as close as `CLOSE`."""


@frozen(eq=False)
class Powers:
    """``1/D = sum of coefficients c_k u_k^(D - low)``, for D between two positive numbers.

    Attributes
    ----------
    logarithms
        ``log u_k``.
    error
        Bound of the relative error.
    """

    low: int
    coefficients: Floats = field(repr=False)
    logarithms: Floats = field(repr=False)
    error: float


def powers(low: int, high: int) -> Powers:
    """A sum of powers for 1/D with ``low <= D <= high``.

    Gauss-Jacobi quadrature of ``1/D = integral from 0 to 1 of u^(D/h - 1) / h du`` is exact at
    evenly spaced D, a distance h apart, and close between them. Where that is nearly close enough,
    the powers are moved to be exact at the Chebyshev points. Where the bounds are far apart, the
    trapezoidal rule for ``1/D = integral of exp(s - D exp(s)) ds`` needs fewer powers.
    """
    if low == high:
        return Powers(low, np.array([1 / low]), np.zeros(1), 0.0)
    for count in NODES:
        found = _judged(low, high, *_jacobi(low, high, count))
        if CLOSE <= found.error < NEAR:
            found = _levelled(found, high)
        if found.error < CLOSE:
            return found
    steps = np.exp(np.arange(math.log(CLOSE / 100 / high), math.log(40 / low), STEP))
    return _judged(low, high, STEP * steps * np.exp(-low * steps), -steps)


def _jacobi(low: int, high: int, count: int) -> tuple[Floats, Floats]:
    """Coefficients and logarithms, by the eigenvalues of the Jacobi matrix (Golub & Welsch)."""
    from scipy.linalg import eigh_tridiagonal  # type: ignore[import-untyped]

    step = (high - low) / (2 * count - 1)
    b = low / step - 1
    k = np.arange(1, count, dtype=np.float64)
    # Weight u^b on 0..1: the Jacobi polynomials of alpha = 0 and beta = b, moved.
    middle = np.array([b / (b + 2), *(b * b / ((2 * k + b) * (2 * k + b + 2)))])
    beside = 2 * k * (k + b) / ((2 * k + b) * np.sqrt((2 * k + b) ** 2 - 1))
    nodes, vectors = eigh_tridiagonal((1 + middle) / 2, beside / 2)
    return vectors[0] ** 2 / low, np.log(nodes) / step


def _levelled(start: Powers, high: int) -> Powers:
    """Powers that are exact at the Chebyshev points, by Newton's method, if it gets there."""
    low, coefficients, logarithms = start.low, start.coefficients, start.logarithms
    points = 2 * len(coefficients)
    angles = (np.arange(points) + 0.5) * np.pi / points
    at = (low + high) / 2 - (high - low) / 2 * np.cos(angles)
    for _ in range(ROUNDS):
        terms = at[:, None] * np.exp(np.outer(at - low, logarithms)) * coefficients
        slopes = np.hstack([terms, terms * (at - low)[:, None]])
        sizes = np.linalg.norm(slopes, axis=0)
        step = np.linalg.lstsq(slopes / sizes, 1 - terms.sum(axis=1), rcond=1e-15)[0] / sizes
        coefficients = coefficients * (1 + step[: points // 2])
        logarithms = logarithms + step[points // 2 :]
        # Positive terms keep rounding errors relative.
        if not (np.all(coefficients > 0) and np.all(logarithms < 0)):
            return start
    found = _judged(low, high, coefficients, logarithms)
    return found if found.error < start.error else start


def _judged(low: int, high: int, coefficients: Floats, logarithms: Floats) -> Powers:
    every = high - low < GRID
    at = np.arange(low, high + 1) if every else np.linspace(low, high, GRID)
    made = np.exp(np.outer(at - low, logarithms)) @ coefficients
    worst = float(np.abs(made * at - 1).max())
    # Denominators are whole numbers: nothing is between those of a narrow range.
    return Powers(low, coefficients, logarithms, (1 if every else 2) * worst + 1e-14)


def enclose(
    one: Outline,
    other: Outline,
    common: Mapping[int, Matrix],
    measured: Mapping[int, Matrix],
    always: tuple[int, int],
    span: tuple[int, int],
) -> Bounds:
    """The sum of N/D over all pairs, enclosed.

    Parameters
    ----------
    one, other
        With counts. Pairs with D = 0 must have N = 0; they add nothing.
    common, measured
        By variable what a pair of options adds to N and to D; not negative.
    always
        What every pair adds to N and to D.
    span
        Positive bounds of D.
    """
    expansion = powers(*span)
    least = {v: int(table.min()) for v, table in measured.items()}
    tops = {v: table.astype(np.float64) for v, table in common.items()}
    bottoms = {v: (table - least[v]).astype(np.float64) for v, table in measured.items()}
    offset = always[1] + sum(least.values()) - expansion.low
    total = 0.0
    for coefficient, logarithm in zip(
        expansion.coefficients.tolist(), expansion.logarithms.tolist(), strict=True
    ):
        factors = {}
        for v, bottom in bottoms.items():
            power = np.exp(logarithm * bottom)
            factors[v] = (power, tops[v])
        plain, summed = moments(one, other, factors)
        total += coefficient * np.exp(logarithm * offset) * (summed + always[0] * plain)
    error = expansion.error + _rounding(one, other)
    middle = Fraction(total)
    slack = middle * Fraction(error)
    return Bounds(middle - slack, middle + slack)


def _rounding(one: Outline, other: Outline) -> float:
    """A bound of the relative rounding error of `moments`: every number in it is positive."""
    operations = sum(
        _widest(layer) + _widest(other.layers[number]) + 32 for number, layer in one.layers.items()
    )
    return 4 * operations * float(np.finfo(np.float64).eps)


def _widest(layer: Layer) -> int:
    return int(np.bincount(layer.owners).max())

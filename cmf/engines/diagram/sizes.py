"""How many variants take each option at each value of a sum over options.

The numbers of variants by the value of a sum are the coefficients of a polynomial in x, which a
diagram evaluates at any point x in one pass, and with a second pass from the top down for every
option apart. Evaluated at roots of unity, the discrete Fourier transform gives the coefficients
back. They are whole numbers, so that rounding them is exact while errors stay small.

Source: counting by generating functions; the passes are those of Darwiche (2003), JACM 50(3),
280-305, for arithmetic circuits.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from cmf.engines.diagram.outline import Layer, Outline

Waves = npt.NDArray[np.complex128]
Counts = npt.NDArray[np.int64]

AT_ONCE = 64
"""Points at which the polynomial is evaluated together."""

MOST = 1e11
"""Numbers of variants below this come out exact."""

_SLACK = 0.05
"""How far a coefficient may lie from a whole number."""


def by_size(
    whole: Outline, sizes: Mapping[int, npt.NDArray[np.int64]], reach: int
) -> dict[int, Counts]:
    """For every variable that is looked at: shape (options, values from 0 to `reach`).

    Parameters
    ----------
    whole
        With counts, of fewer than `MOST` variants.
    sizes
        By variable what each option adds to the sum; at least 0.
    reach
        Greatest value of the sum.

    Raises
    ------
    ArithmeticError
        When the numbers do not come out whole: rounding errors have grown too large.
    """
    points = np.exp(-2j * np.pi * np.arange((reach + 1) // 2 + 1) / (reach + 1))
    pieces: dict[int, list[Waves]] = {v: [] for v in sizes}
    for start in range(0, len(points), AT_ONCE):
        at = points[start : start + AT_ONCE]
        powers = {v: at[None, :] ** size[:, None] for v, size in sizes.items()}
        for v, found in _Passes(whole, powers).by_option().items():
            pieces[v].append(found)
    return {v: _whole(np.concatenate(each, axis=1), reach + 1) for v, each in pieces.items()}


def _whole(waves: Waves, count: int) -> Counts:
    """Coefficients from values at the first half of the roots of unity."""
    real = np.fft.irfft(waves[:, : count // 2 + 1], n=count, axis=1)
    found = np.rint(real)
    if np.abs(real - found).max(initial=0) > _SLACK:
        raise ArithmeticError("numbers of variants are not whole")
    return found.astype(np.int64)


class _Passes:
    """Both passes, at a few points."""

    def __init__(self, whole: Outline, powers: Mapping[int, Waves]) -> None:
        self._whole = whole
        self._powers = powers
        self._chosen = {
            v: np.stack([powers[v][options].sum(axis=0) for options in choices])
            for v, choices in whole.choices.items()
        }
        self._values: dict[int, Waves] = {}

    def by_option(self) -> dict[int, Waves]:
        """For every variable what each option gives to the whole, at the points."""
        for number, layer in self._whole.layers.items():
            arcs = self._below(layer)
            if layer.variable >= 0:
                arcs = arcs * self._chosen[layer.variable][layer.choices]
            self._values[number] = np.add.reduceat(arcs, layer.starts, axis=0)
        top = max(self._whole.layers)
        outside = {top: np.ones_like(self._values[top])}
        found = {}
        for number, layer in reversed(list(self._whole.layers.items())):
            above = outside.pop(number)[layer.owners] * layer.weights[:, None]
            if layer.variable >= 0:
                found[layer.variable] = self._options(
                    layer, above * self._below(layer, weigh=False)
                )
                above = above * self._chosen[layer.variable][layer.choices]
            for place, (child, nodes) in enumerate(layer.children):
                beside = above * self._below(layer, weigh=False, without=place)
                outside[child] = _summed(beside, nodes, len(self._values[child]))
        return found

    def _below(self, layer: Layer, *, weigh: bool = True, without: int = -1) -> Waves:
        """For every arc what is below it; without one of the children."""
        width = next(iter(self._powers.values())).shape[1]
        arcs = np.ones((len(layer.owners), width), dtype=np.complex128)
        if weigh:
            arcs *= layer.weights[:, None]
        for place, (child, nodes) in enumerate(layer.children):
            if place != without:
                arcs *= self._values[child][nodes]
        return arcs

    def _options(self, layer: Layer, arcs: Waves) -> Waves:
        choices = self._whole.choices[layer.variable]
        by_choice = _summed(arcs, layer.choices, len(choices))
        powers = self._powers[layer.variable]
        found = np.zeros_like(powers)
        for choice, options in enumerate(choices):
            found[options] = by_choice[choice] * powers[options]
        return found


def _summed(arcs: Waves, targets: npt.NDArray[np.int64], count: int) -> Waves:
    """Rows that have one target added up."""
    from scipy.sparse import csr_array  # type: ignore[import-untyped]

    ones = np.ones(len(targets))
    adding = csr_array((ones, (targets, np.arange(len(targets)))), shape=(count, len(targets)))
    return np.asarray(adding @ arcs)

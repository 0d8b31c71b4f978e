"""Which parts the variants of a space need: the 150 % BOM exploded without listing a variant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import frozen

from cmf.analysis.census.contents import Contents


@frozen
class Usage:
    """A part over all variants of a space.

    Attributes
    ----------
    variants
        Number of variants that have it.
    least, greatest
        Pieces in a variant; the least is 0 where some variant has none, and both are where there is
        no variant.
    pieces
        In all variants together.
    """

    part: str
    variants: int
    least: int
    greatest: int
    pieces: int


def usages(contents: Contents, counts: Sequence[Sequence[int]], total: int) -> tuple[Usage, ...]:
    """Every part that a BOM line names, by part number; one that no variant has counts 0.

    Parameters
    ----------
    counts
        For every variable of the contents' problem, how many variants take each option.
    total
        Number of variants.
    """
    found = []
    for part, pieces in contents.always.items():
        each = pieces if total else 0
        found.append(Usage(part, total, each, each, pieces * total))
    for content in contents.contents:
        taken = np.array([int(n) for n in counts[content.variable]], dtype=object)
        options = content.pieces[taken > 0]
        many = ((content.pieces > 0).T @ taken).tolist()
        every = (content.pieces.T.astype(object) @ taken).tolist()
        least = options.min(axis=0).tolist() if len(options) else [0] * len(content.parts)
        greatest = options.max(axis=0).tolist() if len(options) else [0] * len(content.parts)
        found += map(Usage, content.parts, map(int, many), least, greatest, map(int, every))
    return tuple(sorted(found, key=lambda usage: usage.part))

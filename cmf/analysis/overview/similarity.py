"""Vehicles ordered so that alike ones stand together."""

from __future__ import annotations

from attrs import field, frozen

from cmf.analysis.commonality.basis import NotEvaluable, Weight
from cmf.analysis.commonality.incidence import Incidence
from cmf.analysis.commonality.pairs import Measure, PairMatrix, pair_matrix


@frozen
class Merge:
    """Two clusters that become one.

    Attributes
    ----------
    left, right
        Where the two stand, in places of the order (means of places for clusters).
    left_height, right_height
        Mean distance at which each of the two had been merged, 0 for a single vehicle.
    height
        Mean distance of their members, ``1 - Jaccard``, 0..1.
    """

    left: float
    right: float
    left_height: float
    right_height: float
    height: float


@frozen(eq=False)
class Clustering:
    """A similarity matrix with an order.

    Attributes
    ----------
    order
        Numbers of the rows, alike ones next to each other.
    merges
        The tree of clusters, closest first.
    """

    matrix: PairMatrix = field(repr=False)
    order: tuple[int, ...]
    merges: tuple[Merge, ...]


def cluster(incidence: Incidence, weight: Weight) -> Clustering | NotEvaluable:
    """The vehicles by their Jaccard ratio: ``w(A & B) / w(A | B)``.

    Clusters are merged by the mean distance of their members (average linkage, UPGMA); of the
    orders that agree with the tree the one in which neighbours are closest is taken. Not evaluable
    as `pair_matrix` is, and when a pair has no value.

    Source: Sokal & Michener (1958); Bar-Joseph, Gifford & Jaakkola (2001), Bioinformatics 17 S22.
    """
    matrix = pair_matrix(incidence, Measure.JACCARD, weight=weight)
    if isinstance(matrix, NotEvaluable):
        return matrix
    size = len(matrix.labels)
    if size < 3:
        return Clustering(matrix, tuple(range(size)), ())
    if not matrix.denominator.all():
        return NotEvaluable(matrix.basis, "a pair of vehicles has no weight in scope")
    from scipy.cluster.hierarchy import leaves_list, linkage  # type: ignore[import-untyped]
    from scipy.spatial.distance import squareform  # type: ignore[import-untyped]

    apart = 1 - matrix.floats()
    near = squareform(apart, checks=False)
    tree = linkage(near, method="average", optimal_ordering=True)
    order = tuple(int(i) for i in leaves_list(tree))
    return Clustering(matrix, order, _merges(tree.tolist(), order))


def _merges(tree: list[list[float]], order: tuple[int, ...]) -> tuple[Merge, ...]:
    size = len(order)
    place = {leaf: float(p) for p, leaf in enumerate(order)}
    height = dict.fromkeys(range(size), 0.0)
    found = []
    for step, (one, other, distance, _) in enumerate(tree):
        left, right = sorted((int(one), int(other)), key=lambda node: place[node])
        found.append(Merge(place[left], place[right], height[left], height[right], distance))
        place[size + step] = (place[left] + place[right]) / 2
        height[size + step] = distance
    return tuple(found)

"""Shortest paths through the diagrams, of one vehicle or of all at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from cmf.planning.compiled import Compiled, Index

Floats = npt.NDArray[np.float64]


@frozen(eq=False)
class Layer:
    """Arcs of one slot, sorted by head (and again by tail).

    Attributes
    ----------
    start, size
        First arc and number of arcs of each node in `nodes`.
    """

    pair: Index
    tail: Index
    head: Index
    nodes: Index
    start: Index
    size: Index


def layers_of(
    compiled: Compiled, vehicle: int | None = None, backward: bool = False
) -> list[Layer]:
    """The layers of all vehicles or of one, by head, or by tail when `backward`."""
    found = []
    for low, high in zip(compiled.layer_start, compiled.layer_start[1:], strict=False):
        arcs = np.arange(low, high)
        if vehicle is not None:
            arcs = arcs[compiled.pair_vehicle[compiled.arc_pair[arcs]] == vehicle]
        key = compiled.arc_tail if backward else compiled.arc_head
        arcs = arcs[np.argsort(key[arcs], kind="stable")]
        nodes, start = np.unique(key[arcs], return_index=True)
        size = np.diff(np.append(start, len(arcs)))
        found.append(
            Layer(
                compiled.arc_pair[arcs],
                compiled.arc_tail[arcs],
                compiled.arc_head[arcs],
                nodes,
                start,
                size,
            )
        )
    return found


@frozen(eq=False)
class VehiclePaths:
    """The paths of one vehicle, with pairs numbered from its first one and nodes from its root."""

    layers: tuple[Layer, ...]
    first: int
    nodes: int

    def cheapest(self, price: Floats) -> tuple[float, list[int]]:
        """Least price and its pairs, slot by slot; the first among equals."""
        distance = np.zeros(self.nodes)
        ways = []
        for layer in self.layers:
            way = distance[layer.tail] + price[layer.pair]
            distance[layer.nodes] = np.minimum.reduceat(way, layer.start)
            ways.append(way)
        node = int(self.layers[-1].nodes[0])
        least = float(distance[node])
        chosen = []
        for layer, way in zip(reversed(self.layers), reversed(ways), strict=True):
            place = int(np.searchsorted(layer.nodes, node))
            low = int(layer.start[place])
            arc = low + int(np.argmin(way[low : low + int(layer.size[place])]))
            chosen.append(self.first + int(layer.pair[arc]))
            node = int(layer.tail[arc])
        return least, chosen[::-1]


def vehicle_paths(compiled: Compiled) -> list[VehiclePaths]:
    """The paths of every vehicle."""
    firsts = np.searchsorted(compiled.pair_vehicle, np.arange(compiled.vehicles + 1)).tolist()
    ends = [*compiled.roots.tolist()[1:], compiled.nodes]
    found = []
    owner = compiled.pair_vehicle[compiled.arc_pair]
    by_layer = []
    for low, high in zip(compiled.layer_start, compiled.layer_start[1:], strict=False):
        order = low + np.lexsort((compiled.arc_head[low:high], owner[low:high]))
        by_layer.append((order, np.searchsorted(owner[order], np.arange(compiled.vehicles + 1))))
    for v in range(compiled.vehicles):
        root = int(compiled.roots[v])
        layers = []
        for order, cut in by_layer:
            arcs = order[cut[v] : cut[v + 1]]
            head = compiled.arc_head[arcs] - root
            nodes, start = np.unique(head, return_index=True)
            size = np.diff(np.append(start, len(arcs)))
            pair = compiled.arc_pair[arcs] - firsts[v]
            layers.append(Layer(pair, compiled.arc_tail[arcs] - root, head, nodes, start, size))
        found.append(VehiclePaths(tuple(layers), firsts[v], ends[v] - root))
    return found

"""All pairs of variants by the values of their denominators: exact, for small spaces."""

from __future__ import annotations

from attrs import field, frozen

from cmf.analysis.census.tables import Tables
from cmf.engines.diagram.outline import Outline

Tally = dict[tuple[int, ...], tuple[int, int]]
"""Values of the denominators, to the number of pairs that have them and the sum of their N."""


def tally(one: Outline, other: Outline, tables: Tables, most: int) -> Tally | None:
    """All pairs by the values of their denominators; `None` when that takes too long.

    Parameters
    ----------
    one, other
        With counts.
    most
        Combinations of values that may be looked at.
    """
    start = {tables.measured_always: (1, tables.common_always)}
    counting = _Tallying(one, other, tables, most)
    top = max(one.layers)
    found = counting.nodes(top)
    if found is None:
        return None
    return _times(found[0][0], start)


@frozen
class _Tallying:
    one: Outline = field(repr=False)
    other: Outline = field(repr=False)
    tables: Tables = field(repr=False)
    most: int

    def nodes(self, top: int) -> list[list[Tally]] | None:
        """The tallies of the pairs of nodes of the last layer."""
        values: dict[int, list[list[Tally]]] = {}
        work = 0
        if self._least_work() > self.most:
            return None
        for number, layer in self.one.layers.items():
            mate = self.other.layers[number]
            work += len(layer.owners) * len(mate.owners)
            if work > self.most:
                return None
            own = self._own(layer.variable)
            made: list[list[Tally]] = [[{} for _ in mate.starts] for _ in layer.starts]
            for i, a in enumerate(layer.owners.tolist()):
                for j, b in enumerate(mate.owners.tolist()):
                    many = int(layer.weights[i]) * int(mate.weights[j])
                    found: Tally = {(0,) * len(self.tables.measured): (many, 0)}
                    if layer.variable >= 0:
                        found = _times(found, own[int(layer.choices[i])][int(mate.choices[j])])
                    for (child, nodes), (_, mates) in zip(
                        layer.children, mate.children, strict=True
                    ):
                        below = values[child][int(nodes[i])][int(mates[j])]
                        work += len(found) * len(below)
                        found = _times(found, below)
                    if work > self.most:
                        return None
                    _add(made[a][b], found)
            values[number] = made
        return values[top]

    def _least_work(self) -> int:
        """Pairs of arcs, each of which is at least one combination of values."""
        return sum(
            len(layer.owners) * len(self.other.layers[number].owners)
            for number, layer in self.one.layers.items()
        )

    def _own(self, variable: int) -> list[list[Tally]]:
        """The tallies of the pairs of choices of a variable."""
        if variable < 0:
            return []
        common = self.tables.common[variable]
        measured = [table[variable] for table in self.tables.measured]
        made: list[list[Tally]] = []
        for mine in self.one.choices[variable]:
            made.append([])
            for others in self.other.choices[variable]:
                found: Tally = {}
                for a in mine.tolist():
                    for b in others.tolist():
                        key = tuple(int(table[a, b]) for table in measured)
                        _add(found, {key: (1, int(common[a, b]))})
                made[-1].append(found)
        return made


def _times(left: Tally, right: Tally) -> Tally:
    """The tally of independent pairs together: denominators and numerators add up."""
    found: Tally = {}
    for key, (many, top) in left.items():
        for other, (times, more) in right.items():
            both = tuple(a + b for a, b in zip(key, other, strict=True))
            count, total = found.get(both, (0, 0))
            found[both] = count + many * times, total + top * times + more * many
    return found


def _add(into: Tally, more: Tally) -> None:
    for key, (many, top) in more.items():
        count, total = into.get(key, (0, 0))
        into[key] = count + many, total + top

"""Diagrams of valid variants from lists of variants, or from pairs that do not go together."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cmf.planning.data import Arc, Diagram

Pairs = Collection[tuple[int, int]]


def from_variants(variants: Sequence[tuple[int, ...]], slots: int) -> Diagram:
    """The smallest diagram of a list of variants (one choice for each of the slots)."""
    layers: list[list[Arc]] = [[] for _ in range(slots)]
    known: list[dict[tuple[tuple[int, int], ...], int]] = [{} for _ in range(slots)]

    def node(depth: int, rest: Sequence[tuple[int, ...]]) -> int:
        if depth == slots:
            return 0
        by_choice: dict[int, list[tuple[int, ...]]] = {}
        for variant in rest:
            by_choice.setdefault(variant[depth], []).append(variant)
        arcs = tuple((choice, node(depth + 1, by_choice[choice])) for choice in sorted(by_choice))
        if arcs not in known[depth]:
            number = known[depth][arcs] = len(known[depth])
            layers[depth] += [(number, choice, head) for choice, head in arcs]
        return known[depth][arcs]

    if variants:
        node(0, sorted(set(variants)))
    return Diagram(tuple(tuple(layer) for layer in layers))


def from_pairs(admissible: Sequence[Sequence[int]], excluded: Pairs) -> Diagram:
    """The diagram of all combinations of admissible choices in which no pair is excluded.

    Parameters
    ----------
    admissible
        For each slot its choices.
    excluded
        Pairs of choices of different slots that do not go together, in any order.
    """
    slots = len(admissible)
    pairs = {(min(a, b), max(a, b)) for a, b in excluded}
    layers: list[list[Arc]] = [[] for _ in range(slots)]
    merged: list[dict[tuple[tuple[int, int], ...], int]] = [{} for _ in range(slots)]
    seen: list[dict[tuple[frozenset[int], ...], int | None]] = [{} for _ in range(slots)]

    def node(depth: int, open_choices: tuple[frozenset[int], ...]) -> int | None:
        """Number of the node with these open choices; `None` for a dead end."""
        if depth == slots:
            return 0
        if open_choices not in seen[depth]:
            seen[depth][open_choices] = expand(depth, open_choices)
        return seen[depth][open_choices]

    def expand(depth: int, open_choices: tuple[frozenset[int], ...]) -> int | None:
        arcs = []
        for choice in sorted(open_choices[0]):
            rest = tuple(
                frozenset(o for o in later if (min(choice, o), max(choice, o)) not in pairs)
                for later in open_choices[1:]
            )
            head = node(depth + 1, rest) if all(rest) else None
            if head is not None:
                arcs.append((choice, head))
        if not arcs:
            return None
        key = tuple(arcs)
        if key not in merged[depth]:
            number = merged[depth][key] = len(merged[depth])
            layers[depth] += [(number, choice, head) for choice, head in arcs]
        return merged[depth][key]

    root = node(0, tuple(frozenset(each) for each in admissible)) if all(admissible) else None
    if root is None:
        return Diagram(((),) * slots)
    return Diagram(tuple(tuple(layer) for layer in layers))

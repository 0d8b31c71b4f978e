"""What refers to what: cycles, and chains of references that are too long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cmf.errors import Diagnostic
from cmf.rules import typed as t

MAX_DEPTH = 80
"""Greatest number of expressions inside each other when quantities are looked through."""

_SHOWN = 20  # names of a cycle that a message writes out


def reference_faults(
    quantities: Mapping[str, t.TypedQuantity], lines: Sequence[t.TypedLine]
) -> list[Diagnostic]:
    """A diagnostic for every cycle, and for the first quantity that nests too deep.

    A sum over the BOM depends on the conditions of all lines, so no condition may lead to one.
    """
    uses = {name: tuple(_quantities(q.expression)) for name, q in quantities.items()}
    cycles, order = _walk(uses)
    if cycles:
        return [_cycle(cycle, quantities) for cycle in cycles]
    found = _bom_cycles(quantities, order, lines)
    return found or _too_deep(quantities, order, lines)


def _leaves(expr: t.Expr) -> Iterator[t.Expr]:
    inner = tuple(t.children(expr))
    if not inner:
        yield expr
    for child in inner:
        yield from _leaves(child)


def _quantities(expr: t.Expr) -> Iterator[str]:
    for leaf in _leaves(expr):
        if isinstance(leaf, t.QuantityRef):
            yield leaf.name


def _walk(uses: Mapping[str, Sequence[str]]) -> tuple[list[list[str]], list[str]]:
    """Cycles, no two through one starting edge, and the names with what they use before them."""
    cycles: list[list[str]] = []
    order: list[str] = []
    done: set[str] = set()
    for start in uses:
        path = {} if start in done else {start: iter(uses[start])}
        while path:
            name, rest = next(reversed(path.items()))
            used = next(rest, None)
            if used is None:
                del path[name]
                done.add(name)
                order.append(name)
            elif used in path:
                names = list(path)
                cycles.append([*names[names.index(used) :], used])
            elif used in uses and used not in done:
                path[used] = iter(uses[used])
    return cycles, order


def _cycle(cycle: list[str], quantities: Mapping[str, t.TypedQuantity]) -> Diagnostic:
    shown = cycle if len(cycle) <= _SHOWN else [*cycle[: _SHOWN - 2], "…", cycle[-1]]
    message = f"the quantity `{cycle[0]}` is defined by itself: {' -> '.join(shown)}"
    remedy = "define one of them without the others"
    return Diagnostic("cycle", message, quantities[cycle[0]].span, remedy)


def _bom_cycles(
    quantities: Mapping[str, t.TypedQuantity], order: list[str], lines: Sequence[t.TypedLine]
) -> list[Diagnostic]:
    """Conditions of BOM lines that lead to a sum over the BOM."""
    ways: dict[str, list[str]] = {}
    for name in order:
        way = _way_to_bom(quantities[name].expression, ways)
        if way is not None:
            ways[name] = [name, *way]
    found = []
    remedy = "conditions of BOM lines may use options, attributes and quantities without `bom`"
    conditions = {id(line.condition): line.condition for line in lines}
    known = {number: _way_to_bom(each, ways) for number, each in conditions.items()}
    for line in lines:
        way = known[id(line.condition)]
        if way is not None:
            message = f"the condition of part `{line.part}` depends on the BOM: {' -> '.join(way)}"
            found.append(Diagnostic("cycle", message, line.span, remedy))
    return found


def _way_to_bom(expr: t.Expr, ways: Mapping[str, list[str]]) -> list[str] | None:
    for leaf in _leaves(expr):
        if isinstance(leaf, t.BomRef):
            return [f"bom.{leaf.measure}"]
        if isinstance(leaf, t.QuantityRef) and leaf.name in ways:
            return ways[leaf.name]
    return None


def _too_deep(
    quantities: Mapping[str, t.TypedQuantity], order: list[str], lines: Sequence[t.TypedLine]
) -> list[Diagnostic]:
    # Conditions lead to no sum over the BOM, so their depth is right before the BOM's is known.
    depths: dict[str, int] = {}
    conditions = {id(line.condition): line.condition for line in lines}.values()
    bom = 0
    for _ in range(2):
        for name in order:
            depths[name] = 1 + _depth(quantities[name].expression, depths, bom)
        bom = 1 + max((_depth(each, depths, bom) for each in conditions), default=0)
    for name in order:
        if depths[name] > MAX_DEPTH:
            message = (
                f"with the quantities it uses, `{name}` is {depths[name]} expressions deep; "
                f"the limit is {MAX_DEPTH}"
            )
            remedy = "shorten the chain of quantities"
            return [Diagnostic("too-deep", message, quantities[name].span, remedy)]
    return []


def _depth(expr: t.Expr, depths: Mapping[str, int], bom: int) -> int:
    if isinstance(expr, t.QuantityRef):
        return depths.get(expr.name, 0)
    if isinstance(expr, t.BomRef):
        return bom
    return 1 + max((_depth(child, depths, bom) for child in t.children(expr)), default=0)

"""Product structures of several levels: which item goes into which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from cmf.analysis.commonality.basis import Basis, NotEvaluable, Result, ratio
from cmf.analysis.commonality.build import Use
from cmf.errors import Diagnostic, InputError


@frozen
class Link:
    """`quantity` pieces of `child` go directly into one `parent`."""

    parent: str
    child: str
    quantity: int = 1


@frozen
class Structure:
    """A table of parents and children without cycles.

    Attributes
    ----------
    children
        Item to its immediate children with their pieces; items in the order in which links name
        them, leaves included.
    order
        All items, every parent before its children.
    """

    children: Mapping[str, Mapping[str, int]] = field(repr=False)
    order: tuple[str, ...]

    @property
    def end_items(self) -> tuple[str, ...]:
        """Items that go into nothing: the products."""
        inside = {child for links in self.children.values() for child in links}
        return tuple(item for item in self.children if item not in inside)

    def parents(self, *, leaves_only: bool = False) -> Mapping[str, int]:
        """Number of immediate parents ``Phi_j`` of each component, or of each leaf."""
        counts: dict[str, int] = {}
        for links in self.children.values():
            for child in links:
                if not leaves_only or not self.children[child]:
                    counts[child] = counts.get(child, 0) + 1
        return counts


def structure_of(links: Iterable[Link]) -> Structure:
    """The structure of a table of links; the pieces of equal links add up.

    Raises
    ------
    InputError
        A quantity below 1, or an item that contains itself.
    """
    children: dict[str, dict[str, int]] = {}
    faults = []
    for link in links:
        if link.quantity < 1:
            message = f"`{link.parent}` takes {link.quantity} pieces of `{link.child}`"
            faults.append(Diagnostic("bad-quantity", message, None, "write at least 1"))
        below = children.setdefault(link.parent, {})
        children.setdefault(link.child, {})
        below[link.child] = below.get(link.child, 0) + link.quantity
    if faults:
        raise InputError(faults)
    return Structure(children, _ordered(children))


def multilevel_dci(structure: Structure, *, leaves_only: bool = False) -> Result:
    """Degree of commonality index over a parent-child table.

    ``DCI = sum_j Phi_j / d`` with d distinct components and ``Phi_j`` immediate parents of j.

    Range 1..``sum Phi_j``: 1 is no sharing. A part under two parents of one product counts twice
    here, once after `explode`. Not evaluable without components.

    Source: Collier (1981), Decision Sciences 12(1) 85-96.

    Parameters
    ----------
    leaves_only
        Look at items without children only, instead of every level.
    """
    basis, distinct, parents = _count(structure, "DCI, multi-level", leaves_only)
    return ratio(basis, parents, distinct, "there are no components")


def multilevel_tcci(structure: Structure, *, leaves_only: bool = False) -> Result:
    """Total constant commonality index over a parent-child table.

    ``TCCI = (S - d) / (S - 1)`` with ``S = sum_j Phi_j``. Range 0..1. Not evaluable without
    components, and for a single link (0/0).

    Source: Wacker & Treleven (1986), J. Operations Management 6(2) 219-244.
    """
    basis, distinct, parents = _count(structure, "TCCI, multi-level", leaves_only)
    if not distinct:
        return NotEvaluable(basis, "there are no components")
    return ratio(basis, parents - distinct, parents - 1, "there is only one use")


def multilevel_ci96(structure: Structure, *, leaves_only: bool = False) -> Result:
    """Commonality index of Martin & Ishii (1996) over a parent-child table: lower is better.

    ``CI96 = d / sum_j Phi_j``, the inverse of `multilevel_dci`. Range above 0 up to 1. The form
    of 1997 needs the part list of each product: take it from `explode`.
    """
    basis, distinct, parents = _count(structure, "CI96, multi-level", leaves_only)
    return ratio(basis, distinct, parents, "there are no components")


def explode(structure: Structure, *, leaves_only: bool = True) -> Sequence[Use]:
    """The flat part lists of the end items: each component with its pieces over all paths.

    Parameters
    ----------
    leaves_only
        Only items without children; otherwise sub-assemblies too.
    """
    uses = []
    for product in structure.end_items:
        pieces = {product: 1}
        for item in structure.order:
            count = pieces.get(item, 0)
            for child, quantity in structure.children[item].items() if count else ():
                pieces[child] = pieces.get(child, 0) + count * quantity
        uses += [
            Use(product, item, count)
            for item, count in pieces.items()
            if item != product and not (leaves_only and structure.children[item])
        ]
    return uses


def _count(structure: Structure, metric: str, leaves_only: bool) -> tuple[Basis, int, int]:
    parents = structure.parents(leaves_only=leaves_only)
    level = "leaves" if leaves_only else "all levels"
    return Basis(metric, level=level), len(parents), sum(parents.values())


def _ordered(children: Mapping[str, Mapping[str, int]]) -> tuple[str, ...]:
    waiting = dict.fromkeys(children, 0)
    for links in children.values():
        for child in links:
            waiting[child] += 1
    ready = [item for item, count in waiting.items() if count == 0]
    order = []
    while ready:
        item = ready.pop()
        order.append(item)
        for child in children[item]:
            waiting[child] -= 1
            if waiting[child] == 0:
                ready.append(child)
    if len(order) < len(children):
        raise InputError([Diagnostic("cyclic-structure", _cycle(children, waiting))])
    return tuple(order)


def _cycle(children: Mapping[str, Mapping[str, int]], waiting: Mapping[str, int]) -> str:
    parent = {c: p for p, links in children.items() if waiting[p] for c in links if waiting[c]}
    item = next(item for item, count in waiting.items() if count)
    path: dict[str, None] = {}
    while item not in path:
        path[item] = None
        item = parent[item]
    names = list(path)
    names = [item, *reversed(names[names.index(item) :])]
    return "an item contains itself: " + " > ".join(f"`{name}`" for name in names[:12])

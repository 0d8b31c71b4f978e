"""The rules of a feature tree as formulas over one boolean variable for every feature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmf.interchange.uvl_formula import no, yes
from cmf.interchange.uvl_tree import Group, Tree
from cmf.problem.formula import And, CostTable, Formula, Or, Sum
from cmf.problem.problem import Constraint, Origin
from cmf.source import Span


def tree_constraints(tree: Tree) -> Iterator[Constraint]:
    """One constraint for the root, for every group that counts, and for every other child.

    A child that is selected always has a selected parent.
    """
    names = [f"`{feature.name}`" for feature in tree.features]
    yield _constraint(yes(0), tree.features[0].span, f"{names[0]} is the root")
    for group in tree.groups:
        parent = group.parent
        if group.kind in ("mandatory", "optional"):
            for child in group.children:
                terms = [Or((no(child), yes(parent)))]
                if group.kind == "mandatory":
                    terms.append(Or((yes(child), no(parent))))
                reason = f"{names[child]} is {group.kind} below {names[parent]}"
                formula = terms[0] if len(terms) == 1 else And(tuple(terms))
                yield _constraint(formula, tree.features[child].span, reason)
        else:
            reason = f"{_wording(group)} of {len(group.children)} features below {names[parent]}"
            yield _constraint(_counted(group), group.span, reason)


def _constraint(formula: Formula, span: Span, reason: str) -> Constraint:
    return Constraint(formula, Origin("model", f"line {span.line}", reason, span))


def _wording(group: Group) -> str:
    if group.kind == "alternative":
        return "exactly one"
    if group.kind == "or":
        return "one or more"
    return f"{group.low} to {'any number' if group.high is None else group.high}"


def _counted(group: Group) -> Formula:
    """How many children a group has, given its parent."""
    parent, children = group.parent, group.children
    terms: list[Formula] = [Or((no(child), yes(parent))) for child in children]
    low: int | None = group.low
    high = group.high if group.high is not None and group.high < len(children) else None
    if low == 1:
        terms.append(Or((no(parent), *map(yes, children))))
    if high == 1:
        terms += _at_most_one(children)
    low = None if group.low <= 1 else group.low
    high = None if high == 1 else high
    if low is not None or high is not None:
        count = Sum(tuple(CostTable.unary(child, (0, 1)) for child in children), low, high)
        terms.append(Or((no(parent), count)))
    return And(tuple(terms))


def _at_most_one(features: Sequence[int]) -> list[Formula]:
    """Clauses that leave at most one feature selected; their length grows as n log n.

    Of two halves one has nothing selected, and so on within each half.
    """
    if len(features) < 2:
        return []
    left, right = features[: len(features) // 2], features[len(features) // 2 :]
    return [Or((_none(left), _none(right))), *_at_most_one(left), *_at_most_one(right)]


def _none(features: Sequence[int]) -> Formula:
    return no(features[0]) if len(features) == 1 else And(tuple(map(no, features)))

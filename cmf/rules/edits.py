"""Small edits of a syntax tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from attrs import evolve, frozen

from cmf.model.catalog import Catalog, Choice, ChoiceSet
from cmf.rules import syntax as s

FLIPS = {
    "==": ("!=",),
    "!=": ("==",),
    "<": ("<=", ">"),
    "<=": ("<", ">="),
    ">": (">=", "<"),
    ">=": (">", "<="),
}
"""What each comparison may be mistaken for: the end left in or out, and the wrong way round."""

_CALENDAR = range(1900, 2200)


@frozen
class Edit:
    """One edit.

    Attributes
    ----------
    before, after
        The node that changed.
    tree
        The whole tree with the change.
    """

    operator: str
    before: s.Node
    after: s.Node
    tree: s.Node


@frozen
class Editor:
    """Edits trees of one catalogue."""

    catalog: Catalog

    def edits(self, node: s.Node) -> Iterator[Edit]:
        """Every edit of a statement, from left to right."""
        for operator, after in self._own(node):
            yield Edit(operator, node, after, after)
        match node:
            case s.Conjunction(terms) | s.Disjunction(terms):
                for place, term in enumerate(terms):
                    for edit in self.edits(term):
                        changed = (*terms[:place], edit.tree, *terms[place + 1 :])
                        yield evolve(edit, tree=evolve(node, terms=changed))
            case s.Negation(operand):
                for edit in self.edits(operand):
                    yield evolve(edit, tree=evolve(node, operand=edit.tree))
            case s.Implication(left, right):
                for edit in self.edits(left):
                    yield evolve(edit, tree=evolve(node, left=edit.tree))
                for edit in self.edits(right):
                    yield evolve(edit, tree=evolve(node, right=edit.tree))

    def domain(self, node: s.Inner) -> Sequence[str]:
        """The words that a value may be; none for a number or a flag."""
        axes = {axis.name: axis for axis in self.catalog.axes}
        match node:
            case s.Word(name) if name in axes and axes[name].unit is None:
                return axes[name].names
            case s.Attribute(owner, name) if owner in axes and name in axes[owner].attributes:
                kind = axes[owner].attributes[name].type
                if isinstance(kind, Choice | ChoiceSet):
                    return self.catalog.domains[kind.domain]
        return ()

    def _own(self, node: s.Node) -> Iterator[tuple[str, s.Node]]:
        """The edits of the node itself, each as its kind and the new node."""
        match node:
            case s.Conjunction(terms):
                yield "and for or", s.Disjunction(terms)
                yield from _without(s.Conjunction, terms)
            case s.Disjunction(terms):
                yield "and for or", s.Conjunction(terms)
                yield from _without(s.Disjunction, terms)
            case s.Implication(left, right):
                yield "drop condition", right
                yield "turn implication", s.Implication(right, left)
            case s.Negation(operand):
                yield "negate", operand
            case s.Comparison(operator, left, right):
                for other in FLIPS[operator]:
                    yield "flip comparison", evolve(node, operator=other)
                yield from self._swapped(node, left, right)
            case s.Membership(operand, members, negated):
                yield "flip comparison", evolve(node, negated=not negated)
                for after in self._members(operand, members):
                    yield after[0], evolve(node, members=after[1])
            case s.Attribute() | s.Word() | s.Call("defined"):
                yield "negate", s.Negation(node)

    def _swapped(
        self, node: s.Comparison, left: s.Node, right: s.Node
    ) -> Iterator[tuple[str, s.Node]]:
        for operator, changed in self._value(left, right):
            yield operator, evolve(node, right=changed)
        for operator, changed in self._value(right, left):
            yield operator, evolve(node, left=changed)

    def _value(self, kept: s.Node, changed: s.Node) -> Iterator[tuple[str, s.Node]]:
        """The edits of one side of a comparison, the other side of which is `kept`."""
        words = self.domain(kept)
        if isinstance(changed, s.Word | s.Quoted) and changed.value in words:
            for word in near(words, changed.value, (changed.value,)):
                yield "swap option", s.Word(word)
        for number in numbers(changed):
            yield "shift bound", number

    def _members(
        self, operand: s.Node, members: s.Inner
    ) -> Iterator[tuple[str, s.WordSet | s.Range]]:
        match members:
            case s.WordSet(items):
                words = self.domain(operand)
                held = [item.value for item in items if not isinstance(item, s.Number)]
                for place, item in enumerate(items):
                    rest = (*items[:place], *items[place + 1 :])
                    if rest:
                        yield "drop option", s.WordSet(rest)
                    if not isinstance(item, s.Number) and item.value in words:
                        for word in near(words, item.value, held)[:1]:
                            swapped = (*items[:place], s.Word(word), *items[place + 1 :])
                            yield "swap option", s.WordSet(swapped)
                for word in near(words, held[-1], held)[:1] if held else ():
                    yield "add option", s.WordSet((*items, s.Word(word)))
            case s.Range(low, high):
                for number in numbers(low):
                    yield "shift bound", evolve(members, low=number)
                for number in numbers(high):
                    yield "shift bound", evolve(members, high=number)


def _without(
    kind: type[s.Conjunction] | type[s.Disjunction], terms: tuple[s.Node, ...]
) -> Iterator[tuple[str, s.Node]]:
    for place in range(len(terms)):
        rest = (*terms[:place], *terms[place + 1 :])
        yield "drop term", rest[0] if len(rest) == 1 else kind(rest)


def near(words: Sequence[str], word: str, held: Sequence[str]) -> list[str]:
    """The next word behind `word` and the next before it, in turn, that are not in `held`."""
    place, found = list(words).index(word), []
    for step in (1, -1):
        for distance in range(1, len(words)):
            other = words[(place + step * distance) % len(words)]
            if other not in held and other not in found:
                found.append(other)
                break
    return found


def numbers(node: s.Node) -> Iterator[s.Node]:
    """A value with one number in it moved: by one in its last place, and by a tenth."""
    match node:
        case s.Number(value):
            for moved in shifted(value):
                yield evolve(node, value=moved)
        case s.Sum(terms):
            for place, term in enumerate(terms):
                for changed in numbers(term):
                    yield evolve(node, terms=(*terms[:place], changed, *terms[place + 1 :]))
        case s.Product(factors):
            for place, factor in enumerate(factors):
                for changed in numbers(factor):
                    yield evolve(node, factors=(*factors[:place], changed, *factors[place + 1 :]))


def shifted(value: Fraction) -> list[Fraction]:
    """Values near `value`, none of them negative."""
    step = Fraction(1)
    while value % step:
        step /= 10
    moved = [value - step, value + step]
    if value.denominator != 1 or int(value) not in _CALENDAR:
        tenth = round(value / 10 / step) * step
        moved += [value - tenth, value + tenth]
    return [each for each in dict.fromkeys(moved) if each >= 0 and each != value]

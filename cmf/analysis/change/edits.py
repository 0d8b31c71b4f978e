"""Names that came, went or were renamed, and rules whose text changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping

from attrs import evolve, frozen

from cmf.model.catalog import Axis, AxisKind, Catalog, Option, RuleText, TableText
from cmf.problem.problem import Problem
from cmf.source import Text


@frozen
class Item:
    """Something with a name.

    Attributes
    ----------
    kind
        ``slot``, ``feature``, ``module``, ``option``, ``quantity`` or ``part``.
    axis
        The slot or feature of a module or option; empty otherwise.
    """

    kind: str
    name: str
    axis: str = ""


@frozen
class Rename:
    """Something that has another name now and is otherwise the same."""

    kind: str
    old: str
    new: str
    axis: str = ""


@frozen
class RuleEdit:
    """A rule that differs.

    Attributes
    ----------
    change
        ``added``, ``removed``, ``changed`` (its statement, severity or years) or ``reworded``.
    old, new
        As written; `None` on the side that lacks it.
    """

    id: str
    change: str
    old: RuleText | None
    new: RuleText | None


@frozen
class Edits:
    """What differs between two catalogues by name.

    Attributes
    ----------
    altered
        Modules and options whose attributes, years or company differ.
    """

    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    renamed: tuple[Rename, ...]
    altered: tuple[Item, ...]
    rules: tuple[RuleEdit, ...]

    @property
    def axes_added(self) -> bool:
        """Whether a slot or feature is new."""
        return any(not item.axis and item.kind in _AXES for item in self.added)

    @property
    def axes_removed(self) -> bool:
        """Whether a slot or feature is gone."""
        return any(not item.axis and item.kind in _AXES for item in self.removed)


_AXES = tuple(kind.value for kind in AxisKind)


def edits(old: Catalog, new: Catalog) -> Edits:
    """The names and rules that differ from `old` to `new`.

    A rename is only told where there is no doubt: exactly one module went and one came that agree
    in all attributes (for options without attributes: in their title), unlike any other.
    """
    moves = tuple(_renames(old, new))
    moved = {(m.kind, m.axis, m.old): m for m in moves}
    names = {m.old: m.new for m in moves if m.kind in _AXES}
    before = dict(_items(old))
    after = dict(_items(new))
    there: dict[Item, Item] = {}
    for item in before:
        move = moved.get((item.kind, item.axis, item.name))
        axis = names.get(item.axis, item.axis)
        there[item] = evolve(item, axis=axis, name=move.new if move else item.name)
    arrived = set(there.values())
    return Edits(
        tuple(item for item in after if item not in arrived),
        tuple(item for item in before if there[item] not in after),
        moves,
        tuple(
            there[item]
            for item, content in before.items()
            if there[item] in after and after[there[item]] != content
        ),
        tuple(_rules(old, new)),
    )


def renamed(problem: Problem, moves: tuple[Rename, ...]) -> Problem:
    """A problem with the new names, so that it can be compared by name."""
    axes = {m.old: m.new for m in moves if m.kind in _AXES}
    options = {(m.axis, m.old): m.new for m in moves if m.axis}
    variables = []
    for variable in problem.variables:
        name = axes.get(variable.name, variable.name)
        there = tuple(options.get((name, option), option) for option in variable.options)
        variables.append(evolve(variable, name=name, options=there))
    return evolve(problem, variables=tuple(variables))


def _items(catalog: Catalog) -> Iterator[tuple[Item, Hashable]]:
    """Everything with a name, and what it says apart from its name and title."""
    for axis in catalog.axes:
        yield Item(axis.kind.value, axis.name), None
        kind = "module" if axis.kind is AxisKind.SLOT else "option"
        for option in axis.options:
            yield Item(kind, option.name, axis.name), (_content(option), option.lead)
    for quantity in catalog.quantities:
        yield Item("quantity", quantity.name), quantity.expression.value
    for part in catalog.parts.values():
        figures = (part.name, part.unit_cost, part.mass, part.investment, part.supplier)
        yield Item("part", part.number), (*figures, part.lead, part.part_class)


def _content(option: Option) -> Hashable:
    values = ((name, type(value).__name__, value) for name, value in option.values.items())
    return frozenset(values), option.effective


def _renames(old: Catalog, new: Catalog) -> Iterator[Rename]:
    partner: dict[str, Axis] = {axis.name: axis for axis in new.axes}
    for before, after in _axis_pairs(old, new):
        yield Rename(before.kind.value, before.name, after.name)
        partner[before.name] = after
    for axis in old.axes:
        if axis.name in partner:
            yield from _option_renames(axis, partner[axis.name])


def _axis_pairs(old: Catalog, new: Catalog) -> Iterator[tuple[Axis, Axis]]:
    """Axes that went and came, of one kind and with the same options."""

    def alone(one: Catalog, other: Catalog) -> dict[Hashable, Axis]:
        known = {axis.name for axis in other.axes}
        counted = Counter((axis.kind, axis.names) for axis in one.axes)
        return {
            (axis.kind, axis.names): axis
            for axis in one.axes
            if axis.name not in known and counted[axis.kind, axis.names] == 1
        }

    came = alone(new, old)
    for key, axis in alone(old, new).items():
        if key in came:
            yield axis, came[key]


def _option_renames(old: Axis, new: Axis) -> Iterator[Rename]:
    kind = "module" if old.kind is AxisKind.SLOT else "option"
    came = _telling(new, set(old.names))
    for key, option in _telling(old, set(new.names)).items():
        if key in came:
            yield Rename(kind, option.name, came[key].name, new.name)


def _telling(axis: Axis, known: set[str]) -> Mapping[Hashable, Option]:
    """The options that the other side does not know, by what nothing else on the axis says."""

    def key(option: Option) -> Hashable:
        return _content(option) if option.values else (option.title, option.effective)

    counted = Counter(map(key, axis.options))
    return {
        key(option): option
        for option in axis.options
        if option.name not in known
        and counted[key(option)] == 1
        and (option.values or option.title)
    }


def _rules(old: Catalog, new: Catalog) -> Iterator[RuleEdit]:
    before, after = ({rule.id: rule for rule in side.rules} for side in (old, new))
    for id_ in dict.fromkeys((*after, *before)):
        was, is_ = before.get(id_), after.get(id_)
        if was is None or is_ is None:
            yield RuleEdit(id_, "added" if was is None else "removed", was, is_)
        elif _statement(was) != _statement(is_):
            yield RuleEdit(id_, "changed", was, is_)
        elif _words(was) != _words(is_):
            yield RuleEdit(id_, "reworded", was, is_)


def _statement(rule: RuleText) -> Hashable:
    texts = (rule.when, rule.require, rule.forbid)
    tables = (_table(rule.allow), _table(rule.exclude))
    return (*map(_value, texts), *tables, rule.severity, rule.effective)


def _words(rule: RuleText) -> Hashable:
    return rule.because, rule.owner, rule.source, rule.basis


def _table(table: TableText | None) -> Hashable:
    if table is None:
        return None
    rows = tuple(tuple(cell.value for cell in row) for row in table.rows)
    return tuple(column.value for column in table.columns), rows


def _value(text: Text | None) -> str | None:
    return None if text is None else " ".join(text.value.split())

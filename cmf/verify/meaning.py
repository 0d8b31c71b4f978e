"""What claims ask, and what is open of it after some axes were decided: by `rules.semantics`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import define, field, frozen

from cmf.errors import LimitReached
from cmf.model.catalog import Severity
from cmf.rules import semantics
from cmf.rules import typed as t
from cmf.rules.resolve import option_years, resolve_condition
from cmf.rules.resolved import ResolvedCatalog
from cmf.source import Text
from cmf.verify.certificate import Claim, Refused

NEVER = 10**9


@frozen(eq=False)
class State:
    """A sum of weights between `least` and `most` that the axis at `level` decides next.

    Its level is `NEVER` where nothing is open. Where the same is open it is the same object.
    """

    level: int
    behind: tuple[State, ...] = field(repr=False)
    least: int
    most: int

    def after(self, level: int, option: int) -> State:
        """The state after the axis at `level` took an option, all axes before it being decided."""
        return self.behind[option] if self.level == level else self


@define
class Meaning:
    """Finds states over axes that are decided in `order`, at the cost of a `budget`."""

    resolved: ResolvedCatalog
    order: Sequence[str]
    budget: int
    _known: dict[object, State] = field(factory=dict)

    def spend(self, work: int) -> None:
        """Take note of work; raises `LimitReached`."""
        self.budget -= work
        if self.budget < 0:
            raise LimitReached("more combinations and steps than are allowed")

    def state(self, weights: Mapping[t.Expr, int]) -> State:
        """The sum, where statements count 1 if they hold and terms their value, of all weights."""
        reads = dict.fromkeys(read for expr in weights for read in self.reads(expr))
        axes = sorted({axis for axis, _ in reads}, key=self.order.index)
        alike = {axis: self.alike(axis, [p for a, p in reads if a == axis]) for axis in axes}

        def table(chosen: Mapping[str, str]) -> State:
            self.spend(len(weights))
            world = semantics.World(self.resolved, chosen)
            values = [judged(expr, world) for expr in weights]
            if None not in values:
                total = sum(w * (v or 0) for v, w in zip(values, weights.values(), strict=True))
                return self._known.setdefault(total, State(NEVER, (), total, total))
            axis = axes[len(chosen)]
            names = self.resolved.axes[axis].names
            below = {o: table({**chosen, axis: names[o]}) for o in set(alike[axis])}
            behind = tuple(below[first] for first in alike[axis])
            if len(set(behind)) == 1:
                return behind[0]
            level = self.order.index(axis)
            found = State(level, behind, min(s.least for s in behind), max(s.most for s in behind))
            return self._known.setdefault((level, behind), found)

        return table({})

    def reads(self, expr: t.Expr) -> list[tuple[str, t.Expr]]:
        """The greatest parts of an expression that read one axis alone, each with that axis."""
        match expr:
            case t.AxisRef(axis) | t.AttributeRef(axis, _):
                return [(axis, expr)]
            case t.QuantityRef(name):
                parts = [self.resolved.quantities[name].expression]
            case t.BomRef():
                parts = list(dict.fromkeys(line.condition for line in self.resolved.lines))
            case _:
                parts = list(t.children(expr))
        found = [read for part in parts for read in self.reads(part)]
        axes = {axis for axis, _ in found}
        return [(axes.pop(), expr)] if len(axes) == 1 else found

    def alike(self, axis: str, parts: Sequence[t.Expr]) -> list[int]:
        """For every option the first that gives all parts the same value."""
        first: dict[object, int] = {}
        worlds = [semantics.World(self.resolved, {axis: n}) for n in self.resolved.axes[axis].names]
        values = [[semantics.evaluate(part, world) for part in parts] for world in worlds]
        kinds = [tuple((type(value), value) for value in each) for each in values]
        return [first.setdefault(kind, number) for number, kind in enumerate(kinds)]


def judged(expr: t.Expr, world: semantics.World) -> int | None:
    """1 or 0 for a statement, the value of a term; `None` while it takes further axes to tell."""
    try:
        value = semantics.evaluate(expr, world)
        return value if isinstance(value, int) else 0
    except KeyError:  # the statements inside may tell all the same
        match expr:
            case t.And(terms) | t.Or(terms):
                known, end = {judged(term, world) for term in terms}, int(isinstance(expr, t.Or))
                return end if end in known else None if None in known else 1 - end
            case t.Not(operand):
                inside = judged(operand, world)
                return None if inside is None else 1 - inside
            case t.Implies(left, right):
                return judged(t.Or((t.Not(left), right)), world)
        return None


def statements(resolved: ResolvedCatalog, claim: Claim) -> Mapping[str, t.Expr]:
    """All that the variants of a claim satisfy, by the name that reasons cite."""
    hard = (rule for rule in resolved.rules if rule.severity is Severity.HARD)
    found: dict[str, t.Expr] = {f"rule {rule.id}": rule.statement for rule in hard}
    found.update((f"years of {name}", expr) for name, expr in option_years(resolved))
    for number, text in enumerate(claim.where, 1):
        found[f"condition {number}"] = resolve_condition(resolved, Text.alone(text))
    if claim.kind == "always":
        found["statement"] = t.Not(resolve_condition(resolved, Text.alone(claim.statement)))
    if claim.kind == "best":
        terms = (term for _, term in parts(resolved, t.QuantityRef(claim.quantity)))
        known = [t.Defined(term) for term in terms if isinstance(term, t.AttributeRef)]
        found["quantity"] = t.And(tuple(known))  # it has a value where they have (S3)
    return found


def parts(resolved: ResolvedCatalog, expr: t.Expr, by: int = 1) -> Iterator[tuple[int, t.Expr]]:
    """A quantity as a weighted sum of terms and of statements, which count 1 where they hold."""
    match expr:
        case t.Add(terms):
            for term in terms:
                yield from parts(resolved, term, by)
        case t.Negate(operand):
            yield from parts(resolved, operand, -by)
        case t.Multiply((t.Constant(int(value)), other) | (other, t.Constant(int(value)))):
            yield from parts(resolved, other, by * value)
        case t.QuantityRef(name) if name in resolved.quantities:
            yield from parts(resolved, resolved.quantities[name].expression, by)
        case t.BomRef(measure):
            for line in resolved.lines:
                part = resolved.catalog.parts[line.part]
                one = part.unit_cost if measure == "unit_cost" else part.mass
                yield by * line.quantity * one, line.condition
        case t.Constant() | t.AxisRef() | t.AttributeRef():
            yield by, expr
        case _:
            raise Refused("its quantity is no sum of attributes and parts")

"""Checks a certificate: every rule is followed through the diagram on its own.

The set of its states at a node holds for all paths that lead there. Where an arc says that it
refuses, every state must say so; where a count calls every completion valid, all must be true.
Numbers and bounds are added up from the diagram.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod

from attrs import define

from cmf.model.catalog import Severity
from cmf.rules import semantics
from cmf.rules import typed as t
from cmf.rules.resolve import resolve_condition
from cmf.rules.resolved import ResolvedCatalog
from cmf.source import Source, Span, Text
from cmf.verify.certificate import Certificate, Claim
from cmf.verify.meaning import NEVER, TRUE, Meaning

BUDGET = 50_000_000


class Refused(Exception):
    """The certificate does not prove its claim; the text says why."""


def verify(certificate: Certificate, resolved: ResolvedCatalog, budget: int = BUDGET) -> None:
    """Return when the claim is proven; raise `Refused`, `OutOfBudget` or `InputError` if not."""
    claim, order = certificate.claim, certificate.order
    if certificate.digest != resolved.catalog.digest:
        raise Refused("it is about another state of the catalogue")
    if sorted(order) != sorted(resolved.axes) or claim.kind not in ("count", "always", "best"):
        raise Refused("its axes or its kind of claim are unknown")
    asked = statements(resolved, claim)
    if not asked.keys() >= set(certificate.reasons):
        raise Refused("it names a reason that the catalogue does not have")
    sizes = [len(resolved.axes[name].options) for name in order]
    check = Check(certificate, sizes, Meaning(resolved, order, budget))
    check.shape()
    for name, expr in asked.items():
        if name in certificate.reasons or claim.kind == "count":
            check.follow(name, check.meaning.state(expr))
    if claim.kind == "best":
        check.best(asked)
    elif check.count() != (claim.number if claim.kind == "count" else 0):
        raise Refused(f"its diagram has {check.count()} variants")


def statements(resolved: ResolvedCatalog, claim: Claim) -> Mapping[str, t.Expr]:
    """All that the variants of a claim satisfy, by the name that reasons cite."""
    hard = (rule for rule in resolved.rules if rule.severity is Severity.HARD)
    found: dict[str, t.Expr] = {f"rule {rule.id}": rule.statement for rule in hard}
    time = resolved.axes.get(resolved.catalog.time or "")
    for axis, option in ((a, o) for a in resolved.catalog.axes for o in a.options):
        if time and not option.effective.always:  # semantics S4
            years = [name for name in time.names if option.effective.covers(int(name))]
            inside = [_takes(resolved, time.name, year) for year in years]
            other = t.Not(_takes(resolved, axis.name, option.name))
            found[f"years of {axis.name}.{option.name}"] = t.Or((other, *inside))
    for number, text in enumerate(claim.where, 1):
        found[f"condition {number}"] = _condition(resolved, text)
    if claim.kind == "always":
        found["statement"] = t.Not(_condition(resolved, claim.statement))
    if claim.kind == "best":
        found["quantity"] = t.And(tuple(_known(resolved, t.QuantityRef(claim.quantity))))
    return found


def _takes(resolved: ResolvedCatalog, axis: str, option: str) -> t.Expr:
    value = semantics.evaluate(t.AxisRef(axis), semantics.World(resolved, {axis: option}))
    return t.Compare("==", t.AxisRef(axis), t.Constant(option if value is None else value))


def _known(resolved: ResolvedCatalog, expr: t.Expr) -> Iterator[t.Expr]:
    """What must be defined for a quantity to be: S3, and sums over the BOM always are."""
    match expr:
        case t.QuantityRef(name) if name in resolved.quantities:
            yield from _known(resolved, resolved.quantities[name].expression)
        case t.AttributeRef():
            yield t.Defined(expr)
        case _:
            for part in t.children(expr):
                yield from _known(resolved, part)


def _condition(resolved: ResolvedCatalog, text: str) -> t.Expr:
    span = Span(Source("certificate", text), 1, 1, 1, len(text) + 1)
    return resolve_condition(resolved, Text(text, span))


def parts(resolved: ResolvedCatalog, expr: t.Expr, by: int = 1) -> Iterator[tuple[int, t.Expr]]:
    """A quantity as a sum of numbers that count where a statement holds."""
    match expr:
        case t.Constant(int(value)):
            yield by * value, t.And(())
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
        case t.AxisRef(axis) | t.AttributeRef(axis, _):
            worlds = (semantics.World(resolved, {axis: name}) for name in resolved.axes[axis].names)
            for each in dict.fromkeys(semantics.evaluate(expr, world) for world in worlds):
                if isinstance(each, int):
                    yield by * each, t.Compare("==", expr, t.Constant(each))
        case _:
            raise Refused("its quantity is no sum of attributes and parts")


@define
class Check:
    """A certificate whose statements are followed."""

    certificate: Certificate
    sizes: Sequence[int]
    meaning: Meaning

    def start(self, to: int) -> int:
        """Level at which a target begins to decide."""
        return self.certificate.nodes[to - 1][0][0] if to > 0 else len(self.sizes)

    def shape(self) -> None:
        """Refuse what is no diagram: every option once, arcs to earlier nodes and to reasons."""
        reasons = len(self.certificate.reasons)
        for number, node in enumerate(self.certificate.nodes or [[]], 1):
            head, *arcs = node or [[]]
            level = head[0] if len(head) == 1 and 0 <= head[0] < len(self.sizes) else NEVER
            options = sorted(option for arc in arcs for option in arc[1:])
            if level == NEVER or not all(arcs) or options != list(range(self.sizes[level])):
                raise Refused(f"its node {number} is no decision on an axis")
            for to, *_ in arcs:
                if not -reasons <= to < number or (to >= 0 and self.start(to) <= level):
                    raise Refused(f"its node {number} leads to {to}, which it must not")

    def walk(self, state: int) -> Iterator[tuple[tuple[int, int], int, set[int], set[int]]]:
        """Node and option, target, states before and behind, all along what is reached."""
        nodes = self.certificate.nodes
        reached: list[set[int]] = [set() for _ in nodes]
        reached[-1] = self._skip({state}, 0, self.start(len(nodes)))
        yield (0, 0), len(nodes), {state}, reached[-1]
        for number in range(len(nodes), 0, -1):
            before, ((level,), *arcs) = reached[number - 1], nodes[number - 1]
            asked = any(self.meaning.level(each) == level for each in before)
            for to, *options in arcs if before else ():
                self.meaning.spend(len(before))
                for option in options if asked else options[:1]:
                    after = {self.meaning.step(each, level, option) for each in before}
                    if to >= 0:
                        after = self._skip(after, level + 1, self.start(to))
                    if to > 0:
                        reached[to - 1] |= after
                    yield (number, option), to, before, after

    def _skip(self, states: set[int], level: int, end: int) -> set[int]:
        """The states behind axes that may take any option."""
        for skipped in range(level, end):
            if any(self.meaning.level(state) == skipped for state in states):
                options = range(self.sizes[skipped])
                self.meaning.spend(len(states) * len(options))
                states = {self.meaning.step(s, skipped, o) for s in states for o in options}
        return states

    def follow(self, name: str, state: int) -> None:
        """Refuse arcs that are wrong by one statement."""
        counts = self.certificate.claim.kind == "count"
        for _, to, _, after in self.walk(state):
            if to < 0 and self.certificate.reasons[-to - 1] == name and after != {-TRUE}:
                raise Refused(f"{name} does not exclude a branch that is cut by it")
            if to == 0 and counts and after != {TRUE}:
                raise Refused(f"{name} excludes a variant that is counted")

    def count(self) -> int:
        """Number of variants that the diagram holds."""
        found = [1]
        for (level,), *arcs in self.certificate.nodes:
            kept = [(to, len(options)) for to, *options in arcs if to >= 0]
            found.append(sum(self._free(to, level + 1) * found[to] * n for to, n in kept))
        return found[-1] * self._free(len(found) - 1, 0)

    def _free(self, to: int, level: int) -> int:
        return prod(self.sizes[level : self.start(to)])

    def best(self, asked: Mapping[str, t.Expr]) -> None:
        """Refuse a variant that is not valid, not of that value, or not proven to be best."""
        claim, resolved = self.certificate.claim, self.meaning.resolved
        variant = {pair[0]: pair[-1] for pair in claim.variant if pair}
        if variant.keys() != resolved.axes.keys() or any(
            option not in resolved.options[axis] for axis, option in variant.items()
        ):
            raise Refused("its variant is none of the catalogue")
        world = semantics.World(resolved, variant)
        value = semantics.evaluate(t.QuantityRef(claim.quantity), world)
        if value != claim.number or not all(semantics.holds(e, world) for e in asked.values()):
            raise Refused("its variant is not valid or has another value")
        sign = -1 if claim.greatest else 1
        bound = self.bound(claim.quantity, sign)
        if bound is None or bound < sign * claim.number:
            raise Refused("its diagram leaves room for a better variant")

    def bound(self, quantity: str, sign: int) -> int | None:
        """Least value of a signed quantity on what the diagram leaves; `None` for no variant."""
        costs = [[0] * size for size in self.sizes]
        gains: dict[tuple[int, int], int] = {}
        weights: dict[t.Expr, int] = {}
        offset = 0
        for by, expr in parts(self.meaning.resolved, t.QuantityRef(quantity)):
            weights[expr] = weights.get(expr, 0) + sign * by
        for expr, weight in weights.items():
            state = self.meaning.state(expr)
            level = min(self.meaning.level(state), len(self.sizes) - 1)
            after = [self.meaning.step(state, level, o) for o in range(self.sizes[level])]
            if {abs(each) for each in after} == {TRUE}:
                costs[level] = [
                    c + weight * (s == TRUE) for c, s in zip(costs[level], after, strict=True)
                ]
                continue
            offset += min(weight, 0)  # a loss where it holds is a gain where it does not
            for place, _, before, behind in self.walk(state if weight > 0 else -state):
                if behind == {TRUE} and TRUE not in before:
                    gains[place] = gains.get(place, 0) + abs(weight)
        least = self._least(costs, gains)
        return None if least is None else offset + least

    def _least(
        self, costs: Sequence[Sequence[int]], gains: Mapping[tuple[int, int], int]
    ) -> int | None:
        """The shortest way down; `costs` by level and option, `gains` by node and option."""
        found: list[int | None] = [0]
        cheapest = list(map(min, costs))

        def below(to: int, level: int) -> int:
            return (found[to] or 0) + sum(cheapest[level : self.start(to)])

        for number, ((level,), *arcs) in enumerate(self.certificate.nodes, 1):
            ways = [
                below(to, level + 1) + costs[level][option] + gains.get((number, option), 0)
                for to, *options in arcs
                if to >= 0 and found[to] is not None
                for option in options
            ]
            found.append(min(ways, default=None))
        return None if found[-1] is None else below(len(found) - 1, 0) + gains.get((0, 0), 0)

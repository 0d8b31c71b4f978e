"""From a resolved catalogue to the finite-domain problem.

Statements keep their logical structure. An atom over few distinguishable combinations is decided
by `cmf.rules.semantics` itself, combination by combination; an atom over many quantities becomes a
bounded sum, so that the product of the options is never enumerated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from attrs import evolve, field, frozen

from cmf.errors import Diagnostic, InputError
from cmf.model.catalog import Effectivity, Severity, Value
from cmf.problem.formula import FALSE, TRUE, And, Formula, Member, Not, Or, Sum
from cmf.problem.linear import Linearizer, NotAdditive
from cmf.problem.problem import Constraint, Origin, Problem, Quantity, Variable
from cmf.problem.signature import Signatures
from cmf.rules import typed as t
from cmf.rules.resolved import ResolvedCatalog

TREE_LIMIT = 512
"""Distinguishable combinations up to which an atom is decided one by one."""

_REACH = 2**62


@frozen
class LoweredCatalog:
    """A catalogue as a problem, with the way back from typed expressions to formulas.

    Attributes
    ----------
    lines
        BOM lines with the formula under which each is selected, in file order.
    not_additive
        Quantities that are no sum of small cost tables, with the reason; they may stand in rules
        but cannot be minimised by every engine.
    """

    resolved: ResolvedCatalog
    problem: Problem
    lines: tuple[tuple[t.TypedLine, Formula], ...] = field(repr=False)
    not_additive: Mapping[str, str]
    _lowering: Lowering = field(repr=False, eq=False)

    def condition(self, expr: t.Expr) -> Formula:
        """The formula of a further condition on the variant."""
        return self._lowering.statement(expr)


def lower(resolved: ResolvedCatalog) -> LoweredCatalog:
    """The problem of a catalogue: rules, effectivity of modules, additive quantities.

    Raises
    ------
    InputError
        When a rule cannot be lowered within bounds; every such rule is named.
    """
    lowering = Lowering(resolved)
    catalog = resolved.catalog
    hard: list[Constraint] = []
    warn: list[Constraint] = []
    faults: list[Diagnostic] = []
    lines = tuple(_lines(resolved, lowering))
    lowering.linear.set_lines(lines)
    for rule in resolved.rules:
        try:
            formula = lowering.statement(rule.statement)
        except NotAdditive as error:
            faults.append(Diagnostic("rule-too-large", f"rule {rule.id}: {error}", rule.span))
            continue
        said = (rule.owner, rule.source, rule.text)
        origin = Origin("rule", rule.id, rule.because, rule.span, *said)
        (hard if rule.severity is Severity.HARD else warn).append(Constraint(formula, origin))
    if faults:
        raise InputError(faults)
    quantities, not_additive = _quantities(resolved, lowering)
    problem = Problem(
        name=catalog.name,
        variables=tuple(Variable(a.name, a.names) for a in catalog.axes),
        constraints=(*_effectivities(resolved), *hard),
        quantities=quantities,
        warnings=tuple(warn),
    )
    return LoweredCatalog(resolved, problem, lines, not_additive, lowering)


def _lines(resolved: ResolvedCatalog, lowering: Lowering) -> Iterator[tuple[t.TypedLine, Formula]]:
    """Every line with its formula; lines that share a condition share the formula."""
    known: dict[int, Formula] = {}
    for line in resolved.lines:
        if id(line.condition) not in known:
            known[id(line.condition)] = lowering.statement(line.condition)
        yield line, known[id(line.condition)]


def _quantities(
    resolved: ResolvedCatalog, lowering: Lowering
) -> tuple[dict[str, Quantity], dict[str, str]]:
    found: dict[str, Quantity] = {}
    refused: dict[str, str] = {}
    for quantity in resolved.quantities.values():
        try:
            form = lowering.linear.form(quantity.expression)
        except NotAdditive as error:
            refused[quantity.name] = str(error)
            continue
        found[quantity.name] = Quantity(
            quantity.name, form.terms, form.offset, form.defined, quantity.unit, quantity.title
        )
    return found, refused


def _effectivities(resolved: ResolvedCatalog) -> list[Constraint]:
    """An option may be taken only in the years in which it is effective (semantics S4)."""
    catalog = resolved.catalog
    if catalog.time is None:
        return []
    time = next(i for i, axis in enumerate(catalog.axes) if axis.name == catalog.time)
    years = [int(name) for name in catalog.axes[time].names]
    constraints = []
    for number, axis in enumerate(catalog.axes):
        for choice, option in enumerate(axis.options):
            if option.effective.always:
                continue
            others = frozenset(range(len(axis.options))) - {choice}
            inside = frozenset(i for i, y in enumerate(years) if option.effective.covers(y))
            formula = Or((Member(number, others), Member(time, inside)))
            reason = f"{axis.name} {option.name} is effective {_period(option.effective)}"
            name, text = f"{axis.name}.{option.name}", _period(option.effective)
            origin = Origin(
                "effectivity", name, reason, option.span, source=option.source, text=text
            )
            constraints.append(Constraint(formula, origin))
    return constraints


def _period(effective: Effectivity) -> str:
    start = f"from {effective.start}" if effective.start is not None else ""
    until = f"until before {effective.until}" if effective.until is not None else ""
    return " ".join(filter(None, (start, until)))


class Lowering:
    """Typed statements to formulas, for one catalogue."""

    def __init__(self, resolved: ResolvedCatalog) -> None:
        self._signatures = Signatures(resolved)
        self._axes = resolved.catalog.axes
        self._numbers = {axis.name: number for number, axis in enumerate(self._axes)}
        self._sizes = [len(axis.options) for axis in self._axes]
        self._cache: dict[t.Expr, Formula] = {}
        self.linear = Linearizer(resolved, self._signatures, self.decide)

    def statement(self, expr: t.Expr) -> Formula:
        """The formula that holds exactly where `expr` is true.

        Raises
        ------
        NotAdditive
            When an atom is neither small nor a sum.
        """
        if expr not in self._cache:
            self._cache[expr] = self._statement(expr)
        return self._cache[expr]

    def _statement(self, expr: t.Expr) -> Formula:
        match expr:
            case t.And(terms):
                return conjunction([self.statement(term) for term in terms])
            case t.Or(terms):
                return disjunction([self.statement(term) for term in terms])
            case t.Not(operand):
                return self.negation(self.statement(operand))
            case t.Implies(left, right):
                return disjunction([self.negation(self.statement(left)), self.statement(right)])
            case t.Compare("==", t.AxisRef(axis), t.Constant(str() as name)):
                return self._named(axis, {name})
            case t.Compare("!=", t.AxisRef(axis), t.Constant(str() as name)):
                return self.negation(self._named(axis, {name}))
            case t.In(t.AxisRef(axis), t.Constant(frozenset() as names)) if self._is_plain(axis):
                return self._named(axis, names)
            case _ if self._is_small(expr):
                return self.decide(expr)
            case t.Match(columns, rows):
                return disjunction([self._row(columns, row) for row in rows])
            case _:
                return self._sum(expr)

    def _is_plain(self, axis: str) -> bool:
        """Whether the options of an axis are names, not numbers."""
        return self._axes[self._numbers[axis]].unit is None

    def _named(self, axis: str, names: Set[Value]) -> Formula:
        """That an axis has one of some options, as a shorter way to what `decide` finds."""
        number = self._numbers[axis]
        found = frozenset(i for i, name in enumerate(self._axes[number].names) if name in names)
        everything = len(found) == self._sizes[number]
        return TRUE if everything else Member(number, found) if found else FALSE

    def decide(self, expr: t.Expr) -> Formula:
        """The formula of `expr`, decided combination by combination."""
        return self._tree(expr, self._signatures.axes(expr), {})

    def _is_small(self, expr: t.Expr) -> bool:
        """Whether to decide an atom combination by combination: few of them, or no numbers."""
        if len(self._signatures.axes(expr)) <= 1:
            return True
        if self._signatures.combinations(expr) <= TREE_LIMIT:
            return True
        return not isinstance(expr, t.Match) and not self._signatures.is_numeric(expr)

    def negation(self, formula: Formula) -> Formula:
        """The opposite, with the negation of a membership folded into its options."""
        match formula:
            case Member(variable, options):
                rest = frozenset(range(self._sizes[variable])) - options
                return Member(variable, rest)
            case Not(operand):
                return operand
            case And(terms) if all(isinstance(term, Member) for term in terms):
                return disjunction([self.negation(term) for term in terms])
            case Or(terms) if all(isinstance(term, Member) for term in terms):
                return conjunction([self.negation(term) for term in terms])
            case _:
                return Not(formula)

    def _tree(self, expr: t.Expr, axes: Sequence[int], chosen: dict[int, int]) -> Formula:
        """Decide `expr` axis by axis, options with the same outcome together."""
        if not axes:
            return TRUE if self._signatures.holds(expr, chosen) else FALSE
        axis, rest = axes[0], axes[1:]
        outcomes: dict[Formula, set[int]] = {}
        for group in self._signatures.classes(expr, axis):
            outcome = self._tree(expr, rest, {**chosen, axis: group[0]})
            outcomes.setdefault(outcome, set()).update(group)
        if len(outcomes) == 1:
            return next(iter(outcomes))
        everything = frozenset(range(self._sizes[axis]))
        branches = [
            disjunction([Member(axis, everything - options), outcome])
            for outcome, options in outcomes.items()
        ]
        return conjunction(branches)

    def _row(self, columns: Sequence[t.Expr], row: Sequence[t.Test | None]) -> Formula:
        cells = []
        for column, test in zip(columns, row, strict=True):
            if test is not None:
                options = [_accepts(column, value) for value in test]
                cells.append(disjunction([self.statement(option) for option in options]))
        return conjunction(cells)

    def _sum(self, expr: t.Expr) -> Formula:
        match expr:
            case t.Between(operand, low, high):
                below = self.statement(t.Compare("<=", low, operand))
                return conjunction([below, self.statement(t.Compare("<=", operand, high))])
            case t.Compare(operator, left, right):
                split = self.linear.split(expr)
                if split is not None:
                    return self.statement(split)
                return self._compare(operator, left, right)
            case t.Defined(operand):
                return self.linear.form(operand).defined
            case _:
                raise NotAdditive("an expression speaks of too many combinations of options")

    def _compare(self, operator: str, left: t.Expr, right: t.Expr) -> Formula:
        match right:
            case t.Constant(int() as value) if not isinstance(value, bool):
                # Line-ups hold many vehicles to their own bounds of the same quantity.
                form = self.linear.form(left)
                form = evolve(form, offset=form.offset - value)
            case _:
                form = self.linear.form(t.Add((left, t.Negate(right))))
        if sum(int(abs(c.costs).max(initial=abs(c.default))) for c in form.terms) > _REACH:
            raise NotAdditive("a sum may exceed 2^62")
        zero = -form.offset
        bounds: dict[str, tuple[int | None, int | None]] = {
            "==": (zero, zero),
            "!=": (zero, zero),
            "<=": (None, zero),
            "<": (None, zero - 1),
            ">=": (zero, None),
            ">": (zero + 1, None),
        }
        low, high = bounds[operator]
        total: Formula = Sum(form.terms, low, high)
        return conjunction([form.defined, Not(total) if operator == "!=" else total])


def _accepts(column: t.Expr, value: Value | tuple[int, int]) -> t.Expr:
    if isinstance(value, tuple):
        return t.Between(column, t.Constant(value[0]), t.Constant(value[1]))
    return t.Compare("==", column, t.Constant(value))


def conjunction(terms: Sequence[Formula]) -> Formula:
    """All of `terms`, flattened, without trivial and repeated ones."""
    kept: dict[Formula, None] = {}
    for term in terms:
        for part in term.terms if isinstance(term, And) else (term,):
            if part == FALSE:
                return FALSE
            kept[part] = None
    parts = tuple(kept)
    return parts[0] if len(parts) == 1 else And(parts)


def disjunction(terms: Sequence[Formula]) -> Formula:
    """Some of `terms`, flattened; memberships of one variable are merged."""
    members: dict[int, frozenset[int]] = {}
    kept: dict[Formula, None] = {}
    for term in terms:
        for part in term.terms if isinstance(term, Or) else (term,):
            if part == TRUE:
                return TRUE
            if isinstance(part, Member):
                members[part.variable] = members.get(part.variable, frozenset()) | part.options
            else:
                kept[part] = None
    parts = (*(Member(v, o) for v, o in members.items() if o), *kept)
    return parts[0] if len(parts) == 1 else Or(parts)

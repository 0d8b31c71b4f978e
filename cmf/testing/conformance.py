"""One suite that every engine passes: its answers are compared with the brute-force engine.

Use it for an engine of your own, best on problems drawn by `cmf.testing.strategies.problems`::

    @given(problems())
    def test_my_engine(problem):
        check_engine(MyEngine(), problem)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from attrs import frozen

from cmf.engines.brute import BruteEngine, BruteSpace
from cmf.engines.protocols import Aim, CountingSpace, Engine, Space
from cmf.problem.answer import Infeasible, Solved, Unknown
from cmf.problem.formula import And, CostTable, Formula, Member, Not, Or, Rows, Sum, Table
from cmf.problem.problem import Problem, Variant


def check_engine(engine: Engine, problem: Problem, *restrictions: Formula) -> None:
    """Compare every answer of `engine` on `problem` with the brute-force engine.

    Compared are satisfiability, the number, the set and the order of the variants, the options
    that are still possible, the best variants of every quantity (least and greatest, one, some and
    many of them, ties included), its bounds, Pareto fronts, projections, and all of it again under
    restrictions. A space that counts by option is also held to the option counts, weighted ones
    too, and its samples must be valid and reproducible.

    Parameters
    ----------
    engine
        Opens the problem without limits, so `Unknown` counts as a failure.
    problem
        Small enough for `BruteEngine`.
    restrictions
        Formulas to restrict the space by, one at a time and all at once. Without any, a few are
        made from the problem: one and several options of a variable, the negation of a
        constraint, a bound on a quantity, a formula that nothing satisfies.

    Raises
    ------
    AssertionError
        An answer differs; the message has both answers, the restriction and the whole problem.
    ValueError
        The problem is too large for brute force.
    """
    oracle = BruteEngine().open(problem)
    if isinstance(oracle, Unknown):
        raise ValueError(f"too large to be checked by brute force: over {oracle.limit}")
    space, again = engine.open(problem), engine.open(problem)
    if isinstance(space, Unknown) or isinstance(again, Unknown):
        raise AssertionError(f"{engine.name}: open gave {space}\n{describe(problem)}")
    # Enough to run out of variants where there are few, and into the middle of a tie.
    tops = (1, 3, min(len(oracle.valid) + 1, 12))
    _Check(engine.name, space, oracle, tops=tops, deep=True).run()
    chosen = restrictions or tuple(_restrictions(problem))
    for restriction in chosen:
        _Check(engine.name, space.where(restriction), oracle.where(restriction)).run()
    _Check(engine.name, space.where(*chosen), oracle.where(*chosen), deep=True).run()
    stepwise, expected = space, oracle
    for restriction in chosen[:2]:
        stepwise, expected = stepwise.where(restriction), expected.where(restriction)
    _Check(engine.name, stepwise, expected).run()
    # Restricting leaves the space as it was, and a fresh one finds the same variant.
    _Check(engine.name, again, oracle, found=space.find()).run()


def describe(problem: Problem) -> str:
    """A problem as text: variables, constraints and quantities, a line each."""
    lines = [f"problem {problem.name}"]
    lines += [f"  {v.name}: {' '.join(v.options)}" for v in problem.variables]
    lines += [f"  [{c.origin.name}] {_text(c.formula, problem)}" for c in problem.constraints]
    for quantity in problem.quantities.values():
        terms = " + ".join([str(quantity.offset), *(_cost(t, problem) for t in quantity.terms)])
        lines.append(f"  {quantity.name} = {terms} if {_text(quantity.defined, problem)}")
    return "\n".join(lines)


def _restrictions(problem: Problem) -> Iterator[Formula]:
    first, last = problem.variables[0], problem.variables[-1]
    yield Member(0, frozenset({len(first.options) // 2}))
    yield Not(Member(len(problem.variables) - 1, frozenset({len(last.options) - 1})))
    yield Or((Member(0, frozenset({0})), Not(Member(len(problem.variables) - 1, frozenset({0})))))
    for constraint in problem.constraints[:1]:
        yield Not(constraint.formula)
    for quantity in list(problem.quantities.values())[:1]:
        yield And((Not(quantity.defined), Sum(quantity.terms, 0, None)))
        yield Or((quantity.defined, Sum(quantity.terms, None, 2)))


@frozen
class _Check:
    """One space against the oracle's space with the same restrictions.

    Attributes
    ----------
    tops
        How many best variants to ask for.
    alike
        Whether both were restricted by the same formulas.
    deep
        Whether to look at Pareto fronts and projections too.
    found
        What `find` gave on another space of the same problem, if there was one.
    """

    name: str
    space: Space
    oracle: BruteSpace
    tops: tuple[int, ...] = (2,)
    alike: bool = True
    deep: bool = False
    found: Solved[Variant] | Infeasible | Unknown | None = None

    def run(self) -> None:
        if self.alike:
            self._constraints()
        self._find()
        self._equal("count()", self.space.count(), self.oracle.count())
        self._equal("variants()", tuple(self.space.variants()), self.oracle.valid)
        self._equal("possible()", self.space.possible(), self.oracle.possible())
        for quantity in self.oracle.problem.quantities:
            for greatest in (False, True):
                self._best(quantity, greatest)
            self._equal(
                f"bounds({quantity!r})", self.space.bounds(quantity), self.oracle.bounds(quantity)
            )
        if self.deep:
            self._pareto()
            self._project()
        if hasattr(self.space, "option_counts"):
            self._counting(cast(CountingSpace, self.space))

    def _constraints(self) -> None:
        ours = [c.formula for c in self.space.problem.constraints]
        expected = [c.formula for c in self.oracle.problem.constraints]
        if list(map(id, ours)) != list(map(id, expected)):
            self._differ("problem.constraints", ours, expected)

    def _find(self) -> None:
        answer = self.space.find()
        if isinstance(answer, Solved):
            self._valid("find()", answer.value)
        else:
            self._equal("find()", answer, self.oracle.find())
        self._equal("find() once more", self.space.find(), answer)
        if self.found is not None:
            self._equal("find() on a fresh space", answer, self.found)

    def _best(self, quantity: str, greatest: bool) -> None:
        ranking = self.oracle.best(quantity, greatest=greatest, top=max(self.tops))
        for top in self.tops:
            self._equal(
                f"best({quantity!r}, greatest={greatest}, top={top})",
                self.space.best(quantity, greatest=greatest, top=top),
                Solved(ranking.value[:top]) if isinstance(ranking, Solved) else ranking,
            )

    def _pareto(self) -> None:
        names = list(self.oracle.problem.quantities)
        for size in range(1, len(names) + 1):
            aims = [Aim(name, number % 2 == 1) for number, name in enumerate(names[:size])]
            self._equal(f"pareto({aims})", self.space.pareto(aims), self.oracle.pareto(aims))

    def _project(self) -> None:
        number = len(self.oracle.problem.variables)
        for kept in {(0,), tuple(range(0, number, 2)), tuple(range(number))}:
            expected = self.oracle.project(kept)
            space = self.space.project(kept)
            if isinstance(space, Unknown):
                self._differ(f"project({kept})", space, expected)
            else:
                _Check(f"{self.name}.project({kept})", space, expected, alike=False).run()

    def _counting(self, space: CountingSpace) -> None:
        self._equal("option_counts()", space.option_counts(), self.oracle.option_counts())
        drawn = space.sample(5, 7)
        if isinstance(drawn, Solved):
            self._equal("len(sample(5, 7))", len(drawn.value), 5)
            for variant in drawn.value:
                self._valid("sample(5, 7)", variant)
        else:
            self._equal("sample(5, 7)", drawn, self.oracle.sample(5, 7))
        self._equal("sample(5, 7) once more", space.sample(5, 7), drawn)
        weights = [
            [(7 * v + 5 * o + 3) % 4 for o, _ in enumerate(variable.options)]
            for v, variable in enumerate(self.oracle.problem.variables)
        ]
        counts = self.oracle.option_counts(weights)
        self._equal(f"option_counts({weights})", space.option_counts(weights), counts)
        weighed = space.sample(5, 7, weights)
        if not isinstance(weighed, Solved):
            self._equal(f"sample(5, 7, {weights})", weighed, self.oracle.sample(5, 7, weights))
            return
        for variant in weighed.value:
            self._valid(f"sample(5, 7, {weights})", variant)
            if not all(row[o] for row, o in zip(weights, variant, strict=True)):
                self._differ(f"sample(5, 7, {weights})", variant, "a variant of some weight")

    def _valid(self, question: str, variant: Variant) -> None:
        if variant not in self.oracle.valid:
            self._differ(question, variant, "a valid variant")

    def _equal(self, question: str, answer: object, expected: object) -> None:
        if answer != expected:
            self._differ(question, answer, expected)

    def _differ(self, question: str, answer: object, expected: object) -> None:
        raise AssertionError(
            f"{self.name}: {question} gave\n  {answer}\nbut brute force says\n  {expected}\n"
            f"{describe(self.oracle.problem)}"
        )


def _text(formula: Formula, problem: Problem) -> str:
    match formula:
        case Member(variable, options):
            names = (problem.variables[variable].options[o] for o in sorted(options))
            return f"{problem.variables[variable].name} in {{{', '.join(names)}}}"
        case Table(scope, rows):
            return f"({_names(problem, scope)}) in {{{'; '.join(_tuples(problem, scope, rows))}}}"
        case Sum(terms, low, high):
            total = " + ".join(_cost(term, problem) for term in terms) or "0"
            least = "" if low is None else f"{low} <= "
            return f"{least}{total}" + ("" if high is None else f" <= {high}")
        case Not(operand):
            return f"not ({_text(operand, problem)})"
        case And(inner):
            return " and ".join(f"({_text(term, problem)})" for term in inner) or "true"
        case Or(inner):
            return " or ".join(f"({_text(term, problem)})" for term in inner) or "false"


def _cost(table: CostTable, problem: Problem) -> str:
    rows = _tuples(problem, table.scope, table.rows)
    values = [f"({row}): {cost}" for row, cost in zip(rows, table.costs.tolist(), strict=True)]
    listed = ", ".join([*values, f"else: {table.default}"])
    return f"{{{listed}}}[{_names(problem, table.scope)}]"


def _names(problem: Problem, scope: tuple[int, ...]) -> str:
    return ", ".join(problem.variables[variable].name for variable in scope)


def _tuples(problem: Problem, scope: tuple[int, ...], rows: Rows) -> list[str]:
    return [
        ", ".join(problem.variables[v].options[o] for v, o in zip(scope, row, strict=True))
        for row in rows.tolist()
    ]

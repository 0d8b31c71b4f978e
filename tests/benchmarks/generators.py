"""Made-up catalogues of any size, the same for the same seed.

*Structured* ones are as real catalogues are: rules speak of interfaces that modules share, so many
modules are interchangeable. *Unstructured* ones have requires and excludes between single options.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from cmf.problem.formula import Formula, Member, Or
from cmf.problem.problem import Constraint, Origin, Problem, Variable

SLOTS = 5
FEATURES = (2, 3, 3, 4, 5, 6)
"""Number of options of the features that stand beside the slots: 11 variables in all."""

UNSTRUCTURED = {20: (100,), 40: (250, 500), 80: (500,)}
"""Numbers of rules for modules per slot."""


def structured(modules: int, seed: int = 1) -> Problem:
    """A catalogue whose rules tell 8 to 16 interface classes of a slot apart.

    Parameters
    ----------
    modules
        Modules per slot; with fewer modules than classes some classes are empty. The rules do not
        depend on it.
    """
    rng = np.random.default_rng(seed)
    kinds = [int(k) for k in rng.integers(8, 17, SLOTS)] + list(FEATURES)
    pairs = [pair for pair in combinations(range(len(kinds)), 2) if pair[0] < SLOTS]
    chosen = [pairs[i] for i in rng.permutation(len(pairs))[: 2 * SLOTS]]
    rules = []
    for first, second in chosen:
        # What fits together: a band of classes of one slot for every class of the other.
        width = kinds[second] * rng.uniform(0.45, 0.75)
        for kind in range(kinds[first]):
            middle = kind * kinds[second] / kinds[first] + rng.normal()
            fits = [k for k in range(kinds[second]) if abs(k - middle) <= width / 2 + 0.5]
            rules.append((first, kind, second, fits))
    # The classes of modules are drawn after the rules, so that these stay the same.
    sizes = [modules] * SLOTS + list(FEATURES)
    classes = [np.arange(size) % kind for size, kind in zip(sizes, kinds, strict=True)]
    for slot in range(SLOTS):
        classes[slot][kinds[slot] :] = rng.integers(0, kinds[slot], max(0, modules - kinds[slot]))

    def members(variable: int, wanted: list[int]) -> Member:
        found = np.flatnonzero(np.isin(classes[variable], wanted))
        return Member(variable, frozenset(found.tolist()))

    formulas = [
        _implies(members(first, [kind]), members(second, fits), sizes)
        for first, kind, second, fits in rules
    ]
    return _problem(f"structured {modules}", sizes, formulas)


def unstructured(modules: int, rules: int, seed: int = 1) -> Problem:
    """A catalogue with random rules: one option requires, or excludes, one other option.

    All options are equally likely to be spoken of, so most rules are between modules; every fourth
    is a requires. Rules that would exclude one hidden variant are left out, so that there is one.
    """
    rng = np.random.default_rng(seed)
    sizes = [modules] * SLOTS + list(FEATURES)
    places = [(variable, option) for variable, size in enumerate(sizes) for option in range(size)]
    hidden = [int(rng.integers(size)) for size in sizes]
    formulas: list[Formula] = []
    while len(formulas) < rules:
        (first, one), (second, other) = (places[i] for i in rng.integers(len(places), size=2))
        requires = len(formulas) % 4 == 0
        broken = hidden[first] == one and (hidden[second] == other) != requires
        if first == second or broken:
            continue
        options = {other} if requires else set(range(sizes[second])) - {other}
        then = Member(second, frozenset(options))
        formulas.append(_implies(Member(first, frozenset({one})), then, sizes))
    return _problem(f"unstructured {modules}, {rules} rules", sizes, formulas)


def _implies(condition: Member, then: Member, sizes: list[int]) -> Formula:
    other = frozenset(range(sizes[condition.variable])) - condition.options
    return Or((Member(condition.variable, other), then))


def _problem(name: str, sizes: list[int], formulas: list[Formula]) -> Problem:
    names = [f"slot{s}" for s in range(SLOTS)] + [f"feature{f}" for f in range(len(FEATURES))]
    variables = tuple(
        Variable(variable, tuple(f"{variable}.{o}" for o in range(size)))
        for variable, size in zip(names, sizes, strict=True)
    )
    constraints = tuple(
        Constraint(formula, Origin("rule", f"r{number}")) for number, formula in enumerate(formulas)
    )
    return Problem(name, variables, constraints)

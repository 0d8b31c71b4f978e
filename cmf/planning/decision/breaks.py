"""Which rules a vehicle would break with other modules, by the meaning of the rules alone."""

from __future__ import annotations

from collections.abc import Sequence

from cmf.model.catalog import RuleText, Severity
from cmf.planning.lineup.pose import Posed
from cmf.rules.semantics import World, holds


def broken_rules(posed: Posed, vehicle: int, choices: Sequence[int]) -> tuple[RuleText, ...]:
    """The hard rules that forbid choices in a vehicle; what it cannot choose stays as today."""
    variables = posed.lowered.problem.variables
    numbers = {variable.name: number for number, variable in enumerate(variables)}
    variant = list(posed.builds[vehicle].variant)
    for slot, choice in zip(posed.problem.slots, choices, strict=True):
        if slot in numbers:
            options = variables[numbers[slot]].options
            variant[numbers[slot]] = options.index(posed.problem.choices[choice].name)
    resolved = posed.lowered.resolved
    world = World(resolved, posed.lowered.problem.names(tuple(variant)))
    broken = {
        rule.id
        for rule in resolved.rules
        if rule.severity is Severity.HARD and not holds(rule.statement, world)
    }
    return tuple(rule for rule in resolved.catalog.rules if rule.id in broken)

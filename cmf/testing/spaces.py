"""Strategies over a variant space: all valid variants, parts of them, and near misses.

Examples are picked by walking down the compiled diagram, so none is ever filtered away. When a test
fails, Hypothesis pulls the example towards a reference vehicle, option by option, inside the space.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import TYPE_CHECKING

from attrs import evolve
from hypothesis import strategies as st

from cmf.analysis.rule_tests import Reference
from cmf.analysis.takerates import Rate
from cmf.engines.diagram import DiagramEngine, DiagramSpace
from cmf.engines.diagram.guided import Guide
from cmf.engines.protocols import Weights
from cmf.errors import LimitReached, did_you_mean, fail
from cmf.problem.answer import Limits, Solved, Unknown
from cmf.problem.formula import And, Not
from cmf.problem.problem import Constraint, Origin, Problem, Variant
from cmf.testing.drawn import Drawn

if TYPE_CHECKING:
    from cmf.workspace import Model, VariantSpace

_GATE = 4
"""Bytes that are 0 only when Hypothesis makes an example simpler (or once in four thousand million
examples)."""
_SEED = 8
"""Bytes of the seed of a random variant."""


def variants(
    space: VariantSpace,
    *,
    reference: Mapping[str, str] | None = None,
    rates: Mapping[str, Mapping[str, Rate]] | None = None,
) -> st.SearchStrategy[Drawn]:
    """Valid variants of a space, none of them ever filtered.

    They are drawn uniformly over all variants, as far as Hypothesis draws its numbers uniformly:
    it starts with the simplest example and avoids to repeat one. An example shrinks towards the
    reference, inside the space: what stays different is what the failure needs.

    Parameters
    ----------
    space
        Compiled by the engine ``diagram``, conditions included.
    reference
        Option names by slot and feature, of all of them. By default the first vehicle of the
        line-up beside the catalogue that meets the conditions, or else some valid variant.
    rates
        Take rates by axis and option, as for `VariantSpace.take_rates`; examples then come as often
        as these say.

    Raises
    ------
    InputError
        When the space has no variant; for an unknown name in `reference` or `rates`.
    LimitReached
        When the engine of the space is no diagram.
    """
    weights = None if rates is None else space.take_rates(rates).weights
    return _drawn(space, _compiled(space), _reference(space, reference), weights)


def partial_choices(
    space: VariantSpace, *, reference: Mapping[str, str] | None = None
) -> st.SearchStrategy[dict[str, str]]:
    """Choices for some slots and features that at least one valid variant meets.

    They shrink to fewer choices, and these to the options of the reference. Parameters and faults
    are those of `variants`.
    """
    names = [variable.name for variable in space.model.problem.variables]
    chosen = st.lists(st.sampled_from(names), unique=True, max_size=len(names))
    pairs = st.tuples(chosen, variants(space, reference=reference))
    return pairs.map(lambda pair: {name: pair[1][name] for name in names if name in set(pair[0])})


def near_misses(
    space: VariantSpace, rule: str, *, reference: Mapping[str, str] | None = None
) -> st.SearchStrategy[Drawn]:
    """Variants that break one rule and satisfy every other hard rule and condition.

    Parameters
    ----------
    rule
        Id of a hard rule, or the name of a constraint of a foreign model.

    Raises
    ------
    InputError
        When there is no such rule, or no near miss: the rule then follows from the others.
    LimitReached
        When what is left without the rule does not compile.
    """
    problem = space.space.problem
    asked = [c for c in problem.constraints if c.origin.kind != "choice" and c.origin.name == rule]
    if not asked:
        known = [c.origin.name for c in problem.constraints if c.origin.kind != "choice"]
        remedy = did_you_mean(rule, known, what="rule")
        raise fail("unknown-rule", f"there is no hard rule `{rule}`", None, remedy)
    broken = Not(And(tuple(constraint.formula for constraint in asked)))
    rest = tuple(c for c in problem.constraints if c not in asked)
    missing = evolve(problem, constraints=(*rest, Constraint(broken, Origin("choice", "broken"))))
    opened = _opened(missing)
    if opened.empty:
        message = f"nothing breaks `{rule}` alone"
        remedy = "the rule follows from the others and the conditions of the space"
        raise fail("no-near-miss", message, asked[0].origin.span, remedy)
    return _drawn(space, opened, _reference(space, reference), None)


def variant(space: VariantSpace, **options: str) -> Drawn:
    """The valid variant with these options that is nearest to the reference, for ``@example``.

    Raises
    ------
    InputError
        When no variant of the space takes them all, or for an unknown name.
    """
    within = space.choose(options)
    found = _reference(space, None)
    nearest = _guide(_compiled(within), found, None).nearest({})
    if nearest is None:
        raise RuntimeError("a space with variants has none: a defect of this program")
    return Drawn(space.model, nearest, found)


def _drawn(
    space: VariantSpace, diagram: DiagramSpace, reference: Reference, weights: Weights | None
) -> st.SearchStrategy[Drawn]:
    guide = _guide(diagram, reference, weights)
    model, size = space.model, len(space.model.problem.variables)
    # One draw: Hypothesis also tries examples that are random in front and 0 behind.
    numbers = st.binary(min_size=_GATE + size + _SEED, max_size=_GATE + size + _SEED)

    # A composite, since Hypothesis shows the result of a `map` as the call that made it.
    @st.composite
    def valid_variants(draw: st.DrawFn) -> Drawn:
        drawn = draw(numbers)
        gate, mask, seed = drawn[:_GATE], drawn[_GATE:-_SEED], drawn[-_SEED:]
        source = Random(int.from_bytes(seed, "big"))  # noqa: S311 (an example, not a secret)
        found: Variant | None = guide.draw(source)
        if found is not None and not any(gate):
            # Hypothesis makes it simpler: what is 0 in the mask is pulled to the reference.
            found = guide.nearest({v: found[v] for v, keep in enumerate(mask) if keep})
        if found is None:
            raise RuntimeError("a variant does not meet its own options: a defect of this program")
        return Drawn(model, found, reference)

    return valid_variants()


def _guide(diagram: DiagramSpace, reference: Reference, weights: Weights | None) -> Guide:
    try:
        return Guide.of(diagram, reference.variant, weights)
    except ValueError as error:
        remedy = "`cmf why` tells which rules exclude it" if not weights else None
        raise fail("no-variant", str(error), None, remedy) from None


def _compiled(space: VariantSpace) -> DiagramSpace:
    if isinstance(space.space, DiagramSpace):
        return space.space
    raise LimitReached(f"engine {space.engine} draws no examples: narrow the conditions")


def _opened(problem: Problem) -> DiagramSpace:
    from cmf.workspace.engine import AUTO_NODES, AUTO_SECONDS

    opened = DiagramEngine().open(problem, Limits(seconds=AUTO_SECONDS, nodes=AUTO_NODES))
    if isinstance(opened, Unknown):
        raise LimitReached(f"{problem.name} without the rule exceeds {opened.limit}")
    return opened


def _reference(space: VariantSpace, names: Mapping[str, str] | None) -> Reference:
    model = space.model
    if names is not None:
        return _named(model, names)
    from cmf.engines.sat import SatEngine, SatSpace
    from cmf.problem.formula import holds
    from cmf.workspace.reference import references

    if (model.catalog.folder / "lineup.yaml").is_file() and model.catalog.digest:
        proving = SatEngine().open(model.problem)
        vehicles = references(model, proving) if isinstance(proving, SatSpace) else ()
        for vehicle in vehicles:
            if all(holds(choice.formula, vehicle.variant) for choice in space.choices):
                return vehicle
    found = space.space.find()
    if not isinstance(found, Solved):
        raise fail("no-variant", "there is no variant to draw", None, "widen the conditions")
    return Reference("the reference variant", found.value)


def _named(model: Model, names: Mapping[str, str]) -> Reference:
    for variable in model.problem.variables:
        if variable.name not in names:
            message = f"the reference has no option for `{variable.name}`"
            raise fail("incomplete-reference", message, None, "name every slot and feature")
        if names[variable.name] not in variable.options:
            option = names[variable.name]
            remedy = did_you_mean(option, variable.options, what="option")
            message = f"`{variable.name}` has no option `{option}`"
            raise fail("unknown-option", message, None, remedy)
    return Reference("the reference", model.problem.numbers(names))

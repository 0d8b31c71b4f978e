"""Certificates for what a variant space answers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from cmf.engines.outcome import solved
from cmf.errors import LimitReached
from cmf.model.rule_tests import Claim as RuleClaim
from cmf.model.units import PURE, UNITS
from cmf.problem.answer import Limits, Unknown
from cmf.problem.problem import Constraint, Variant
from cmf.verify import Certificate, Claim
from cmf.workspace.space import VariantSpace

if TYPE_CHECKING:
    from cmf.analysis.certify import Patience
    from cmf.analysis.rule_tests import Trial

CONFLICT_SECONDS = 30.0


def count_certificate(space: VariantSpace, patience: Patience | None = None) -> Certificate:
    """Proof of the number of variants; of zero, by the rules of a minimal conflict.

    Parameters
    ----------
    patience
        How long to search; by default without a limit of time.

    Raises
    ------
    LimitReached
        When there is none within bounds.
    """
    claim = Claim("count", _conditions(space), space.count())
    return _certified(space, claim, _conflict(space) if claim.number == 0 else None, patience)


def always_certificate(
    space: VariantSpace, statement: str, patience: Patience | None = None
) -> Certificate:
    """Proof that a statement holds on every variant of a space; see `count_certificate`."""
    failing = space.where(f"not ({statement})")
    if failing.count():
        raise ValueError("the statement does not hold always")
    needed = _conflict(failing)
    last = f"condition {len(failing.choices)}"
    named = {"statement" if name == last else name for name in needed}
    return _certified(
        space, Claim("always", _conditions(space), statement=statement), named, patience
    )


def best_certificate(
    space: VariantSpace,
    quantity: str,
    *,
    greatest: bool = False,
    patience: Patience | None = None,
) -> Certificate:
    """Proof of the least (or greatest) value of a quantity; see `count_certificate`.

    Raises
    ------
    ValueError
        When there is no variant on which the quantity has a value.
    """
    space.additive(quantity)
    ranked = solved(space.space.best(quantity, greatest=greatest), ())
    if not ranked:
        raise ValueError("there is no variant")
    first = ranked[0]
    names = space.model.problem.names(first.variant)
    variant = [[axis, option] for axis, option in names.items()]
    claim = Claim("best", _conditions(space), first.value, "", quantity, greatest, variant)
    return _certified(space, claim, None, patience)


def trial_certificate(
    space: VariantSpace,
    trial: Trial,
    witness: Variant | None,
    patience: Patience | None = None,
) -> Certificate:
    """Proof that a rule test passes.

    What is possible is proven by the witness, as a count of one variant; what is impossible as a
    count of none.

    Parameters
    ----------
    space
        All valid variants of the catalogue.
    witness
        A variant that a test of the kind ``possible`` looks at.

    Raises
    ------
    LimitReached
        When there is no certificate for this kind of test, or none within bounds.
    """
    test = trial.test
    selected = space if test.where is None else space.where(test.where.value)
    statements = [text.value for text in test.statements]
    match test.claim:
        case RuleClaim.POSSIBLE if witness is not None:
            return count_certificate(selected.where(*statements, _same(space, witness)), patience)
        case RuleClaim.IMPOSSIBLE:
            return count_certificate(selected.where(*statements), patience)
        case RuleClaim.COUNT:
            return count_certificate(selected, patience)
        case RuleClaim.ALWAYS:
            return always_certificate(selected, statements[0], patience)
        case RuleClaim.EXACTLY_ONE:
            return always_certificate(selected, _exactly_one(statements), patience)
        case RuleClaim.BEST if test.best is not None and test.best.variant is None:
            best = test.best
            name = best.quantity.value
            return best_certificate(selected, name, greatest=best.greatest, patience=patience)
    raise LimitReached("there are certificates for the value of the best, not for its variants")


def _same(space: VariantSpace, variant: Variant) -> str:
    """The condition that a variant is this one, in the rule language."""
    names = space.model.problem.names(variant)
    units = {axis.name: axis.unit for axis in space.model.catalog.axes}
    takes = []
    for name, option in names.items():
        unit = units[name]
        plain = unit is None or unit in (PURE, UNITS["year"])
        takes.append(f"{name} == {option}" + ("" if plain or unit is None else f" {unit.symbol}"))
    return " and ".join(takes)


def _exactly_one(statements: Sequence[str]) -> str:
    """The statement that one of several holds and no two do, in the rule language."""
    some = " or ".join(f"({each})" for each in statements)
    pairs = [f"not (({one}) and ({other}))" for one, other in combinations(statements, 2)]
    return " and ".join((f"({some})", *pairs))


def _certified(
    space: VariantSpace, claim: Claim, only: set[str] | None, patience: Patience | None
) -> Certificate:
    from cmf.analysis.certify import certify

    if not space.model.catalog.digest:
        raise LimitReached("certificates are for catalogue folders, not for model files")
    return certify(space.model.lowered.resolved, claim, space.space, only, patience)


def _conditions(space: VariantSpace) -> list[str]:
    return [choice.origin.name for choice in space.choices]


def _conflict(space: VariantSpace) -> set[str]:
    """Names of rules and conditions that cannot hold together, as certificates cite them."""
    from cmf.analysis.explain import minimal_conflict
    from cmf.engines.sat import SatEngine

    opened = SatEngine().open(space.model.problem, Limits(seconds=CONFLICT_SECONDS))
    if isinstance(opened, Unknown):
        raise LimitReached(f"no conflict within {opened.limit}")
    found = minimal_conflict(opened, space.choices)
    if not isinstance(found, tuple):
        raise LimitReached("no conflict was found in time")
    return {_cited(constraint, space) for constraint in found}


def _cited(constraint: Constraint, space: VariantSpace) -> str:
    origin = constraint.origin
    if origin.kind == "choice":
        number = next(n for n, c in enumerate(space.choices, 1) if c is constraint)
        return f"condition {number}"
    return f"years of {origin.name}" if origin.kind == "effectivity" else f"rule {origin.name}"

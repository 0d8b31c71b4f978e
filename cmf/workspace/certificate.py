"""Certificates for what a variant space answers."""

from __future__ import annotations

from cmf.errors import LimitReached
from cmf.problem.answer import Limits, Solved, Unknown
from cmf.problem.problem import Constraint
from cmf.verify import Certificate, Claim
from cmf.workspace.space import VariantSpace

CONFLICT_SECONDS = 30.0


def count_certificate(space: VariantSpace) -> Certificate:
    """Proof of the number of variants; of zero, by the rules of a minimal conflict.

    Raises
    ------
    LimitReached
        When there is none within bounds.
    """
    claim = Claim("count", _conditions(space), space.count())
    return _certified(space, claim, _conflict(space) if claim.number == 0 else None)


def always_certificate(space: VariantSpace, statement: str) -> Certificate:
    """Proof that a statement holds on every variant of a space; see `count_certificate`."""
    failing = space.where(f"not ({statement})")
    if failing.count():
        raise ValueError("the statement does not hold always")
    needed = _conflict(failing)
    last = f"condition {len(failing.choices)}"
    named = {"statement" if name == last else name for name in needed}
    return _certified(space, Claim("always", _conditions(space), statement=statement), named)


def best_certificate(space: VariantSpace, quantity: str, *, greatest: bool = False) -> Certificate:
    """Proof of the least (or greatest) value of a quantity; see `count_certificate`.

    Raises
    ------
    ValueError
        When there is no variant on which the quantity has a value.
    """
    space.additive(quantity)
    match space.space.best(quantity, greatest=greatest):
        case Solved(value=(first, *_)):
            names = space.model.problem.names(first.variant)
            variant = [[axis, option] for axis, option in names.items()]
            claim = Claim("best", _conditions(space), first.value, "", quantity, greatest, variant)
            return _certified(space, claim, None)
        case Unknown(limit):
            raise LimitReached(f"no answer within {limit}")
    raise ValueError("there is no variant")


def _certified(space: VariantSpace, claim: Claim, only: set[str] | None) -> Certificate:
    from cmf.analysis.certify import certify

    if not space.model.catalog.digest:
        raise LimitReached("certificates are for catalogue folders, not for model files")
    return certify(space.model.lowered.resolved, claim, space.space, only)


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

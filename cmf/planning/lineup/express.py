"""Targets of a line-up as constraints of its planning problem."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType

from cmf.model.targets import Target
from cmf.planning.constraints import Constraint
from cmf.planning.lineup.ground import Ground
from cmf.planning.lineup.shares import SHARES
from cmf.planning.lineup.sums import SUMS
from cmf.planning.lineup.view import NotExpressible, View


def express(target: Target, ground: Ground, refused: Collection[str] = ()) -> list[Constraint]:
    """The constraints that hold exactly when a plan meets a target.

    Parameters
    ----------
    refused
        Ids of vehicles of the line-up that cannot be built.

    Raises
    ------
    NotExpressible
        With the reason.
    """
    if target.metric not in _EXPRESSIONS:
        raise NotExpressible(_WHY_NOT.get(target.metric, "no plan can be held to this metric"))
    return list(_EXPRESSIONS[target.metric](View.of(target, ground, refused)))


_EXPRESSIONS: Mapping[str, Callable[[View], Iterator[Constraint]]] = MappingProxyType(
    {**SUMS, **SHARES}
)

_WHY_NOT: Mapping[str, str] = MappingProxyType(
    {
        "share_lineup": "it is a mean of ratios whose denominators depend on the plan",
        "share_lineup_unweighted": "it is a mean of ratios whose denominators depend on the plan",
        "entry_cost_reduction": "it is a mean of ratios whose denominators depend on the plan",
        "parts_cost_reduction": "it is not linear in the volumes",
        "platform_ratio_models": "the platforms of the vehicles are given",
        "platform_ratio_volume": "the platforms of the vehicles are given",
        "not_measured": "the catalogue does not hold what it needs",
    }
)

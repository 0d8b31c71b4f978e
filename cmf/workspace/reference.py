"""Vehicles of a line-up that other variants are compared with."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from cmf.analysis.rule_tests import Reference
from cmf.engines.sat import SatSpace
from cmf.errors import InputError
from cmf.problem.answer import Solved

if TYPE_CHECKING:
    from cmf.workspace.model import Model

logger = logging.getLogger(__name__)


def references(model: Model, space: SatSpace) -> tuple[Reference, ...]:
    """The vehicles of the line-up in the folder of a catalogue, in its order.

    What a vehicle leaves open is taken in declared order; one that cannot be built is left out. A
    line-up with mistakes gives none, with a remark: whoever compares has another question.

    Parameters
    ----------
    space
        The catalogue without restrictions.
    """
    from cmf.workspace.programme import programme_of

    folder = model.catalog.folder
    if not model.catalog.digest or not (folder / "lineup.yaml").is_file():
        return ()
    try:
        programme = programme_of(model, folder)
    except InputError as error:
        logger.warning("the line-up is no reference: %s", error.diagnostics[0].message)
        return ()
    found = []
    for brief in programme.briefs:
        answer = space.where(*brief.formulas).find()
        if isinstance(answer, Solved):
            name = f"{brief.vehicle.id} {brief.vehicle.name}".strip()
            found.append(Reference(name, answer.value))
    return tuple(found)

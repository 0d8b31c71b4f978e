"""What kind of change it is, and what version number it asks for."""

from __future__ import annotations

from enum import Enum

from cmf.analysis.change.edits import Edits
from cmf.analysis.difference import Difference


class Size(Enum):
    """The part of a version number that the change raises, least first."""

    NONE = "none"
    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"

    def reaches(self, other: Size) -> bool:
        """Whether this change is at least as great as `other`."""
        order = list(Size)
        return order.index(self) >= order.index(other)


class Effect(Enum):
    """What a change does to the variant space."""

    NONE = "none"
    RELAXING = "relaxing"
    RESTRICTING = "restricting"
    BOTH = "relaxing and restricting"


def effect_of(difference: Difference, edits: Edits, same_files: bool) -> tuple[Effect, Size]:
    """The kind of a change.

    Lost variants make it major: somebody may build them. Gained variants alone make it minor. A
    slot or feature that comes or goes changes what a variant is: minor when it comes, major when
    it goes. Anything else in the files is a patch.
    """
    gained, lost = difference.gained.count > 0, difference.lost.count > 0
    effect = {
        (False, False): Effect.NONE,
        (True, False): Effect.RELAXING,
        (False, True): Effect.RESTRICTING,
        (True, True): Effect.BOTH,
    }[gained, lost]
    if lost or edits.axes_removed:
        return effect, Size.MAJOR
    if gained or edits.axes_added:
        return effect, Size.MINOR
    return effect, Size.NONE if same_files else Size.PATCH

"""cmf: platform configurator for the Common Module Family.

>>> import cmf
>>> catalog = cmf.load("catalogs/alliance")              # doctest: +SKIP
>>> space = catalog.compile()                            # doctest: +SKIP
>>> space.where("brand == nissan and energy == bev").count()  # doctest: +SKIP
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmf.workspace import Model, Programme, VariantSpace, load, load_lineup
    from cmf.workspace.commonality import census
    from cmf.workspace.planning import plan

__version__ = "0.1.0"

__all__ = [
    "Model",
    "Programme",
    "VariantSpace",
    "__version__",
    "census",
    "load",
    "load_lineup",
    "plan",
]


class _Front(ModuleType):
    """The package, whose `load` is the function although a room of that name lies below.

    Importing ``cmf.load.anything`` binds the name `load` of its parent to the room; the property
    keeps the function in its place.
    """

    @property
    def load(self) -> object:
        return __getattr__("load")

    @load.setter
    def load(self, room: object) -> None:
        del room


def __getattr__(name: str) -> object:
    """Open the workspace on first use, so that importing the package costs nothing."""
    if name in __all__:
        import importlib

        heavy = {"census": "cmf.workspace.commonality", "plan": "cmf.workspace.planning"}
        return getattr(importlib.import_module(heavy.get(name, "cmf.workspace")), name)
    raise AttributeError(f"module 'cmf' has no attribute {name!r}")


sys.modules[__name__].__class__ = _Front

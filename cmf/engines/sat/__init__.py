"""The SAT engine: incremental answers where a diagram does not compile, conflicts and repairs."""

from cmf.engines.sat.explain import Repair
from cmf.engines.sat.space import SatEngine, SatSpace

__all__ = ["Repair", "SatEngine", "SatSpace"]

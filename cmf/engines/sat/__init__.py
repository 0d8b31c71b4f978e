"""The SAT engine: incremental answers where a diagram does not compile, conflicts and repairs."""

from cmf.engines.sat.conflicts import Conflicts, Dualisation
from cmf.engines.sat.explain import Explainer, Repair
from cmf.engines.sat.space import SatEngine, SatSpace

__all__ = ["Conflicts", "Dualisation", "Explainer", "Repair", "SatEngine", "SatSpace"]

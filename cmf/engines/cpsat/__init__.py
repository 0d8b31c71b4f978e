"""The CP-SAT engine: additive and non-additive questions, one optimising solve at a time."""

from cmf.engines.cpsat.space import CpSatEngine, CpSatSpace

__all__ = ["CpSatEngine", "CpSatSpace"]

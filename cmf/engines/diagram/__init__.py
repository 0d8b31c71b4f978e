"""The compiled variant space: an AND/OR decision diagram and exact queries on it."""

from cmf.engines.diagram.engine import DiagramEngine
from cmf.engines.diagram.space import DiagramSpace

__all__ = ["DiagramEngine", "DiagramSpace"]

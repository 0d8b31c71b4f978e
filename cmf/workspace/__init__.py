"""The only place that wires a path to an answer."""

from cmf.workspace.model import Model, load
from cmf.workspace.programme import Programme, load_lineup
from cmf.workspace.space import VariantSpace

__all__ = ["Model", "Programme", "VariantSpace", "load", "load_lineup"]

"""Models of other tools, read as a `cmf.problem.problem.Problem`."""

from cmf.interchange.read import read_model

__all__ = ["read_model"]

"""Checks certificates against the text of a catalogue: without solver, diagram or lowering."""

from cmf.verify.certificate import Certificate, Claim, Refused, read
from cmf.verify.check import verify

__all__ = ["Certificate", "Claim", "Refused", "read", "verify"]

"""Checks certificates against the text of a catalogue, and nothing else.

To be trusted are this room, the reader (`cmf.load`), the resolution of names and
`cmf.rules.semantics`. No solver, no diagram and no lowering of rules takes part.
"""

from cmf.verify.certificate import Certificate, Claim, read
from cmf.verify.check import Refused, verify

__all__ = ["Certificate", "Claim", "Refused", "read", "verify"]

"""Certificates of counts, proofs and optima: see docs/certificates.md."""

from cmf.analysis.certify.patience import Patience
from cmf.analysis.certify.prove import certify

__all__ = ["Patience", "certify"]

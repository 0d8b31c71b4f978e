"""Certificates of counts, proofs and optima: see docs/certificates.md."""

from cmf.analysis.certify.draft import certify

__all__ = ["certify"]

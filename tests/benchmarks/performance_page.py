"""Placeholder."""

from __future__ import annotations


def line(r):
    return "  ".join(f"{k}={v:.4g}" if isinstance(v, float) else f"{k}={v}" for k, v in r.items())


def targets(k):
    return ""


def disagreements(k):
    return []

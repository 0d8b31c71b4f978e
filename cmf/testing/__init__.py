"""For tests: strategies of Hypothesis, conformance suites, the pytest plugin.

>>> from hypothesis import given
>>> from cmf.testing import variants          # doctest: +SKIP
>>> @given(variants(space))                   # doctest: +SKIP
... def test_every_car_is_short(variant):
...     assert variant.length <= 5_000
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmf.testing.catalogue import catalogues
    from cmf.testing.drawn import Drawn
    from cmf.testing.machine import sessions
    from cmf.testing.spaces import near_misses, partial_choices, variant, variants
    from cmf.testing.strategies import problems

_HOMES = {
    "Drawn": "drawn",
    "catalogues": "catalogue",
    "near_misses": "spaces",
    "partial_choices": "spaces",
    "problems": "strategies",
    "sessions": "machine",
    "variant": "spaces",
    "variants": "spaces",
}

__all__ = [
    "Drawn",
    "catalogues",
    "near_misses",
    "partial_choices",
    "problems",
    "sessions",
    "variant",
    "variants",
]


def __getattr__(name: str) -> object:
    """Load on first use: the pytest plugin is part of every run and must cost nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'cmf.testing' has no attribute {name!r}")
    import importlib

    try:
        return getattr(importlib.import_module(f"cmf.testing.{_HOMES[name]}"), name)
    except ModuleNotFoundError as missing:
        if missing.name != "hypothesis":
            raise
        from cmf.errors import MissingExtra

        message = f"`{name}` needs the package hypothesis: pip install 'cmf[test]'"
        raise MissingExtra(message) from missing

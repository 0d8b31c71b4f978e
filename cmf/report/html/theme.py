"""Colours by role, for light and for dark surroundings.

The hues are told apart by people with any common colour blindness (after Okabe & Ito), and what
is more shared is also darker on white, lighter on black.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _flows(theme: Mapping[str, str]) -> dict[str, str]:
    """The colours of brands, see-through."""
    found = {}
    for name, colour in theme.items():
        if name.startswith("group"):
            red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
            found[name.replace("group", "flow")] = f"rgba({red},{green},{blue},0.42)"
    return found


LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#ffffff",
        "panel": "#f5f7f9",
        "ink": "#1b2127",
        "soft": "#56606b",
        "line": "#d5dbe1",
        "link": "#0b5cad",
        "good": "#0b5c8a",
        "bad": "#b54400",
        "unsure": "#6b6470",
        "reach0": "#d55e00",
        "reach1": "#b5d3ea",
        "reach2": "#4393c9",
        "reach3": "#0b3c6f",
        "scale0": "#f2f7fb",
        "scale1": "#c2dcee",
        "scale2": "#74afd6",
        "scale3": "#2b74af",
        "scale4": "#08306b",
        "group0": "#0072b2",
        "group1": "#e69f00",
        "group2": "#009e73",
        "group3": "#cc79a7",
        "group4": "#56b4e9",
        "group5": "#d55e00",
        "group6": "#5b2a9d",
        "group7": "#6c6c6c",
    }
)
DARK: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#12161b",
        "panel": "#1a2027",
        "ink": "#e8edf2",
        "soft": "#a3afbb",
        "line": "#343d47",
        "link": "#7fb8ee",
        "good": "#74bdec",
        "bad": "#ff9a52",
        "unsure": "#b9b1c0",
        "reach0": "#f5822a",
        "reach1": "#2d4f6b",
        "reach2": "#4e97c9",
        "reach3": "#c4e4fb",
        "scale0": "#17212b",
        "scale1": "#22445f",
        "scale2": "#35739f",
        "scale3": "#6fb0dc",
        "scale4": "#d6ecfb",
        "group0": "#4aa8dd",
        "group1": "#f0b429",
        "group2": "#2fc496",
        "group3": "#dd9dc1",
        "group4": "#8fd0f5",
        "group5": "#f5822a",
        "group6": "#8c4bf0",
        "group7": "#7b7f85",
    }
)
GROUPS = 8
"""Colours for brands; a ninth brand starts again."""

THEMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {name: {**theme, **_flows(theme)} for name, theme in (("light", LIGHT), ("dark", DARK))}
)
"""All roles of both surroundings."""

PREFIX = "role:"
"""In front of the name of a role where a chart wants a colour."""


def role(name: str) -> str:
    """A colour by its role, chosen when the chart is drawn."""
    return PREFIX + name


def group(number: int) -> str:
    """The colour of a brand."""
    return role(f"group{number % GROUPS}")


def flow_colour(number: int) -> str:
    """The colour of a brand, so pale that what lies below and the labels stay visible."""
    return role(f"flow{number % GROUPS}")


def scale() -> list[list[float | str]]:
    """From nothing in common to everything."""
    return [[step / 4, role(f"scale{step}")] for step in range(5)]


def variables() -> str:
    """The roles as CSS variables: light, dark where the reader wants it, light on paper."""
    light, dark = (
        " ".join(f"--{name}: {colour};" for name, colour in theme.items())
        for theme in (LIGHT, DARK)
    )
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    )

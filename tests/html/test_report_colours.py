"""Colours of the report: told apart by everybody, and read on their background."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PIL import ImageColor

from cmf.report.html.theme import THEMES

# Complete dichromacy, on linear RGB.
# Source: Machado, Oliveira & Fernandes (2009), IEEE TVCG 15(6) 1291-1298.
SEEN = {
    "trichromacy": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear(colour: str) -> np.ndarray:
    values = np.array(ImageColor.getrgb(colour)[:3]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def lab(light: np.ndarray) -> np.ndarray:
    """CIELAB, white D65."""
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    scaled = (to_xyz @ np.clip(light, 0, 1)) / [0.95047, 1.0, 1.08883]
    cubed = np.where(scaled > 216 / 24389, np.cbrt(scaled), (24389 / 27 * scaled + 16) / 116)
    return np.array([116 * cubed[1] - 16, 500 * (cubed[0] - cubed[1]), 200 * (cubed[1] - cubed[2])])


@pytest.mark.parametrize("theme", list(THEMES))
@pytest.mark.parametrize("sight", list(SEEN))
def test_colours_that_stand_together_are_told_apart(theme: str, sight: str) -> None:
    roles = THEMES[theme]
    together = [
        [name for name in roles if name.startswith("group")],
        ["good", "bad"],
        [name for name in roles if name.startswith("reach")],
    ]
    for names in together:
        for one, other in combinations([n for n in names if n in roles], 2):
            seen = [lab(SEEN[sight] @ linear(roles[name])) for name in (one, other)]
            assert np.linalg.norm(seen[0] - seen[1]) > 10, f"{one} and {other}"


@pytest.mark.parametrize("theme", list(THEMES))
def test_texts_are_read_on_their_background(theme: str) -> None:
    roles = THEMES[theme]
    for name in ("ink", "soft", "bad", "link", "unsure"):
        one, other = sorted((luminance(roles[name]), luminance(roles["paper"])))
        assert (other + 0.05) / (one + 0.05) >= 4.5, name


@pytest.mark.parametrize("theme", list(THEMES))
def test_ordered_colours_differ_in_lightness(theme: str) -> None:
    for kind in ("scale", "reach"):
        names = sorted(name for name in THEMES[theme] if name.startswith(kind))
        # What one vehicle alone uses stands apart from the order.
        shades = [luminance(THEMES[theme][name]) for name in names if name != "reach0"]
        assert shades in (sorted(shades), sorted(shades, reverse=True))
        assert len(set(shades)) == len(shades) > 2

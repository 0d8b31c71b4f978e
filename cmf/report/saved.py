"""An answer that a command wrote as JSON, read again."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from cmf.errors import InputError

LARGEST = 200_000_000
"""Bytes of a file that is read."""

DIGITS = 10_000
"""Of a number that is read."""


def read_answer(path: Path, refused: Callable[[Path, str], InputError]) -> dict[str, Any]:
    """The answer in a file, its parts not looked at yet.

    Parameters
    ----------
    refused
        The error for a file and the reason why it is none.

    Raises
    ------
    InputError
        When the file cannot be read, is too large or no JSON object.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise refused(path, "it is too large")
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise refused(path, error.strerror or "the system refuses") from error
    except (ValueError, RecursionError) as error:
        raise refused(path, "it is not JSON") from error
    if not isinstance(data, dict):
        raise refused(path, "it is no answer of a command")
    return data


def exact_fraction(value: object) -> Fraction:
    """An exact fraction as answers write it; raises `TypeError` or `ValueError` for anything else,
    `ZeroDivisionError` for ``1/0``."""
    if not isinstance(value, str):
        raise TypeError(value)
    if len(value) > DIGITS or not set(value) <= set("-/0123456789"):
        raise ValueError(value)
    return Fraction(value)

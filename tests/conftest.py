"""Tests keep their compiled spaces in a folder of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = os.environ.get("CMF_CACHE")
    os.environ["CMF_CACHE"] = str(tmp_path_factory.mktemp("spaces"))
    yield
    if before is None:
        del os.environ["CMF_CACHE"]
    else:
        os.environ["CMF_CACHE"] = before

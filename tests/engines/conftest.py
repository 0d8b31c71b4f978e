"""Makes the readers of the benchmark data and the generators importable: ``import renault``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

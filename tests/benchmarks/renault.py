"""Renault's configuration models and the sessions recorded on them, for benchmarks and tests.

The data is no part of this repository; it is looked for in ``../shared/bench`` beside it. Run
``python tests/benchmarks/renault.py`` from the project folder to see how long reading takes.
"""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from pathlib import Path

from attrs import frozen

from cmf.interchange import read_model
from cmf.problem.problem import Problem

BENCH = Path(__file__).resolve().parents[2].parent / "shared" / "bench"
PRICE = "price"


@frozen
class Step:
    """A pick of a recorded session, as option numbers of the model.

    Attributes
    ----------
    least, greatest
        Price of the cheapest and of the dearest car still possible after this and all earlier
        picks of the session, in the units of the price file.
    """

    variable: int
    option: int
    least: int
    greatest: int


Recorded = tuple[Step, ...]


def model(name: str, *, prices: bool = True) -> Problem:
    """The model ``small`` or ``big``, with its quantity ``price``."""
    folder = BENCH / "renault"
    files = {PRICE: folder / f"{name}Prices.xml"} if prices else None
    return read_model(folder / f"{name}.xml", files)


def sessions(name: str, problem: Problem) -> tuple[Recorded, ...]:
    """The recorded sessions of a model.

    The recording writes 99 for the value -1, unless 99 is a value of the variable. Prices are
    written in hundreds with a decimal comma.
    """
    root = ET.parse(BENCH / "renault" / f"scenarios-{name}-minimal.xml").getroot()  # noqa: S314
    numbers = {variable.name: number for number, variable in enumerate(problem.variables)}
    options = [{o: n for n, o in enumerate(v.options)} for v in problem.variables]

    def step(pick: ET.Element) -> Step:
        variable = numbers[pick.attrib["variable"]]
        value = pick.attrib["value"]
        known = options[variable]
        option = known["-1"] if value == "99" and value not in known else known[value]
        return Step(variable, option, _price(pick.attrib["min"]), _price(pick.attrib["max"]))

    return tuple(tuple(map(step, session)) for session in root)


def _price(text: str) -> int:
    """``81,92`` is 8192."""
    whole, decimals = text.split(",")
    if len(decimals) != 2:
        raise ValueError(f"{text!r} has not two decimals")
    return int(whole + decimals)


def _measure() -> None:
    for name in ("small", "big"):
        for prices in (False, True):
            times = []
            for _ in range(5):
                start = time.process_time()
                problem = model(name, prices=prices)
                times.append(time.process_time() - start)
            tuples = sum(len(c.formula.rows) for c in problem.constraints)
            print(f"{name:6} prices={prices!s:5} {tuples:8,} tuples  {min(times):.3f} s CPU")


if __name__ == "__main__":
    _measure()

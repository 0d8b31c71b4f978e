"""Choose the reader of a foreign model by the suffix of its file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cmf.errors import fail
from cmf.interchange.dimacs import read_dimacs
from cmf.interchange.files import FilePath
from cmf.interchange.uvl import read_uvl
from cmf.interchange.xcsp import read_xcsp
from cmf.problem.problem import Problem
from cmf.source import Source

PRICE = "price"
"""What the quantity of a price file is called when nobody names it."""

_READERS = {".uvl": read_uvl, ".dimacs": read_dimacs, ".cnf": read_dimacs}


def read_model(path: FilePath, prices: FilePath | Mapping[str, FilePath] | None = None) -> Problem:
    """A foreign model as a problem.

    Parameters
    ----------
    path
        A file whose name ends in ``.xml`` (XCSP 2.1), ``.uvl``, ``.dimacs`` or ``.cnf``.
    prices
        Price files of an XCSP model: quantity name to file, or one file, whose quantity is then
        called ``price``.

    Raises
    ------
    InputError
        A file is malformed, too large, or of no known kind.
    """
    suffix = Path(path).suffix.lower()
    nothing = Source(str(path), "").whole()
    if suffix == ".xml":
        if prices is not None and not isinstance(prices, Mapping):
            prices = {PRICE: prices}
        return read_xcsp(path, prices)
    if suffix not in _READERS:
        message = f"models of the kind `{suffix}` are not known" if suffix else "no known suffix"
        remedy = "known: .xml (XCSP 2.1), .uvl, .dimacs and .cnf"
        raise fail("unknown-format", message, nothing, remedy)
    if prices:
        message = f"a price file belongs to an XCSP model, not to a {suffix} file"
        raise fail("no-prices", message, nothing)
    return _READERS[suffix](path)

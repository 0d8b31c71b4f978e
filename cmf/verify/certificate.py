"""The file: a claim, and a decision diagram that proves it. docs/certificates.md explains it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from attrs import Factory, asdict, frozen

from cmf.errors import fail

FORMAT = "cmf certificate 1"
BYTES = 64 * 2**20


@frozen
class Claim:
    """What is proven of the valid variants that meet `where`."""

    kind: str
    where: list[str]
    number: int = 0
    statement: str = ""
    quantity: str = ""
    greatest: bool = False
    variant: list[list[str]] = Factory(list)


@frozen
class Certificate:
    """A claim about one state of a catalogue.

    The last node is the top. A node is ``[level], arc, arc, …``: it decides the axis at that place
    of `order`. An arc is where it leads, then the numbers of its options. It leads to an earlier
    node (from 1), to 0 (every completion is valid) or to ``-k`` (the k-th reason refuses them all).
    """

    catalogue: str
    digest: str
    claim: Claim
    order: list[str]
    reasons: list[str]
    nodes: list[list[list[int]]]

    @property
    def checksum(self) -> str:
        """SHA-256 of everything that the certificate says."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


_CLAIM = {**dict.fromkeys(("kind", "statement", "quantity"), str), "number": int, "greatest": bool}
SHAPE: Any = {
    **dict.fromkeys(("format", "catalogue", "digest", "checksum"), str),
    "claim": {**_CLAIM, "where": [str], "variant": [[str]]},
    "order": [str],
    "reasons": [str],
    "nodes": [[[int]]],
}
"""Types of all fields; a list holds any number of what it shows."""


def read(path: Path) -> Certificate:
    """Read a certificate strictly: `InputError` for anything missing, twice, unknown or damaged."""
    try:
        with path.open("rb") as stream:
            data = stream.read(BYTES + 1)
        if len(data) > BYTES:
            raise ValueError(f"it is larger than {BYTES // 2**20} MiB")
        fields = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
        if not _fits(fields, SHAPE) or fields.pop("format") != FORMAT:
            raise ValueError(f"it is not of the format `{FORMAT}`")
        checksum = fields.pop("checksum")
        found = Certificate(**{**fields, "claim": Claim(**fields["claim"])})
        if checksum != found.checksum:
            raise ValueError("its checksum says that it was changed")
    except (OSError, ValueError, RecursionError) as error:
        message = f"{path} is no certificate: {str(error)[:200]}"
        raise fail("bad-certificate", message, None, "`--certificate FILE` writes one") from error
    return found


def _fits(value: Any, shape: Any) -> bool:
    if isinstance(shape, dict):
        same = type(value) is dict and value.keys() == shape.keys()
        return same and all(_fits(value[name], shape[name]) for name in shape)
    if isinstance(shape, list):
        return type(value) is list and all(_fits(each, shape[0]) for each in value)
    return type(value) is shape


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a field is written twice")
    return dict(pairs)

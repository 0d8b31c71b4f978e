"""The file: a claim, and a decision diagram that proves it. docs/certificates.md explains it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, get_args, get_origin

from attrs import Factory, asdict, fields, frozen, has, resolve_types

from cmf.errors import fail

FORMAT, BYTES = "cmf certificate 2", 64 * 2**20
"""What a file says that it is, and how much of it is read at most."""


class Refused(Exception):
    """The certificate does not prove its claim; the text says why."""


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
    of `order`. An arc is where it leads, then the numbers of its options: to an earlier node (from
    1) that decides the next axis, to 0 behind the last axis, or to ``-k``, because the k-th reason
    refuses everything there.
    """

    catalogue: str
    digest: str
    claim: Claim
    order: list[str]
    reasons: list[str]
    nodes: list[list[list[int]]]
    format: str = FORMAT

    @property
    def checksum(self) -> str:
        """SHA-256 of everything that the certificate says."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def read(path: Path) -> Certificate:
    """Read a certificate strictly: `InputError` for anything missing, twice, unknown or damaged."""
    try:
        with path.open("rb") as stream:
            said = json.loads(stream.read(BYTES).decode("utf-8"), object_pairs_hook=_once)
        checksum = said.pop("checksum", None) if isinstance(said, dict) else None
        if not _fits(said, Certificate) or said["format"] != FORMAT:
            raise ValueError(f"it is not of the format `{FORMAT}`")
        found = Certificate(**{**said, "claim": Claim(**said["claim"])})
        if checksum != found.checksum:
            raise ValueError("its checksum says that it was changed")
    except (OSError, ValueError, RecursionError) as error:
        message = f"{path} is no certificate: {str(error)[:200]}"
        raise fail("bad-certificate", message, None, "`--certificate FILE` writes one") from error
    return found


def _fits(value: Any, kind: Any) -> bool:
    """Whether data has exactly the fields and types of a class."""
    if has(kind):
        shape = {each.name: each.type for each in fields(resolve_types(kind))}
        same = type(value) is dict and value.keys() == shape.keys()
        return same and all(_fits(value[name], shape[name]) for name in shape)
    if get_origin(kind) is list:
        return type(value) is list and all(_fits(each, *get_args(kind)) for each in value)
    return type(value) is kind


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a field is written twice")
    return dict(pairs)

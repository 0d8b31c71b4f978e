"""Certificates as files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from attrs import asdict

from cmf.errors import fail
from cmf.report.files import save_text
from cmf.verify import Certificate, Claim

SUFFIX = ".json"


def check_certificate_target(path: Path) -> None:
    """Refuse a file that cannot be a certificate, before any work is done for it."""
    if path.suffix.lower() != SUFFIX:
        raise fail("unknown-suffix", f"{path}: certificates are {SUFFIX} files", None, "rename it")
    if path.is_dir():
        raise fail("not-a-file", f"{path} is a folder", None, "name a file in it")
    if not path.parent.is_dir():
        raise fail("no-folder", f"{path}: there is no folder {path.parent}", None, "create it")


def save_certificate(certificate: Certificate, path: Path) -> None:
    """Write a certificate whole or not at all; raises `InputError`."""
    save_text(certificate_pieces(certificate), path)


def certificate_name(test: str) -> str:
    """Name of the file for a rule test; ids may have a slash, files may not."""
    return quote(test, safe="+") + SUFFIX


def certificate_pieces(certificate: Certificate) -> Iterator[str]:
    """One JSON object, a field a line and a node a line, with a checksum of what it says."""
    fields = asdict(certificate)
    nodes = fields.pop("nodes")
    fields = {"format": fields.pop("format"), **fields}
    yield "{\n"
    for name, value in fields.items():
        yield f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n"
    yield '"nodes": [\n'
    yield ",\n".join(json.dumps(node, separators=(",", ":")) for node in nodes)
    yield f'\n],\n"checksum": "{certificate.checksum}"\n}}\n'


def in_words(claim: Claim, factor: int, symbol: str) -> str:
    """A claim as a sentence.

    Parameters
    ----------
    factor, symbol
        Of the unit of a quantity; the symbol with a blank before it, or empty.
    """
    from cmf.report.words import number

    under = f" where {' and '.join(f'({text})' for text in claim.where)}" if claim.where else ""
    match claim.kind:
        case "count" if claim.number == 0:
            return f"no variant is valid{under}"
        case "count" if claim.number == 1:
            return f"one variant is valid{under}"
        case "count":
            return f"{number(claim.number)} variants are valid{under}"
        case "always":
            return f"every valid variant{under} satisfies {claim.statement}"
    value = claim.number / factor if claim.number % factor else claim.number // factor
    end = "greatest" if claim.greatest else "least"
    return f"the {end} {claim.quantity}{under} is {number(value)}{symbol}"

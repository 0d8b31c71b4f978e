"""Certificates beside the answers of other commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cmf.cli.console import remark, working

if TYPE_CHECKING:
    from cmf.verify import Certificate
    from cmf.workspace import VariantSpace


def check_certificate(path: Path | None, over: str) -> None:
    """Refuse what cannot be proven, and a file that cannot be written, before any work is done."""
    if path is not None and over:
        raise typer.BadParameter("--certificate proves whole variants: it does not go with --over")
    if path is not None:
        from cmf.report.certificate import check_certificate_target

        check_certificate_target(path)


def certify_count(space: VariantSpace, path: Path | None) -> None:
    """Write a proof of the number of variants, when it is asked for."""
    if path is not None:
        from cmf.workspace.certificate import count_certificate

        with working("proving"):
            certificate = count_certificate(space)
        _save(certificate, path)


def certify_best(space: VariantSpace, quantity: str, greatest: bool, path: Path | None) -> None:
    """Write a proof that no variant is better, when it is asked for."""
    if path is not None:
        from cmf.workspace.certificate import best_certificate

        with working("proving"):
            certificate = best_certificate(space, quantity, greatest=greatest)
        _save(certificate, path)


def _save(certificate: Certificate, path: Path) -> None:
    from cmf.report.certificate import save_certificate
    from cmf.report.words import number

    save_certificate(certificate, path)
    remark(f"wrote {path}: a proof of {number(len(certificate.nodes))} decisions")

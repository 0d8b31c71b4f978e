"""Certificates beside the answers of other commands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cmf.cli.console import counted, remark, working
from cmf.errors import fail

if TYPE_CHECKING:
    from cmf.analysis.rule_tests import Result
    from cmf.verify import Certificate
    from cmf.workspace import VariantSpace
    from cmf.workspace.rule_tests import RuleTests


SECONDS = 300.0
"""How long a proof is searched for unless something else is said."""


def check_certificate(path: Path | None, over: str, seconds: float | None) -> None:
    """Refuse what cannot be proven, and a file that cannot be written, before any work is done."""
    if path is None and seconds is not None:
        raise typer.BadParameter("--time limits the search for a proof: it goes with --certificate")
    if path is not None and over:
        raise typer.BadParameter("--certificate proves whole variants: it does not go with --over")
    if path is not None:
        from cmf.report.certificate import check_certificate_target

        check_certificate_target(path)


def check_certificate_folder(folder: Path | None) -> None:
    """Refuse a folder that cannot take certificates, before any work is done."""
    if folder is not None and not folder.is_dir():
        from cmf.report.files import check_place

        if folder.exists():
            remedy = "every test has a file of its own: name a folder, new or not"
            raise fail("not-a-folder", f"{folder} is a file", None, remedy)
        check_place(folder)


def certify_count(space: VariantSpace, path: Path | None, seconds: float | None) -> None:
    """Write a proof of the number of variants, when it is asked for."""
    if path is not None:
        from cmf.analysis.certify import Patience
        from cmf.workspace.certificate import count_certificate

        with working("proving: nodes of the diagram") as tell:
            certificate = count_certificate(space, Patience(seconds or SECONDS, tell))
        _save(certificate, path)


def certify_best(
    space: VariantSpace, quantity: str, greatest: bool, path: Path | None, seconds: float | None
) -> None:
    """Write a proof that no variant is better, when it is asked for."""
    if path is not None:
        from cmf.analysis.certify import Patience
        from cmf.workspace.certificate import best_certificate

        with working("proving: nodes of the diagram") as tell:
            patience = Patience(seconds or SECONDS, tell)
            certificate = best_certificate(space, quantity, greatest=greatest, patience=patience)
        _save(certificate, path)


def certify_tests(
    tests: RuleTests, results: Sequence[Result], folder: Path, seconds: float
) -> bool:
    """Write a proof of every test that passed, and say which have none.

    Parameters
    ----------
    seconds
        How long one proof is searched for.

    Returns
    -------
    bool
        Whether every one got a proof.
    """
    from cmf.analysis.certify import Patience
    from cmf.analysis.rule_tests import Passed
    from cmf.errors import LimitReached
    from cmf.report.certificate import certificate_name, save_certificate
    from cmf.report.words import number
    from cmf.workspace.certificate import trial_certificate

    passed = [(r.trial, r.outcome) for r in results if isinstance(r.outcome, Passed)]
    folder.mkdir(exist_ok=True)
    space = tests.model.compile()
    missing = []
    for trial, outcome in counted(passed, len(passed), "proving"):
        try:
            certificate = trial_certificate(space, trial, outcome.witness, Patience(seconds))
        except LimitReached as limit:
            missing.append(f"limit: {trial.test.id} has no certificate: {limit}")
        else:
            save_certificate(certificate, folder / certificate_name(trial.test.id))
    for line in missing:
        remark(line)
    made = number(len(passed) - len(missing))
    remark(f"wrote {made} of {number(len(passed))} certificates to {folder}")
    return not missing


def _save(certificate: Certificate, path: Path) -> None:
    from cmf.report.certificate import save_certificate
    from cmf.report.words import number

    save_certificate(certificate, path)
    remark(f"wrote {path}: a proof of {number(len(certificate.nodes))} decisions")

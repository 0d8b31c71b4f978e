"""``cmf test``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cmf.cli import parameters as p

if TYPE_CHECKING:
    from cmf.analysis.rule_tests import Result
    from cmf.report.table import Report
    from cmf.workspace.rule_tests import RuleTests


Keyword = Annotated[
    list[str],
    typer.Option(
        "--keyword",
        "-k",
        metavar="WORD",
        help="Only tests whose id or title contains it; repeat it for several words.",
        show_default=False,
    ),
]
Junit = Annotated[
    Path | None, typer.Option("--junit", metavar="FILE", help="Also write a JUnit XML file.")
]
Mutate = Annotated[
    bool, typer.Option("--mutate", help="Change every rule a little: do the tests notice?")
]
Rule = Annotated[
    list[str],
    typer.Option(
        "--rule",
        metavar="ID",
        help="With --mutate: only this rule; repeat it for several.",
        show_default=False,
    ),
]
AtLeast = Annotated[
    float,
    typer.Option(
        "--at-least", metavar="PERCENT", min=0, max=100, help="With --mutate: score to reach."
    ),
]
Certificates = Annotated[
    Path | None,
    typer.Option(
        "--certificate",
        metavar="FOLDER",
        help="Also write a proof of every test that passes, a file each, for `cmf verify`.",
    ),
]
Seconds = Annotated[
    float, typer.Option("--time", min=0.1, help="Seconds that one answer, or one proof, may take.")
]


def test(
    catalogue: p.Catalogue,
    keyword: Keyword = [],  # noqa: B006  (typer reads the default, nobody writes it)
    junit: Junit = None,
    mutate: Mutate = False,
    rule: Rule = [],  # noqa: B006
    at_least: AtLeast = 100.0,
    seconds: Seconds = 60.0,
    certificate: Certificates = None,
    style: p.FormatOption = p.Format.TABLE,
    output: p.Output = None,
) -> None:
    """Run the rule tests in the folder `tests` of a catalogue.

    Every answer holds for all valid variants: it is shown by a variant or proven, never sampled. A
    test that fails shows the variant with fewest differences from a vehicle of the line-up. Exit
    code 0 when all pass, 1 when one fails, 3 when none fails and one reached a limit.

    With --mutate every hard rule is dropped, weakened, strengthened and shifted in turn. The
    mutation score is the share of these changes that some test notices; changes that leave the
    variant space as it is do not count. Exit code 1 when the score is below --at-least.

    With --certificate every test that passes gets a file ID.json with a proof that `cmf verify`
    checks. Exit code 3 when one of them has none within bounds.

    \b
    Examples:
      $ cmf test catalogs/alliance
      $ cmf test catalogs/alliance -k battery --junit report.xml
      $ cmf test catalogs/alliance -k battery --certificate proofs
      $ cmf test catalogs/alliance --mutate --rule E03 --at-least 95
    """
    from cmf.cli.certify import certify_tests
    from cmf.cli.console import answer, emit, remark
    from cmf.report.rule_tests import failure_text, tally, verdict

    _check(output, junit, certificate, rule, mutate)
    tests = _opened(catalogue, keyword, seconds)
    results = _results(tests)
    problem = tests.model.problem
    found = tally(results)
    if junit is not None:
        _write_junit(tests, results, junit)
    if mutate and found["passed"] == len(results):
        raise typer.Exit(_mutated(tests, results, rule, style, output, at_least))
    if style is p.Format.TABLE and output is None:
        for result in results:
            if verdict(result) != "passed":
                emit([failure_text(result, problem), "\n\n"])
    answer(_report(tests, results), style, output)
    if mutate:
        remark("no mutation score: every test must pass first")
    proven = certificate is None or certify_tests(tests, results, certificate, seconds)
    if found["failed"]:
        raise typer.Exit(1)
    if found["undecided"] or not proven:
        raise typer.Exit(3)


def _check(
    output: Path | None,
    junit: Path | None,
    certificate: Path | None,
    rule: list[str],
    mutate: bool,
) -> None:
    """Refuse files that cannot be written, and options at odds, before any work is done."""
    from cmf.cli.certify import check_certificate_folder
    from cmf.errors import fail
    from cmf.report.files import check_place, check_target

    if output is not None:
        check_target(output)
    if junit is not None:
        check_place(junit)
    check_certificate_folder(certificate)
    if rule and not mutate:
        raise fail("no-mutation", "--rule narrows --mutate", None, "add --mutate")
    if mutate and certificate is not None:
        raise fail("two-questions", "--certificate does not go with --mutate", None, "drop one")


def _mutated(
    tests: RuleTests,
    results: list[Result],
    rules: list[str],
    style: p.Format,
    output: Path | None,
    percent: float,
) -> int:
    from fractions import Fraction

    from cmf.cli.mutating import mutate

    # The number as it was typed, not its nearest binary fraction.
    return mutate(tests, results, rules, style, output, Fraction(str(percent)) / 100)


def _opened(catalogue: Path, keyword: list[str], seconds: float) -> RuleTests:
    from cmf.cli.opening import open_model
    from cmf.errors import fail
    from cmf.problem.answer import Limits
    from cmf.workspace.rule_tests import rule_tests

    model = open_model(catalogue)
    if not catalogue.is_dir():
        remedy = "give the folder of a catalogue"
        raise fail("no-tests", f"{catalogue} is a model without rule tests", None, remedy)
    tests = rule_tests(model, limits=Limits(seconds=seconds))
    if not tests.trials:
        remedy = "write some into its folder `tests`; docs/rule-tests.md shows how"
        raise fail("no-tests", f"{catalogue} has no rule tests", None, remedy)
    chosen = tests.only(keyword)
    if not chosen.trials:
        words = " or ".join(f"`{word}`" for word in keyword)
        shown = ", ".join(trial.test.id for trial in tests.trials[:12])
        raise fail("no-tests", f"no rule test is called {words}", None, f"there are {shown} …")
    return chosen


def _results(tests: RuleTests) -> list[Result]:
    from cmf.cli.console import working

    with working(f"running {len(tests.trials)} rule tests"):
        return list(tests.run())


def _write_junit(tests: RuleTests, results: list[Result], path: Path) -> None:
    from cmf.cli.console import remark
    from cmf.report.files import save_text
    from cmf.report.junit import junit_text

    save_text([junit_text(tests.model.name, results, tests.model.problem)], path)
    remark(f"wrote {path}")


def _report(tests: RuleTests, results: list[Result]) -> Report:
    from cmf.cli.opening import model_facts
    from cmf.report.rule_tests import overview, result_table, tally
    from cmf.report.table import Report

    facts = {**model_facts(tests.model), "tests_run": len(results), **tally(results)}
    whole = result_table(results, tests.model.problem)
    return Report("test", facts, (whole,), (overview(results),))

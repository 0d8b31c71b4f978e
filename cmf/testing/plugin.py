"""The pytest plugin: rule tests of catalogues are collected like any other test.

Installed with the package, it looks at nothing but YAML files in a folder ``tests`` that stands
beside a ``catalog.yaml``, and loads nothing else of the package before it meets one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from cmf.analysis.rule_tests import Trial
    from cmf.errors import InputError
    from cmf.model.rule_tests import RuleTest
    from cmf.workspace.rule_tests import RuleTests

_BENCHES = pytest.StashKey[dict[Path, "RuleTests"]]()


class RuleTestFailure(Exception):
    """A rule test did not pass; the message is for people."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a file of rule tests."""
    folder = file_path.parent
    if file_path.suffix != ".yaml" or folder.name != "tests":
        return None
    if not (folder.parent / "catalog.yaml").is_file():
        return None
    collector: pytest.Collector = RuleTestFile.from_parent(parent, path=file_path)
    return collector


class RuleTestFile(pytest.File):
    """A file of rule tests; its statements are resolved when the first of them runs."""

    _trials: dict[str, Trial] | None = None

    def collect(self) -> Iterator[pytest.Item]:
        """The tests of the file, in its order."""
        from cmf.errors import InputError
        from cmf.load import read_rule_tests

        try:
            tests = read_rule_tests(self.catalogue, [self.relative])
        except InputError as error:
            raise self.CollectError(_text(error)) from error
        for test in tests:
            yield RuleTestItem.from_parent(self, name=test.id, test=test)

    @property
    def catalogue(self) -> Path:
        """The folder of the catalogue, as short as the current folder allows."""
        folder = self.path.parent.parent
        here = Path(os.path.relpath(folder))
        return folder if ".." in here.parts else here

    @property
    def relative(self) -> str:
        """The file within the catalogue."""
        return f"tests/{self.path.name}"

    def bench(self) -> RuleTests:
        """What evaluates the tests: one for each catalogue and process."""
        from cmf.workspace import load
        from cmf.workspace.rule_tests import RuleTests

        benches = self.config.stash.setdefault(_BENCHES, {})
        if self.catalogue not in benches:
            benches[self.catalogue] = RuleTests(load(self.catalogue), ())
        return benches[self.catalogue]

    def trial(self, name: str) -> Trial:
        """A test of the file in formulas."""
        from cmf.workspace.rule_tests import rule_tests

        if self._trials is None:
            found = rule_tests(self.bench().model, [self.relative])
            self._trials = {trial.test.id: trial for trial in found.trials}
        return self._trials[name]


class RuleTestItem(pytest.Item):
    """One rule test; ``-k`` also finds it by its title and by what it claims."""

    def __init__(self, *, test: RuleTest, **rest: Any) -> None:
        super().__init__(**rest)
        self.test = test
        self.extra_keyword_matches.update({test.claim.value, test.title})

    def runtest(self) -> None:
        """Evaluate the test."""
        from cmf.errors import InputError
        from cmf.report.rule_tests import failure_text, verdict

        file = cast(RuleTestFile, self.parent)
        try:
            bench, trial = file.bench(), file.trial(self.name)
        except InputError as error:
            raise RuleTestFailure(_text(error)) from None
        result = bench.evaluator.evaluate(trial)
        if verdict(result) != "passed":
            raise RuleTestFailure(failure_text(result, bench.model.problem))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The message alone: the frames of this plugin help nobody."""
        if isinstance(excinfo.value, RuleTestFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """File, line from 0, and name."""
        return self.path, self.test.span.line - 1, self.name


def _text(error: InputError) -> str:
    return "\n".join(fault.render() for fault in error.diagnostics)

"""Results of rule tests as JUnit XML, the file that build servers read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from xml.sax.saxutils import escape, quoteattr

from cmf.analysis.rule_tests import Passed, Result
from cmf.problem.problem import Problem
from cmf.report.rule_tests import claim_text, explained, failure_text, tally, verdict


def junit_text(name: str, results: Sequence[Result], problem: Problem) -> str:
    """The document: a suite for every file, a case for every test.

    It holds no times, so that the same results give the same bytes.
    """
    files: dict[str, list[Result]] = {}
    for result in results:
        files.setdefault(result.trial.test.span.source.name, []).append(result)
    lines = ['<?xml version="1.0" encoding="utf-8"?>']
    lines.append(f"<testsuites name={quoteattr(name)} {_counts(results)}>")
    for file, found in files.items():
        lines.append(f"  <testsuite name={quoteattr(file)} {_counts(found)}>")
        for result in found:
            lines += _case(name, file, result, problem)
        lines.append("  </testsuite>")
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


def _counts(results: Sequence[Result]) -> str:
    found = tally(results)
    return (
        f'tests="{len(results)}" failures="{found["failed"]}" errors="{found["undecided"]}"'
        ' skipped="0"'
    )


def _case(name: str, file: str, result: Result, problem: Problem) -> list[str]:
    test = result.trial.test
    group = quoteattr(f"{name}.{PurePath(file).stem}")
    place = f"file={quoteattr(file)} line={quoteattr(str(test.span.line))}"
    head = f"    <testcase classname={group} name={quoteattr(test.id)} {place}"
    if isinstance(result.outcome, Passed):
        return [head + "/>"]
    kind = "failure" if verdict(result) == "failed" else "error"
    message = quoteattr(f"{claim_text(result.trial)}: {explained(result, problem)[0]}")
    text = escape(failure_text(result, problem))
    return [f"{head}>", f"      <{kind} message={message}>{text}</{kind}>", "    </testcase>"]

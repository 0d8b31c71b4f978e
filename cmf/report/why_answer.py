"""The answer to a question for reasons, as a report and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from attrs import define, evolve

from cmf.analysis.commonality.basis import Metric
from cmf.analysis.why import Impossible, Possible
from cmf.analysis.why.effect import Effects
from cmf.analysis.why.joining import Joining
from cmf.analysis.why.least import Least
from cmf.problem.lower import LoweredCatalog
from cmf.problem.problem import Problem
from cmf.report.table import Fact, Ratio, Report
from cmf.report.terminal import terminal_pieces
from cmf.report.why import Sentences
from cmf.report.why_layout import conflict_lines, implied_lines, paragraph
from cmf.report.why_tables import (
    RepairRows,
    conflict_table,
    implied_table,
    sentence_table,
    sharing_note,
    shortened_repairs,
)


@define(slots=False)
class Answer:
    """An answer with what was asked.

    Attributes
    ----------
    forced
        What was asked to be forced; `None` for a question of possibility.
    least
        Finds the least value with each repair; `None` when it is not asked for.
    joining
        Measures the sharing of a line-up with each repair; `None` when there is no line-up.
    lineup
        Name of that line-up.
    """

    catalog: LoweredCatalog
    answer: Impossible | Possible
    forced: str | None
    effects: Effects
    least: Least | None = None
    joining: Joining | None = None
    lineup: str = ""

    @property
    def verdict(self) -> str:
        """``impossible``, ``possible``, ``forced`` or ``not forced``."""
        proven = isinstance(self.answer, Impossible)
        if self.forced is None or not self.answer.question.asked:
            return "impossible" if proven else "possible"
        return "forced" if proven else "not forced"

    def report(self, facts: Mapping[str, Fact]) -> Report:
        """All that is known, as data."""
        known = {**facts, "verdict": self.verdict, "forced": self.forced}
        if isinstance(self.answer, Impossible):
            known["complete"] = self.answer.complete
            repairs = self._repairs.table(self.answer.repairs)
            tables = (
                conflict_table(self.answer),
                sentence_table(self._sentences, self.answer.conflicts),
                repairs,
            )
            notes = [sharing_note(self.joining, self.lineup)] if self.joining else []
            known.update(self._sharing_facts())
            return Report("why", known, tables, (shortened_repairs(repairs, notes),))
        known["variant"] = self._problem.names(self.answer.variant)
        conflicts = [each.conflict for each in self.answer.implied]
        implied = implied_table(self._problem, self.answer)
        return Report("why", known, (implied, sentence_table(self._sentences, conflicts)))

    def _sharing_facts(self) -> Iterator[tuple[str, Fact]]:
        """What the change of sharing refers to, when there is a line-up."""
        if self.joining is not None:
            before = self.joining.before
            yield "lineup", self.lineup
            yield "instead_of", self.joining.instead or None
            yield "share_basis", before.basis.text
            if isinstance(before, Metric):
                yield "share_before", Ratio(before.numerator, before.denominator)

    def pieces(self, report: Report, width: int, *, colours: bool) -> Iterator[str]:
        """The page for a terminal, line by line."""
        lines = list(self._lines(width))
        while lines and not lines[-1]:
            lines.pop()
        yield from (f"{line}\n" for line in lines)
        if isinstance(self.answer, Impossible) and self.answer.repairs:
            title = "What would allow it, cheapest first"
            if self.verdict == "forced":
                title = "What would allow anything else, cheapest first"
            shown = evolve(report.layout[0], title=title)
            yield "\n"
            yield from terminal_pieces(evolve(report, layout=(shown,)), width, colours=colours)

    def _lines(self, width: int) -> Iterator[str]:
        question = self.answer.question
        chosen = [each.origin.name for each in question.choices]
        under = f" with {'; '.join(chosen)}" if chosen else ""
        if isinstance(self.answer, Impossible):
            yield from paragraph(self._refusal(under), width)
            yield ""
            yield from conflict_lines(self._sentences, self.answer, width)
            return
        asked = [each.origin.name for each in question.asked]
        both = f" with {'; '.join([*chosen, *asked])}" if chosen or asked else ""
        if self.verdict == "not forced":
            yield from paragraph(f"{self.forced} is not forced{under}: {self._example()}", width)
        elif not self.answer.implied:
            yield from paragraph(f"Possible{both}; nothing else is forced by it.", width)
        else:
            yield from paragraph(f"Possible{both}; it forces:", width)
            yield ""
            yield from implied_lines(self._sentences, self.answer, width)

    def _refusal(self, under: str) -> str:
        asked = " and ".join(each.origin.name for each in self.answer.question.asked)
        if self.verdict == "forced":
            return f"{self.forced} is forced{under}: {asked} is impossible."
        if not asked:
            return f"No variant{under}."
        return f"{asked} is impossible{under}."

    def _example(self) -> str:
        """The variant that shows that something is not forced."""
        if not isinstance(self.answer, Possible):
            return ""
        names = self._problem.names(self.answer.variant)
        if self.forced in names:
            (opposite,) = self.answer.question.asked
            other = opposite.origin.name.replace("!=", "==")
            return f"{other} and {self.forced} == {names[self.forced]} are both possible."
        return "this variant shows the opposite: " + ", ".join(
            f"{axis} {option}" for axis, option in names.items()
        )

    @property
    def _problem(self) -> Problem:
        return self.catalog.problem

    @cached_property
    def _sentences(self) -> Sentences:
        return Sentences.of(self.catalog.resolved.catalog)

    @property
    def _repairs(self) -> RepairRows:
        quantity = self.effects.quantity
        return RepairRows(self._problem, self.effects, quantity, self.least, self.joining)

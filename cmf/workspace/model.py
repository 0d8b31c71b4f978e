"""A catalogue folder or a foreign model file, loaded and ready to be asked."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from cmf.errors import Diagnostic, InputError
from cmf.problem.answer import Limits
from cmf.problem.lower import LoweredCatalog, lower
from cmf.problem.problem import Constraint, Origin, Problem
from cmf.problem.projection import narrowed
from cmf.source import Text

if TYPE_CHECKING:
    from cmf.analysis.why import Impossible, Possible
    from cmf.model.catalog import Catalog
    from cmf.workspace.space import VariantSpace

logger = logging.getLogger(__name__)


@frozen
class Model:
    """A loaded catalogue (or foreign model) and its problem.

    Attributes
    ----------
    path
        As the user gave it.
    lowered
        The catalogue with its problem; for a foreign model a catalogue of bare features.
    kept
        For a projection, the variables of the catalogue that are left.
    """

    path: Path
    lowered: LoweredCatalog = field(repr=False)
    problem: Problem = field(repr=False)
    kept: tuple[int, ...] | None = field(default=None, repr=False)

    @property
    def catalog(self) -> Catalog:
        """The catalogue as written."""
        return self.lowered.resolved.catalog

    @property
    def name(self) -> str:
        """Name of the catalogue or model."""
        return self.problem.name

    def compile(self, engine: str = "auto", limits: Limits = Limits()) -> VariantSpace:
        """The variant space, compiled by `engine`.

        Parameters
        ----------
        engine
            ``auto``, ``diagram``, ``sat``, ``cpsat`` or ``brute``.
        limits
            What compilation may cost.

        Raises
        ------
        LimitReached
            When the engine that was asked for cannot open the problem within `limits`.
        """
        from cmf.workspace.engine import AUTO, open_space
        from cmf.workspace.space import VariantSpace

        name, space = open_space(self.problem, engine, limits)
        return VariantSpace(self, name, space, fallback=engine == AUTO)

    def conditions(self, *texts: str | Text) -> tuple[Constraint, ...]:
        """Conditions in the rule language as constraints.

        Where one compares with a number that is no option, such as a year that there is not, a
        warning is logged.

        Raises
        ------
        InputError
            With every fault of every text.
        """
        from cmf.rules.absent import absent
        from cmf.rules.resolve import resolve_condition

        constraints: list[Constraint] = []
        faults: list[Diagnostic] = []
        for text in map(_as_text, texts):
            try:
                meant = resolve_condition(self.lowered.resolved, text)
                formula = self.lowered.condition(meant)
                if self.kept is not None:
                    formula = narrowed(self.lowered.problem, self.kept, self.problem, formula)
            except InputError as error:
                faults += error.diagnostics
                continue
            for each in dict.fromkeys(absent(meant, self.lowered.resolved)):
                logger.warning("%s: %s; %s", text.span.place, each.message, each.remedy)
            constraints.append(Constraint(formula, Origin("choice", text.value, "", text.span)))
        if faults:
            raise InputError(faults)
        return tuple(constraints)

    def why(self, *conditions: str | Text, limits: Limits = Limits()) -> Impossible | Possible:
        """Why conditions are impossible and what would allow them, or what follows from them.

        `cmf.workspace.why.Reasons` answers more questions, and many of them faster.
        """
        from cmf.workspace.why import Reasons

        return Reasons(self, limits).possible(self.conditions(*conditions))

    def over(self, variables: Sequence[int], problem: Problem) -> Model:
        """The model of a projection on some variables (ascending) of this one."""
        kept = self.kept or tuple(range(len(self.problem.variables)))
        return evolve(self, problem=problem, kept=tuple(kept[v] for v in variables))

    def check(self, limits: Limits = Limits()) -> Sequence[Diagnostic]:
        """What is wrong with the catalogue although it loads: see `cmf.analysis.health`.

        Where a ``lineup.yaml`` lies beside the catalogue, its vehicles are checked too.

        Raises
        ------
        InputError
            With every fault of that line-up.
        LimitReached
            When a proof takes more than `limits`.
        """
        from cmf.analysis.health import check
        from cmf.workspace.programme import programme_of

        lineup = self.path / "lineup.yaml"
        briefs = programme_of(self, lineup).briefs if lineup.exists() else ()
        return check(self.lowered, self.compile().space, briefs, limits)


def load(path: str | Path, *, prices: str | Path | None = None) -> Model:
    """Load a catalogue folder, or a foreign model file (``.xml``, ``.uvl``, ``.dimacs``, ``.cnf``).

    Parameters
    ----------
    prices
        WCSP file that prices the variables of an XCSP file.

    Raises
    ------
    InputError
        With every fault found, each with its place and a remedy.
    """
    path = Path(path)
    if path.is_file() and path.suffix not in (".yaml", ".yml"):
        from cmf.interchange import read_model

        return _foreign(path, read_model(path, prices))
    from cmf.load import read_catalog

    return model_of(path, read_catalog(path))


def model_of(path: Path, catalog: Catalog) -> Model:
    """The model of a catalogue that was read from `path`.

    Raises
    ------
    InputError
        With every fault of its rules, quantities and BOM conditions.
    """
    from cmf.rules.resolve import resolve_catalog

    lowered = lower(resolve_catalog(catalog))
    return Model(path, lowered, lowered.problem)


def _foreign(path: Path, problem: Problem) -> Model:
    """A foreign problem, with a catalogue of bare features so that conditions can name them."""
    from cmf.problem.bare import bare_catalog
    from cmf.rules.resolve import resolve_catalog

    lowered = lower(resolve_catalog(bare_catalog(problem, path)))
    return Model(path, evolve(lowered, problem=problem), problem)


def _as_text(text: str | Text) -> Text:
    return text if isinstance(text, Text) else Text.alone(text, "--where")

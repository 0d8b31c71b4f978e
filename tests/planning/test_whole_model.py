"""Everything that planning.yaml and targets can state, solved and compared with every plan."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import cmf
from cmf.planning.answer import Planned
from cmf.planning.decision.solver import try_all
from cmf.planning.solve import solve
from cmf.problem.answer import Infeasible
from cmf.workspace.planning import Asked, ask

RICH = Path(__file__).parent / "rich"
"""Premium, integration, tiers, change-over, battery supply, two cockpits at most: always on."""

STATED = {
    "plant capacity": ("keep: [D]\nplants: {douai: 10}\n", ()),
    "plants are rebuilt": ("keep: [D]\nplants: {tochigi: 4}\n", ("spend-brand",)),
    "leader and follower": ("leaders: brand\n", ()),
    "few changes": ("changes: 2\n", ("high",)),
    "kept": ("keep: [A, C]\n", ()),
    "share of brands": ("", ("spend-brand",)),
    "share of three vehicles": ("", ("three",)),
    "share of some": ("", ("list-r",)),
    "followed": ("", ("lead-modules",)),
    "models on platforms": ("", ("share-high",)),
    "cars on platforms": ("", ("volume-high",)),
    "platforms": ("", ("engines",)),
    "kilowatt-hours": ("", ("energy",)),
    "distinct modules": ("", ("ci97",)),
    "together": ("changes: 4\n", ("engines", "spend-brand", "high")),
}


def question(folder: Path, *targets: str) -> Asked:
    programme = cmf.load_lineup(folder)
    found = ask(programme, programme.model.compile(engine="brute"), targets)
    assert isinstance(found, Asked)
    return found


@pytest.mark.parametrize("name", STATED)
def test_the_plan_is_the_cheapest_of_all(name: str, tmp_path: Path) -> None:
    more, targets = STATED[name]
    folder = Path(shutil.copytree(RICH, tmp_path / "rich"))
    planning, stated = folder / "planning.yaml", folder / "targets.yaml"
    text = planning.read_text(encoding="utf-8")
    if "plants" in more:
        text = text.replace("open: [pack, power, engine.power]", "open: [plant]")
    planning.write_text(text + more, encoding="utf-8")
    three = "  - {id: three, title: T, metric: share, weight: mass, k: 3, threshold: 30 %}\n"
    stated.write_text(stated.read_text(encoding="utf-8") + three, encoding="utf-8")
    problem = question(folder, *targets).posed.problem
    best, found = try_all(problem), solve(problem)
    if isinstance(best, Planned):
        assert isinstance(found, Planned)
        assert found.evaluation.meets_all
        assert found.cost == found.bound == best.cost
    else:
        assert isinstance(best, Infeasible)
        assert isinstance(found, Infeasible)

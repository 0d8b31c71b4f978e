"""The proof in the background: cases in processes of their own, beside the whole model.

Two processes work on cases; with constraints one of them has the whole model instead, which also
finds that no plan meets them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Self

from cmf.planning.background import Background
from cmf.planning.compiled import compile_problem
from cmf.planning.data import PlanningProblem
from cmf.planning.splitter import Splitter
from cmf.planning.tree import Tree
from cmf.planning.worker import Modelling, Proving, Work

News = tuple[str, Any]
"""``bound``, ``plan``, ``weights`` or ``infeasible``, with what it is."""


class Proof:
    """Use it as a context, so that its processes end whatever happens."""

    def __init__(self, problem: PlanningProblem, seconds: float | None, gap: float) -> None:
        proving = Proving(problem)
        second: Work = Modelling(problem, seconds, gap) if problem.constraints else proving
        self.tree = Tree()
        self._stack = ExitStack()
        self._provers: dict[int, bool] = {0: False}
        if not problem.constraints:
            self._provers[1] = False
        self._children = [self._stack.enter_context(Background(w)) for w in (proving, second)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def running(self) -> bool:
        """Whether there is still something to come."""
        return not self.tree.done or self._modelling

    @property
    def _modelling(self) -> bool:
        return any(c.running for k, c in enumerate(self._children) if k not in self._provers)

    def news(self, top: int | None) -> Iterator[News]:
        """What has come since the last call; gives the idle their next cases.

        Parameters
        ----------
        top
            Cost of the best plan.
        """
        before = self.tree.bound
        for k, child in enumerate(self._children):
            for kind, value in child.messages():
                if k in self._provers:
                    yield from self._heard(k, kind, value)
                else:
                    yield kind, value
        for k, free in self._provers.items():
            if free and not self.tree.idle:
                number, case = self.tree.take()
                self._provers[k] = False
                self._children[k].tell((number, case, top))
        if self.tree.bound is not None and self.tree.bound != before:
            yield "bound", self.tree.bound

    def _heard(self, k: int, kind: str, value: Any) -> Iterator[News]:
        if kind == "weights":
            yield kind, value
            return
        self._provers[k] = kind != "ended"
        if kind == "root":
            if value is not None and self.tree.bound is None:
                self.tree.add(value)
        elif kind == "split":
            self.tree.split(*value)
        elif kind == "settled":
            number, found = value
            self.tree.settled(number, None if found.infeasible else found.bound or 0)
            if found.plan is not None:
                yield "plan", found.plan


def cases(problem: PlanningProblem) -> Iterator[News]:
    """The same proof in this process, case by case; always in the same order."""
    splitter, tree = Splitter(compile_problem(problem)), Tree()
    root = splitter.root()
    if root is None:
        return
    tree.add(root)
    yield "bound", tree.bound
    while not tree.idle:
        number, case = tree.take()
        if splitter.whole(case):
            found = splitter.settle(case, None)
            yield "plan", found.plan
            tree.settled(number, None if found.infeasible else found.bound or 0)
        else:
            tree.split(number, splitter.split(case, None))
        yield "bound", tree.bound

"""The proof in the background: cases in processes of their own, beside the whole model.

Two processes work on cases. With constraints one of them has the whole model instead, which also
finds that no plan meets them, and the other looks at the problem without them first: they often
cost little, and relaxations without them are many times faster.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Self

from attrs import define, evolve

from cmf.planning.background import Background
from cmf.planning.compiled import compile_problem
from cmf.planning.data import PlanningProblem
from cmf.planning.splitter import Splitter
from cmf.planning.tree import Tree
from cmf.planning.worker import Modelling, Proving

News = tuple[str, Any]
"""``bound``, ``plan``, ``weights`` or ``infeasible``, with what it is."""


@define
class Prover:
    """A process that works on cases.

    Attributes
    ----------
    free
        Whether it waits for a case.
    number
        Of the case it has.
    """

    child: Background
    free: bool = False
    number: int | None = None


class Proof:
    """Use it as a context, so that its processes end whatever happens.

    Attributes
    ----------
    bound
        The best of all cases.
    """

    def __init__(self, problem: PlanningProblem, seconds: float | None, gap: float) -> None:
        self.bound: int | None = None
        self._tree = Tree()
        self._stack = ExitStack()
        self._provers: list[Prover] = []
        self._model: Background | None = None
        self._next: PlanningProblem | None = None
        if problem.constraints:
            self._next = problem
            self._prove(without_constraints(problem), 1)
            self._model = self._stack.enter_context(Background(Modelling(problem, seconds, gap)))
        else:
            self._prove(problem, 2)

    def _prove(self, problem: PlanningProblem, processes: int) -> None:
        self._tree = Tree()
        self._provers = [
            Prover(self._stack.enter_context(Background(Proving(problem))))
            for _ in range(processes)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def running(self) -> bool:
        """Whether there is still something to come."""
        modelling = self._model is not None and self._model.running
        proving = any(prover.child.running for prover in self._provers)
        return modelling or (proving and (self._next is not None or not self._tree.done))

    def news(self, top: int | None) -> Iterator[News]:
        """What has come since the last call; gives the idle their next cases.

        Parameters
        ----------
        top
            Cost of the best plan.
        """
        if self._model is not None:
            yield from self._model.messages()
        for prover in self._provers:
            for kind, value in prover.child.messages():
                yield from self._heard(prover, kind, value)
            if prover.free and not self._tree.idle:
                prover.number, case = self._tree.take()
                prover.free = False
                prover.child.tell((prover.number, case, top))
        bound = self._tree.bound
        if bound is not None and (self.bound is None or bound > self.bound):
            self.bound = bound
            yield "bound", bound
        if self._tree.done and self._next is not None:
            problem, self._next = self._next, None
            self._prove(problem, 1)

    def _heard(self, prover: Prover, kind: str, value: Any) -> Iterator[News]:
        tree = self._tree
        if kind == "weights":
            yield kind, value
            return
        prover.free = kind != "ended"
        if kind == "ended" and prover.number is not None:  # it died over its case
            tree.split(prover.number, None)
        prover.number = None
        if kind == "root" and value is not None and tree.bound is None:
            tree.add(value)
        elif kind == "split":
            tree.split(*value)
        elif kind == "settled":
            number, plan, offer = value
            tree.settled(number, offer)
            if plan is not None:
                yield "plan", plan


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
        if splitter.unsettled(case):
            plan, offer = splitter.settle(case, None)
            yield "plan", plan
            tree.settled(number, offer)
        else:
            tree.split(number, splitter.split(case, None))
        yield "bound", tree.bound


def without_constraints(problem: PlanningProblem) -> PlanningProblem:
    """The problem in which every plan is good."""
    return evolve(problem, constraints=())

"""What all restrictions of one problem share: its clauses and one incremental solver."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import define

from cmf.engines.sat.encode import Encoding
from cmf.engines.sat.models import Flags, Models
from cmf.engines.sat.oracle import Budget, Oracle
from cmf.problem.formula import And, Formula, Member, Not, Or
from cmf.problem.problem import Problem


@define
class Core:
    """A problem as clauses, and the solver that learns from every question.

    The answers do not depend on what was asked before, only their speed does. Not for use from
    several threads at once.

    Attributes
    ----------
    selectors
        For every constraint a literal that implies it. The solver holds all of them true.
    models
        Variants that the solver has shown.
    """

    encoding: Encoding
    selectors: list[int]
    oracle: Oracle
    models: Models

    @classmethod
    def of(cls, problem: Problem) -> Core:
        encoding = Encoding()
        for variable in problem.variables:
            encoding.declare(len(variable.options))
        selectors = [encoding.new() for _ in problem.constraints]
        for selector, constraint in zip(selectors, problem.constraints, strict=True):
            encoding.require(constraint.formula, (-selector,))
        models = Models([literal for literals in encoding.options for literal in literals])
        return cls(encoding, selectors, Oracle.over(encoding, selectors), models)

    def possible(self, assumptions: Sequence[int], budget: Budget) -> list[bool] | None:
        """For every option of every variable whether some variant takes it; `None`: no variant.

        Kept variants and unit propagation settle most; each solve for one of the others is
        steered towards all of them.
        """
        seen = self.models.options(assumptions)
        if seen is None:
            if not self.oracle.solve(assumptions, budget):
                return None
            seen = np.zeros(len(self.models.literals), dtype=bool)
            self._show(seen)
        excluded = {-literal for literal in self.oracle.implied(assumptions)} | self.oracle.dead
        self.oracle.prefer(self._literals(~seen))
        for place, literal in enumerate(self.models.literals):
            if seen[place] or literal in excluded:
                continue
            if self.oracle.solve([*assumptions, literal], budget):
                self._show(seen)
            elif not assumptions:
                self.oracle.dead.add(literal)
        return [bool(flag) for flag in seen]

    def _show(self, seen: Flags) -> None:
        """Keep the variant of the last solve, and let the solver prefer other options."""
        taken = self.oracle.taken()
        self.models.add(taken)
        new = taken[~seen[taken]]
        seen[new] = True
        self.oracle.prefer([-self.models.literals[place] for place in new])

    def _literals(self, flags: Flags) -> list[int]:
        return [self.models.literals[place] for place in np.flatnonzero(flags)]

    def separate(self, *, selected: bool = True) -> Oracle:
        """A solver of its own over a copy of the clauses, so that neither disturbs the other.

        Unless `selected`, its constraints hold only where their selectors are assumed.
        """
        return Oracle.over(self.encoding.fork(), self.selectors if selected else ())

    def restriction(self, formula: Formula) -> tuple[int, ...]:
        """Assumptions that amount to `formula`.

        Memberships need nothing but literals that are there; anything else is encoded once.
        """
        return tuple(dict.fromkeys(self._assumed(formula, True)))

    def _assumed(self, formula: Formula, sign: bool) -> list[int]:
        match formula:
            case Not(operand):
                return self._assumed(operand, not sign)
            case And(terms) | Or(terms) if isinstance(formula, And) == sign:
                return [literal for term in terms for literal in self._assumed(term, sign)]
        member = self._member(formula, sign)
        if member is None:
            return [self.encoding.implying(formula, sign)]
        variable, options = member
        literals = self.encoding.options[variable]
        if len(options) == 1:
            return [literals[option] for option in options]
        return [-x for option, x in enumerate(literals) if option not in options]

    def _member(self, formula: Formula, sign: bool) -> tuple[int, frozenset[int]] | None:
        """The formula as options of one variable, when it speaks of memberships of one only."""
        match formula:
            case Not(operand):
                return self._member(operand, not sign)
            case Member(variable, options):
                every = frozenset(range(len(self.encoding.options[variable])))
                return variable, options & every if sign else every - options
            case Or(terms) | And(terms) if terms and isinstance(formula, Or) == sign:
                members = [self._member(term, sign) for term in terms]
                found = [member for member in members if member is not None]
                if len(found) == len(terms) and len({variable for variable, _ in found}) == 1:
                    return found[0][0], frozenset().union(*(options for _, options in found))
        return None

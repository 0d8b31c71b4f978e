"""A state machine that clicks through a configuration as a person would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cmf.analysis.offers import Offer, Status
from cmf.analysis.session import ExcludedOption, Session
from cmf.problem.answer import Infeasible

if TYPE_CHECKING:
    from cmf.workspace import VariantSpace


def sessions(space: VariantSpace) -> type[RuleBasedStateMachine]:
    """A `RuleBasedStateMachine` of clicks: choose, take back, undo, and try what is excluded.

    After every click there is a variant, the choices hold, and every option that is offered can be
    chosen. Derive from it to add rules and invariants of your own; ``self.session`` is the
    `cmf.analysis.session.Session`. Run it as any state machine:
    ``TestClicks = sessions(space).TestCase``.
    """

    class Clicks(_Clicks):
        @initialize()
        def begin(self) -> None:
            self.session = space.session()

    Clicks.__name__ = Clicks.__qualname__ = "Clicks"
    return Clicks


class _Clicks(RuleBasedStateMachine):
    """Clicks on one space."""

    session: Session

    def _offers(self, *, excluded: bool) -> list[Offer]:
        return [offer for offer in self.session.options() if _excluded(offer) == excluded]

    @rule(data=st.data())
    def choose(self, data: Any) -> None:
        """Choose an option that is still possible."""
        offer = data.draw(st.sampled_from(self._offers(excluded=False)))
        self.session.choose(offer.variable, offer.option)
        assert self.session.choices[offer.variable] == offer.option

    @precondition(lambda self: any(map(_excluded, self.session.options())))
    @rule(data=st.data())
    def choose_excluded(self, data: Any) -> None:
        """Choose an option that is excluded: it is refused with a reason, and nothing changes."""
        offer = data.draw(st.sampled_from(self._offers(excluded=True)))
        before, reason = self.session.choices, None
        try:
            self.session.choose(offer.variable, offer.option)
        except ExcludedOption as refused:
            reason = refused.conflict
        assert reason, f"{offer.variable} == {offer.option} was excluded: no reason was given"
        assert self.session.choices == before

    @precondition(lambda self: self.session.choices)
    @rule(data=st.data())
    def retract(self, data: Any) -> None:
        """Take a choice back."""
        name = data.draw(st.sampled_from(list(self.session.choices)))
        self.session.retract(name)
        assert name not in self.session.choices

    @precondition(lambda self: self.session.choices)
    @rule()
    def undo(self) -> None:
        """Go back by one step."""
        self.session.undo()

    @invariant()
    def there_is_a_variant(self) -> None:
        """Some variant meets all choices."""
        found = self.session.current.find()
        assert not isinstance(found, Infeasible), f"no variant with {self.session.choices}"


def _excluded(offer: Offer) -> bool:
    return offer.status is Status.EXCLUDED

"""The three phases on the settings page: which is reached, and what comes next."""

from datetime import datetime

from django.utils.translation import pgettext

from accounts import navigation
from accounts.settings_panels import Journey, Step, register_journey
from handoff.queries import phase


def journey(at: datetime) -> Journey:
    """Where the organisation stands, as steps and one next step with its address."""
    now = phase.current()
    labels = [
        pgettext("phase", "Data and a simple score"),
        pgettext("phase", "Deadlines and a shared process"),
        pgettext("phase", "Metrics and learning from results"),
    ]
    states = ["past" if number < now.number else "now" if number == now.number else "" for number in (1, 2, 3)]
    return Journey(
        steps=[Step(label, state) for label, state in zip(labels, states, strict=True)],
        sentence=_next(now),
        url=navigation.address(_route(now)),
        label={
            "imports": pgettext("phase", "Import leads"),
            "leads": pgettext("phase", "Hand leads over"),
            "dashboard": pgettext("phase", "View the figures"),
            "answer-check": pgettext("phase", "Check the answers"),
        }[_route(now)],
    )


def _route(now: phase.Phase) -> str:
    if now.has_outcomes:
        return "answer-check"
    return {1: "imports", 2: "leads", 3: "dashboard"}[now.number]


def _next(now: phase.Phase) -> str:
    if now.number == 1:
        return pgettext("phase", "Next: import your leads; they are scored automatically.")
    counted = {"done": now.done, "wanted": now.wanted}
    if now.number == 2:
        return pgettext("phase", "Next: get %(wanted)d handoffs answered; %(done)d so far.") % counted
    if not now.has_outcomes:
        return pgettext("phase", "Next: report the results of %(wanted)d handoffs; %(done)d so far.") % counted
    return pgettext("phase", "Next: compare results with scores and adjust the rules together.")


register_journey(journey)

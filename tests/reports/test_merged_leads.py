"""Figures count the lead that survives a merge, with what the other one did (DESIGN §9)."""

from datetime import date, timedelta

import pytest

from handoff.services import handoffs, results
from leads.services import merging
from reports.domain.periods import Period
from reports.queries import funnel, kpis, trend
from reports.queries.scope import Question
from tests.cast import NOON, TOKYO
from tests.handoff import stories

pytestmark = pytest.mark.django_db


def figures():
    period = Period(date(2026, 11, 1), date(2026, 12, 1), TOKYO)
    asked = Question(period=period, as_of=NOON + timedelta(hours=1))
    key = kpis.kpis(asked)
    cohort = funnel.funnel(asked, cohort="mql")
    weeks = sum(point.kpis.wins.denominator for point in trend.trend(asked))
    return key.handoffs, key.opportunities.numerator, key.wins.denominator, cohort.size, weeks


def test_cohorts_count_the_survivor():
    people = stories.small()
    lost = stories.accepted(people, to=people.sato)
    for number, result in enumerate(("opportunity", "lost")):
        results.apply_result(
            handoff=lost,
            lead=lost.lead,
            result=result,
            reason="budget" if result == "lost" else "",
            next_action_on=None,
            by=people.sato,
            at=NOON + timedelta(minutes=number + 1),
        )
    kept = stories.offered(people, to=people.sato, at=NOON + timedelta(minutes=5))
    assert figures() == (2, 1, 1, 2, 1)

    row = merging.merge(survivor=lost.lead, loser=kept.lead, by=people.mia, at=NOON + timedelta(minutes=9))

    # MQL is further than LOST: the open one survives, and the deal that was lost is its own.
    assert row.survivor == kept.lead
    assert figures() == (2, 1, 1, 1, 1)
    assert handoffs.accept(handoff=kept, by=people.sato, at=NOON + timedelta(minutes=10)).state == "accepted"

"""Random models and leads: a backtest's counts are those of a plain reading of what each lead was when it was offered.

The plain reading is that of tests/scoring/test_score_property.py: it is written from the words of the design and shares
no arithmetic with the product. What becomes of the leads after the offer must not matter.
"""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.models import Episode, StageTransition
from handoff.queries import facts
from leads.models import Activity, CustomField, Lead, Qualification
from reports.domain.periods import Period
from reports.queries import backtest
from reports.queries.scope import Question
from scoring.services import models
from tests.cast import NOON, TOKYO, organization
from tests.scoring import rows
from tests.scoring import test_score_property as drawn

pytestmark = pytest.mark.django_db
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1), TOKYO)
LATER = NOON + timedelta(days=30)


@pytest.fixture(autouse=True)
def _organization() -> None:
    organization()
    CustomField.objects.get_or_create(key="rank", defaults={"label": "rank", "kind": "number"})


def offered(lead: dict[str, Any], *, freezes: bool, has_outcome: bool) -> None:
    """A handoff of the lead as it is drawn; afterwards it changes, and its outcome becomes known."""
    row = drawn.store(lead)
    values = {"lead": row, "leg": "marketing_to_field", "attempt": 1, "offered_at": NOON, "band": "low"}
    kept = facts.frozen(facts.facts_of(row), at=NOON) if freezes else {}
    Episode.objects.create(**values, facts=kept)
    stage = "opportunity" if has_outcome else "lost"
    StageTransition.objects.create(lead=row, from_stage="mql", to_stage=stage, reason="result", at=LATER)
    if freezes:
        Activity.objects.filter(lead=row).delete()
        Qualification.objects.filter(lead=row).delete()
        Lead.objects.filter(pk=row.pk).update(seniority="", title="", custom={}, company=None)
    else:
        rows.activity(row, "site_visit", LATER.date())


@settings(
    max_examples=drawn.EXAMPLES // 2,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(
    published=drawn.drawn_models,
    draft=drawn.drawn_models,
    handoffs=st.lists(st.tuples(drawn.drawn_leads, st.booleans(), st.booleans()), min_size=1, max_size=5),
)
def test_a_backtest_counts_what_a_plain_reading_of_the_leads_as_offered_counts(
    published: dict[str, Any], draft: dict[str, Any], handoffs: list[tuple[dict[str, Any], bool, bool]]
) -> None:
    # The log of stages can't be emptied; an example is taken back whole.
    with transaction.atomic():
        compare(published, draft, handoffs)
        transaction.set_rollback(True)


def compare(
    published: dict[str, Any], draft: dict[str, Any], handoffs: list[tuple[dict[str, Any], bool, bool]]
) -> None:
    """The backtest of the draft beside the published model, and the same counted by hand."""
    published["applies_to"] = None
    drawn.publish(published, 0)
    model = models.create(values=draft | {"name": "draft"}, by=None, at=NOON)
    for lead, freezes, has_outcome in handoffs:
        offered(lead, freezes=freezes, has_outcome=has_outcome)

    found = backtest.run(Question(NOVEMBER, LATER), model)

    ours = [(lead, freezes, won) for lead, freezes, won in handoffs if drawn.holds(draft["applies_to"], lead)]
    assert (found.counted.handoffs, found.counted.counted) == (len(handoffs), len(ours))
    assert found.counted.on_todays_values == sum(not freezes for _, freezes, _ in ours)
    for side, values in ((found.own, draft), (found.published, published)):
        totals = [(drawn.expected(values, lead), won) for lead, _, won in ours]
        assert side.tally == {
            total: (sum(total == one for one, _ in totals), sum(won for one, won in totals if total == one))
            for total, _ in totals
        }
        starts = [band["from"] for band in values["bands"][:2]]
        bands = Counter("high" if t >= starts[0] else "middle" if t >= starts[1] else "low" for t, _ in totals)
        assert {name: rate.denominator for name, rate in side.bands.items() if rate.denominator} == dict(bands)

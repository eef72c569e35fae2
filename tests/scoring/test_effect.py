"""What a published model's figures say, also while its recompute is on its way; a draft's are tested in test_models."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import Lead, LeadScore
from scoring.models import ScoringModel
from scoring.queries import effect
from scoring.services import models
from tests.cast import NOON, Cast
from tests.scoring import rows, scored

pytestmark = pytest.mark.django_db
VISIT = {"activity": {"types": ["site_visit"]}}
RULES = [scored.rule(VISIT, 5), scored.rule({"activity": {"types": ["demo_request"]}}, 5)]
FOOD = {"field": "company.industry", "op": "eq", "value": "食品"}


def visitor(industry: str) -> Lead:
    lead = rows.lead(company_fields={"industry": industry})
    rows.activity(lead, "site_visit")
    return lead


def renewed(model: ScoringModel, points: int) -> ScoringModel:
    """Its next version, just published: not one lead is scored by it yet."""
    draft = models.copy(model=model, by=None, at=NOON)
    draft.rules.update(points=points)
    models.publish(model=draft, why="x", by=None, at=NOON)
    draft.refresh_from_db()
    return draft


def counted(model: ScoringModel, user: Any) -> tuple[Any, ...]:
    found = effect.of(model, user=user, at=NOON)
    return (
        found.leads,
        found.is_part,
        [row.before for row in found.rows],
        found.reaching_before,
        *found.matches.values(),
    )


def test_the_figures_of_a_version_just_published_fit_together_before_all_leads_are_scored_again(cast: Cast) -> None:
    rest = scored.published(RULES, name="残り", line=6)
    food = scored.published(RULES, name="食品", line=6, applies_to=FOOD)
    leads = [visitor("食品"), visitor("食品"), visitor("製造業"), rows.lead()]
    for lead in leads:
        scored.score(lead)

    food = renewed(food, 9)

    assert not LeadScore.objects.filter(model_id=food.pk).exists()
    assert counted(food, cast.ada) == (2, True, [2, 0, 0], 2, 2, 0)
    assert counted(rest, cast.ada) == (2, True, [1, 1, 0], 0, 1, 0)


def test_a_single_published_model_counts_all_leads_by_its_own_rules(cast: Cast) -> None:
    model = scored.published(RULES, line=6)
    for lead in (visitor("食品"), rows.lead()):
        scored.score(lead)
    visitor("食品")

    assert counted(renewed(model, 9), cast.ada) == (3, False, [2, 1, 0], 2, 2, 0)


def test_a_version_that_is_no_draft_takes_one_pass_over_the_leads(cast: Cast) -> None:
    """Nobody asks who would move, even where a stored score is another one."""
    old = scored.published(RULES)
    for _ in range(3):
        scored.score(visitor("食品"))
    new = renewed(old, 9)
    old.refresh_from_db()

    for model in (old, new):
        with CaptureQueriesContext(connection) as queries:
            found = effect.of(model, user=cast.ada, at=NOON)
        assert len([query for query in queries if "FROM leads_lead l" in query["sql"]]) == 1
        assert (found.moved, found.newly) == ((), 0)

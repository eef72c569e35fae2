"""Marks of owed scores: taken up, removed only as read, told to those who act on them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journal import reactions
from journal.models import Event
from leads.models import LeadScore, ScoreDue
from scoring.models import ScoreHistory
from scoring.queries import explain
from scoring.services import scores
from tests.cast import NOON, organization
from tests.scoring import rows, scored

pytestmark = pytest.mark.django_db
VISIT = {"activity": {"types": ["site_visit"]}}


@pytest.fixture(autouse=True)
def _organization() -> None:
    organization()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What `scores.written` said, instead of the reactions of upper apps."""
    heard: list[dict[str, Any]] = []
    monkeypatch.setitem(reactions._within, "scores.written", [lambda event: heard.append(event.data)])
    return heard


def due(lead: Any, cause: str = "live") -> ScoreDue:
    return ScoreDue.objects.create(lead=lead, cause=cause, marked_at=NOON)


def test_a_marked_lead_is_scored_and_its_mark_is_gone(told: list[dict[str, Any]]) -> None:
    scored.published([scored.rule(VISIT, 30)], line=30, bands=scored.bands(30, 15))
    lead, other = rows.lead(), rows.lead()
    rows.activity(lead, "site_visit")
    due(lead)
    assert scores.score_stale(at=NOON) == 1
    assert scores.score_stale(at=NOON) == 0
    assert LeadScore.objects.get().total == 30
    assert not LeadScore.objects.filter(lead=other).exists()
    assert not ScoreDue.objects.exists()
    assert told == [{"cause": "live", "reason": "activity", "source_id": None, "reached": [lead.pk]}]
    event = Event.objects.get(kind="lead.scored")
    assert event.data == {"total": 30, "band": "high", "was_total": 0, "was_band": "low", "cause": "live"}
    assert list(ScoreHistory.objects.values_list("total", "band", "cause")) == [(30, "high", "activity")]


def test_a_mark_made_after_it_was_read_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    scored.published([scored.rule(VISIT, 30)])
    lead = rows.lead()
    due(lead)
    write = scores.write

    def meanwhile(*args: Any, **more: Any) -> Any:
        ScoreDue.objects.filter(lead=lead).update(generation=2)
        return write(*args, **more)

    monkeypatch.setattr(scores, "write", meanwhile)
    scores.score_stale(at=NOON)
    assert ScoreDue.objects.get().generation == 2


def test_causes_are_told_apart_and_a_lead_over_the_line_is_told_even_when_its_score_stands(
    told: list[dict[str, Any]],
) -> None:
    scored.published([scored.rule(VISIT, 30)], line=30, bands=scored.bands(30, 15))
    leads = [rows.lead() for _ in range(4)]
    for lead in leads[:3]:
        rows.activity(lead, "site_visit")
    scored.score(leads[2])
    told.clear()
    for lead, cause in zip(leads, ("live", "bulk", "edit", "live"), strict=True):
        due(lead, cause)
    scores.score_stale(at=NOON + timedelta(hours=1))
    assert [(item["cause"], item["reached"]) for item in told] == [
        ("live", [leads[0].pk]),
        ("edit", [leads[2].pk]),
        ("bulk", [leads[1].pk]),
    ]


def test_nothing_is_written_when_nothing_changed() -> None:
    scored.published([scored.rule(VISIT, 30)])
    lead = rows.lead()
    rows.activity(lead, "site_visit")
    first = scored.score(lead)
    again = scores.score_leads(lead_ids=[lead.pk], at=NOON + timedelta(hours=1), cause="bulk", reason="recompute")
    assert again.count == 0
    assert LeadScore.objects.get().computed_at == first.computed_at


def test_merged_and_erased_leads_are_not_scored() -> None:
    scored.published([scored.rule(VISIT, 30)])
    lead = rows.lead(is_present=False)
    rows.activity(lead, "site_visit")
    due(lead)
    assert scores.score_stale(at=NOON) == 1
    assert not LeadScore.objects.exists()
    assert not ScoreDue.objects.exists()


def test_without_a_published_model_marks_are_dropped_and_nothing_is_scored() -> None:
    due(rows.lead())
    assert scores.score_stale(at=NOON) == 1
    assert not LeadScore.objects.exists()


def test_f_10_a_new_rule_counts_activities_from_before_it_existed() -> None:
    lead = rows.lead()
    rows.activity(lead, "webinar_attended", "2025-06-01")
    scored.published([scored.rule({"activity": {"types": ["webinar_attended"]}}, 15)])
    assert scored.score(lead).total == 15


def test_f_10_the_same_mail_opened_ten_times_is_one_open() -> None:
    lead = rows.lead()
    for _ in range(10):
        rows.activity(lead, "email_open", content="11月のお知らせ")
    opened = {"activity": {"types": ["email_open"], "distinct": "content"}}
    scored.published([scored.rule(opened, 3, per_activity=True, cap=30)])
    assert scored.score(lead).total == 3
    told = explain.explain(lead, NOON)
    assert (told.lines[0].points, told.lines[0].count) == (3, 10)


def test_the_first_model_whose_condition_holds_scores_the_lead() -> None:
    last = scored.published([scored.rule(VISIT, 7)], name="すべて")
    maker = {"field": "company.industry", "op": "in", "value": ["製造業"]}
    first = scored.published([scored.rule(VISIT, 9)], name="製造業向け", applies_to=maker)
    a, b = rows.lead(company_fields={"industry": "製造業"}), rows.lead()
    for lead in (a, b):
        rows.activity(lead, "site_visit")
    assert (scored.score(a).total, scored.score(b).total) == (9, 7)
    assert dict(LeadScore.objects.values_list("lead_id", "model_id")) == {a.pk: first.pk, b.pk: last.pk}


def test_a_score_is_explained_by_its_own_version_as_of_its_time() -> None:
    old = scored.published([scored.rule(VISIT | {}, 7, key="visit")], name="甲")
    lead = rows.lead()
    rows.activity(lead, "site_visit")
    scored.score(lead)
    scored.published([scored.rule(VISIT, 9)], name="乙")
    told = explain.explain(lead, NOON)
    assert told.model is not None
    assert (told.model.id, told.total, told.is_stale) == (old.pk, 7, False)


def test_scoring_a_thousand_leads_takes_as_many_queries_as_scoring_ten() -> None:
    scored.excel()
    leads = [rows.lead() for _ in range(60)]

    def queries(count: int) -> int:
        ScoreDue.objects.all().delete()
        ScoreDue.objects.bulk_create(ScoreDue(lead=lead, cause="live", marked_at=NOON) for lead in leads[:count])
        with CaptureQueriesContext(
            connection,
        ) as captured:
            scores.score_stale(at=NOON)
        return len(captured)

    assert queries(60) == queries(2) <= 16

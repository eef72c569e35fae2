"""Several workers at once: each mark taken once, no old score over a newer one, no lead under a mix of models."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from journal.transactions import retried
from leads.models import ActivityType, LeadScore, ScoreDue
from leads.services import staleness
from scoring.models import RecomputeRun
from scoring.services import recompute, scores
from tests.at_once import at_once
from tests.cast import NOON, organization
from tests.scoring import rows, scored

pytestmark = pytest.mark.django_db(transaction=True)
VISIT = {"activity": {"types": ["site_visit"]}}


@pytest.fixture(autouse=True)
def _organization() -> None:
    organization()
    ActivityType.objects.get_or_create(code="site_visit", defaults={"label_ja": "サイト訪問", "label_en": "Site visit"})


def test_workers_share_the_marks_and_leave_none() -> None:
    scored.published([scored.rule(VISIT, 30)])
    leads = [rows.lead() for _ in range(40)]
    for lead in leads:
        rows.activity(lead, "site_visit")
    staleness.mark(lead_ids=[lead.pk for lead in leads], cause="edit", at=NOON)
    taken = at_once(*[lambda: sum(iter(lambda: scores.score_stale(at=NOON, limit=7), 0)) for _ in range(4)])
    assert sum(taken) == 40
    assert LeadScore.objects.filter(total=30).count() == 40
    assert not ScoreDue.objects.exists()


def test_activities_that_come_while_workers_score_are_all_counted() -> None:
    scored.published([scored.rule(VISIT, 1, per_activity=True, cap=1000)])
    lead = rows.lead()
    done = threading.Event()

    @retried
    def one() -> None:
        rows.activity(lead, "site_visit")
        staleness.mark(lead_ids=[lead.pk], cause="live", at=NOON)

    def come() -> None:
        try:
            for _ in range(30):
                one()
        finally:
            done.set()

    def work() -> None:
        while not done.is_set():
            scores.score_stale(at=NOON)

    assert at_once(come, work, work) == [None, None, None]
    while scores.score_stale(at=NOON):
        pass
    assert LeadScore.objects.get().total == 30


def test_a_recompute_never_leaves_an_old_score_over_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    scored.published([scored.rule(VISIT, 1, per_activity=True, cap=1000)])
    lead = rows.lead()
    run = recompute.start(by=None, at=NOON)
    write, paused, tries = scores.write, threading.Event(), []

    def slowly(scope: Any, *, at: Any, **options: Any) -> Any:
        """The range reads its snapshot, then waits until a live score was written."""
        if scope.ids is None:
            tries.append(1)
            ScoreDue.objects.exists()
            if len(tries) == 1 and connection.vendor == "postgresql":
                paused.set()
                live.wait(5)
        return write(scope, at=at, **options)

    live = threading.Event()
    monkeypatch.setattr(scores, "write", slowly)

    def score_live() -> None:
        if connection.vendor == "postgresql":
            paused.wait(5)
        rows.activity(lead, "site_visit")
        scores.score_leads(lead_ids=[lead.pk], at=NOON + timedelta(seconds=1), cause="live", reason="activity")
        live.set()

    at_once(lambda: recompute.work_range(run_id=run.pk, at=NOON), score_live)
    assert LeadScore.objects.get().total == 1
    if connection.vendor == "postgresql":
        assert len(tries) == 2  # the first try saw an old moment and was undone


def test_rules_published_during_a_recompute_leave_no_lead_under_the_old_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recompute, "RANGE_SIZE", {"sqlite": 3, "postgresql": 3})
    for _ in range(12):
        rows.activity(rows.lead(), "site_visit")
    scored.published([scored.rule(VISIT, 1)], name="0")

    def work() -> None:
        for _ in range(60):
            for pk in RecomputeRun.objects.order_by("pk").values_list("pk", flat=True):
                recompute.work_range(run_id=pk, at=NOON)

    def publish() -> None:
        for number in range(2, 6):
            scored.published([scored.rule(VISIT, number)], name=str(number))

    assert at_once(work, work, publish) == [None, None, None]
    last = RecomputeRun.objects.latest("pk")
    while recompute.work_range(run_id=last.pk, at=NOON):
        pass
    last.refresh_from_db()
    assert last.state == "done"
    assert set(LeadScore.objects.values_list("total", flat=True)) == {5}
    assert LeadScore.objects.values("model_id").distinct().count() == 1

"""A full run whose worker is killed again and again ends as if nobody had touched it."""

import os
import random
import signal
import time
from datetime import datetime, timedelta

import pytest
from django.db import connection

from chaos.processes import ended, forked
from leads.models import ActivityType, LeadScore
from scoring.models import RecomputeRange
from scoring.services import recompute
from tests.cast import NOON, organization
from tests.scoring import scored

pytestmark = pytest.mark.django_db(transaction=True)
LEADS, KILLS = 50_000, 20
# Written by the database: what is tested is the worker, not how leads come in. Every second is a director.
MANY_LEADS = """
INSERT INTO leads_lead (last_name, first_name, last_name_kana, first_name_kana, email, phone, mobile, title, seniority,
  department, acquired_at, opted_out, do_not_contact, custom, email_key, phone_key, mobile_key, name_key, search_text,
  stage, stage_since, due_kind, due_note, is_present, version, created_at, updated_at)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %(leads)s)
SELECT '中村', '', '', '', '', '', '', '', CASE WHEN i %% 2 = 0 THEN 'director' ELSE 'staff' END, '', %(at)s, false, false,
  '{}', '', '', '', '', '', 'lead', %(at)s, '', '', true, 1, %(at)s, %(at)s
FROM n
"""
# One in five has visited the site.
VISITS = """
INSERT INTO leads_activity (lead_id, type, event_id, occurred_at, occurred_on, received_at, url, note, metadata)
SELECT id, 'site_visit', 'killed:' || id, %(at)s, %(on)s, %(at)s, '', '', '{}'
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM leads_lead) t WHERE n %% 5 = 0
"""


@pytest.fixture
def leads() -> None:
    organization()
    ActivityType.objects.get_or_create(code="site_visit", defaults={"label_ja": "サイト訪問", "label_en": "Site visit"})
    with connection.cursor() as cursor:
        cursor.execute(MANY_LEADS, {"leads": LEADS, "at": NOON})
        cursor.execute(VISITS, {"at": NOON, "on": NOON.date()})
        cursor.execute("ANALYZE")
    scored.published(
        [
            scored.rule({"field": "seniority", "op": "gte", "value": "director"}, 10, dimension="authority"),
            scored.rule({"activity": {"types": ["site_visit"]}}, 7),
            scored.rule({"field": "last_name", "op": "known"}, 1, dimension="fit"),  # everybody's total changes
        ]
    )


def worker(run_id: int, at: datetime) -> int:
    """A process of its own that works the run's ranges until it ends or is killed; its id."""

    def work() -> None:
        while recompute.work_range(run_id=run_id, at=at):
            pass

    return forked(work)


def table() -> list[tuple[int, ...]]:
    """Every score as it is stored, without when and by which run it was made."""
    return list(
        LeadScore.objects.order_by("lead").values_list("lead", "total", "band", "authority", "engagement", "fit")
    )


@pytest.mark.timeout(300)
def test_a_run_killed_twenty_times_ends_as_an_undisturbed_one(leads: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # Many ranges: the database goes on for a while with what a killed worker had asked for.
    monkeypatch.setattr(recompute, "RANGE_SIZE", {"sqlite": 500, "postgresql": 2000})
    begun = recompute.start(by=None, at=NOON)
    chance = random.Random(20)
    at, killed = NOON, 0
    for _time in range(KILLS):
        child = worker(begun.pk, at)
        time.sleep(chance.uniform(0.01, 0.25))
        os.kill(child, signal.SIGKILL)
        killed += ended(child)
        at += recompute.LEASE + timedelta(seconds=1)
    after_kills = RecomputeRange.objects.filter(run=begun, is_done=True).count()

    ended(worker(begun.pk, at))
    begun.refresh_from_db()
    disturbed = table()
    undisturbed = recompute.start(by=None, at=at)
    LeadScore.objects.all().delete()
    ended(worker(undisturbed.pk, at))
    undisturbed.refresh_from_db()

    assert killed >= 1, "every worker was through before it was killed"
    assert after_kills < RecomputeRange.objects.filter(run=begun).count() or killed == KILLS
    assert begun.state == undisturbed.state == "done"
    assert (begun.leads_done, begun.changed) == (LEADS, LEADS)
    assert (undisturbed.leads_done, undisturbed.changed) == (LEADS, LEADS)
    assert disturbed == table()
    assert sum(total for _lead, total, *_rest in disturbed) == 10 * LEADS // 2 + 7 * LEADS // 5 + LEADS
    assert connection.in_atomic_block is False

"""A draft tried on past handoffs, beside the published model: seconds in all.

The yardstick only fetches the same rows and decodes what they froze: no condition is read.
"""

import time
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connection

from accounts.models import User
from accounts.queries import organization
from bench import stock
from bench.report import Line
from handoff.models import Episode
from journal import clock
from reports.domain.periods import latest_days
from reports.queries import backtest
from reports.queries.scope import Question
from scoring.models import ScoringModel
from scoring.services import models

MOST_SECONDS = 10.0
ACTIVITIES = 20
# What an offer of the stock's leads would have frozen: what is known, and twenty activities of half a year.
EPISODES = """
INSERT INTO handoff_episode (lead_id, leg, attempt, offered_at, band, facts, outcome)
SELECT l.id, 'marketing_to_field', 1, now() - (30 + l.id %% 300) * interval '1 day', 'low', jsonb_build_object(
    'on', (now() - (30 + l.id %% 300) * interval '1 day')::date::text,
    'values', jsonb_strip_nulls(jsonb_build_object(
      'company.industry', co.industry, 'company.employee_count', jsonb_build_array(co.employee_count, null),
      'company.name', co.name, 'company.prefecture', co.prefecture, 'title', l.title, 'department', l.department,
      'seniority', CASE WHEN l.id %% 3 = 0 THEN 'director' ELSE 'manager' END, 'last_name', l.last_name,
      'email', l.email, 'acquired_at', l.acquired_at::date::text, 'opted_out', false, 'do_not_contact', false,
      'qualification.timeframe', CASE WHEN l.id %% 7 = 0 THEN '今期中' END, 'stage', 'mql', 'score', 30, 'band', 'high')),
    'activities', (SELECT jsonb_agg(jsonb_build_object(
        'id', l.id * 100 + n, 'type', (ARRAY['site_visit', 'page_view', 'document_download', 'email_open', 'email_click',
          'webinar_attended'])[1 + (l.id * 7 + n * n) %% 6],
        'on', (now() - (30 + l.id %% 300 + n * (3 + l.id %% 7)) * interval '1 day')::date::text,
        'content_id', 1 + (l.id + n) %% 9, 'title', '料金のご案内 ' || n, 'url', 'https://example.jp/price/' || n,
        'kind', 'page'))
      FROM generate_series(1, %(activities)s) n)), ''
FROM leads_lead l JOIN leads_company co ON co.id = l.company_id
WHERE l.is_present AND l.id > (SELECT COALESCE(MAX(lead_id), 0) FROM handoff_episode)
ORDER BY l.id LIMIT %(wanted)s
"""
OUTCOMES = """
INSERT INTO handoff_stagetransition (lead_id, from_stage, to_stage, reason, note, at, passed_through, imported, undated,
  corrected)
SELECT e.lead_id, 'sal', CASE WHEN e.lead_id %% 4 = 0 THEN 'opportunity' ELSE 'lost' END, 'result', '',
  e.offered_at + interval '20 days', false, false, false, false
FROM handoff_episode e WHERE e.lead_id > (SELECT COALESCE(MAX(lead_id), 0) FROM handoff_stagetransition)
"""
MORE_RULES: list[dict[str, Any]] = [
    {
        "dimension": "intent",
        "condition": {"activity": {"types": ["page_view"], "content": {"contains": ["料金"]}, "within_days": 30}},
        "points": 10,
    },
    {
        "dimension": "engagement",
        "condition": {"activity": {"types": ["email_click"]}},
        "points": 2,
        "per_activity": True,
        "cap": 10,
        "half_life_days": 30,
    },
    {"dimension": "engagement", "condition": {"inactive": {"days": 60, "types": ["site_visit"]}}, "points": -10},
    {"dimension": "readiness", "condition": {"field": "qualification.timeframe", "op": "known"}, "points": 10},
]


def fill(wanted: int) -> None:
    """Adds handoffs with an outcome until there are `wanted`."""
    with connection.cursor() as cursor:
        missing = max(0, wanted - Episode.objects.count())
        cursor.execute(EPISODES, {"wanted": missing, "activities": ACTIVITIES})
        cursor.execute(OUTCOMES.replace("%%", "%"))
        cursor.execute("VACUUM ANALYZE handoff_episode, handoff_stagetransition")


def draft(user: User) -> ScoringModel:
    """The published rules with other points, and four more."""
    published = ScoringModel.objects.filter(state="published").order_by("-position")[0]
    names = ("dimension", "condition", "points", "key", "per_activity", "cap", "half_life_days")
    rules = [{name: getattr(rule, name) for name in names} for rule in published.rules.order_by("position")]
    for rule in rules:
        rule["points"] += 2
    return models.copy(model=published, changes={"rules": rules + MORE_RULES}, by=user, at=clock.now())


def run(wanted: int) -> Iterator[Line]:
    """The line of the backtest, after its figures and its memory in words."""
    user = stock.begin()
    stock.fill(wanted)
    fill(wanted)
    model, at, home = draft(user), clock.now(), organization.current()
    question = Question(latest_days(at.astimezone(home.zone).date(), 400, home.zone), at)
    began, used = time.monotonic(), time.process_time()
    found = backtest.run(question, model)
    seconds, own = time.monotonic() - began, time.process_time() - used
    began = time.monotonic()
    decoded = sum(1 for _ in Episode.objects.values_list("facts").iterator(chunk_size=500))
    bare = time.monotonic() - began
    tracemalloc.start()
    backtest.run(Question(latest_days((at - timedelta(days=200)).date(), 30, home.zone), at), model)
    memory = tracemalloc.get_traced_memory()[1] / 1024**2
    tracemalloc.stop()
    models.discard(model=model, by=user, at=clock.now())
    cut = found.own.tally
    print(
        f"backtest: {found.counted.counted:,} of {found.counted.handoffs:,} handoffs, {ACTIVITIES} activities each, "
        f"{len(cut)} totals; {seconds:.1f} s ({own:.1f} s of this process), {decoded:,} rows decoded; "
        f"at most {memory:.0f} MB at once"
    )
    limit = f"≤ {MOST_SECONDS:g} s"
    yield Line(f"backtest of {wanted:,} handoffs", seconds, bare, seconds / bare, limit, seconds <= MOST_SECONDS)

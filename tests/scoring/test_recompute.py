"""A full recompute: ranges, progress, stop, resume, superseded; and the pass after local midnight."""

import random
from datetime import timedelta
from typing import Any

import pytest

from journal import reactions
from leads.models import LeadScore
from scoring.models import RecomputeRange, RecomputeRun
from scoring.services import draft_rules, models, recompute, scores
from tests.cast import NOON, Cast, cast, organization, tokyo
from tests.scoring import rows, scored

pytestmark = pytest.mark.django_db
VISIT = {"activity": {"types": ["site_visit"]}}


@pytest.fixture(autouse=True)
def _organization() -> None:
    organization()


@pytest.fixture
def short_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recompute, "RANGE_SIZE", {"sqlite": 2, "postgresql": 2})


def work(run: RecomputeRun, at: Any = NOON, ranges: int = 99) -> RecomputeRun:
    for _ in range(ranges):
        if not recompute.work_range(run_id=run.pk, at=at):
            break
    run.refresh_from_db()
    return run


def visited(count: int) -> list[Any]:
    leads = [rows.lead() for _ in range(count)]
    for lead in leads:
        rows.activity(lead, "site_visit")
    return leads


@pytest.mark.usefixtures("short_ranges")
def test_a_run_scores_every_lead_in_ranges_and_counts_what_changed() -> None:
    visited(5)
    rows.lead(is_present=False)
    scored.published([scored.rule(VISIT, 30)])
    run = RecomputeRun.objects.get()
    assert (run.state, run.reason, run.leads_total) == ("queued", "publish", 5)
    work(run, ranges=1)
    assert (run.state, run.leads_done) == ("running", 2)
    work(run)
    assert (run.state, run.leads_done, run.changed, run.band_changes) == ("done", 5, 5, 5)
    assert LeadScore.objects.filter(total=30).count() == 5
    again = work(recompute.start(by=None, at=NOON))
    assert (again.state, again.leads_done, again.changed) == ("done", 5, 0)


def test_another_version_changes_the_scores_whose_total_differs() -> None:
    leads = visited(3)
    first = scored.published([scored.rule(VISIT, 30)])
    work(RecomputeRun.objects.get())
    rows.activity(leads[0], "document_download")
    draft = models.copy(model=first, by=None, at=NOON)
    draft = draft_rules.put_rule(
        model=draft, rule=scored.rule({"activity": {"types": ["document_download"]}}, 5), by=None, at=NOON
    )
    models.publish(model=draft, why="test", by=None, at=NOON)
    run = work(RecomputeRun.objects.latest("pk"))
    assert (run.leads_done, run.changed, run.band_changes) == (3, 1, 0)


@pytest.mark.usefixtures("short_ranges")
def test_a_stopped_run_does_nothing_until_it_is_resumed_where_it_ended() -> None:
    visited(6)
    scored.published([scored.rule(VISIT, 30)])
    run = RecomputeRun.objects.get()
    work(run, ranges=1)
    recompute.stop(run=run, by=None, at=NOON)
    assert (work(run).state, LeadScore.objects.count()) == ("stopped", 2)
    with pytest.raises(recompute.RunIsOver):
        recompute.stop(run=run, by=None, at=NOON)
    recompute.resume(run=run, by=None, at=NOON)
    assert (work(run).state, run.leads_done, LeadScore.objects.count()) == ("done", 6, 6)
    with pytest.raises(recompute.NotStopped):
        recompute.resume(run=run, by=None, at=NOON)


@pytest.mark.usefixtures("short_ranges")
def test_a_publish_supersedes_a_run_and_every_lead_ends_under_the_new_model() -> None:
    visited(4)
    scored.published([scored.rule(VISIT, 30)], name="甲")
    old = RecomputeRun.objects.get()
    work(old, ranges=1)
    new_model = scored.published([scored.rule(VISIT, 31)], name="乙")
    assert work(old).state == "superseded"
    assert LeadScore.objects.count() == 2
    work(RecomputeRun.objects.exclude(pk=old.pk).get())
    assert set(LeadScore.objects.values_list("model_id", "total")) == {(new_model.pk, 31)}
    assert LeadScore.objects.count() == 4


@pytest.mark.usefixtures("short_ranges")
def test_a_range_whose_worker_died_is_taken_up_after_its_lease() -> None:
    visited(2)
    scored.published([scored.rule(VISIT, 30)])
    run = RecomputeRun.objects.get()
    RecomputeRange.objects.update(leased_until=NOON + recompute.LEASE, attempts=1)
    assert work(run).state == "queued"
    assert work(run, NOON + recompute.LEASE + timedelta(seconds=1)).state == "done"


@pytest.mark.usefixtures("short_ranges")
def test_a_range_that_fails_five_times_ends_the_run_as_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    visited(2)
    scored.published([scored.rule(VISIT, 30)])
    run = RecomputeRun.objects.get()

    def fail(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(scores, "write", fail)
    at = NOON
    for _ in range(5):
        assert run.state in ("queued", "running")
        run, at = work(run, at), at + recompute.LEASE + timedelta(seconds=1)
    assert run.state == "failed"


def test_a_run_tells_those_over_the_line_as_bulk_once_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[dict[str, Any]] = []
    monkeypatch.setitem(reactions._within, "scores.written", [lambda event: heard.append(event.data)])
    leads = visited(3)
    rows.lead()
    scored.published([scored.rule(VISIT, 30)], line=30)
    run = work(RecomputeRun.objects.get())
    assert heard == [
        {"cause": "bulk", "reason": "publish", "source_id": run.pk, "reached": [lead.pk for lead in leads]}
    ]


def test_who_may_start_a_run() -> None:
    people: Cast = cast()
    assert recompute.start(by=people.maki, at=NOON).started_by == people.maki
    with pytest.raises(recompute.MayNotRecompute):
        recompute.start(by=people.mia, at=NOON)


# -- midnight ----------------------------------------------------------------------------------------

EVENING, MORNING = tokyo("2026-11-20 23:50"), tokyo("2026-11-21 00:00")


def drifting_model() -> None:
    scored.published(
        [
            scored.rule({"activity": {"types": ["site_visit"], "within_days": 10}}, 10, key="window"),
            scored.rule({"inactive": {"days": 20, "types": ["call"]}}, -5, key="quiet"),
            scored.rule(
                {"activity": {"types": ["email_open"]}}, 8, key="decay", per_activity=True, cap=50, half_life_days=30
            ),
        ]
    )


def totals() -> dict[int, int]:
    return dict(LeadScore.objects.values_list("lead_id", "total"))


def test_the_midnight_pass_scores_only_whom_time_can_have_changed_and_equals_a_full_pass() -> None:
    window, fresh, quiet, decays, fades, unmoved = (rows.lead() for _ in range(6))
    rows.activity(window, "site_visit", "2026-11-11")  # nine days before, ten tomorrow
    rows.activity(fresh, "site_visit", "2026-11-18")
    rows.activity(quiet, "call", "2026-11-01")
    rows.activity(decays, "email_open", "2026-10-30")  # rounded the same points tomorrow
    rows.activity(fades, "email_open", "2026-10-16")  # 8 × 2^(-36/30) is the first below 3.5
    drifting_model()
    work(RecomputeRun.objects.get(), EVENING)
    before = totals()
    run = recompute.midnight(at=MORNING)
    assert run is not None
    work(run, MORNING)
    assert (run.state, run.leads_done) == ("done", 3)
    changed = {pk for pk, total in totals().items() if total != before[pk]}
    assert changed == {window.pk, quiet.pk, fades.pk}
    after = totals()
    assert work(recompute.start(by=None, at=MORNING), MORNING).changed == 0
    assert totals() == after
    assert after[unmoved.pk] == before[unmoved.pk] == -5


def test_nights_of_fading_points_add_up_to_a_full_pass() -> None:
    numbers = random.Random(7)
    leads = [rows.lead() for _ in range(12)]
    for lead in leads:
        for _ in range(numbers.randrange(6)):
            kind = numbers.choice(("email_open", "site_visit", "call"))
            rows.activity(lead, kind, (EVENING.date() - timedelta(days=numbers.randrange(-3, 60))).isoformat())
    scored.published(
        [
            scored.rule(VISIT, -7, per_activity=True, cap=12, half_life_days=3),
            scored.rule({"activity": {"types": ["email_open"], "within_days": 40}}, 9, per_activity=True, cap=20,
                        half_life_days=11),
            scored.rule({"activity": {}}, 2, per_activity=True, cap=6, half_life_days=20),
        ]
    )  # fmt: skip
    work(RecomputeRun.objects.get(), EVENING)
    looked_at = 0
    for night in range(1, 9):
        at = EVENING + timedelta(days=night)
        run = recompute.midnight(at=at)
        looked_at += work(run, at).leads_done
        assert work(recompute.start(by=None, at=at), at).changed == 0
    assert 0 < looked_at < 8 * len(leads)


def test_midnight_passes_once_a_day_and_makes_up_for_missed_ones() -> None:
    lead = rows.lead()
    rows.activity(lead, "site_visit", "2026-11-15")
    drifting_model()
    work(RecomputeRun.objects.get(), NOON)
    assert recompute.midnight(at=NOON) is not None  # the day's own pass
    assert recompute.midnight(at=EVENING) is None
    later = tokyo("2026-12-02 09:00")
    recompute.sweep(at=later)
    assert recompute.midnight(at=later) is None
    assert totals()[lead.pk] == -5
    assert RecomputeRun.objects.filter(kind="midnight", state="done").count() >= 1


def test_the_local_day_turns_at_local_midnight() -> None:
    organization(time_zone="America/New_York")
    lead = rows.lead()
    rows.activity(lead, "site_visit", "2026-11-11")
    drifting_model()
    assert scored.score(lead, tokyo("2026-11-21 13:59")).total == 5  # 20 November, 23:59 there
    assert scored.score(lead, tokyo("2026-11-21 14:00")).total == -5


def test_without_a_published_model_no_midnight_passes() -> None:
    assert recompute.midnight(at=MORNING) is None


def test_a_copy_keeps_scoring_until_it_is_published() -> None:
    lead = visited(1)[0]
    model = scored.published([scored.rule(VISIT, 30)])
    copied = models.copy(model=model, by=None, at=NOON)
    models.patch(model=copied, values={"rules": [scored.rule(VISIT, 40)]}, by=None, at=NOON)
    assert scored.score(lead).total == 30
    models.publish(model=copied, why="test", by=None, at=NOON)
    model.refresh_from_db()
    assert (model.state, scored.score(lead).total) == ("retired", 40)

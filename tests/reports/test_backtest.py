"""A model tried on past handoffs: what is counted, against which outcome, and what the figures say."""

from datetime import date, timedelta

import pytest

from feedback.services import feedback
from handoff.models import Episode
from handoff.services import handoffs
from leads.services import activities
from reports.domain import backtest as arithmetic
from reports.domain.backtest import Cut, Told
from reports.domain.figures import Rate
from reports.domain.periods import Period
from reports.queries import backtest
from reports.queries.scope import Question
from scoring.queries import effect
from scoring.services import models
from tests import factories
from tests.cast import NOON, TOKYO
from tests.handoff import stories
from tests.scoring import scored

pytestmark = pytest.mark.django_db
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1), TOKYO)
LATER = NOON + timedelta(hours=3)
BIG = {"field": "company.employee_count", "op": "gte", "value": 300}
DOWNLOAD = {"activity": {"types": ["document_download"]}}


@pytest.fixture
def people():
    return stories.small()


@pytest.fixture
def published(people):
    return scored.published([scored.rule(BIG, 30, "fit", key="big")], line=30, bands=scored.bands(30, 10))


def drafted(published, rules=None, **changes):
    rules = rules or [scored.rule(DOWNLOAD, 20, key="download")]
    return models.copy(model=published, changes={"rules": rules, "line": 20} | changes, by=None, at=NOON)


def handed(people, result="", *, employees=100, download="", at=NOON, reason="budget"):
    """A lead of a company of this size, who has read a document or not, and what became of it."""
    lead = factories.lead(at=stories.MORNING, company=factories.company(f"会社{employees}", employee_count=employees))
    if download:
        activities.record(lead=lead, type="document_download", content=download, occurred_at=at, by=None, at=at)
    handoff = handoffs.offer(lead=stories.fresh(lead), by=people.mia, at=at, to=people.sato)
    if result == "rejected":
        return handoffs.reject(handoff=handoff, reason="not_now", by=people.sato, at=at)
    if result:
        handoff = handoffs.accept(handoff=handoff, by=people.sato, at=at)
        given = reason if result == "lost" else ""
        feedback.give(handoff=handoff, result=result, reason=given, by=people.sato, at=at + timedelta(minutes=5))
    return handoff


def run(model, *, as_of=LATER, **options):
    return backtest.run(Question(NOVEMBER, as_of), model, **options)


# -- the arithmetic ---------------------------------------------------------------------------------

TALLY = {40: (2, 2), 30: (4, 1), 10: (4, 1)}


def test_handing_over_from_a_total_on_has_a_precision_and_a_recall():
    assert arithmetic.cut(TALLY, 30) == Cut(30, Rate(3, 6), Rate(3, 4))
    assert arithmetic.cut(TALLY, 41) == Cut(41, Rate(0, 0), Rate(0, 4))
    assert arithmetic.cuts(TALLY) == [
        Cut(40, Rate(2, 2), Rate(2, 4)),
        Cut(30, Rate(3, 6), Rate(3, 4)),
        Cut(10, Rate(4, 10), Rate(4, 4)),
    ]
    assert arithmetic.cuts({}) == []


def test_a_tenth_that_ends_amid_equal_totals_gets_its_part_of_their_outcomes():
    found = arithmetic.deciles(TALLY)
    assert [(one.number, one.highest, one.lowest, one.cases, one.hits) for one in found] == [
        (1, 40, 40, 1, 1.0),
        (2, 40, 40, 1, 1.0),
        *((number, 30, 30, 1, 0.25) for number in (3, 4, 5, 6)),
        *((number, 10, 10, 1, 0.25) for number in (7, 8, 9, 10)),
    ]
    assert found[0].lift == pytest.approx(1 / 0.4)
    assert [one.captured for one in found][-1] == pytest.approx(1.0)
    assert sum(one.cases for one in arithmetic.deciles({5: (37, 11), 3: (66, 2)})) == 103


def test_fewer_than_ten_cases_make_fewer_tenths_and_none_make_none():
    assert [one.cases for one in arithmetic.deciles({5: (3, 1)})] == [1, 1, 1]
    assert arithmetic.deciles({}) == []
    assert [one.lift for one in arithmetic.deciles({5: (10, 0)})] == [None] * 10


def test_the_area_is_that_of_mann_and_whitney():
    # Pairs of one with (40, 40, 30, 10) and one without (30 ×3, 10 ×3): 6 + 6 + (1.5 + 3) + 1.5 of 24.
    assert arithmetic.auc(TALLY) == pytest.approx(18 / 24)


def test_what_was_told_stands_beside_those_without_it():
    told = Told(Rate(3, 5), Rate(4, 20))
    assert (told.others, told.reach, told.lift) == (Rate(1, 15), Rate(5, 20), pytest.approx(3.0))
    assert Told(Rate(0, 0), Rate(0, 4)).lift is None


# -- what is counted --------------------------------------------------------------------------------


def test_a_draft_stands_beside_the_published_model_on_the_same_handoffs(people, published):
    handed(people, "won", download="導入事例")
    handed(people, "opportunity", download="導入事例", employees=400)
    handed(people, "lost", employees=400)
    handed(people, "rejected")

    found = run(drafted(published))

    assert found.everything == Rate(2, 4)
    assert found.own.tally == {20: (2, 2), 0: (2, 0)}
    assert found.published.tally == {30: (2, 1), 0: (2, 1)}
    assert arithmetic.cut(found.own.tally, found.own.model.line) == Cut(20, Rate(2, 2), Rate(2, 2))
    assert arithmetic.cut(found.published.tally, found.published.model.line) == Cut(30, Rate(1, 2), Rate(1, 2))
    assert found.published.bands == {"high": Rate(1, 2), "middle": Rate(0, 0), "low": Rate(1, 2)}
    assert [(one.rule.key, one.told) for one in found.own.rules] == [("download", Told(Rate(2, 2), Rate(2, 4)))]
    assert [(one.content.title, one.told.matched) for one in found.contents] == [("導入事例", Rate(2, 2))]


def test_activities_frozen_with_their_empty_values_have_seen_no_content(people, published):
    handed(people, "opportunity", download="導入事例")
    bare = handed(people, "lost").episode
    visit = {
        "id": 7,
        "type": "site_visit",
        "on": "2026-11-19",
        "content_id": None,
        "title": "",
        "duration_seconds": None,
    }
    Episode.objects.filter(pk=bare.pk).update(facts=bare.facts | {"activities": [visit]})

    found = run(drafted(published))

    assert [(one.content.title, one.told.matched) for one in found.contents] == [("導入事例", Rate(1, 1))]


def test_the_outcome_may_be_won(people, published):
    handed(people, "won", download="導入事例")
    handed(people, "opportunity", download="導入事例")
    handed(people, "lost")

    found = run(drafted(published), outcome=backtest.WON)

    assert (found.everything, found.counted.still_open) == (Rate(1, 2), 1)


def test_what_is_still_open_is_left_out_and_counted(people, published):
    handed(people, "opportunity")
    handed(people)
    handed(people, "considering")

    found = run(drafted(published))

    assert (found.counted.handoffs, found.counted.counted, found.counted.still_open) == (3, 1, 2)


def test_what_came_after_the_moment_asked_about_is_open(people, published):
    handed(people, "opportunity")
    assert run(drafted(published), as_of=NOON + timedelta(minutes=1)).counted.still_open == 1


def test_a_lead_sent_back_to_nurturing_has_ended_until_it_becomes_an_opportunity(people, published):
    own = handed(people, "lost")
    assert run(drafted(published)).everything == Rate(0, 1)

    feedback.give(handoff=own, result="won", by=people.sato, at=NOON + timedelta(hours=1))
    assert run(drafted(published)).everything == Rate(1, 1)


def test_withdrawn_handoffs_and_the_second_leg_are_not_counted(people, published):
    handoffs.withdraw(handoff=handed(people), by=people.mia, at=NOON)
    Episode.objects.filter(pk=handed(people, "won").episode_id).update(leg="inside_to_field")
    assert run(drafted(published)).counted.handoffs == 0


def test_what_becomes_of_a_lead_after_its_offer_changes_nothing(people, published):
    lead = handed(people, "opportunity", download="導入事例", employees=400).lead
    before = run(drafted(published))
    company = lead.company
    company.employee_count = 5
    company.save()
    activities.record(lead=lead, type="document_download", occurred_at=LATER, by=None, at=LATER)

    after = run(drafted(published))
    assert (after.own.tally, after.published.tally) == (before.own.tally, before.published.tally)


def test_handoffs_of_before_values_were_kept_are_replayed_on_todays_and_counted(people, published):
    handed(people, "opportunity", download="導入事例")
    handed(people, "lost")
    Episode.objects.filter(pk=Episode.objects.order_by("pk")[0].pk).update(facts={})

    found = run(drafted(published))

    assert (found.counted.counted, found.counted.on_todays_values) == (2, 1)
    assert found.own.tally == {20: (1, 1), 0: (1, 0)}
    assert [one.content.title for one in found.contents] == ["導入事例"]


def test_leads_that_another_model_would_score_are_left_out_and_counted(people, published):
    handed(people, "opportunity", employees=400)
    handed(people, "opportunity", employees=10)
    large = scored.draft([scored.rule(DOWNLOAD, 20)], name="大企業", applies_to=BIG)

    found = run(large)
    assert (found.counted.counted, found.counted.elsewhere, found.counted.still_open) == (1, 1, 0)
    # It would be tried first; what it leaves is for the one without a condition.
    assert found.published.model.id == published.pk

    models.publish(model=large, why="test", by=None, at=NOON)
    assert (run(drafted(published)).counted.counted, run(drafted(published)).counted.elsewhere) == (1, 1)


def test_a_published_model_stands_alone(people, published):
    handed(people, "opportunity", employees=400)
    found = run(published)
    assert (found.own.tally, found.published) == ({30: (1, 1)}, None)


def test_another_line_changes_who_is_handed_over_and_nothing_else(people, published):
    handed(people, "opportunity", download="導入事例")
    draft = drafted(published)
    found = run(draft, line=25)
    assert (found.own.model.line, found.own.tally) == (25, run(draft).own.tally)
    assert arithmetic.cut(found.own.tally, 25).handed_over == 0


def test_who_would_newly_qualify_is_counted_among_todays_leads(people, published):
    for employees, download in ((400, ""), (100, "導入事例"), (10, "")):
        lead = factories.lead(at=NOON, company=factories.company(f"会社{employees}", employee_count=employees))
        if download:
            activities.record(lead=lead, type="document_download", content=download, occurred_at=NOON, by=None, at=NOON)
        scored.score(lead)
    draft = drafted(published)
    assert effect.crossing(draft, line=20, at=NOON) == effect.Crossing(1, 1)
    assert effect.crossing(draft, line=21, at=NOON) == effect.Crossing(0, 1)


def test_it_costs_a_constant_number_of_queries(people, published, django_assert_num_queries):
    draft = drafted(published)
    handed(people, "opportunity", download="導入事例")
    with django_assert_num_queries(10) as few:
        run(draft)
    for _ in range(3):
        handed(people, "lost", download="導入事例")
    with django_assert_num_queries(len(few)):
        run(draft)

"""The answer check: the score at the offer against what became of the lead."""

import html
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from feedback.services import feedback
from handoff.models import Episode, StageTransition
from handoff.queries import facts
from handoff.services import handoffs
from journal.clock import frozen
from leads.queries import conditions
from leads.services import activities
from reports.domain.figures import Rate
from reports.domain.outcomes import Outcomes, Split
from reports.domain.periods import Period
from reports.queries import behind, rules_at_offer, score_outcome
from reports.queries.scope import Filters, Question
from scoring.services import presets, scores
from tests import factories
from tests.cast import NOON, TOKYO, organization
from tests.handoff import stories

pytestmark = pytest.mark.django_db
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1), TOKYO)
LATER = NOON + timedelta(hours=3)


@pytest.fixture
def people():
    return stories.small()


def question(**filters):
    return Question(NOVEMBER, LATER, Filters(**filters))


def ended(people, result, *, band="high", total=35, **values):
    """A lead handed over with this score, and its result."""
    handoff = stories.accepted(people, to=people.sato, band=band, total=total, **values)
    reason = {"lost": "budget"}.get(result, "")
    feedback.give(handoff=handoff, result=result, reason=reason, by=people.sato, at=NOON + timedelta(minutes=5))
    return handoff.lead


def given_back(people, *, reason="not_now", **values):
    handoff = stories.offered(people, to=people.sato, **values)
    handoffs.reject(handoff=handoff, reason=reason, by=people.sato, at=NOON, comment="来期の予算から")
    return handoff.lead


# -- the arithmetic ---------------------------------------------------------------------------------


def test_a_rate_has_an_interval_where_there_is_something_to_divide_by():
    assert Rate(81, 263).interval == pytest.approx((0.2553, 0.3662), abs=0.00006)
    assert Rate(0, 0).interval is None


def test_a_rules_lift_is_its_rate_over_everybodys():
    split = Split(Outcomes(4, 2, 1), Outcomes(10, 2, 1))
    assert split.reach == Rate(4, 10)
    assert split.others == Outcomes(6, 0, 0)
    assert split.lift("opportunities") == pytest.approx(0.5 / 0.2)
    assert split.lift("lost") is None
    assert Split(Outcomes(), Outcomes(3, 1)).lift("opportunities") is None


# -- bands and surprises ----------------------------------------------------------------------------


def test_ar_38_each_band_is_held_against_its_outcomes(people):
    ended(people, "won")
    ended(people, "lost")
    ended(people, "opportunity")
    given_back(people)
    stories.offered(people, to=people.sato)
    ended(people, "won", band="low", total=5)

    found = score_outcome.score_outcome(question())

    assert found.bands == {"high": Outcomes(5, 2, 1, 1, 1), "middle": Outcomes(), "low": Outcomes(1, 1, 1)}
    assert found.everything == Outcomes(6, 3, 2, 1, 1)
    assert found.auc == pytest.approx(2 / 6)


def test_a_score_that_two_bands_or_versions_gave_is_a_tie(people):
    ended(people, "won", band="middle")
    ended(people, "lost")
    assert score_outcome.score_outcome(question()).auc == 0.5


def test_ar_38_high_scores_that_failed_and_low_ones_that_won_are_listed(people):
    lost, back = ended(people, "lost"), given_back(people)
    ended(people, "won")
    stories.offered(people, to=people.sato)
    low = ended(people, "won", band="low", total=5)
    middle = ended(people, "won", band="middle", total=20)
    ended(people, "lost", band="low", total=5)

    def listed(kind):
        return set(score_outcome.surprises(question(), kind).values_list("lead", flat=True))

    assert listed("high_failed") == {lost.pk, back.pk}
    assert listed("lower_won") == {low.pk, middle.pk}
    for kind in ("high_failed", "lower_won"):
        assert set(behind.leads(question(), figure=f"score_{kind}").values_list("pk", flat=True)) == listed(kind)
    assert set(behind.leads(question(), figure="score_won", detail="low")) == {low}
    assert behind.leads(question(), figure="score_handed_over").count() == 7
    assert behind.leads(question(), figure="score_handed_over", detail="middle").get() == middle


def test_a_lead_given_back_that_became_an_opportunity_at_the_second_try_is_no_surprise(people):
    lead = given_back(people, reason="missing_information")
    again = handoffs.offer(lead=stories.fresh(lead), by=people.mia, at=NOON + timedelta(minutes=10), to=people.sato)
    again = handoffs.accept(handoff=again, by=people.sato, at=NOON + timedelta(minutes=11))
    feedback.give(handoff=again, result="opportunity", by=people.sato, at=NOON + timedelta(minutes=12))

    assert score_outcome.score_outcome(question()).bands["high"] == Outcomes(2, 2, 0, 0, 1)
    assert not score_outcome.surprises(question(), "high_failed").exists()


def test_what_is_lost_and_won_after_all_is_won_and_a_win_taken_back_is_not(people):
    lead = ended(people, "lost")
    own = lead.handoffs.get()
    feedback.give(handoff=own, result="won", by=people.sato, at=NOON + timedelta(hours=1))
    assert score_outcome.score_outcome(question()).everything == Outcomes(1, 1, 1)

    feedback.give(handoff=own, result="lost", reason="budget", by=people.sato, at=NOON + timedelta(hours=2))
    assert score_outcome.score_outcome(question()).everything == Outcomes(1, 1, 0, 1)


def test_a_win_stands_although_the_result_of_a_later_deal_was_corrected(people):
    lead = ended(people, "won")
    steps = [("won", "opportunity", False), ("opportunity", "won", False), ("won", "lost", True)]
    for number, (before, after, corrected) in enumerate(steps, start=1):
        at = NOON + timedelta(minutes=10 + number)
        StageTransition.objects.create(lead=lead, from_stage=before, to_stage=after, at=at, corrected=corrected)

    assert score_outcome.score_outcome(question()).everything.won == 1


def test_what_happened_after_the_moment_asked_about_does_not_count(people):
    ended(people, "won")
    asked = Question(NOVEMBER, NOON + timedelta(minutes=1))
    assert score_outcome.score_outcome(asked).everything == Outcomes(1)


# -- rules ------------------------------------------------------------------------------------------


@pytest.fixture
def published(people):
    return presets.install(by=None, at=stories.MORNING)


def told(asked=None):
    found = rules_at_offer.rules_told(asked or question())
    return found, {one.rule.key: one.split for one in found.rules}


def with_download(people, result):
    lead = factories.lead(at=stories.MORNING, company={"name": "東浜精工株式会社", "industry": "製造業"})
    activities.record(lead=lead, type="document_download", occurred_at=NOON, by=None, at=NOON)
    scores.score_stale(at=NOON)
    handoff = handoffs.offer(lead=stories.fresh(lead), by=people.mia, at=NOON, to=people.sato)
    handoff = handoffs.accept(handoff=handoff, by=people.sato, at=NOON)
    reason = "budget" if result == "lost" else ""
    feedback.give(handoff=handoff, result=result, reason=reason, by=people.sato, at=NOON)
    return lead


def test_ar_38_each_rule_is_read_on_the_values_frozen_at_the_offer(people, published):
    first = with_download(people, "won")
    with_download(people, "opportunity")
    ended(people, "lost", company={"name": "丸福商店", "industry": "小売業"})

    found, splits = told()
    assert (found.replayed, found.episodes) == (3, 3)
    assert splits["download"] == Split(Outcomes(2, 2, 1), Outcomes(3, 2, 1, 1))
    assert splits["industry"].matched == Outcomes(2, 2, 1)
    assert splits["webinar"].matched == Outcomes()

    # What the lead becomes afterwards changes nothing of what it was when it was handed over.
    first.company.industry = "小売業"
    first.company.save()
    activities.record(lead=first, type="webinar_attended", occurred_at=LATER, by=None, at=LATER)
    assert told()[1] == splits


def test_episodes_without_frozen_values_are_left_out_of_the_rules_and_counted(people, published):
    with_download(people, "won")
    Episode.objects.update(facts={})
    found, splits = told()
    assert (found.replayed, found.episodes) == (0, 1)
    assert splits["download"] == Split(Outcomes(), Outcomes())


def test_only_so_many_of_the_newest_are_replayed(people, published):
    with_download(people, "won")
    with_download(people, "lost")
    found = rules_at_offer.rules_told(question(), most=1)
    assert (found.replayed, found.rules[0].split.everything) == (1, Outcomes(1, 1, 0, 1) - Outcomes(0, 1))


def test_frozen_values_thaw_to_what_they_were(people):
    lead = factories.lead(
        company={"name": "東浜精工株式会社", "employee_count": 101}, qualification={"phase": "comparing"}
    )
    activities.record(lead=lead, type="site_visit", occurred_at=NOON, by=None, at=NOON)
    known = conditions.registry()
    found = facts.facts_of(stories.fresh(lead))

    assert facts.thawed(facts.frozen(found, at=NOON), known=known) == (found, NOON.date())
    assert facts.thawed({}, known=known) is None


# -- cost and the API -------------------------------------------------------------------------------


def test_the_answer_check_costs_a_constant_number_of_queries(people, published, django_assert_max_num_queries):
    for _ in range(3):
        with_download(people, "won")
    with django_assert_max_num_queries(1):
        score_outcome.score_outcome(question())
    with django_assert_max_num_queries(5):
        told()


def test_ar_38_the_report_gives_bands_versions_and_rules_in_one_table(people, published):
    with_download(people, "won")
    ended(people, "lost", company={"name": "丸福商店", "industry": "小売業"})
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=people.maki.pk))
    with frozen(LATER):
        table = client.get("/api/v1/reports/score-outcome/?from=2026-11-01&to=2026-12-01").json()

    rows = {(row["group"], row["id"]): row for row in table["rows"]}
    everything = rows["all", None]
    assert (everything["handed_over"], everything["win_rate"], everything["uncertain"]) == (2, 0.5, True)
    assert (everything["win_rate_low"], everything["win_rate_high"]) == (0.0945, 0.9055)
    assert rows["rule", "download"]["reach"] == 0.5
    assert rows["rule", "download"]["win_lift"] == 2.0
    assert rows["rule", "download"]["win_rate_without"] == 0.0
    assert {group for group, _id in rows} == {"all", "band", "model", "rule"}
    assert rows["model", str(published.pk)]["handed_over"] == 1


# -- the page ---------------------------------------------------------------------------------------

TAB = "/dashboard/?tab=score-outcome&period=month"


@pytest.fixture
def page(people, client):
    def get(person=None, address=TAB, at=LATER, language="ja"):
        User.objects.update(language=language)
        client.force_login(User.objects.get(pk=(person or people.maki).pk))
        with frozen(at):
            return html.unescape(client.get(address).content.decode())

    return get


def test_ar_38_the_page_names_each_surprise_with_why_and_its_rules(people, published, page):
    failed = given_back(people, company={"name": "丸福商店", "industry": "製造業"})
    won = with_download(people, "won")

    for language, words in {
        "ja": ("時期が先", "来期の予算から", "資料ダウンロード +10", "50.0%", "件数少", "9–91%"),
        "en": ("Small sample", "Document download +10", "In brackets"),
    }.items():
        text = page(language=language)
        assert [word for word in words if word not in text] == []
        for lead in (failed, won):
            assert f'href="/leads/{lead.pk}/"' in text
    listed = page(address="/dashboard/leads/?figure=score_high_failed&period=month")
    assert "丸福商店" in listed
    assert "東浜精工" not in listed


def test_leads_that_one_may_not_see_are_in_no_list(people, published, page):
    organization(reps_see_own_team_only=True)
    ended(people, "won", band="low", total=5, company={"name": "丸福商店"})
    assert "丸福商店" in page(people.sato)
    assert "丸福商店" not in page(people.otto)


def test_the_page_costs_the_same_whatever_it_shows(people, published, page, django_assert_max_num_queries):
    with_download(people, "lost")
    with CaptureQueriesContext(connection) as few:
        page()
    for _ in range(4):
        with_download(people, "won")
        given_back(people)
    with django_assert_max_num_queries(len(few) + 1):  # the count of a list that is cut
        page()


def test_ar_38_a_conclusion_is_recorded_from_the_page_and_shown_with_its_history(people, client, page):
    address = "/dashboard/answer-check/?period=month"
    client.force_login(people.mia)
    with frozen(LATER):
        assert client.get("/dashboard/answer-check/").headers["Location"] == "/dashboard/?tab=score-outcome"
        wrong = client.post(address, {"conclusion": "", "next_on": "2026-11-20"})
        past = client.post(address, {"conclusion": "変えない", "next_on": "2026-11-20"})
        done = client.post(address, {"conclusion": "資料DLは5点に下げる", "next_on": "2027-01-04"})
    assert (wrong.status_code, past.status_code, done.status_code) == (422, 400, 302)
    assert "明日以降" in past.content.decode()
    assert done.headers["Location"] == "/dashboard/?period=month&tab=score-outcome#conclusions"

    text = page(people.sato)
    assert "資料DLは5点に下げる" in text
    assert "三宅 美亜" in text
    assert 'name="conclusion"' not in text
    client.force_login(people.sato)
    with frozen(LATER):
        assert client.post(address, {"conclusion": "x", "next_on": "2027-01-04"}).status_code == 403


def test_an_empty_conclusion_is_refused_in_the_readers_language(people, client):
    client.force_login(people.mia)
    client.cookies["handoff_language"] = "en"
    with frozen(LATER):
        refused = client.post("/dashboard/answer-check/", {"conclusion": "", "next_on": "2027-01-04"})
    assert "Write what you concluded." in refused.content.decode()


def test_whether_a_lead_reached_a_stage_is_read_from_one_index(people):
    """Any other index reads all entries of the lead, or all of the stage, for each handoff of the period."""
    ended(people, "won")
    if connection.vendor == "postgresql":
        # On tables this small PostgreSQL takes any index: what it has to choose from is all that can be told.
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'handoff_transition_reached'")
            assert "(lead_id, to_stage, at)" in cursor.fetchone()[0]
        return

    plan = score_outcome.with_results(question()).order_by().explain()

    assert plan.count("handoff_transition_reached") >= 3

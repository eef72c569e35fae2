"""What each side owes, held against a plain count (AR-54)."""

from datetime import date, timedelta

import pytest

from feedback.services import feedback
from handoff.models import Episode
from handoff.services import answers, contacts, handoffs, policies, sla_agreements, sweeps
from journal.clock import frozen
from reports.domain.periods import Period
from reports.queries.scope import Filters, Question
from reports.queries.sides import sides
from tests.cast import TOKYO, tokyo
from tests.factories import channel
from tests.handoff import stories

pytestmark = pytest.mark.django_db
START = tokyo("2026-11-16 10:00")
NOW = tokyo("2026-11-27 10:00")
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1), TOKYO)
TEXT = {"quality": "課題を本人から聞けている。", "mql_target": 30, "sql_target": None, "won_target": 3}


@pytest.fixture
def people():
    return stories.small()


def promised(by, mql_target=30, at=START):
    policies.set_policy(kind="meeting", working_days=3, by=None, at=at)
    policies.set_policy(kind="depth", working_days=2, touches=2, by=None, at=at)
    sla_agreements.change(values=TEXT | {"mql_target": mql_target}, by=None, at=at)
    for side in ("marketing", "sales"):
        sla_agreements.agree(side=side, by=by, at=at)


def asked(period=NOVEMBER, as_of=NOW, **filters):
    return sides(Question(period, as_of, Filters(**filters)))


def calls(handoff, by, *days):
    for day in days:
        contacts.contact(
            handoff=handoff, by=by, at=START.replace(day=day, minute=20), method="call", result="no_answer"
        )


def test_ar_54_both_sides_on_one_page_system_delay_apart_from_human_delay(people, client):
    promised(people.maki)
    kept = stories.accepted(people, to=people.sato, at=START)
    calls(kept, people.sato, 16, 17)
    shallow = stories.accepted(people, to=people.sato, at=START)
    calls(shallow, people.sato, 16)
    silent = stories.accepted(people, to=people.sato, at=START)
    rejected = stories.offered(people, to=people.sato, at=START)
    answers.reject(handoff=rejected, reason="no_budget", by=people.sato, at=START + timedelta(minutes=5))
    Episode.objects.filter(pk__in=[kept.episode_id, silent.episode_id]).update(caused_at=START - timedelta(minutes=3))
    feedback.give(handoff=kept, result="opportunity", quality=4, by=people.sato, at=tokyo("2026-11-17 15:00"))
    sweeps.sweep(at=NOW)

    found = asked()

    made, [sales] = found.marketing, found.sales
    assert (made.handed, made.target, made.reached) == (4, 30.0, 4 / 30)
    assert (made.accepted.numerator, made.accepted.denominator) == (3, 4)
    assert (made.quality, made.judged) == (4.0, 1)
    # Of three first contacts owed two were made within 30 minutes; twice contacted within two days was one of three.
    assert (sales.contact.numerator, sales.contact.denominator) == (2, 3)
    assert (sales.depth.numerator, sales.depth.denominator) == (1, 3)
    assert (sales.meeting.numerator, sales.meeting.denominator) == (1, 3)
    assert (sales.system.n, sales.system.median) == (2, 3.0)
    assert (sales.human.n, sales.human.median) == (2, 20.0)

    client.force_login(people.maki)
    with frozen(NOW):
        page = client.get("/dashboard/?tab=sides&from=2026-11-01&until=2026-11-30").content.decode()
    for said in (
        "合意した30.0件の13.3%",
        "2営業日以内に2回",
        "システム：リードの行動 → 引き渡し",
        "人：引き渡し → 初回連絡",
    ):
        assert said in page, said


@pytest.mark.parametrize("figure", ["handoffs", "accepted", "kept&detail=depth"])
def test_the_leads_behind_are_as_many_as_the_page_says(people, client, figure):
    promised(people.maki)
    calls(stories.accepted(people, to=people.sato, at=START), people.sato, 16, 17)
    client.force_login(people.maki)

    with frozen(NOW):
        page = client.get(f"/dashboard/leads/?figure={figure}&leg=marketing_to_field&period=30d")

    assert page.context["total"] == 1


@pytest.mark.parametrize(
    ("first", "end", "months"),
    [
        ("2026-11-01", "2026-12-01", 1),
        ("2026-09-01", "2026-12-01", 3),
        ("2026-11-01", "2026-11-16", 0.5),
        ("2026-10-31", "2026-11-16", 1 / 31 + 0.5),
        ("2026-12-31", "2027-01-02", 2 / 31),
    ],
)
def test_the_target_of_a_month_that_is_cut_off_is_the_share_of_its_days(first, end, months):
    period = Period(date.fromisoformat(first), date.fromisoformat(end), TOKYO)

    assert period.months == pytest.approx(months)


def test_the_target_is_of_the_agreement_that_holds_at_the_end_of_the_period(people):
    promised(people.maki, mql_target=30, at=tokyo("2026-09-15 10:00"))
    promised(people.maki, mql_target=50, at=tokyo("2026-11-10 10:00"))

    assert asked().marketing.target == 50
    assert asked(NOVEMBER.previous()).marketing.target == 30
    assert asked(NOVEMBER.previous().previous().previous()).marketing.target is None


def test_a_part_of_the_leads_has_no_target(people):
    promised(people.maki)

    for filters in ({"team": people.field.pk}, {"channel": channel().pk}, {"size": "under_50"}):
        found = asked(**filters)
        assert (found.marketing.target, found.is_narrowed) == (None, True)
    assert asked(leg="marketing_to_field").marketing.target == 30


def test_with_two_legs_marketing_is_measured_on_its_own_and_sales_on_each():
    people = stories.mid()
    stories.offered(people, at=START)
    second = stories.accepted(people, to=people.isao, at=START)
    stories.qualified(second.lead, by=people.isao, at=START)
    handoffs.offer(lead=stories.fresh(second.lead), by=people.isao, to=people.sato, at=START + timedelta(hours=1))

    found = asked()

    assert found.marketing.handed == 2
    assert [sales.leg for sales in found.sales] == ["marketing_to_inside", "inside_to_field"]
    assert [sales.leg for sales in asked(leg="inside_to_field").sales] == ["inside_to_field"]


def test_it_costs_a_constant_number_of_queries(people, django_assert_num_queries):
    promised(people.maki)
    stories.accepted(people, to=people.sato, at=START)
    with django_assert_num_queries(20):
        asked()
    for _ in range(5):
        calls(stories.accepted(people, to=people.sato, at=START), people.sato, 16)
    with django_assert_num_queries(20):
        asked()


def test_ar_54_the_report_gives_both_sides_in_one_table(people, client):
    promised(people.maki)
    stories.accepted(people, to=people.sato, at=START)
    client.force_login(people.maki)

    with frozen(NOW):
        rows = client.get("/api/v1/reports/sides/?from=2026-11-01&to=2026-12-01").json()["rows"]

    found = {(row["side"], row["figure"]): row["value"] for row in rows}
    assert (found["marketing", "handed_over"], found["marketing", "target"]) == (1, 30.0)
    assert {"contact", "meeting", "depth", "system_delay_median", "human_delay_median"} == {
        figure for side, figure in found if side == "sales"
    }

"""The figures held against a plain count in Python, on made-up histories."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import Membership
from feedback.models import Opportunity
from handoff.models import Clock, Episode, Handoff, StageEntry, StageTransition
from leads.models import Campaign, Lead
from reports.domain.figures import Rate
from reports.domain.periods import Period
from reports.queries import channels, feedback, funnel, kpis, sla, trend, velocity
from reports.queries.quantiles import spread_of
from reports.queries.scope import Filters, Question
from tests import factories
from tests.cast import TOKYO, cast, organization, tokyo
from tests.factories import channel

pytestmark = pytest.mark.django_db
PERIOD = Period(date(2026, 8, 1), date(2026, 11, 1), TOKYO)
NOW = tokyo("2026-11-20 14:00")
LADDER = ["mql", "sal", "sql", "opportunity", "won"]


@pytest.fixture
def people():
    organization()
    return cast()


class History:
    """Random but legal histories, remembered as plain values."""

    def __init__(self, people, seed, number=120):
        self.people, self.random = people, random.Random(seed)
        self.channels = [channel(name) for name in ("展示会", "ウェビナー", "紹介")]
        self.leads = [self.make() for _ in range(number)]

    def moment(self, start="2026-06-01 00:00", days=170):
        return tokyo(start) + timedelta(minutes=self.random.randrange(days * 1440))

    def make(self):
        start = self.moment()
        story = {"acquired": start, "channel": self.random.choice(self.channels), "entries": {}, "deals": []}
        row = Lead.objects.create(
            last_name="中村",
            stage_since=start,
            acquired_at=start,
            created_at=start,
            updated_at=start,
            channel=story["channel"],
        )
        story["lead"] = row
        at, reached = start, self.random.choice([0, 1, 2, 3, 4, 5])
        for number, stage in enumerate(LADDER[:reached]):
            passed = 0 < number < reached - 1 and self.random.random() < 0.15
            at = at if passed else at + timedelta(minutes=self.random.randrange(30, 20000))
            self.enter(story, stage, at, passed)
        if reached == 5 and self.random.random() < 0.2:
            at += timedelta(days=1)
            StageTransition.objects.create(
                lead=row, from_stage="won", to_stage="lost", reason="corrected", at=at, corrected=True
            )
            story["taken_back"] = at
        self.hand_over(story)
        return story

    def enter(self, story, stage, at, passed):
        story["entries"][stage] = (at, passed)
        StageTransition.objects.create(
            lead=story["lead"],
            from_stage="mal",
            to_stage=stage,
            reason="x",
            at=at,
            passed_through=passed,
            seconds_before=60,
        )
        StageEntry.objects.create(
            lead=story["lead"], stage=stage, at=at, channel_id=story["channel"].pk, passed_through=passed
        )
        if stage == "won":
            amount = Decimal(self.random.randrange(1, 90) * 10_000)
            story["deals"].append((at, amount))
            Opportunity.objects.create(
                lead=story["lead"], source="handoff", amount=amount, opened_on=at.date(), opened_at=at, result="won",
                closed_on=at.astimezone(TOKYO).date(),
            )  # fmt: skip

    def hand_over(self, story):
        if "mql" not in story["entries"]:
            return
        at = story["entries"]["mql"][0] + timedelta(minutes=5)
        team, person = self.random.choice(
            [(self.people.field, self.people.sato), (self.people.other_field, self.people.otto)]
        )
        minutes = self.random.choice([None, self.random.randrange(0, 700)])
        contacted = self.random.random() < 0.8
        story["episode"] = {
            "at": at, "minutes": minutes, "contact": at + timedelta(hours=2) if contacted else None, "team": team,
            "withdrawn": self.random.random() < 0.1, "kept": self.random.choice(["met", "breached", "cancelled", "running"]),
        }  # fmt: skip
        episode = Episode.objects.create(
            lead=story["lead"], leg="marketing_to_field", attempt=1, offered_at=at, band="high",
            answered_at=at + timedelta(hours=1) if minutes is not None else None, answer_minutes=minutes,
            first_contact_at=story["episode"]["contact"], contact_minutes=90 if contacted else None,
            withdrawn_at=at if story["episode"]["withdrawn"] else None,
        )  # fmt: skip
        handoff = Handoff.objects.create(
            episode=episode, lead=story["lead"], leg=episode.leg, offered_at=at, team=team, assigned_to=person, assigned_at=at,
            priority="high", answer_due_at=at, state="withdrawn" if story["episode"]["withdrawn"] else "accepted",
            answered_at=episode.answered_at or at, answered_by=person, first_contact_at=episode.first_contact_at,
        )  # fmt: skip
        due = at + timedelta(minutes=30)
        story["episode"]["due"] = due
        Clock.objects.create(
            handoff=handoff, kind="answer", state=story["episode"]["kept"], calendar_id=0, started_at=at, due_at=due
        )


@pytest.fixture(params=[1, 2])
def history(request, people):
    return History(people, request.param)


def inside(at):
    return PERIOD.start <= at < PERIOD.end


def question(**filters):
    return Question(PERIOD, NOW, Filters(**filters))


def won_stands(story):
    return (
        "won" in story["entries"]
        and story["entries"]["won"][0] <= NOW
        and not ("taken_back" in story and story["taken_back"] <= NOW)
    )


def test_ar_32_the_key_figures_equal_a_plain_count(history):
    found = kpis.kpis(question())
    offers = [
        s for s in history.leads if "episode" in s and inside(s["episode"]["at"]) and not s["episode"]["withdrawn"]
    ]
    acted = [s for s in offers if s["episode"]["contact"] and s["episode"]["contact"] <= NOW]
    became = [
        s for s in offers
        if "opportunity" in s["entries"] and s["episode"]["at"] <= s["entries"]["opportunity"][0] <= NOW
    ]  # fmt: skip
    reached = [s for s in history.leads if "opportunity" in s["entries"] and inside(s["entries"]["opportunity"][0])]
    won = [s for s in reached if won_stands(s) and s["entries"]["won"][0] >= PERIOD.start]
    due = [s["episode"] for s in history.leads if "episode" in s and inside(s["episode"]["due"])]
    ended = [e for e in due if e["kept"] in ("met", "breached")]

    assert found.handoffs == len(offers) > 20
    assert (found.acted.numerator, found.acted.denominator) == (len(acted), len(offers))
    assert (found.opportunities.numerator, found.opportunities.denominator) == (len(became), len(offers))
    assert (found.wins.numerator, found.wins.denominator) == (len(won), len(reached))
    assert (found.sla.numerator, found.sla.denominator) == (len([e for e in ended if e["kept"] == "met"]), len(ended))
    assert found.never_contacted == len(offers) - len(acted)


def test_a_promise_kept_counts_at_once_and_one_still_open_does_not(people):
    """Kept before its due time later today; one that runs, and one due only in the next period, are not in it."""
    at = tokyo("2026-11-20 13:00")
    lead = Lead.objects.create(last_name="中村", stage_since=at, acquired_at=at, created_at=at, updated_at=at)
    episode = Episode.objects.create(lead=lead, leg="marketing_to_field", attempt=1, offered_at=at, band="high")
    handoff = Handoff.objects.create(
        episode=episode, lead=lead, leg=episode.leg, offered_at=at, team=people.field, assigned_to=people.sato,
        assigned_at=at, priority="high", answer_due_at=at, state="accepted", answered_at=at, answered_by=people.sato,
    )  # fmt: skip
    kept_at, soon, later = at + timedelta(minutes=5), at + timedelta(hours=4), at + timedelta(days=3)
    for kind, state, due, ended in (
        ("answer", "met", soon, kept_at), ("contact", "running", soon, None), ("meeting", "met", later, kept_at)
    ):  # fmt: skip
        Clock.objects.create(
            handoff=handoff, kind=kind, state=state, calendar_id=0, started_at=at, due_at=due, ended_at=ended
        )
    today = Period(date(2026, 11, 1), date(2026, 11, 21), TOKYO)
    found = sla.sla(Question(today, NOW))
    assert (found.kept, found.people[0].kept) == (Rate(1, 1), Rate(1, 1))
    assert sla.sla(Question(today, at)).kept == Rate(0, 0)


def cohort_of(history, as_of=NOW):
    """The plain reading of the funnel: each stage counted within the one before."""
    inside_now = [s for s in history.leads if "mql" in s["entries"] and inside(s["entries"]["mql"][0])]
    counts = []
    for number, stage in enumerate(LADDER):
        if number:
            before = LADDER[number - 1]
            inside_now = [
                s for s in inside_now
                if stage in s["entries"] and s["entries"][before][0] <= s["entries"][stage][0] <= as_of
            ]  # fmt: skip
        if stage == "won":
            inside_now = [s for s in inside_now if won_stands(s)]
        counts.append(len(inside_now))
    return counts


def test_f_12_the_funnel_follows_one_cohort(history):
    found = funnel.funnel(question())

    assert [step.reached for step in found.steps] == cohort_of(history)


def test_ar_53_each_stages_output_is_the_next_stages_base(history):
    found = funnel.funnel(question())

    for before, step in zip(found.steps, found.steps[1:], strict=False):
        assert step.conversion.denominator == before.reached
        assert step.conversion.numerator == step.reached <= before.reached
        behind = funnel.leads_at(question(), cohort="mql", stage=step.stage.value)
        assert behind.count() == step.reached


def test_f_12_leads_that_entered_before_the_period_are_in_no_cohort_of_it(people):
    early = tokyo("2026-07-31 23:59")
    row = Lead.objects.create(last_name="外", stage_since=early, acquired_at=early, created_at=early, updated_at=early)
    for stage, at in (("mql", early), ("sal", tokyo("2026-08-05 10:00"))):
        StageEntry.objects.create(lead=row, stage=stage, at=at)

    assert [step.reached for step in funnel.funnel(question()).steps] == [0, 0, 0, 0, 0]


def test_the_funnels_lengths_leave_out_what_was_passed_through(history):
    found = {step.stage: step.days for step in funnel.funnel(question()).steps}
    lengths = defaultdict(list)
    for s in history.leads:
        if "mql" not in s["entries"] or not inside(s["entries"]["mql"][0]):
            continue
        for before, stage in zip(LADDER, LADDER[1:], strict=False):
            if stage in s["entries"] and not s["entries"][before][1] and not s["entries"][stage][1]:
                at = s["entries"][stage][0]
                if at <= NOW:
                    lengths[stage].append((at - s["entries"][before][0]).total_seconds() / 86400)
    assert lengths
    for stage, values in lengths.items():
        expected = spread_of(values)
        assert found[stage].n == expected.n
        assert found[stage].median == pytest.approx(expected.median)
        assert found[stage].p90 == pytest.approx(expected.p90)


def test_channels_equal_a_plain_count(history):
    Campaign.objects.create(
        channel=history.channels[0],
        name="秋",
        cost=Decimal(620_000),
        starts_on=date(2026, 7, 1),
        ends_on=date(2026, 8, 31),
    )
    rows = {row.channel: row for row in channels.channels(question())}

    for own in history.channels:
        mine = [s for s in history.leads if s["channel"] == own and inside(s["acquired"])]
        row = rows[own]
        assert row.leads == len(mine)
        for stage, count in (("mql", row.mql), ("sql", row.sql), ("opportunity", row.opportunities)):
            assert count == len([s for s in mine if stage in s["entries"] and s["entries"][stage][0] <= NOW])
        assert row.won == len([s for s in mine if won_stands(s)])
        amount = sum(a for s in mine for at, a in s["deals"] if at.astimezone(TOKYO).date() <= NOW.date())
        assert row.amount == amount
        times = spread_of(
            [(s["entries"]["won"][0] - s["acquired"]).total_seconds() / 86400 for s in mine if won_stands(s)]
        )
        assert row.lead_time.n == times.n
        assert row.lead_time.median == pytest.approx(times.median)
    assert rows[history.channels[0]].cost == Decimal(310_000)  # 31 of its 62 days
    assert channels.total(rows.values()).leads == len([s for s in history.leads if inside(s["acquired"])])


def test_response_times_equal_a_plain_reading(history):
    found = sla.sla(question())
    offers = [
        s["episode"]
        for s in history.leads
        if "episode" in s and inside(s["episode"]["at"]) and not s["episode"]["withdrawn"]
    ]
    minutes = [e["minutes"] for e in offers if e["minutes"] is not None and e["at"] + timedelta(hours=1) <= NOW]

    assert found.answer == spread_of(minutes)
    assert sum(found.histogram) == len(minutes)
    assert found.histogram[0] == len([m for m in minutes if m <= 10])
    by_team = {party.who: party for party in found.teams}
    mine = [e["minutes"] for e in offers if e["team"] == history.people.field and e["minutes"] is not None]
    assert by_team[history.people.field].answer == spread_of(mine)
    assert {party.who for party in found.people} == {history.people.sato, history.people.otto}


def test_filters_narrow_every_figure(history):
    own = history.channels[1]
    offers = [
        s for s in history.leads
        if "episode" in s and s["channel"] == own and inside(s["episode"]["at"]) and not s["episode"]["withdrawn"]
    ]  # fmt: skip

    assert kpis.kpis(question(channel=own.pk)).handoffs == len(offers)
    both = sum(
        kpis.kpis(question(team=team.pk)).handoffs for team in (history.people.field, history.people.other_field)
    )
    assert both == kpis.kpis(question()).handoffs


def test_the_trend_adds_up_to_the_period(history):
    points = trend.trend(question())

    assert sum(point.kpis.handoffs for point in points) == kpis.kpis(question()).handoffs
    assert sum(point.kpis.sla.denominator for point in points) == kpis.kpis(question()).sla.denominator
    assert points[0].starts_on == date(2026, 7, 27)


def test_nothing_to_divide_by_is_no_value(people):
    found = kpis.kpis(question())

    assert found.handoffs == 0
    assert found.acted.value is None
    assert found.acted.is_uncertain
    assert channels.channels(question()) == []
    assert funnel.funnel(question()).size == 0
    assert sla.sla(question()).answer.median is None
    assert feedback.returns(question()).given.value is None
    assert velocity.velocity(question())[0].to_next.n == 0


def test_a_deal_counts_once_whichever_teams_its_owner_is_in(people):
    at = tokyo("2026-09-01 10:00")
    Membership.objects.create(user=people.sato, team=people.other_field)
    lead = factories.lead()
    episode = Episode.objects.create(lead=lead, leg="marketing_to_field", attempt=1, offered_at=at, band="high")
    given = Handoff.objects.create(
        episode=episode, lead=lead, leg=episode.leg, offered_at=at, team=people.field, assigned_to=people.sato, assigned_at=at,
        priority="high", answer_due_at=at, state="accepted", answered_at=at, answered_by=people.sato,
    )  # fmt: skip
    for source, handoff, amount in (("self", None, 500), ("handoff", given, 300)):
        Opportunity.objects.create(
            lead=lead,
            owner=people.sato,
            handoff=handoff,
            source=source,
            amount=amount,
            opened_on=at.date(),
            opened_at=at,
        )
    assert feedback.returns(question(team=people.field.pk)).pipeline == (300, 800)


def test_reports_cost_a_constant_number_of_queries(history, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        kpis.kpis(question())
    with django_assert_max_num_queries(2):
        funnel.funnel(question())
    with django_assert_max_num_queries(2):
        velocity.velocity(question())
    with django_assert_max_num_queries(5):
        channels.channels(question())
    with django_assert_max_num_queries(16):
        sla.sla(question())
    with django_assert_max_num_queries(3):
        trend.trend(question())
    with django_assert_max_num_queries(12):
        feedback.returns(question())


@pytest.mark.parametrize("size", [1, 2, 3, 9, 10, 11, 20, 21])
def test_quantiles_in_the_database_equal_those_in_memory(people, size):
    values = random.Random(size).choices(range(5000), k=size)
    for number, minutes in enumerate(values):
        at = PERIOD.start + timedelta(minutes=number)
        row = Lead.objects.create(last_name="中", stage_since=at, acquired_at=at, created_at=at, updated_at=at)
        Episode.objects.create(
            lead=row,
            leg="marketing_to_field",
            attempt=1,
            offered_at=at,
            band="low",
            answered_at=at,
            answer_minutes=minutes,
        )

    assert sla.sla(question()).answer == spread_of(values)


def test_ar_34_of_100_leads_handed_over_three_weeks_ago_how_many_were_never_contacted(people):
    for number in range(101):
        at = tokyo("2026-10-26 10:00") + timedelta(hours=number)
        row = Lead.objects.create(last_name="中", stage_since=at, acquired_at=at, created_at=at, updated_at=at)
        contacted = at + timedelta(hours=3) if number < 5 else None
        ended = {"outcome": "rejected", "answered_at": at} if number == 100 else {"first_contact_at": contacted}
        Episode.objects.create(lead=row, leg="marketing_to_field", attempt=1, offered_at=at, band="low", **ended)

    week = Question(Period(date(2026, 10, 26), date(2026, 11, 2), TOKYO), NOW)

    assert kpis.kpis(week).handoffs == 101
    assert (kpis.kpis(week).given_back, kpis.kpis(week).never_contacted) == (1, 95)
    assert kpis.never_contacted(week).count() == 95
    assert sum(point.kpis.never_contacted for point in trend.trend(week)) == 95


def test_an_industry_is_one_by_whichever_name_it_is_asked_for(people):
    for number, industry in enumerate(("製造業", "Manufacturing", "食品")):
        company = factories.company(f"東浜{number}", industry=industry)
        factories.lead(company=company, acquired_at=tokyo("2026-09-01 10:00"))
    for name in ("製造業", "Manufacturing", "メーカー"):
        assert sum(row.leads for row in channels.channels(question(industry=name))) == 2, name

"""How leads were shared out: given against weight × present days × capacity, with what moved it, held against plain counts."""

from datetime import date, timedelta

import pytest

from accounts.models import Absence, Membership
from handoff.models import Calendar, Handoff, RoutingRule
from handoff.queries import calendars
from handoff.services import handoffs
from journal.clock import frozen
from reports.domain import fairness as arithmetic
from reports.domain.fairness import Weights
from reports.domain.periods import Period
from reports.queries.fairness import fairness
from reports.queries.scope import Filters, Question
from tests.cast import TOKYO, person, tokyo
from tests.handoff import rows, stories

pytestmark = pytest.mark.django_db
START = tokyo("2026-11-16 10:00")  # a Monday
NOW = tokyo("2026-11-27 18:00")
NOVEMBER = Period(date(2026, 11, 16), date(2026, 11, 28), TOKYO)  # nine working days: 11/23 is a holiday


@pytest.fixture
def people():
    return stories.small()


@pytest.fixture
def kato(people):
    return person("kato", "加藤", "直", ["rep"], people.field)


def asked(period=NOVEMBER, as_of=NOW, **filters):
    return Question(period, as_of, Filters(**filters)).of_every_leg()


def group_of(team, **filters):
    return next(group for group in fairness(asked(**filters)) if group.team == team)


def by_person(team, **filters):
    return {row.person: row for row in group_of(team, **filters).rows}


def given(people, to, number=1, because="round_robin", **changed):
    for minutes in range(number):
        handoff = rows.offered(people, START + timedelta(minutes=minutes), to=to)
        Handoff.objects.filter(pk=handoff.pk).update(routed_because=because, **changed)


def test_expected_is_the_teams_number_by_weight_present_days_and_capacity(people, kato):
    Membership.objects.filter(user=people.sato).update(weight=2, capacity=10)
    Membership.objects.filter(user=kato).update(weight=1, capacity=20)
    # Thursday to Wednesday with a weekend and the holiday: four working days.
    Absence.objects.create(user=kato, starts_on=date(2026, 11, 19), ends_on=date(2026, 11, 25))
    Absence.objects.create(user=kato, starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 24))
    given(people, people.sato, 6)
    given(people, kato, 8)

    found = by_person(people.field)

    sato, other = found[people.sato], found[kato]
    assert (sato.weights, other.weights) == (Weights(2, 10, 9), Weights(1, 20, 5))
    assert (sato.weights.share, other.weights.share, other.absent_days) == (180, 100, 4)
    assert (sato.expected, other.expected) == (pytest.approx(9), pytest.approx(5))
    assert (sato.deviation, other.deviation) == (pytest.approx(-3), pytest.approx(3))
    assert [row.person for row in group_of(people.field).rows] == [kato, people.sato]


def test_the_rest_of_the_period_is_not_present_yet(people):
    given(people, people.sato)

    groups = fairness(asked(as_of=tokyo("2026-11-17 12:00")))

    assert {row.weights.present_days for group in groups for row in group.rows} == {2}


def test_closing_days_and_an_own_calendar_count(people, kato):
    Calendar.objects.create(name="加藤", weekly={"0": [["10:00", "12:00"]], "1": [["10:00", "12:00"]]}, user=kato)
    given(people, people.sato)

    found = by_person(people.field)

    # Mondays and Tuesdays only, without the holiday.
    assert (found[kato].weights.present_days, found[people.sato].weights.present_days) == (3, 9)


@pytest.mark.parametrize(
    ("because", "way"),
    [
        ("round_robin", "round_robin"),
        ("named_team", "round_robin"),
        ("rule", "round_robin"),
        ("handoff_rule", "round_robin"),
        ("rule_person", "rule"),
        ("handoff_rule_person", "rule"),
        ("company", "company"),
        ("named", "by_hand"),
        ("rerouted", "rerouted"),
        ("queue", "queue"),
    ],
)
def test_each_way_is_counted_apart(people, because, way):
    given(people, people.sato, 2, because)

    assert by_person(people.field)[people.sato].taken.by_way == {way: 2}


def test_a_reassigned_one_was_given_by_hand_and_one_from_the_queue_was_not(people, kato):
    first = rows.offered(people, START, to=people.sato)
    handoffs.reassign(handoff=first, by=people.maki, at=START + timedelta(minutes=1), user=kato)
    second = rows.offered(people, START, team=people.field)
    Handoff.objects.filter(pk=second.pk).update(routed_because="queue")
    handoffs.accept(handoff=second, by=people.sato, at=START + timedelta(minutes=2))

    found = by_person(people.field)

    assert (found[kato].taken.by_way, found[people.sato].taken.by_way) == ({"by_hand": 1}, {"queue": 1})


def test_a_rule_that_names_a_person_says_so(people):
    RoutingRule.objects.all().delete()
    RoutingRule.objects.create(leg="marketing_to_field", name="大戸へ", to_user=people.otto)

    handoff = stories.offered(people, to=None)

    assert (handoff.assigned_to, handoff.routed_because) == (people.otto, "rule_person")


def test_withdrawn_and_waiting_ones_and_those_outside_the_period_are_none(people):
    given(people, people.sato, state="withdrawn")
    given(people, people.sato, offered_at=tokyo("2026-11-15 23:59"))
    given(people, people.sato, offered_at=tokyo("2026-11-28 00:00"))
    rows.offered(people, START, team=people.field)
    given(people, people.sato, assigned_at=START)

    assert by_person(people.field)[people.sato].taken.number == 1


def test_who_left_the_team_stays_with_what_was_given(people, kato):
    given(people, kato, 3)
    given(people, people.sato, 1)
    Membership.objects.filter(user=kato).delete()

    row = by_person(people.field)[kato]

    assert (row.taken.number, row.expected, row.is_member) == (3, 0, False)


def test_nobody_with_a_share_leaves_nothing_to_expect(people):
    given(people, people.sato)
    Membership.objects.filter(team=people.field).delete()

    [row] = group_of(people.field).rows

    assert (row.expected, row.deviation) == (None, None)


def test_full_days_are_those_with_the_capacity_used_up(people):
    Membership.objects.filter(user=people.sato).update(capacity=2)
    ends = {"state": "accepted", "answered_at": START, "closed_at": START + timedelta(days=2)}
    given(people, people.sato, 1, assigned_at=START, **ends)
    given(people, people.sato, 1, assigned_at=START + timedelta(days=1))

    # Two lie with Sato from the 17th 10:00 to the 18th 10:00.
    assert by_person(people.field)[people.sato].full_days == pytest.approx(1)


def test_days_full_counts_within_the_period_and_a_capacity_of_none_always():
    day = timedelta(days=1)
    spans = [(START - day, START + day), (START, None), (START + 3 * day, START + 2 * day)]

    def full(capacity):
        return arithmetic.days_full(spans, capacity=capacity, start=START, end=START + 4 * day)

    assert [full(capacity) for capacity in (0, 1, 2, 3)] == [4, 4, 1, 0]


def test_a_team_and_a_leg_can_be_asked_for(people):
    given(people, people.sato)
    given(people, people.otto)

    assert {group.team for group in fairness(asked())} == {people.field, people.other_field}
    assert [group.team for group in fairness(asked(team=people.field.pk))] == [people.field]
    assert fairness(asked(leg="inside_to_field")) == []


def test_calendars_of_many_are_those_of_each(people, kato):
    Calendar.objects.create(name="営業2部", weekly={"0": [["10:00", "12:00"]]}, team=people.other_field)
    Calendar.objects.create(name="加藤", weekly={"1": [["10:00", "12:00"]]}, user=kato)
    pairs = [(kato.pk, people.field.pk), (people.otto.pk, people.other_field.pk), (people.sato.pk, people.field.pk)]

    found = calendars.for_receivers(pairs)

    assert found == {(user, team): calendars.for_receiver(user=user, team=team) for user, team in pairs}


def test_the_report_costs_a_constant_number_of_queries(people, django_assert_max_num_queries):
    for number in range(8):
        one = person(f"rep{number}", "担当", str(number), ["rep"], people.field)
        given(people, one, 2)

    with django_assert_max_num_queries(10):
        fairness(asked())


def test_the_api_gives_the_table_and_its_csv(people, client):
    given(people, people.sato, 3, "company")
    client.force_login(people.maki)
    address = "/api/v1/reports/fairness/?from=2026-11-16&to=2026-11-28"
    with frozen(NOW):
        table = client.get(address).json()["rows"]
        sheet = client.get(address, headers={"accept": "text/csv"}).content.decode("utf-8-sig")

    row = next(row for row in table if row["person"] == str(people.sato.pk))
    assert (row["given"], row["expected"], row["deviation"], row["company"]) == (3, 3, 0, 3)
    assert (row["present_days"], row["weight"], row["capacity"], row["uncertain"]) == (9, 1, 25, True)
    assert sheet.splitlines()[0].split(",") == list(row)
    assert len(sheet.splitlines()) == 1 + len(table)


@pytest.mark.parametrize(("language", "words"), [("ja", "配分 × 出勤日数 × 上限"), ("en", "Share × days × limit")])
def test_the_page_shows_it_to_managers(people, kato, client, language, words):
    Absence.objects.create(user=kato, starts_on=date(2026, 11, 19), ends_on=date(2026, 11, 19))
    given(people, people.sato, 3, "company")
    client.force_login(people.maki)
    client.cookies["handoff_language"] = language
    with frozen(NOW):
        page = client.get("/dashboard/?tab=fairness&from=2026-11-16&until=2026-11-27").content.decode()

    assert words in page
    assert "佐藤" in page
    assert "+1.4" in page
    assert "1 × 8 × 25" in page

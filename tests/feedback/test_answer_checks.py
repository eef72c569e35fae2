"""The answer check's conclusions, their next date, and the one reminder when it has come."""

from datetime import date, timedelta

import pytest

from feedback.domain import quarters
from feedback.models import AnswerCheck, AnswerCheckReminder
from feedback.queries import answer_checks as queries
from feedback.services import answer_checks
from handoff.models import Calendar, ClosingDay, Episode
from integrations.models import Mail, Notice
from integrations.services import sweeping
from journal import services as journal
from journal.clock import frozen
from journal.errors import Invalid
from leads.models import LeadScore
from tests.at_once import all_well, at_once
from tests.cast import NOON, tokyo
from tests.handoff import rows, stories

pytestmark = pytest.mark.django_db
NEW_YEAR = tokyo("2027-01-04 08:00")
NOVEMBER = {"from_on": date(2026, 11, 1), "until_on": date(2026, 11, 30)}


@pytest.fixture
def people():
    return stories.small()


def concluded(people, *, at=NOON, by=None, text="配点は変えない", **values):
    return answer_checks.conclude(conclusion=text, by=by or people.maki, at=at, **NOVEMBER | values)


def with_outcomes(people, number=10):
    """A company that has learned: so many handoffs answered and closed."""
    for _ in range(number):
        rows.offered(people, NOON, to=people.sato)
    Episode.objects.update(answered_at=NOON, outcome="lost")
    LeadScore.objects.create(
        lead_id=Episode.objects.first().lead_id, total=35, band="high", as_of=NOON.date(), computed_at=NOON
    )


def noticed():
    return sorted(Notice.objects.filter(kind="answer_check.due").values_list("user__email", flat=True))


# -- when ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 1, 1), date(2026, 4, 1)),
        (date(2026, 3, 31), date(2026, 4, 1)),
        (date(2026, 11, 20), date(2027, 1, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_quarters_begin_in_january_april_july_and_october(day, first):
    assert quarters.next_quarter(day) == first


def test_ar_38_the_next_check_is_the_first_working_day_of_the_next_quarter(people):
    own, _made = Calendar.objects.get_or_create(user=None, team=None, defaults={"weekly": {"0": [["09:00", "18:00"]]}})
    ClosingDay.objects.create(calendar=own, starts_on=date(2026, 12, 29), ends_on=date(2027, 1, 4))

    check = concluded(people)

    assert check.next_on > date(2027, 1, 4)
    assert check.next_on == queries.usual_next(NOON.date())
    # Without the closing days: 1 January is a holiday, 2 and 3 a weekend.
    ClosingDay.objects.all().delete()
    assert queries.usual_next(NOON.date()) == date(2027, 1, 4)


def test_before_any_conclusion_it_is_due_once_there_are_results_to_learn_from(people):
    assert queries.due_since(NEW_YEAR) is None
    with_outcomes(people, 9)
    assert queries.due_since(NEW_YEAR) is None
    LeadScore.objects.all().delete()
    with_outcomes(people, 1)
    assert queries.due_since(NEW_YEAR) == date(2027, 1, 4)
    assert queries.due_since(tokyo("2027-01-03 23:59")) is None


def test_the_latest_conclusion_names_the_next_day(people):
    with_outcomes(people)
    concluded(people, next_on=date(2026, 12, 1))
    concluded(people, next_on=date(2026, 12, 15), at=NOON + timedelta(days=1), text="見直した")
    assert queries.due_since(tokyo("2026-12-14 23:59")) is None
    assert queries.due_since(tokyo("2026-12-15 00:00")) == date(2026, 12, 15)


# -- concluding ------------------------------------------------------------------------------------


def test_ar_38_a_conclusion_keeps_who_when_what_and_the_next_date(people):
    concluded(people, text="  資料DLの配点を下げる  ", by=people.mia)
    check = queries.history(people.sato)[0]
    assert (check.conclusion, check.by, check.at) == ("資料DLの配点を下げる", people.mia, NOON)
    assert (check.next_on, check.from_on) == (date(2027, 1, 4), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"text": " "}, ("conclusion", "required")),
        ({"text": "あ" * 2001}, ("conclusion", "too_long")),
        ({"next_on": NOON.date()}, ("next_on", "past")),
    ],
)
def test_what_is_wrong_is_named(people, values, fault):
    with pytest.raises(Invalid) as refused:
        concluded(people, **values)
    assert [(error.field, error.code) for error in refused.value.errors] == [fault]
    assert not AnswerCheck.objects.exists()


def test_only_who_may_change_rules_concludes(people):
    for person in (people.sato, people.isao):
        with pytest.raises(answer_checks.MayNotConclude):
            concluded(people, by=person)
    assert set(queries.people()) == {people.mia.pk, people.maki.pk, people.ada.pk}


def test_the_same_conclusion_twice_in_a_row_is_one(people):
    assert concluded(people) == concluded(people, at=NOON + timedelta(minutes=1))
    assert concluded(people, at=NOON + timedelta(minutes=30)) != concluded(people, by=people.mia)


# -- reminding -------------------------------------------------------------------------------------


def sweep_and_tell(at):
    with frozen(at):
        sweeping.run_all(at)
        return journal.deliver_owed(at=at)


def test_ar_38_when_the_date_has_come_each_is_told_once(people):
    concluded(people, next_on=date(2026, 12, 1))

    sweep_and_tell(tokyo("2026-11-30 23:59"))
    assert noticed() == []
    for at in ("2026-12-01 00:00", "2026-12-01 00:00", "2026-12-02 10:00"):
        sweep_and_tell(tokyo(at))

    assert noticed() == ["ada@handoff.example", "maki@handoff.example", "mia@handoff.example"]
    assert AnswerCheckReminder.objects.get().at == tokyo("2026-12-01 00:00")

    concluded(people, at=tokyo("2026-12-02 11:00"), next_on=date(2026, 12, 21), text="次も見る")
    sweep_and_tell(tokyo("2026-12-21 00:00"))
    assert len(noticed()) == 6


def test_the_mail_is_dropped_when_the_check_was_made_before_it_left(people):
    concluded(people, next_on=date(2026, 12, 1))
    sweep_and_tell(tokyo("2026-12-01 00:00"))
    owed = Mail.objects.filter(notices__kind="answer_check.due")
    assert owed.count() == 3
    concluded(people, at=tokyo("2026-12-01 00:30"), text="早起きして済ませた")
    sweep_and_tell(tokyo("2026-12-02 10:00"))
    assert set(owed.values_list("state", flat=True)) == {"dropped"}


def test_while_nothing_is_due_the_sweep_asks_two_questions(people, django_assert_num_queries):
    concluded(people)
    with django_assert_num_queries(2):  # the local day and the latest conclusion
        assert answer_checks.remind(at=NOON) == 0


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_remind_once(people):
    concluded(people, next_on=date(2026, 12, 1))
    at = tokyo("2026-12-01 09:00")
    told = all_well(at_once(*[lambda: answer_checks.remind(at=at)] * 4))
    assert sum(told) == 1
    assert AnswerCheckReminder.objects.count() == 1


# -- Today and the settings page ---------------------------------------------------------------------


def test_ar_38_today_reminds_those_who_conclude(people, client):
    concluded(people, next_on=date(2026, 12, 1))

    def seen(person, at):
        client.force_login(person)
        with frozen(at):
            return "/dashboard/answer-check/" in client.get("/").content.decode()

    due = tokyo("2026-12-01 09:00")
    assert [seen(person, due) for person in (people.mia, people.maki, people.ada)] == [True] * 3
    assert [seen(person, due) for person in (people.sato, people.isao)] == [False] * 2
    assert not seen(people.maki, due - timedelta(days=1))
    concluded(people, at=due)
    assert not seen(people.maki, due)


def test_the_settings_page_leads_to_the_answer_check(people, client):
    client.force_login(people.ada)
    with_outcomes(people)
    with frozen(NOON):
        assert "/dashboard/answer-check/" in client.get("/settings/").content.decode()

"""The sample company: legal to the last row, and the same again from the same seed."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from handoff.models import Handoff, StageTransition
from handoff.queries import agreement, invariants, promised
from integrations.models import Mail, Notice
from integrations.sample import company
from leads.models import Activity, Lead
from tests.cast import organization, tokyo

pytestmark = pytest.mark.django_db
UNTIL = tokyo("2026-11-20 17:30")


@pytest.fixture(scope="class")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The sample, made once for all who only look at it; each test's own transaction lies within this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        company.make(leads=24, seed=3, until=UNTIL)
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("made")
class TestMade:
    def test_sample_holds_every_invariant(self):
        assert Lead.objects.count() == 24
        assert Handoff.objects.exists()
        assert invariants.violations(at=UNTIL) == []

    def test_nothing_happens_after_its_end_or_outside_its_year(self):
        moments = [
            *StageTransition.objects.values_list("at", flat=True),
            *Activity.objects.values_list("occurred_at", flat=True),
        ]
        assert max(moments) <= UNTIL
        assert min(moments) >= UNTIL - timedelta(days=366)

    def test_people_answer_only_in_working_hours(self):
        hours = Counter(
            answered.astimezone(UNTIL.tzinfo).hour
            for answered in Handoff.objects.filter(answered_at__isnull=False).values_list("answered_at", flat=True)
        )
        assert hours
        assert set(hours) <= set(range(9, 19)) - {12}

    def test_an_agreement_waits_for_sales_with_a_meeting_day_for_each_priority(self):
        draft = agreement.draft()
        assert draft is not None
        assert agreement.lacks(draft) == []
        assert [lack.code for lack in agreement.unsaid(draft)] == ["sales"]
        assert Notice.objects.filter(kind="sla_agreement.waits", user__email="maki@minato.example").count() == 1
        lengths = {(row["band"], row["working_days"]) for row in promised.today() if row["kind"] == "meeting"}
        assert lengths == {("high", 3), ("middle", 5), ("low", 10)}

    def test_invented_people_get_no_mail(self):
        assert not Mail.objects.filter(state=Mail.State.OWED).exists()


def test_it_refuses_to_mix_with_real_data():
    organization()

    with pytest.raises(company.NotEmpty):
        company.make(leads=24, seed=3, until=UNTIL)

    assert not User.objects.exists()


def test_command_prints_a_login_for_each_of_the_ten(capsys):
    call_command("demo", "--leads", "3", "--until", "2026-11-20")

    printed = capsys.readouterr().out
    assert printed.count("@minato.example") == 10


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31"])
@pytest.mark.parametrize("options", [(), ("--month",)])
def test_a_last_day_without_room_on_both_sides_is_refused_before_anything_is_made(day, options):
    with pytest.raises(CommandError, match="from 2000 to 2099"):
        call_command("demo", *options, "--leads", "1", "--until", day)
    assert not User.objects.exists()

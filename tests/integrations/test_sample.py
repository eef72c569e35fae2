"""The sample company: legal to the last row, and the same again from the same seed."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.models import User
from handoff.models import Handoff, StageTransition
from handoff.queries import invariants
from integrations.models import Mail
from integrations.sample import company
from leads.models import Activity, Lead
from tests.cast import organization, tokyo

pytestmark = pytest.mark.django_db
UNTIL = tokyo("2026-11-20 17:30")


def make(seed: int = 3) -> None:
    company.make(leads=24, seed=seed, until=UNTIL)


def test_sample_holds_every_invariant():
    make()

    assert Lead.objects.count() == 24
    assert Handoff.objects.exists()
    assert invariants.violations(at=UNTIL) == []


def test_nothing_happens_after_its_end_or_outside_its_year():
    make()

    moments = [
        *StageTransition.objects.values_list("at", flat=True),
        *Activity.objects.values_list("occurred_at", flat=True),
    ]
    assert max(moments) <= UNTIL
    assert min(moments) >= UNTIL - timedelta(days=366)


def test_people_answer_only_in_working_hours():
    make()

    hours = Counter(
        answered.astimezone(UNTIL.tzinfo).hour
        for answered in Handoff.objects.filter(answered_at__isnull=False).values_list("answered_at", flat=True)
    )
    assert hours
    assert set(hours) <= set(range(9, 19)) - {12}


def test_invented_people_get_no_mail():
    make()

    assert not Mail.objects.filter(state=Mail.State.OWED).exists()


def test_it_refuses_to_mix_with_real_data():
    organization()

    with pytest.raises(company.NotEmpty):
        make()

    assert not User.objects.exists()


def test_command_prints_a_login_for_each_of_the_ten(capsys):
    call_command("demo", "--leads", "3", "--until", "2026-11-20")

    printed = capsys.readouterr().out
    assert printed.count("@minato.example") == 10

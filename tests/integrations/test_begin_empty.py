"""HANDOFF_DEMO=0: an empty company without questions."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization, User
from leads.models import Lead
from scoring.models import ScoringModel

pytestmark = pytest.mark.django_db


def test_an_empty_company_has_its_admin_and_the_excel_starter(settings, client):
    settings.ADMIN_EMAIL, settings.ADMIN_PASSWORD = "ada@handoff.example", "correct horse battery"

    call_command("first_start", stdout=StringIO())

    company = Organization.objects.get()
    assert (company.preset, company.is_sample, company.target_industries) == ("small", False, ["製造業"])
    assert client.login(email="ada@handoff.example", password="correct horse battery")
    assert User.objects.get().roles
    assert ScoringModel.objects.filter(state="published").count() == 1
    assert not Lead.objects.exists()


def test_without_a_named_admin_the_password_is_printed_once(settings, client):
    settings.ADMIN_EMAIL = settings.ADMIN_PASSWORD = ""
    told = StringIO()

    call_command("first_start", stdout=told)

    password = told.getvalue().strip().rstrip(".").rsplit(" ", 1)[1]
    assert client.login(email="admin@localhost", password=password)


def test_a_company_that_is_there_stays(settings):
    call_command("first_start", stdout=StringIO())

    with pytest.raises(CommandError, match=r"."):
        call_command("first_start", stdout=StringIO())

    assert User.objects.count() == 1

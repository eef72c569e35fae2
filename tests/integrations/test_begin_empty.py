"""HANDOFF_DEMO=0: an empty company without questions."""

import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization, Team, User
from handoff.models import Calendar, HandoffRule, RoutingRule
from leads.models import Lead
from scoring.models import Rule, ScoringModel

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


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_empty_company_begins_in_the_language_that_is_set(settings, language):
    settings.FIRST_LANGUAGE = language

    call_command("first_start", stdout=StringIO())

    named = [
        Organization.objects.get().name,
        *Organization.objects.get().target_industries,
        *Team.objects.values_list("name", flat=True),
        *Calendar.objects.values_list("name", flat=True),
        *HandoffRule.objects.values_list("name", flat=True),
        *RoutingRule.objects.values_list("name", flat=True),
        *ScoringModel.objects.values_list("name", flat=True),
        json.dumps(list(Rule.objects.values_list("condition", flat=True)), ensure_ascii=False),
    ]
    is_japanese = [bool(re.search("[\u3040-\u30ff\u4e00-\u9fff]", name)) for name in named]
    assert is_japanese == [language == "ja"] * len(named)
    assert User.objects.get().language == language


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

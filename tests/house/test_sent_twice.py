"""A form that is sent several times at once makes one thing, and the others are told so."""

from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from accounts.models import Team, User
from accounts.services import people
from feedback.models import AnswerCheck
from handoff.models import RejectReason
from integrations.models import ChatChannel
from journal.transactions import retried
from leads.models import ActivityType, Campaign, Channel, CustomField
from leads.services import sources
from scoring.models import ScoringModel
from scoring.services import models
from tests.at_once import all_well, at_once
from tests.cast import NOON, Cast, organization, person
from tests.factories import standard_rows
from tests.scoring import scored

pytestmark = pytest.mark.django_db(transaction=True)
FORMS: dict[str, tuple[str, dict[str, Any], type[Model], dict[str, Any]]] = {
    "person": (
        "/settings/people/invite/",
        {"email": "new@handoff.example", "last_name": "新井", "roles": "marketer"},
        User,
        {"email": "new@handoff.example"},
    ),
    "team": ("/settings/people/teams/", {"name": "営業9部", "kind": "field"}, Team, {"name": "営業9部"}),
    "own field": ("/settings/fields/new/", {"label": "興味", "kind": "text"}, CustomField, {"label": "興味"}),
    "reason": (
        "/settings/reasons/new/",
        {"label_ja": "出張中", "label_en": "Away", "follows": "disqualify", "is_active": "on"},
        RejectReason,
        {"label_ja": "出張中"},
    ),
    "channel": ("/settings/channels/new/", {"name": "見本市"}, Channel, {"name": "見本市"}),
    "chat channel": (
        "/notices/channels/",
        {"name": "私", "address": f"https://webhook.worksmobile.com/message/{'0' * 36}", "pace": "at_once"},
        ChatChannel,
        {},
    ),
    "conclusion": (
        "/dashboard/answer-check/?period=12m",
        {"conclusion": "部長の点を下げる", "next_on": "2099-04-01"},
        AnswerCheck,
        {},
    ),
}


@pytest.fixture(autouse=True)
def _organization() -> None:
    organization()


def sent_by(user: User, address: str, values: dict[str, Any]) -> Any:
    """A post of a browser of its own."""
    client = Client()
    client.force_login(user)
    return lambda: client.post(address, values).status_code


@pytest.mark.parametrize("name", FORMS)
def test_a_form_sent_at_once_makes_one_thing(cast: Cast, name: str) -> None:
    address, values, model, wanted = FORMS[name]
    answers = all_well(at_once(*[sent_by(cast.ada, address, values) for _ in range(4)]))
    assert model._default_manager.filter(**wanted).count() == 1
    assert max(answers) < 500


def test_a_campaign_sent_at_once_is_made_once(cast: Cast) -> None:
    values = {"channel": Channel.objects.create(code="fair", name="見本市").pk, "name": "秋", "cost": "0"}
    all_well(at_once(*[sent_by(cast.ada, "/settings/campaigns/new/", values) for _ in range(4)]))
    assert Campaign.objects.count() == 1


def test_a_new_channel_that_several_leads_name_at_once_is_made_once() -> None:
    found = all_well(at_once(*[lambda: retried(sources.channel_named)("見本市") for _ in range(4)]))
    assert {channel.pk for channel in found} == {Channel.objects.get(name="見本市").pk}


def test_drafts_made_at_once_have_numbers_of_their_own() -> None:
    model = scored.draft()
    all_well(at_once(*[lambda: models.copy(model=model, by=None, at=NOON) for _ in range(4)]))
    assert sorted(ScoringModel.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_two_administrators_who_close_each_other_out_at_once_leave_one(cast: Cast) -> None:
    bob = person("bob", "坊", "", ["admin"])
    at_once(
        lambda: people.disable(user=User.objects.get(pk=bob.pk), by=cast.ada, at=NOON),
        lambda: people.place(user=cast.ada, roles=["rep"], teams=[], by=bob, at=NOON),
    )
    assert User.objects.active().with_role("admin").people().count() == 1


def test_who_edits_the_rules_in_force_at_once_shares_one_draft(cast: Cast) -> None:
    model = scored.published([scored.rule({"field": "seniority", "op": "known"})])
    all_well(at_once(*[sent_by(cast.ada, f"/scoring/{model.pk}/copy/", {}) for _ in range(4)]))
    assert ScoringModel.objects.filter(state="draft").count() == 1


def test_a_first_draft_asked_for_at_once_is_made_once(cast: Cast) -> None:
    ActivityType.objects.bulk_create(standard_rows(), ignore_conflicts=True)  # an emptied database has lost them
    all_well(at_once(*[sent_by(cast.ada, "/scoring/start/", {}) for _ in range(4)]))
    assert ScoringModel.objects.count() == 1


def test_a_rule_sent_at_once_is_added_once(cast: Cast) -> None:
    draft = scored.draft()
    rule = {"kind": "field", "field": "seniority", "op": "known", "points": 4, "version": draft.version}
    all_well(at_once(*[sent_by(cast.ada, f"/scoring/{draft.pk}/rules/new/", rule) for _ in range(4)]))
    assert draft.rules.count() == 1

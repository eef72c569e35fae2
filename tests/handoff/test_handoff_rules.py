"""Handoff rules as an administrator keeps them (AR-15), and that what they name is what happens."""

import json

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import Organization
from handoff.domain import presets
from handoff.models import Handoff, HandoffRule
from handoff.queries import eligible, field_users
from handoff.services import eligibility, handoff_rules, handoffs, offers, routing, rule_order
from integrations.models import Mail, Notice
from integrations.services import announcing
from journal.errors import Forbidden
from journal.models import Event
from leads.domain.choices import StaleCause
from leads.queries.field_users import reading
from scoring.models import ScoringModel
from tests import factories
from tests.cast import NOON
from tests.handoff import posting, stories

pytestmark = pytest.mark.django_db

BIG = {"field": "company.employee_count", "op": "gte", "value": 100}
WHOLE = {"name": "大手", "giver": "marketing", "told_by": "in_app,email", "to": "", "is_on": "on"}
LIST = reverse("settings-handoff-rules")


@pytest.fixture
def people():
    cast = stories.small()
    ScoringModel.objects.create(
        name="標準", state="published", position=1, why="初版", published_at=NOON, created_at=NOON, updated_at=NOON
    )
    return cast


@pytest.fixture
def post(client, people):
    send = posting.by(people.ada, client)
    return lambda name, values=None, *args, **more: send(name, *args, values=values, **more)


def make(people, **changes):
    values = {"name": "規則", "is_on": False, "giver": "marketing", "when": None, "told_by": ["in_app"], "to": None}
    return handoff_rules.keep(rule=None, **(values | changes), by=people.ada, at=NOON)


def handed_over():
    lead = stories.lead()
    eligibility.decide(lead_ids=[lead.pk], cause=StaleCause.LIVE, reason="activity", at=NOON)
    return Handoff.objects.get(lead=lead)


def names():
    return list(HandoffRule.objects.order_by("position", "id").values_list("name", flat=True))


def test_a_new_rule_is_kept_with_all_that_it_names_and_is_tried_last(post, people):
    values = WHOLE | {"condition": json.dumps(BIG), "to": f"team:{people.other_field.pk}"}
    assert post("settings-handoff-rule-new", values).status_code == 302
    rule = HandoffRule.objects.get(name="大手")
    assert (rule.is_on, rule.giver, rule.when) == (True, "marketing", BIG)
    assert (rule.told_by, rule.travels) == (["in_app", "email"], list(presets.TRAVELS))
    assert (rule.to_team, rule.to_user) == (people.other_field, None)
    assert names()[-1] == "大手"
    assert Event.objects.get(kind="handoff_rule.changed").subject_id == rule.pk


@pytest.mark.parametrize(
    ("without", "named"),
    [({"giver": ""}, "who gives"), ({"told_by": ""}, "how the receiver is told")],
)
def test_ar_15_a_rule_that_lacks_a_part_can_be_kept_but_not_switched_on(post, without, named):
    refused = post("settings-handoff-rule-new", WHOLE | without)
    assert refused.status_code == 400
    # An apostrophe is written as an entity.
    assert f"be switched on. Still missing: {named}." in refused.content.decode()
    assert post("settings-handoff-rule-new", WHOLE | without | {"is_on": ""}).status_code == 302
    rule = HandoffRule.objects.get(name="大手")
    answer = post("settings-handoff-rule-act", None, rule.pk, "on", follow=True)
    assert f"Still missing: {named}." in answer.content.decode()
    assert not HandoffRule.objects.get(pk=rule.pk).is_on


@pytest.mark.parametrize(
    ("is_on", "said"), [("on", "Rule saved."), ("", "Rule saved. It is off until you switch it on.")]
)
def test_who_saved_a_rule_is_told_so_and_whether_it_is_on(post, is_on, said):
    page = post("settings-handoff-rule-new", WHOLE | {"is_on": is_on}, follow=True).content.decode()
    assert said in page
    assert ("until you switch it on" in page) is (not is_on)


def test_ar_15_each_of_the_five_is_named(people):
    ScoringModel.objects.update(state="retired")
    gone = people.other_field
    rule = make(people, giver="", told_by=[], travels=(), to=gone)
    gone.is_active = False
    gone.save()
    with pytest.raises(handoff_rules.IncompleteRule) as refused:
        handoff_rules.switch(rule=rule, is_on=True, by=people.ada, at=NOON)
    assert len(refused.value.values["parts"].split("、")) == 5


def test_a_rule_to_whoever_the_routes_name_needs_a_team_that_receives(people):
    rule = make(people)
    for team in (people.field, people.other_field):
        team.is_active = False
        team.save()
    with pytest.raises(handoff_rules.IncompleteRule):
        handoff_rules.switch(rule=rule, is_on=True, by=people.ada, at=NOON)


def test_the_receiver_is_whom_the_rule_names(post, people):
    HandoffRule.objects.all().delete()
    post("settings-handoff-rule-new", WHOLE | {"to": f"user:{people.otto.pk}"})
    assert handed_over().assigned_to == people.otto


def test_the_receiver_of_a_handover_by_hand_is_whom_the_rule_names_unless_somebody_else_is_chosen(people):
    HandoffRule.objects.update(when=BIG)
    make(people, name="全員", to=people.otto, is_on=True)
    HandoffRule.objects.filter(when=BIG).update(to_user=people.sato)
    big, small = stories.lead(company=factories.company()), stories.lead()
    assert routing.rehearse(lead=big, leg="marketing_to_field", at=NOON).user == people.sato
    assert handoffs.offer(lead=big, by=people.mia, at=NOON).assigned_to == people.sato
    by_rule = handoffs.offer(lead=small, by=people.mia, at=NOON)
    assert (by_rule.assigned_to, by_rule.sender) == (people.otto, people.mia)
    assert stories.offered(people, to=people.sato).assigned_to == people.sato


@pytest.mark.parametrize("giver", ["marketing", "marketing_team"])
def test_the_giver_is_who_gets_a_return_back(people, giver):
    HandoffRule.objects.update(giver=giver)
    stories.offered(people, to=people.sato)  # Mia has handed over before
    lead = Handoff.objects.get().lead
    Handoff.objects.all().update(state="withdrawn", answered_at=NOON)
    lead.refresh_from_db()
    handoff = offers.offer(lead=lead, by=None, at=NOON, rule=eligible.rule_for(lead, at=NOON))
    assert handoff.sender == (people.mia if giver == "marketing" else None)
    assert handoff.sender_team == people.marketing


@pytest.mark.parametrize(("told_by", "mails"), [(["in_app"], 0), (["in_app", "email"], 1)])
def test_the_receiver_is_mailed_only_when_the_rule_says_so(people, told_by, mails):
    Organization.objects.update(is_sample=False)
    HandoffRule.objects.update(told_by=told_by, to_user=people.sato)
    handed_over()
    announcing.announce(event=Event.objects.get(kind="handoff.offered"), at=NOON)
    assert Notice.objects.filter(user=people.sato, kind="handoff.offered").count() == 1
    assert Mail.objects.filter(user=people.sato).count() == mails


@pytest.mark.parametrize(("told_by", "mails"), [(["in_app"], 0), (["in_app", "email"], 1)])
def test_whoever_gets_it_next_is_told_as_the_rule_says_too(people, told_by, mails):
    Organization.objects.update(is_sample=False)
    factories.person("kato", "加藤", "健", ["rep"], people.field)
    HandoffRule.objects.update(told_by=told_by, to_user=people.sato)
    handoff = handed_over()
    handoffs.reject(handoff=handoff, reason="wrong_person", by=people.sato, at=NOON)
    following = Handoff.objects.open().get()
    assert following.assigned_to not in (None, people.sato)
    event = Event.objects.filter(kind="handoff.offered").latest("pk")
    announcing.announce(event=event, at=NOON)
    assert Notice.objects.filter(user=following.assigned_to, kind="handoff.offered").count() == 1
    assert Mail.objects.filter(user=following.assigned_to).count() == mails


def test_rules_are_tried_in_the_order_that_buttons_change(post, people):
    first, second = names()[0], make(people, name="二番目")
    third = make(people, name="三番目")
    post("settings-handoff-rule-act", None, third.pk, "earlier")
    assert names() == [first, "三番目", "二番目"]
    post("settings-handoff-rule-act", None, second.pk, "later")
    assert names() == [first, "三番目", "二番目"]
    post("settings-handoff-rule-act", None, third.pk, "later")
    assert names() == [first, "二番目", "三番目"]


def test_a_rule_is_switched_off_and_deleted(post, people):
    rule = HandoffRule.objects.get()
    post("settings-handoff-rule-act", None, rule.pk, "off")
    assert not HandoffRule.objects.get().is_on
    post("settings-handoff-rule-act", None, rule.pk, "delete")
    assert not HandoffRule.objects.exists()
    assert Event.objects.filter(kind="handoff_rule.deleted").count() == 1


def test_the_shipped_rule_keeps_its_two_names_when_only_something_else_is_changed(post, people):
    rule = HandoffRule.objects.get()
    values = WHOLE | {"name": "Hand over once the criteria are met", "giver": "marketing_team"}
    post("settings-handoff-rule", values, rule.pk)
    rule.refresh_from_db()
    assert (rule.name, rule.giver) == ("基準に達したら引き渡す", "marketing_team")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": " "}, "This field is required."),
        ({"name": "基準に達したら引き渡す"}, "Another rule has this name."),
        ({"to": "team:0"}, "team:0 is not one of the available choices"),
        ({"condition": json.dumps(BIG | {"field": "custom.none"})}, "custom.none"),
    ],
)
def test_what_makes_no_rule_is_told_and_nothing_is_kept(post, wrong, told):
    answer = post("settings-handoff-rule-new", WHOLE | wrong)
    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert HandoffRule.objects.count() == 1


def test_somebody_who_no_longer_receives_stays_shown_until_another_is_chosen(client, post, people):
    rule = make(people, to=people.otto)
    people.otto.is_active = False
    people.otto.save()
    page = client.get(reverse("settings-handoff-rule", args=[rule.pk])).content.decode()
    assert f'value="user:{people.otto.pk}" selected' in page


def test_only_an_administrator_changes_the_rules(client, people):
    rule = HandoffRule.objects.get()
    for change in (handoff_rules.delete, lambda **who: handoff_rules.switch(is_on=False, **who)):
        with pytest.raises(Forbidden):
            change(rule=rule, by=people.mia, at=NOON)
    client.force_login(people.maki)
    assert client.post(reverse("settings-handoff-rule-act", args=[rule.pk, "off"])).status_code == 403
    assert HandoffRule.objects.get().is_on


def test_there_is_no_other_verb(post):
    assert post("settings-handoff-rule-act", None, HandoffRule.objects.get().pk, "burn").status_code == 404


def test_the_list_and_the_settings_page_say_what_is_on(client, post, people):
    make(people, name="大手", when=BIG, to=people.otto)
    page = client.get(LIST).content.decode()
    assert "Once the criteria are met" in page
    assert "at least 100" in page or "100 people or more" in page
    assert str(people.otto) in page
    sentence = client.get(reverse("settings")).content.decode()
    assert "Hand over once the criteria are met" in sentence
    assert "大手" not in sentence
    HandoffRule.objects.update(is_on=False)
    assert "No rule is on; people hand over by hand" in client.get(reverse("settings")).content.decode()
    HandoffRule.objects.all().delete()
    assert "No handoff rules yet" in client.get(LIST).content.decode()


def test_a_rule_that_was_deleted_meanwhile_is_neither_changed_nor_made_anew(people):
    make(people, name="残る")
    rule = make(people, name="消える")
    HandoffRule.objects.filter(pk=rule.pk).delete()
    before = names()
    who = {"by": people.ada, "at": NOON}
    values = {"name": "改名", "is_on": False, "giver": "", "when": None, "told_by": [], "to": None}
    for change in (
        lambda: handoff_rules.keep(rule=rule, **values, **who),
        lambda: handoff_rules.switch(rule=rule, is_on=True, **who),
        lambda: handoff_rules.move(rule=rule, earlier=True, **who),
        lambda: handoff_rules.delete(rule=rule, **who),
    ):
        with pytest.raises(rule_order.RuleGone):
            change()
    assert names() == before
    assert not Event.objects.filter(kind="handoff_rule.deleted").exists()


def test_a_change_leaves_the_order_that_somebody_made_meanwhile(people):
    first, rule = names()[0], make(people, name="二番目")
    stale = HandoffRule.objects.get(pk=rule.pk)
    handoff_rules.move(rule=rule, earlier=True, by=people.ada, at=NOON)
    values = {"name": "改名", "is_on": False, "giver": "", "when": None, "told_by": [], "to": None}
    handoff_rules.keep(rule=stale, **values, by=people.ada, at=NOON)
    assert names() == ["改名", first]


def test_a_new_rule_is_tried_last_after_others_were_deleted(people):
    for name in ("一", "二", "三"):
        make(people, name=name)
    for rule in HandoffRule.objects.exclude(name="三"):
        handoff_rules.delete(rule=rule, by=people.ada, at=NOON)
    make(people, name="四")
    assert names() == ["三", "四"]


@pytest.mark.parametrize(
    ("language", "name"), [("ja", "基準に達したら引き渡す"), ("en", "Hand over once the criteria are met")]
)
def test_what_reads_a_field_names_the_shipped_rule_in_the_readers_language(people, language, name):
    HandoffRule.objects.update(when=BIG)
    with translation.override(language):
        (told,) = field_users.settings(reading(BIG["field"]))
    assert name in told


@pytest.mark.parametrize(("verb", "at", "moved"), [("earlier", 2, "一三二"), ("later", 0, "二一三")])
def test_one_press_is_one_move_however_often_it_is_sent(client, post, people, verb, at, moved):
    HandoffRule.objects.all().delete()
    rules = [make(people, name=name) for name in "一二三"]
    page = client.get(LIST).content.decode()
    past = page.partition(f'action="{reverse("settings-handoff-rule-act", args=[rules[at].pk, verb])}"')[2]
    past = past.partition('name="past" value="')[2].partition('"')[0]
    for _time in range(2):
        post("settings-handoff-rule-act", {"past": past}, rules[at].pk, verb)
    assert names() == list(moved)


def test_who_saw_another_rule_beside_it_is_told_instead(client, post, people):
    HandoffRule.objects.all().delete()
    rules = [make(people, name=name) for name in "一二三"]
    for past in (rules[0].pk, rules[2].pk + 1):
        post("settings-handoff-rule-act", {"past": past}, rules[2].pk, "earlier")
        page = client.get(LIST).content.decode()
        assert "The order has changed in the meantime. Check it, then try again." in page
    assert names() == list("一二三")

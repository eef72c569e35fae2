"""Routing rules as an administrator keeps them, and the page that says who would get a lead."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Absence, Membership
from handoff.domain.choices import Leg
from handoff.models import Handoff, HandoffRule, RoutingPointer, RoutingRule
from handoff.queries import receivers
from handoff.services import routing, routing_rules, rule_order
from journal import clock
from journal.errors import Forbidden
from journal.models import Event
from tests import factories
from tests.cast import NOON, organization
from tests.handoff import posting, stories

pytestmark = pytest.mark.django_db

LEG = Leg.MARKETING_TO_FIELD
BIG = {"field": "company.employee_count", "op": "gte", "value": 100}
LIST = reverse("settings-routes")


@pytest.fixture
def people():
    return stories.small()


@pytest.fixture
def post(client, people):
    send = posting.by(people.ada, client)
    return lambda route, *args, **values: send(route, *args, values=values)


@pytest.fixture
def look(client, post):
    def fetch(words=""):
        with clock.frozen(NOON):
            return client.get(LIST, {"q": words})

    return fetch


def make(people, name, **changes):
    values = {"leg": LEG, "condition": None, "to": people.other_field}
    return routing_rules.keep(rule=None, name=name, **(values | changes), by=people.ada, at=NOON)


def names(leg=LEG):
    return list(RoutingRule.objects.filter(leg=leg).order_by("position", "id").values_list("name", flat=True))


def test_a_new_rule_is_tried_last_and_decides_once_it_is_first(look, post, people):
    values = {"name": "大手", "condition": json.dumps(BIG), "to": f"user:{people.otto.pk}"}
    assert post("settings-route-new", LEG, **values).status_code == 302
    assert "Rule saved." in look().content.decode()
    rule = RoutingRule.objects.get(name="大手")
    assert (rule.leg, rule.condition, rule.to_user, rule.to_team) == (LEG, BIG, people.otto, None)
    assert names()[-1] == "大手"
    post("settings-route-act", rule.pk, "earlier")
    assert names()[0] == "大手"

    offered = stories.offered(people, company=factories.company(employee_count=100))

    assert offered.assigned_to == people.otto
    kinds = Event.objects.filter(kind__startswith="routing_rule").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["routing_rule.changed", "routing_rule.moved"]


def test_a_rule_moves_within_its_leg_alone(people):
    other = RoutingRule.objects.create(leg=Leg.INSIDE_TO_FIELD, name="別の区間", to_team=people.field)
    first, second = names()[0], make(people, "二番目")
    routing_rules.move(rule=second, earlier=True, by=people.ada, at=NOON)
    assert names() == ["二番目", first]
    routing_rules.move(rule=second, earlier=True, by=people.ada, at=NOON)
    assert names() == ["二番目", first]
    assert names(other.leg) == ["別の区間"]


def test_a_rule_is_changed_and_deleted(post, people):
    rule = make(people, "大手", condition=BIG)
    post("settings-route", rule.pk, name="中堅", condition="", to=f"team:{people.field.pk}")
    rule.refresh_from_db()
    assert (rule.name, rule.condition, rule.to_team) == ("中堅", None, people.field)
    post("settings-route-act", rule.pk, "delete")
    assert "中堅" not in names()
    assert Event.objects.get(kind="routing_rule.deleted").detail.old["name"] == "中堅"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"to": ""}, "This field is required."),
        ({"name": "大手"}, "Another rule has this name."),
        ({"condition": json.dumps(BIG | {"field": "custom.none"})}, "custom.none"),
    ],
)
def test_what_makes_no_rule_is_told_and_nothing_is_kept(post, people, wrong, told):
    make(people, "大手")
    values = {"name": "新規", "condition": "", "to": f"team:{people.field.pk}"}
    answer = post("settings-route-new", LEG, **(values | wrong))
    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert RoutingRule.objects.count() == 2


def test_nobody_is_named_who_does_not_receive_on_the_leg(people):
    for wrong in (people.marketing, people.mia):
        with pytest.raises(routing_rules.BadRoute) as refused:
            make(people, "誤り", to=wrong)
        assert [fault.field for fault in refused.value.errors] == ["to"]


def test_a_rule_can_be_reworded_after_its_receiver_left(people):
    rule = make(people, "大手", to=people.otto)
    people.otto.is_active = False
    people.otto.save()
    values = {"leg": LEG, "condition": None, "to": people.otto}
    assert routing_rules.keep(rule=rule, name="改名", **values, by=people.ada, at=NOON).name == "改名"


def test_a_leg_that_is_not_in_use_takes_no_rule(post, people):
    assert post("settings-route-new", Leg.INSIDE_TO_FIELD, name="新規", to="").status_code == 404
    with pytest.raises(routing_rules.BadRoute):
        make(people, "新規", leg=Leg.MARKETING_TO_INSIDE, to=people.inside)


def test_only_an_administrator_changes_the_rules(client, people):
    rule = RoutingRule.objects.get()
    with pytest.raises(Forbidden):
        routing_rules.delete(rule=rule, by=people.mia, at=NOON)
    client.force_login(people.maki)
    assert client.post(reverse("settings-route-act", args=[rule.pk, "delete"])).status_code == 403
    assert client.get(LIST, {"q": "田中"}).status_code == 403
    assert RoutingRule.objects.exists()


def test_a_rule_behind_one_that_takes_all_leads_is_marked(look, people):
    page = look().content.decode()
    assert "never reached" not in page
    make(people, "大手", condition=BIG)
    assert look().content.decode().count("never reached") == 1


def test_a_rule_whose_team_was_closed_takes_no_lead_and_is_marked(look, people):
    closed, (_first,) = make(people, "閉じた課", to=people.other_field), RoutingRule.objects.exclude(name="閉じた課")
    routing_rules.move(rule=closed, earlier=True, by=people.ada, at=NOON)
    people.other_field.is_active = False
    people.other_field.save()
    HandoffRule.objects.all().delete()

    page = look().content.decode()

    assert page.count("passed over: they no longer receive on this leg") == 1
    assert "never reached" not in page
    assert stories.offered(people).team == people.field


def test_a_handoff_rule_from_the_time_of_one_leg_sends_nobody_past_inside_sales(people):
    HandoffRule.objects.update(to_team=people.other_field)
    organization(preset="mid")
    receiver = routing.rehearse(lead=stories.lead(), leg=Leg.MARKETING_TO_INSIDE, at=NOON)
    assert (receiver.team, receiver.user) == (people.inside, people.isao)


def guess(look, lead):
    found = {one.lead.pk: one for one in look(lead.last_name).context["guesses"]}[lead.pk]
    return found.to, found.because


def test_who_would_get_a_lead_is_who_gets_it_and_asking_moves_nothing(look, people):
    HandoffRule.objects.all().delete()
    lead = stories.lead(last_name="黒川")
    asked = [guess(look, lead) for _time in range(3)]
    assert asked == [(people.sato.name, "by the routing rule “営業1部”")] * 3
    assert not RoutingPointer.objects.exists()
    assert not Handoff.objects.exists()
    receiver = routing.route(lead=lead, leg=LEG, at=NOON)
    assert receiver.user.name == asked[0][0]


def test_each_reason_is_told(look, people):
    lead = stories.lead(last_name="黒川", company=factories.company(employee_count=10))
    HandoffRule.objects.update(to_user=people.otto)
    assert guess(look, lead) == (people.otto.name, "by the handoff rule “Hand over once the criteria are met”")
    HandoffRule.objects.all().delete()
    RoutingRule.objects.all().delete()
    assert guess(look, lead) == (people.sato.name, "no rule applies, next in turn")
    Absence.objects.create(user=people.sato, starts_on=NOON.date(), ends_on=NOON.date())
    assert guess(look, lead)[1] == "nobody there is available with capacity, so it waits in the queue"
    Absence.objects.all().delete()
    stories.accepted(people, to=people.sato, company=lead.company)
    assert guess(look, lead) == (people.sato.name, "last accepted a lead from this company")


def test_a_lead_that_nobody_hands_over_or_receives_says_so(look, people):
    won = stories.lead(last_name="白石")
    type(won).objects.filter(pk=won.pk).update(stage="won")
    assert guess(look, won) == ("", "not handed over from this stage")
    lead = stories.lead(last_name="黒川")
    RoutingRule.objects.all().delete()
    HandoffRule.objects.all().delete()
    for team in (people.field, people.other_field):
        team.is_active = False
        team.save()
    assert guess(look, lead)[0] == ""
    assert "No team receives on this leg yet." in look().content.decode()
    assert "No lead is found by these words." in look("居ない人").content.decode()


def test_a_lead_that_waits_for_an_answer_says_with_whom(look, people):
    handoff = stories.offered(people, to=people.otto, last_name="黒川")
    assert guess(look, handoff.lead) == (people.otto.name, "already handed over, waiting for an answer")


def test_the_page_asks_for_five_leads_at_most(look, people, django_assert_max_num_queries):
    for _lead in range(8):
        stories.lead(last_name="黒川")
    look()
    with django_assert_max_num_queries(110):
        answer = look("黒川")
    assert len(answer.context["guesses"]) == 5
    assert "Only the newest five are shown." in answer.content.decode()
    assert "Only the newest five" not in look("居ない人").content.decode()


def test_a_rule_leads_to_the_first_open_team_of_its_person(people):
    rules = [make(people, "人", to=people.otto), make(people, "チーム", to=people.field)]
    assert receivers.teams_of_rules(rules, LEG) == [people.other_field, people.field]
    Membership.objects.create(user=people.otto, team=people.field)
    first = min(people.field, people.other_field, key=lambda team: team.pk)
    assert receivers.teams_of_rules(rules, LEG) == [first, people.field]
    type(first).objects.filter(pk=first.pk).update(is_active=False)
    rules = list(RoutingRule.objects.filter(pk__in=[rule.pk for rule in rules]).order_by("pk"))
    assert receivers.teams_of_rules(rules, LEG) == [people.other_field, None]
    assert [receivers.team_of_rule(rule, LEG) for rule in rules] == [people.other_field, None]


def test_a_rule_that_was_deleted_meanwhile_is_neither_changed_nor_made_anew(people):
    rule = make(people, "消える")
    RoutingRule.objects.filter(pk=rule.pk).delete()
    before, who = names(), {"by": people.ada, "at": NOON}
    values = {"leg": LEG, "name": "改名", "condition": None, "to": people.field}
    for change in (
        lambda: routing_rules.keep(rule=rule, **values, **who),
        lambda: routing_rules.move(rule=rule, earlier=True, **who),
        lambda: routing_rules.delete(rule=rule, **who),
    ):
        with pytest.raises(rule_order.RuleGone):
            change()
    assert names() == before


def test_a_button_beside_a_rule_that_was_deleted_meanwhile_says_so(post, client, people):
    rule = make(people, "消える")
    for _time in range(2):  # pressed twice
        answer = post("settings-route-act", rule.pk, "delete")
        assert answer.status_code == 302
    assert "This rule was deleted in the meantime." in client.get(LIST).content.decode()


def test_the_page_costs_as_much_however_many_rules_there_are(look, people, django_assert_num_queries):
    make(people, "大手", condition=BIG)
    make(people, "大手の担当", condition=BIG, to=people.otto)
    look()
    with CaptureQueriesContext(connection) as one:
        look()
    for number, to in enumerate([people.other_field, people.otto, people.sato] * 2):
        make(people, f"大手{number}", condition=BIG, to=to)
    with django_assert_num_queries(len(one)):
        look()


def test_a_new_rule_is_tried_last_after_others_were_deleted(people):
    for name in ("一", "二", "三"):
        make(people, name)
    for rule in RoutingRule.objects.exclude(name="三"):
        routing_rules.delete(rule=rule, by=people.ada, at=NOON)
    make(people, "四")
    assert names() == ["三", "四"]


@pytest.mark.parametrize(("verb", "at", "moved"), [("earlier", 2, "一三二"), ("later", 0, "二一三")])
def test_one_press_is_one_move_however_often_it_is_sent(look, post, people, verb, at, moved):
    RoutingRule.objects.all().delete()
    rules = [make(people, name) for name in "一二三"]
    page = look().content.decode()
    past = page.partition(f'action="{reverse("settings-route-act", args=[rules[at].pk, verb])}"')[2]
    past = past.partition('name="past" value="')[2].partition('"')[0]
    for _time in range(2):
        post("settings-route-act", rules[at].pk, verb, past=past)
    assert names() == list(moved)


def test_who_saw_another_rule_beside_it_is_told_instead(client, post, people):
    RoutingRule.objects.all().delete()
    rules = [make(people, name) for name in "一二三"]
    for past in (rules[0].pk, rules[2].pk + 1):
        post("settings-route-act", rules[2].pk, "earlier", past=past)
        page = client.get(LIST).content.decode()
        assert "The order has changed in the meantime. Check it, then try again." in page
    assert names() == list("一二三")

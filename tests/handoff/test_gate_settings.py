"""Gates as an administrator sets them: what is kept, what is refused, and what the gate then does."""

import json
from functools import partial

import pytest
from django.urls import reverse
from django.utils import translation

from handoff.domain import presets
from handoff.domain.questions import SQL_REQUIRED
from handoff.models import Gate
from handoff.queries import gate_words, gates
from handoff.services import gate_settings
from handoff.web.settings import panels
from journal.errors import Forbidden
from journal.models import Event
from leads.queries import conditions
from scoring.models import RecomputeRun
from tests import cast, factories
from tests.at_once import all_well, at_once
from tests.cast import NOON, organization
from tests.handoff import posting, stories

pytestmark = pytest.mark.django_db

BIG = {"field": "company.employee_count", "op": "gte", "value": 100}
NEED = {"mode": "block", "condition": "", "item": ["need"]}


@pytest.fixture
def people():
    return stories.mid()


@pytest.fixture
def page(client, people):
    post = posting.by(people.ada, client)
    return lambda kind, values: post("settings-gate", kind, values=values)


def gate(kind):
    return Gate.objects.get(kind=kind)


def test_what_is_kept_is_what_the_next_offer_asks_for(page):
    values = {"mode": "block", "condition": json.dumps(BIG), "item": ["phase"], "of0": ["need", "budget"], "least0": 2}
    assert page("sql", values).status_code == 302

    state = gates.check(factories.lead(company=factories.company(employee_count=99)), Gate.Kind.SQL, at=NOON)

    assert state.blocks
    assert [lack.code for lack in state.lacks] == ["condition", "phase", "any"]
    assert gate("sql").required == [{"item": "phase"}, {"of": ["need", "budget"], "at_least": 2}]


def test_a_gate_that_is_saved_as_it_was_changes_nothing(page, client):
    form = client.get(reverse("settings-gate", args=["sql"])).context["form"]
    given = {name: value for name, value in form.initial.items() if value}
    assert page("sql", given).status_code == 302
    assert gate("sql").required == list(SQL_REQUIRED)
    assert not Event.objects.filter(kind="gate.changed").exists()


def test_the_items_that_stay_keep_the_order_in_which_they_are_asked(page):
    given = {"mode": "block", "item": ["phase", "need", "decision_process"], "of0": ["budget", "need"], "least0": 1}
    page("sql", given)
    assert gate("sql").required == [
        {"item": "need"},
        {"item": "decision_process"},
        {"item": "phase"},
        {"of": ["budget", "need"], "at_least": 1},
    ]


def test_a_second_group_is_asked_for_beside_the_first(page):
    given = {"mode": "warn", "of0": ["need", "budget"], "least0": 1, "of1": ["phase", "challenge"], "least1": 2}
    page("sql", given)
    assert gate("sql").required == [
        {"of": ["need", "budget"], "at_least": 1},
        {"of": ["phase", "challenge"], "at_least": 2},
    ]


def test_the_change_is_told_in_the_journal_with_what_it_was(page, people):
    page("sql", NEED)
    event = Event.objects.get(kind="gate.changed")
    assert (event.actor_id, event.data) == (people.ada.pk, {"kind": "sql"})
    assert event.detail.old["required"] == list(SQL_REQUIRED)
    assert event.detail.new == {"mode": "block", "condition": None, "required": [{"item": "need"}]}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"of0": ["need"], "least0": 1}, "A group needs at least two items."),
        ({"of0": ["need", "budget"], "least0": ""}, "Enter how many of the 2 chosen items must be known: 1 to 2."),
        ({"of0": ["need", "budget"], "least0": 3}, "Enter how many of the 2 chosen items must be known: 1 to 2."),
        (
            {"of0": ["need", "budget"], "least0": 1, "of1": ["need", "budget"], "least1": 1},
            "The same items are asked for twice.",
        ),
        ({"mode": "maybe"}, "maybe is not one of the available choices"),
        ({"item": ["shoe_size"]}, "shoe_size is not one of the available choices"),
        ({"condition": "{"}, "This is not valid JSON."),
        ({"condition": '{"\\ud800": 1}'}, "This holds a character that cannot be stored."),
        ({"condition": json.dumps(BIG | {"field": "custom.none"})}, "custom.none"),
    ],
)
def test_what_makes_no_gate_is_told_and_nothing_is_kept(page, wrong, told):
    before = Gate.objects.values().get(kind="sql")
    answer = page("sql", NEED | wrong)
    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert Gate.objects.values().get(kind="sql") == before


def test_the_service_refuses_what_no_form_sends(people):
    entries = [{"item": "shoe_size"}, {"of": ["need", "need"], "at_least": 1}, {"of": ["need", "x"], "at_least": 1}, {}]
    with pytest.raises(gate_settings.BadGate) as refused:
        gate_settings.change(kind="sal", mode="sometimes", condition={}, required=entries, by=people.ada, at=NOON)
    assert [fault.field for fault in refused.value.errors] == [
        "kind",
        "mode",
        "required[0]",
        "required[1]",
        "required[2]",
        "required[3]",
    ]


def test_only_an_administrator_changes_a_gate(client, people):
    for person in (people.mia, people.maki):
        with pytest.raises(Forbidden):
            gate_settings.change(kind="sql", mode="off", condition=None, required=[], by=person, at=NOON)
    client.force_login(people.maki)
    assert client.post(reverse("settings-gate", args=["sql"]), NEED).status_code == 403
    assert gate("sql").mode == "block"


@pytest.mark.parametrize(
    ("kind", "example"), [("mql", presets.MQL_EXAMPLE), ("sql", presets.SAL_EXAMPLE)], ids=["AR-43", "AR-44"]
)
def test_the_shipped_example_is_one_click_away_and_kept_only_when_saved(page, kind, example):
    before = Gate.objects.values().get(kind=kind)
    answer = page(kind, NEED | {"example": "1"})
    builder = answer.context["builder"]
    assert answer.status_code == 200
    assert json.loads(builder.text) == example
    assert 'value="need" aria-label="Need: Required" checked' in answer.content.decode()
    assert Gate.objects.values().get(kind=kind) == before
    page(kind, NEED | {"condition": builder.text})
    assert gate(kind).condition == example


def test_a_looser_mql_gate_finds_the_leads_it_lets_in(page):
    page("mql", {"mode": "block", "condition": json.dumps(BIG)})
    assert RecomputeRun.objects.count() == 1
    page("mql", {"mode": "warn", "condition": json.dumps(BIG), "item": ["need"]})
    assert RecomputeRun.objects.count() == 1  # eligible asks for the condition alone
    page("mql", {"mode": "off", "condition": json.dumps(BIG)})
    assert RecomputeRun.objects.count() == 2


def test_a_gate_that_was_never_set_up_is_off_and_can_be_set(page, client):
    Gate.objects.all().delete()
    assert "Off" in client.get(reverse("settings-gates")).content.decode()
    page("sql", NEED)
    assert gate("sql").required == [{"item": "need"}]


def test_there_is_no_third_gate(page):
    assert page("sal", NEED).status_code == 404


def test_the_settings_page_and_the_workflow_page_say_what_the_gates_do_now(page, client):
    page("sql", {"mode": "warn", "of0": ["phase", "challenge"], "least0": 1})
    sentence = "1 of Phase / Challenge; otherwise a warning"
    for name in ("settings-gates", "workflow"):
        assert sentence in client.get(reverse(name)).content.decode()
    assert "SQL gate: Warns" in client.get(reverse("settings")).content.decode()


@pytest.mark.parametrize(
    ("kind", "mode", "condition", "required", "said"),
    [
        ("mql", "off", BIG, [], "Off"),
        ("mql", "block", None, [], "Nothing"),
        ("mql", "block", None, [{"item": "need"}], "Need; otherwise a warning"),
        ("mql", "block", BIG, [], "%s; otherwise not handed over"),
        ("mql", "block", BIG, [{"item": "need"}], "%s; otherwise not handed over; Need; otherwise a warning"),
        ("mql", "warn", BIG, [{"item": "need"}], "%s, Need; otherwise a warning"),
        ("sql", "block", None, [{"item": "need"}], "Need; otherwise not handed over"),
    ],
)
def test_a_gate_is_said_as_it_acts(people, kind, mode, condition, required, said):
    row = Gate(kind=kind, mode=mode, condition=condition, required=required)
    with translation.override("en"):
        wanted = conditions.said(BIG)
        assert gate_words.said(row) == (said % wanted if "%s" in said else said)


def test_with_one_leg_the_sql_gate_is_said_to_warn():
    stories.small()
    row = Gate(kind="sql", mode="block", required=[{"item": "need"}])
    with translation.override("en"):
        assert gate_words.said(row) == "Need; otherwise a warning"


@pytest.mark.django_db(transaction=True)
def test_a_gate_that_was_never_set_up_is_set_up_once_by_two_at_once():
    organization()
    values = {"condition": None, "required": [], "by": None, "at": NOON}
    jobs = [partial(gate_settings.change, kind="sql", mode=mode, **values) for mode in ("warn", "block")]
    all_well(at_once(*jobs))
    assert Gate.objects.count() == 1


def test_a_gate_changed_meanwhile_is_told_and_what_was_typed_stays(page, client, people):
    version = gate("sql").version
    form = client.get(reverse("settings-gate", args=["sql"])).content.decode()
    assert f'name="version" value="{version}"' in form
    bob = cast.person("bob", "坊", "", ["admin"])
    gate_settings.change(kind="sql", mode="warn", condition=None, required=[{"item": "budget"}], by=bob, at=NOON)
    answer = page("sql", NEED | {"version": version})
    said = answer.content.decode()
    assert answer.status_code == 400
    assert "Not saved yet: 坊 changed this" in said
    assert "Budget; otherwise a warning" in said
    assert 'value="need" aria-label="Need: Required" checked' in said
    assert gate("sql").required == [{"item": "budget"}]
    assert f'name="version" value="{version + 1}"' in said
    assert page("sql", NEED | {"version": version + 1}).status_code == 302
    assert gate("sql").required == [{"item": "need"}]


def test_the_same_gate_saved_twice_is_no_quarrel(page):
    version = gate("sql").version
    assert [page("sql", NEED | {"version": version}).status_code for _ in range(2)] == [302, 302]


def test_a_gate_that_is_set_up_by_two_is_told_too(page):
    Gate.objects.all().delete()
    assert page("sql", NEED | {"version": 0}).status_code == 302
    assert page("sql", NEED | {"version": 0, "item": ["budget"]}).status_code == 400


def test_the_settings_say_of_a_gate_that_asks_for_nothing_that_it_does_nothing(db):
    stories.small()
    Gate.objects.filter(kind="mql").update(mode="warn", condition=None, required=[])

    assert panels.gates_now(NOON).startswith("MQLの基準：なし")

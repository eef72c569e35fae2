"""Gates: shipped examples, what is missing, and what the small preset lets pass."""

import pytest
from django.contrib.messages import get_messages
from django.utils import translation

from handoff.domain import presets, questions
from handoff.models import Gate
from handoff.queries import gates
from journal import clock
from leads.queries import conditions
from leads.services import activities
from tests import factories
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db
DAY = NOON.date()


@pytest.fixture
def small():
    return stories.small()


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        ({}, ["need", "timeframe", "any", "decision_process"]),
        ({"need": "a", "timeframe": "b", "decision_process": "c"}, []),
        ({"need": "a", "timeframe": "b"}, ["decision_process"]),
        ({"budget": "a", "authority": "b", "decision_process": "c"}, ["need", "timeframe"]),
    ],
)
def test_ar_37_the_sql_gate_asks_for_need_timeframe_two_of_bant_and_the_process(known, missing):
    assert [lack.name for lack in questions.missing(questions.SQL_REQUIRED, known)] == missing


def qualified_by_example(**changes):
    values = {"title": "生産管理部 部長", "company": factories.company(employee_count=changes.pop("employees", 100))}
    lead = factories.lead(**values | changes)
    for content in ("導入事例", "機能比較表"):
        activities.record(lead=lead, type="document_download", content=content, occurred_at=NOON, by=None, at=NOON)
    for _visit in range(3):
        activities.record(lead=lead, type="site_visit", occurred_at=NOON, by=None, at=NOON)
    return lead


def test_ar_43_the_shipped_mql_condition_holds_at_its_edge_and_not_below(small):
    assert conditions.matches(presets.MQL_EXAMPLE, qualified_by_example(), on=DAY)
    assert not conditions.matches(presets.MQL_EXAMPLE, qualified_by_example(employees=99), on=DAY)
    assert not conditions.matches(presets.MQL_EXAMPLE, qualified_by_example(title="担当"), on=DAY)


def test_ar_44_the_shipped_sal_condition_wants_budget_authority_need_and_fit(small):
    lead = stories.qualified(factories.lead(title="課長"), by=small.isao, at=NOON, budget="450万円")
    assert conditions.matches(presets.SAL_EXAMPLE, lead, on=DAY)

    without = stories.qualified(factories.lead(title="課長"), by=small.isao, at=NOON, budget="")
    assert not conditions.matches(presets.SAL_EXAMPLE, without, on=DAY)


def test_ar_28_with_one_leg_the_decision_process_is_a_warning_at_the_opportunity(small):
    lead = stories.qualified(factories.lead(), by=small.isao, at=NOON, decision_process="")

    assert [lack.code for lack in gates.opportunity_warnings(lead, at=NOON)] == ["decision_process"]
    assert not gates.check(lead, Gate.Kind.SQL, at=NOON).blocks


def test_the_small_preset_s_mql_gate_is_empty(small):
    state = gates.check(factories.lead(email=""), Gate.Kind.MQL, at=NOON)

    assert state.holds


def test_a_gate_that_is_off_asks_for_nothing(small):
    Gate.objects.update(mode="off", required=[{"item": "need"}])

    assert gates.check(factories.lead(), Gate.Kind.SQL, at=NOON).lacks == ()


def test_ar_28_the_warning_is_told_when_the_opportunity_is_reported(client, small):
    handoff = stories.accepted(small, to=small.sato)
    client.force_login(small.sato)

    with clock.frozen(NOON):
        answer = client.post(f"/handoffs/{handoff.pk}/feedback/", {"result": "opportunity"})

    told = [str(message) for message in get_messages(answer.wsgi_request)]
    assert stories.fresh(handoff.lead).stage == "opportunity"
    assert any(str(questions.ITEMS["decision_process"].label) in text for text in told)


def test_what_a_gate_asks_for_is_written_as_the_language_does():
    lack = gates.Lack("need", "必要性", "何のために、なぜ今必要ですか")
    told = {}
    for language in ("ja", "en"):
        with translation.override(language):
            told[language] = lack.as_error().message
    assert told == {"ja": "必要性：何のために、なぜ今必要ですか", "en": "必要性: 何のために、なぜ今必要ですか"}

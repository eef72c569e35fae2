"""The form and the deals, as people use them."""

import re
from datetime import timedelta

import pytest

from accounts.models import User
from feedback.models import Feedback, Opportunity
from feedback.services import feedback
from feedback.web.forms import ResultForm
from journal.clock import frozen
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


@pytest.fixture
def people():
    return stories.small()


@pytest.fixture
def handoff(people):
    return stories.accepted(people, to=people.sato, company={"name": "東浜精工株式会社"})


def send(client, url, values):
    with frozen(LATER):
        return client.post(url, values)


@pytest.mark.parametrize(("language", "title"), [("ja", "結果を報告する"), ("en", "Report the result")])
def test_ar_19_the_form_has_five_inputs(people, handoff, client, language, title):
    User.objects.update(language=language)
    client.force_login(people.sato)

    page = client.get(f"/handoffs/{handoff.pk}/feedback/?result=won").content.decode()

    assert title in page
    names = {name for name in ("result", "reason", "next_action_on", "quality", "comment") if f'name="{name}"' in page}
    assert len(names) == 5
    assert re.search(r'<input[^>]*value="won"[^>]* checked', page)


def test_one_choice_and_one_press_are_enough(people, handoff, client):
    client.force_login(people.sato)

    answer = send(client, f"/handoffs/{handoff.pk}/feedback/", {"result": "opportunity"})

    deal = Opportunity.objects.get()
    assert answer.headers["Location"] == f"/opportunities/{deal.pk}/"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "「商談化」を記録しました。\N{ZERO WIDTH SPACE}次の行動は" in page, "no blank between Japanese sentences"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ja", "「失注」を記録しました。\N{ZERO WIDTH SPACE}2027/5/19(水)に再び候補になります。"),
        (
            "en",
            "Recorded: Lost. It is reviewed again from Wed\N{NO-BREAK SPACE}19\N{NO-BREAK SPACE}May\N{NO-BREAK SPACE}2027.",
        ),
    ],
)
def test_after_a_loss_the_toast_tells_the_day_on_which_the_lead_is_a_candidate_again(
    people, handoff, client, language, told
):
    User.objects.update(language=language)
    client.force_login(people.sato)

    with frozen(LATER):
        sent = {"result": "lost", "reason": "budget"}
        page = client.post(f"/handoffs/{handoff.pk}/feedback/", sent, follow=True).content.decode()

    assert told in page


def test_a_reason_chosen_before_another_result_is_dropped(people, handoff, client):
    client.force_login(people.sato)

    send(client, f"/handoffs/{handoff.pk}/feedback/", {"result": "won", "reason": "budget"})

    assert Feedback.objects.get().reason == ""


def test_a_missing_reason_is_said_beside_its_field(people, handoff, client):
    client.force_login(people.sato)

    answer = send(client, f"/handoffs/{handoff.pk}/feedback/", {"result": "lost"})

    assert answer.status_code == 400
    assert "失注の理由を選んでください。" in answer.content.decode()


def test_f_8_two_presses_make_one_report(people, handoff, client):
    client.force_login(people.sato)
    for _ in range(2):
        send(client, f"/handoffs/{handoff.pk}/feedback/", {"result": "considering", "quality": "3"})

    assert Feedback.objects.count() == 1


def test_others_may_not(people, handoff, client):
    client.force_login(people.otto)
    assert client.get(f"/handoffs/{handoff.pk}/feedback/").status_code == 404
    client.force_login(people.mia)
    assert client.get(f"/handoffs/{handoff.pk}/feedback/").status_code == 403


def test_the_amount_is_asked_on_the_deal(people, handoff, client):
    client.force_login(people.sato)
    given = feedback.give(handoff=handoff, result="opportunity", by=people.sato, at=LATER)
    deal = Opportunity.objects.get()

    answer = send(client, f"/opportunities/{deal.pk}/", {"amount": "1200000", "result": ""})

    assert answer.status_code == 302
    deal.refresh_from_db()
    assert deal.amount == 1_200_000
    assert "120万円" in client.get("/opportunities/").content.decode()
    assert given.handoff_id == deal.handoff_id


def test_a_deal_of_ones_own_is_recorded_on_the_lead(people, client):
    lead = stories.lead()
    client.force_login(people.sato)
    assert client.get(f"/leads/{lead.pk}/opportunity/").status_code == 200

    send(client, f"/leads/{lead.pk}/opportunity/", {"source": "referral", "amount": "500000"})

    assert list(Opportunity.objects.values_list("source", "lead")) == [("referral", lead.pk)]


def test_ar_16_a_list_shows_handling_result_and_comment(people, handoff, client):
    client.force_login(people.sato)
    assert "未対応" in client.get("/results/").content.decode()
    feedback.give(handoff=handoff, result="lost", reason="budget", comment="来期に再提案", by=people.sato, at=LATER)

    page = client.get("/results/").content.decode()

    for word in ("対応状況", "結果あり", "失注", "予算", "来期に再提案", "東浜精工株式会社"):
        assert word in page


def test_the_list_of_results_costs_a_constant_number_of_queries(people, client, django_assert_max_num_queries):
    for _ in range(6):
        stories.accepted(people, to=people.sato)
    client.force_login(people.sato)
    client.get("/results/")

    with django_assert_max_num_queries(16):
        client.get("/results/")


def test_the_toast_says_once_that_the_next_action_is_owed(people, client):
    handoff = stories.accepted(people, to=people.sato)
    client.force_login(people.sato)
    with frozen(NOON):
        sent = {"result": "considering", "reason": "timing", "quality": "4", "next_action_on": "2026-12-03"}
        page = client.post(f"/handoffs/{handoff.pk}/feedback/", sent, follow=True).content.decode()
    assert "次の行動は" in page
    assert "次は" not in page


def test_the_form_says_when_a_lead_that_considers_is_followed_up(people, handoff, client, monkeypatch):
    monkeypatch.setattr(ResultForm, "considering_days", 21)
    client.force_login(people.sato)

    assert "21日後" in client.get(f"/handoffs/{handoff.pk}/feedback/?result=considering").content.decode()


def test_a_lead_s_handoffs_and_the_handoff_s_page_tell_the_latest_result_and_lead_to_correct_it(
    people, handoff, client, django_assert_max_num_queries
):
    feedback.give(handoff=handoff, result="opportunity", by=people.sato, at=NOON)
    feedback.give(handoff=handoff, result="lost", reason="budget", by=people.sato, at=LATER)
    correct = f'href="/handoffs/{handoff.pk}/feedback/"'
    client.force_login(people.sato)

    with django_assert_max_num_queries(14):
        panel = client.get(f"/leads/{handoff.lead_id}/handoffs/").content.decode()
    page = client.get(f"/handoffs/{handoff.pk}/").content.decode()

    for text in (panel, page):
        assert "失注" in text
        assert "予算" in text
        assert "商談化 " not in text
    assert correct in page
    client.force_login(people.mia)
    seen = client.get(f"/handoffs/{handoff.pk}/").content.decode()
    assert "失注" in seen
    assert correct not in seen


@pytest.mark.parametrize("field", ["next_action_on", "happened_on"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_that_is_too_far_away_is_refused_beside_its_field(people, handoff, client, field, day):
    client.force_login(people.sato)

    answer = send(
        client, f"/handoffs/{handoff.pk}/feedback/", {"result": "considering", "reason": "timing", field: day}
    )

    assert answer.status_code == 422
    assert "1900年から2200年までの日付" in answer.content.decode()
    assert not handoff.feedbacks.exists()

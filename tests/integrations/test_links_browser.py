"""Signed links as a browser follows them, which nobody is signed in to."""

from urllib.parse import urlsplit

import pytest

from handoff.models import Handoff
from integrations.domain.link_actions import Action
from integrations.models import SignedLink
from integrations.services import links
from journal import clock
from leads.models import ActivityType
from tests.factories import standard_rows
from tests.handoff import stories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("action", "button", "state", "shown"),
    [
        (Action.ACCEPT, "受諾", "accepted", "商談準備シートを見る"),
        (Action.REJECT, "時期が先", "rejected", "差し戻す"),
        (Action.SHEET, "商談準備シートを見る", "offered", "確かめること"),
    ],
)
def test_the_button_behind_a_link_is_pressed_in_a_browser(chrome, live_server, action, button, state, shown):
    people, at = stories.mid(), clock.now()
    handoff = stories.offered(people, at=at, to=people.isao)
    link = links.issue(user=people.isao, key="mail", handoff=handoff, action=action, at=at)
    context = chrome.new_context(locale="ja-JP")
    page = context.new_page()

    page.goto(f"{live_server.url}{urlsplit(link).path}")
    assert not SignedLink.objects.filter(used_at__isnull=False).exists()
    with page.expect_navigation() as pressed:
        page.get_by_role("button", name=button).click()
    assert pressed.value.status == 200
    assert shown in page.inner_text("main")
    assert Handoff.objects.get(pk=handoff.pk).state == state
    assert SignedLink.objects.get(action=action).used_at is not None
    context.close()


def test_accepting_and_the_first_contact_are_two_presses_in_a_browser(chrome, live_server):
    ActivityType.objects.bulk_create(standard_rows(), ignore_conflicts=True)  # an emptied database has lost them
    people, at = stories.mid(), clock.now()
    handoff = stories.offered(people, at=at, to=people.isao)
    link = links.issue(user=people.isao, key="mail", handoff=handoff, action=Action.ACCEPT, at=at)
    context = chrome.new_context(locale="ja-JP")
    page = context.new_page()

    page.goto(f"{live_server.url}{urlsplit(link).path}")
    page.get_by_role("button", name="受諾").click()
    page.get_by_role("link", name="初回連絡を記録").click()
    page.get_by_role("radio", name="メール").check()
    assert page.get_by_role("button", name="返信あり").is_visible(), "an email is sent and replied to"
    assert not page.get_by_role("button", name="話せた").is_visible()
    page.get_by_role("radio", name="電話").check()
    with page.expect_navigation() as pressed:
        page.get_by_role("button", name="話せた").click()
    assert pressed.value.status == 200
    assert "連絡を記録しました" in page.inner_text("main")
    assert Handoff.objects.get(pk=handoff.pk).contact_result == "talked"
    context.close()

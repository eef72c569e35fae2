"""Two reps see one lead in their team's queue and accept at the same moment: one gets it, the other is told who."""

import pytest
from playwright.sync_api import expect

from accounts.models import Membership
from handoff.models import Handoff
from handoff.services import handoffs
from journal import clock
from leads.services import leads
from tests.machine import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.timeout(300)]


def test_two_reps_accept_at_once(office):
    sato, otto = office.rep("sato", "佐藤", "翔太"), office.rep("otto", "大戸", "圭")
    Membership.objects.filter(user__in=[sato, otto]).update(capacity=0)  # nobody has room: it waits in the queue
    values = {
        "last_name": "大西",
        "first_name": "隆",
        "email": "onishi@harimano.example",
        "company": {"name": "播磨野メタル"},
    }
    lead = leads.create(values=values, by=office.mia, at=clock.now())
    handoffs.offer(lead=lead, by=office.mia, at=clock.now(), reason="展示会で強い関心")
    assert Handoff.objects.get(lead=lead).assigned_to is None

    pages = {person: office.sign_in(key) for key, person in (("sato", sato), ("otto", otto))}
    for page in pages.values():
        page.goto(f"{office.address}/inbox/")
        expect(page.locator(".hf-task")).to_contain_text("大西 隆")
    for page in pages.values():
        # Both presses are on their way before either answer is there.
        page.locator(".hf-task form button[data-key=a]").evaluate("button => button.form.requestSubmit(button)")

    wait_until(lambda: Handoff.objects.get(lead=lead).state == "accepted", "one of them has it")
    winner = Handoff.objects.get(lead=lead).assigned_to
    loser_page = next(page for person, page in pages.items() if person != winner)
    expect(loser_page.get_by_text(winner.last_name).first).to_be_visible(timeout=20_000)
    expect(loser_page.locator(".hf-task")).to_have_count(0)
    assert Handoff.objects.filter(lead=lead).count() == 1

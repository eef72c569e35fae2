"""The same way in English, all of it on a phone: import, score, webinar, handover, accept, contact, result."""

import re

import pytest
from playwright.sync_api import expect

from handoff.models import Handoff
from leads.models import Lead
from tests.browser import story
from tests.machine import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.timeout(300)]
JAPANESE_FRAME = re.compile("受諾|差し戻|引き渡|取り込み|見落とし|期限")


def test_a_lead_goes_from_excel_to_a_win_on_a_phone(office, fits):
    sato = office.rep("sato", "佐藤", "翔太")
    mia = office.sign_in("mia", language="en", phone=True)
    mia.goto(f"{office.address}/imports/")
    fits(mia)
    mia.set_input_files("input[type=file]", story.sheet(story.TANAKA))
    mia.wait_for_url("**/columns/")
    fits(mia)
    mia.get_by_role("button", name="Show preview").click()
    mia.get_by_role("button", name=re.compile("^Import 1 row")).click()
    wait_until(lambda: Lead.objects.filter(last_name="田中一郎").exists(), "the row is a lead")
    lead = Lead.objects.get(last_name="田中一郎")

    story.attend_webinar(office.address, lead)
    wait_until(lambda: Handoff.objects.filter(lead=lead, assigned_to=sato).exists(), "the lead is handed over")
    mia.goto(f"{office.address}/leads/{lead.pk}/")
    expect(mia.locator(".hf-figure")).to_contain_text("40")
    fits(mia)

    phone = office.sign_in("sato", language="en", phone=True)
    for place in ("/", "/inbox/", "/leads/", "/gaps/", "/dashboard/", "/scoring/", "/notices/"):
        phone.goto(f"{office.address}{place}")
        fits(phone)
        assert not JAPANESE_FRAME.search(phone.inner_text("body")), place
    phone.goto(f"{office.address}/inbox/")
    phone.get_by_role("button", name="Accept", exact=True).click()
    wait_until(lambda: Lead.objects.get(pk=lead.pk).stage == "sal", "the lead is accepted")
    phone.goto(f"{office.address}/inbox/")
    phone.locator(".hf-task").get_by_text("Mark as contacted").click()
    phone.get_by_role("button", name=re.compile("^Spoke")).click()
    wait_until(lambda: Handoff.objects.get(lead=lead).first_contact_at, "the contact is noted")
    phone.goto(f"{office.address}/inbox/")
    phone.get_by_role("link", name="Report the result").click()
    phone.locator("label", has_text=re.compile("^Won$")).click()
    fits(phone)
    phone.get_by_role("button", name="Record result").click()
    wait_until(lambda: Lead.objects.get(pk=lead.pk).stage == "won", "the result is recorded")

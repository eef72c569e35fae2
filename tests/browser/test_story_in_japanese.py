"""One lead's whole way, in Japanese: Excel, score, webinar, MQL, handover, breach, phone, result, funnel."""

import re

import pytest
from playwright.sync_api import expect

from handoff.models import Alert, Handoff
from leads.models import Lead
from tests.browser import story
from tests.machine import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.timeout(300)]


def test_a_lead_goes_from_excel_to_the_funnel(office, fits):
    sato = office.rep("sato", "佐藤", "翔太")

    # Mia takes in the Excel sheet: 25 points, middle.
    mia = office.sign_in("mia")
    mia.goto(f"{office.address}/imports/")
    mia.set_input_files("input[type=file]", story.sheet(story.TANAKA))
    mia.wait_for_url("**/columns/")
    mia.get_by_role("button", name="内容を確かめる").click()
    mia.get_by_role("button", name="1行を取り込む").click()
    expect(mia.get_by_text("全1行の結果です。")).to_be_visible()
    lead = Lead.objects.get(last_name="田中一郎")
    wait_until(lambda: getattr(Lead.objects.get(pk=lead.pk), "score", None), "the score is there")
    mia.goto(f"{office.address}/leads/{lead.pk}/")
    expect(mia.get_by_role("heading", level=1)).to_contain_text("田中一郎")
    expect(mia.locator(".hf-figure")).to_have_text(re.compile(r"25\s*点"))
    fits(mia)

    # A webinar: 40 points, MQL, handed over to Sato by itself.
    story.attend_webinar(office.address, lead)
    wait_until(lambda: Handoff.objects.filter(lead=lead, assigned_to=sato).exists(), "the lead is handed over")
    mia.reload()
    expect(mia.locator(".hf-figure")).to_have_text(re.compile(r"40\s*点"))
    expect(mia.locator(".hf-steps .now")).to_contain_text("MQL")

    # Nobody answers: two warnings, then the breach, told to Sato and to the manager.
    story.let_everything_come_due()
    assert set(Alert.objects.values_list("kind", flat=True)) >= {"warning", "breach"}
    ada = office.sign_in("ada")
    ada.goto(f"{office.address}/notices/")
    expect(ada.get_by_text("田中一郎").first).to_be_visible()

    # Sato accepts on the phone, contacts, and reports the result.
    phone = office.sign_in("sato", phone=True)
    phone.goto(f"{office.address}/inbox/")
    expect(phone.locator(".hf-task")).to_contain_text("田中一郎")
    fits(phone)
    phone.get_by_role("button", name="受諾", exact=True).click()
    wait_until(lambda: Lead.objects.get(pk=lead.pk).stage == "sal", "the lead is accepted")
    phone.locator(".hf-task").get_by_text("連絡済みにする").click()
    phone.get_by_role("button", name=re.compile("^話せた")).click()
    wait_until(lambda: Handoff.objects.get(lead=lead).first_contact_at, "the contact is noted")
    phone.goto(f"{office.address}/inbox/")
    phone.get_by_role("link", name="結果を報告する").click()
    expect(phone.get_by_role("button", name="結果を記録する")).to_be_visible()
    fits(phone)
    phone.locator("label", has_text=re.compile("^商談化$")).click()
    phone.get_by_role("button", name="結果を記録する").click()
    wait_until(lambda: Lead.objects.get(pk=lead.pk).stage == "opportunity", "the result is recorded")

    # The funnel has moved.
    ada.goto(f"{office.address}/dashboard/")
    funnel = ada.locator(".hf-funnel").first
    expect(funnel).to_contain_text("商談")
    expect(funnel).to_contain_text("1")
    fits(ada)

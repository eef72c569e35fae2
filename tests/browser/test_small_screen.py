"""On a phone, in English as in Japanese: words stay whole, forms end with a button of the full width."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from accounts.models import User
from handoff.models import NurtureTrack
from handoff.services import policies, sla_agreements
from journal import clock
from leads.models import ActivityType
from leads.services import activities, import_runs, import_work
from tests.cast import NOON
from tests.factories import standard_rows
from tests.handoff import stories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FORMS = (
    *("/settings/reasons/new/", "/settings/fields/new/", "/settings/keys/", "/settings/calendar/", "/name/"),
    *("/leads/new/", "/leads/save/?stage=mql", "/leads/export/", "/settings/campaigns/new/"),
)
# The filled buttons that end a form, and are narrower than it.
NARROW = """() => [...document.querySelectorAll("main form .btn-primary[type=submit]")].filter(
    button => button.offsetWidth && button.offsetWidth < button.closest("form").clientWidth - 2).map(
    button => button.textContent.trim())"""
NARROW_ICONS = """() => [...document.querySelectorAll("main .btn-only")].filter(
    button => button.offsetWidth && (button.offsetWidth < 44 || button.offsetHeight < 44)).map(
    button => button.getAttribute("aria-label"))"""
LINES = """(words) => [...document.querySelectorAll(words)].map(
    word => Math.round(word.getBoundingClientRect().height / parseFloat(getComputedStyle(word).lineHeight)))"""
# From where to where a thumb that comes down meets this and nothing else.
THUMB = """part => {
    const box = part.getBoundingClientRect();
    const x = box.left + Math.min(box.width / 2, 40);
    let met = 0;
    for (let y = box.top - 20; y < box.bottom + 20; y++) met += part.contains(document.elementFromPoint(x, y));
    return met;
}"""
WIDE = "document.documentElement.scrollWidth > innerWidth"
TITLE = "在庫管理の基礎ガイドと導入の流れ"


@pytest.fixture(params=["ja", "en"])
def phone(request, chrome, live_server, settings):
    with clock.frozen(NOON):
        ActivityType.objects.bulk_create(standard_rows(), ignore_conflicts=True)  # an emptied database has lost them
        people = stories.small()
        User.objects.update(language=request.param)
        handoff = stories.offered(people, to=people.sato, channel="ウェビナー", at=NOON)
        activities.record(
            lead=stories.lead(), type="document_download", content=TITLE, occurred_at=NOON, by=people.mia, at=NOON
        )
        visitor = Client()
        visitor.force_login(people.ada)
        context = chrome.new_context(
            viewport={"width": 390, "height": 844},
            has_touch=True,
            locale="ja-JP" if request.param == "ja" else "en-GB",
        )
        session = visitor.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        shown = context.new_page()
        shown.handoff, shown.people = handoff, people
        shown.at = lambda address: shown.goto(f"{live_server.url}{address}")
        yield shown
        context.close()


def test_a_form_ends_with_a_button_as_wide_as_it(phone):
    for address in (*FORMS, f"/settings/people/{phone.people.sato.pk}/roles/", f"/absences/{phone.people.ada.pk}/"):
        assert phone.at(address).status == 200, address
        assert phone.locator("main form .btn-primary[type=submit]").count(), address
        assert phone.evaluate(NARROW) == [], address
        assert not phone.evaluate(WIDE), address


def test_a_button_with_only_an_icon_is_as_wide_as_a_thumb(phone):
    track = NurtureTrack.objects.order_by("pk").first()
    for address in ("/settings/calendar/", "/settings/routing/", f"/settings/nurture/{track.pk}/", "/inbox/"):
        phone.at(address)
        assert not phone.evaluate(NARROW_ICONS), address
        assert not phone.evaluate(WIDE), address


def test_the_names_of_days_stand_whole_below_the_month(phone):
    phone.at("/settings/calendar/")
    cells = "[...document.querySelectorAll('.hf-month td')].filter(cell => cell.scrollWidth > cell.clientWidth).length"
    assert phone.evaluate(cells) == 0
    assert phone.locator(".hf-month small.hf-hide-s").first.is_hidden()
    names = phone.locator(".hf-month-names li").all_inner_texts()
    assert len(names) == 2
    assert names[1].endswith(("Labor Thanksgiving Day", "勤労感謝の日"))


def test_a_title_has_a_line_of_its_own(phone):
    phone.at("/contents/")
    assert phone.locator("tbody th a").all_inner_texts() == [TITLE]
    assert phone.evaluate(LINES, "tbody th a") == [1]
    assert not phone.evaluate(WIDE)


def test_the_name_of_a_channel_has_a_line_of_its_own(phone):
    phone.at("/dashboard/?tab=channels&period=month")
    assert phone.locator(".is-titled tbody th", has_text="ウェビナー").count() == 1
    assert set(phone.evaluate(LINES, ".is-titled tbody th")) == {1}


def test_the_unit_of_a_score_stays_beside_it_on_a_sheet(phone):
    phone.at(f"/handoffs/{phone.handoff.pk}/sheet/")
    score = phone.locator(".hf-sheet-score > span").first
    assert score.evaluate("span => span.getClientRects().length === 1 && span.offsetHeight < 40")


def test_what_is_done_with_the_selected_keeps_within_the_phone(phone):
    phone.set_viewport_size({"width": 320, "height": 740})
    phone.at("/leads/")
    phone.locator("[data-select-start]").click()
    phone.locator("main input[name=lead]").first.check()
    bar = phone.locator("[data-bulk-bar]")
    assert bar.is_visible()
    assert bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth")
    assert bar.evaluate("bar => [...bar.children].every(part => part.getBoundingClientRect().right <= innerWidth)")
    assert not phone.evaluate(WIDE)


def test_the_bar_for_the_selected_waits_for_its_script(phone):
    phone.route("**/js/leads*.js", lambda route: route.abort())
    phone.at("/leads/?stage=mql")
    assert phone.locator("[data-bulk-bar]").is_hidden()
    phone.unroute("**/js/leads*.js")


def test_a_promise_of_three_priorities_breaks_within_the_agreement(phone):
    for band, days in (("high", 13), ("middle", 15), ("low", 20)):
        policies.set_policy(
            kind="meeting", leg="marketing_to_field", band=band, working_days=days, by=phone.people.ada, at=NOON
        )
    sla_agreements.change(values={"quality": "在庫に困っている"}, by=phone.people.ada, at=NOON)

    phone.at("/settings/agreement/")

    assert phone.locator("main dd", has_text="20").count() == 1
    assert not phone.evaluate(WIDE)


def imported(people, settings, folder):
    """A preview with somebody new, and one row in which nobody is named."""
    settings.MEDIA_ROOT = folder
    text = "会社名,氏名,メール,電話\n東浜精工,甲 花,a@example.jp,\n東浜精工,,,\n"
    run = import_runs.start(file=ContentFile(text.encode()), filename="名簿.csv", by=people.mia, at=NOON, dry_run=True)
    import_work.work(run_id=run.pk, now=lambda: NOON)
    return run


def test_what_is_pressed_on_the_pages_of_imports_takes_a_thumb(phone, settings, tmp_path):
    run = imported(phone.people, settings, tmp_path)
    phone.at("/imports/")
    assert phone.locator(".hf-import-list td:first-child > a").evaluate(THUMB) >= 40
    phone.at(f"/imports/{run.pk}/columns/")
    assert phone.locator(".hf-import-reading > summary").evaluate(THUMB) >= 40
    phone.at("/leads/?stage=lead&stage=mal&industry=製造業・電子部品&q=東浜")
    chip = phone.locator(".hf-sentence summary.hf-chip")
    assert chip.count() == 4
    assert min(chip.nth(place).evaluate(THUMB) for place in range(chip.count())) >= 40


def test_what_an_empty_field_asks_for_is_as_dark_as_a_label(phone):
    phone.at("/leads/")
    asked = "field => [getComputedStyle(field, '::placeholder').color, getComputedStyle(field.labels[0]).color]"
    placeholder, label = phone.locator("#hf-q-phone").evaluate(asked)
    assert placeholder == label


def test_the_fields_in_which_a_row_is_corrected_have_room(phone, settings, tmp_path):
    run = imported(phone.people, settings, tmp_path)
    phone.at(f"/imports/{run.pk}/?result=refused")
    assert not phone.evaluate(WIDE)
    fields = phone.locator(".hf-import-mend label")
    assert fields.count() == 3
    boxes = [fields.nth(place).bounding_box() for place in range(3)]
    gaps = [below["y"] - above["y"] - above["height"] for above, below in zip(boxes, boxes[1:], strict=False)]
    assert min(gaps) >= 12
    button = phone.locator(".hf-import-mend button").bounding_box()
    assert (button["width"], button["height"] >= 40) == (boxes[0]["width"], True)

"""Each gap has its repair in place: what it offers to whom, and what it does."""

import re
from datetime import timedelta

import pytest
from django.utils import translation

from handoff.models import Batch, BatchLead, Handoff
from handoff.queries import duties
from handoff.services import defaults, handoffs, nudges
from handoff.web import repairs
from journal import clock
from journal.models import Event
from leads.models import Lead
from tests.cast import NOON, tokyo
from tests.handoff import rows

pytestmark = pytest.mark.django_db
AT = tokyo("2026-11-20 14:32")
LATE = NOON - timedelta(days=3)


@pytest.fixture
def act(client, cast):
    """Presses a repair of the board as somebody; `htmx` as the page does with script."""

    def press(user, code, pk, *, htmx=True, language="ja", **answers):
        user.language = language
        user.save(update_fields=["language"])
        client.force_login(user)
        headers = {"accept-language": language} | ({"HX-Request": "true"} if htmx else {})
        with clock.frozen(AT), translation.override(language):
            return client.post(f"/gaps/{code}/{pk}/", answers, headers=headers)

    return press


@pytest.fixture
def ready(cast):
    """The settings of a small firm."""
    defaults.install(preset="small", at=AT)
    return cast


def duty(kind, owner, team, *, stage="mql", **fields):
    values = {"stage": stage, "owner": owner, "team": team, "due_kind": kind, "due_at": LATE, "email": "a@example.jp"}
    return rows.lead(LATE, **values | fields)


def codes(row, user, leg="marketing_to_field"):
    return [str(offered.url).split("/")[2] for offered in repairs.of_row(row, user=user, leg=leg) if offered.acts]


def text_of(response):
    return response.content.decode()


def test_a_next_action_is_set_in_place(act, cast):
    lead = duty("next_action", cast.sato, cast.field, stage="sql")

    response = act(cast.sato, "next-action", lead.pk, on="2026-11-24", kind="call", note="見積もりの返事")

    lead.refresh_from_db()
    assert response.status_code == 200
    assert "次の行動を11/24(火)に決めました。" in text_of(response)
    assert (lead.due_kind, lead.due_at) == ("next_action", tokyo("2026-11-24 18:00"))


@pytest.mark.parametrize("day", ["9999-12-31", "2201-01-01", "0001-01-01"])
@pytest.mark.parametrize(
    ("code", "field"), [("next-action", "on"), ("nurture", "resurface_on"), ("wait", "day_on"), ("aside-all", "day_on")]
)
def test_a_day_that_is_too_far_away_is_refused_beside_its_field(act, ready, code, field, day):
    lead = duty("offer", ready.mia, ready.marketing)
    batch = Batch.objects.create(cause="import", owner=ready.mia, team=ready.marketing, created_at=LATE, due_at=LATE)
    BatchLead.objects.create(lead=lead, batch=batch, at=LATE)
    subject = lead if field in ("on", "resurface_on") else batch

    answer = act(ready.mia, code, subject.pk, **{"kind": "call", "reason": "not_now", field: day})

    assert answer.status_code == 400
    assert "1900年から2200年までの日付" in text_of(answer)


def test_a_next_action_on_a_day_off_is_said_for_the_day_it_is_due(act, cast):
    lead = duty("next_action", cast.sato, cast.field, stage="sql")

    response = act(cast.sato, "next-action", lead.pk, on="2026-11-21", kind="call")

    lead.refresh_from_db()
    assert lead.due_at == tokyo("2026-11-24 18:00")
    assert "次の行動を11/24(火)に決めました。" in text_of(response)


def test_a_day_in_the_past_is_refused_beside_the_form(act, cast):
    lead = duty("next_action", cast.sato, cast.field, stage="sql")

    response = act(cast.sato, "next-action", lead.pk, on="2026-11-19", kind="call", panel=1)

    assert response.status_code == 400
    assert "hf-error" in text_of(response)
    assert response["HX-Retarget"] == "closest .hf-gap-slot"
    lead.refresh_from_db()
    assert lead.due_at == LATE


def test_back_to_nurture_with_a_day(act, cast):
    lead = duty("next_action", cast.sato, cast.field, stage="sql")

    act(cast.sato, "nurture", lead.pk, resurface_on="2027-02-01", reason="not_now")

    lead.refresh_from_db()
    assert (lead.stage, lead.not_before) == ("nurture", tokyo("2027-02-01 00:00"))


def test_handing_over_says_to_whom_and_can_be_taken_back(act, ready):
    lead = duty("offer", ready.mia, ready.marketing)

    response = act(ready.mia, "offer-to", lead.pk, to=ready.sato.pk)
    handoff = Handoff.objects.get(lead=lead)
    assert (handoff.assigned_to, handoff.state) == (ready.sato, "offered")
    assert "佐藤さんへ引き渡しました。" in text_of(response)
    assert f"/gaps/withdraw/{handoff.pk}/" in text_of(response)

    act(ready.mia, "withdraw", handoff.pk)
    handoff.refresh_from_db()
    assert handoff.state == "withdrawn"


def test_one_press_hands_over_along_the_route(act, ready):
    lead = duty("offer", ready.mia, ready.marketing)

    response = act(ready.mia, "offer", lead.pk, htmx=False)

    assert response.status_code == 302
    assert Handoff.objects.get(lead=lead).state == "offered"


def test_a_manager_gives_an_unanswered_handoff_to_a_colleague(act, cast):
    kato = cast.field.memberships.model.objects.create
    colleague = type(cast.sato).objects.create_user("kato@handoff.example", "pw", at=NOON, last_name="加藤")
    kato(user=colleague, team=cast.field, receives=True)
    handoff = rows.offered(cast, tokyo("2026-11-20 10:00"), to=cast.sato)

    response = act(cast.maki, "reassign", handoff.pk, to=colleague.pk, reason="")

    handoff.refresh_from_db()
    assert handoff.assigned_to == colleague
    assert "担当を加藤さんに替えました。" in text_of(response)


def test_a_rep_may_not_reassign(act, cast):
    handoff = rows.offered(cast, tokyo("2026-11-20 10:00"), to=cast.sato)

    response = act(cast.sato, "reassign", handoff.pk, to=cast.sato.pk)

    assert response.status_code in (400, 403)
    handoff.refresh_from_db()
    assert handoff.assigned_to == cast.sato


def test_letting_them_know_tells_the_owner_once_an_hour(act, cast):
    handoff = rows.offered(cast, tokyo("2026-11-20 10:00"), to=cast.sato)

    first, second = (act(cast.maki, "nudge", handoff.lead_id) for _ in range(2))

    assert "佐藤さんに知らせました。" in text_of(first)
    assert second.status_code == 409
    assert "1時間以内に知らせたばかりです。" in text_of(second)
    assert second["HX-Retarget"] == "next .hf-gap-slot"
    assert Event.objects.get(kind="duty.nudged").data["people"] == [cast.sato.pk]


def test_f_2_mail_about_it_waits_for_working_hours(cast):
    lead = duty("feedback", cast.sato, cast.field, stage="sal")

    nudges.nudge(lead=lead, by=cast.maki, at=tokyo("2026-11-20 21:00"))

    assert Event.objects.get(kind="duty.nudged").data["tell_at"] == "2026-11-24T00:00:00+00:00"


def test_nobody_tells_themselves(cast):
    lead = duty("feedback", cast.sato, cast.field, stage="sal")

    with pytest.raises(nudges.NobodyToTell):
        nudges.nudge(lead=lead, by=cast.sato, at=AT)


def test_a_batch_is_decided_as_one(act, ready):
    batch = Batch.objects.create(cause="import", owner=ready.mia, team=ready.marketing, created_at=LATE, due_at=LATE)
    for n in range(3):
        lead = duty("batch", ready.mia, ready.marketing, email=f"{n}@example.jp")
        BatchLead.objects.create(lead=lead, batch=batch, at=LATE)

    later = act(ready.mia, "wait", batch.pk, day_on="2026-11-27")
    assert "11/27(金)に決めることにしました。" in text_of(later)
    assert set(Lead.objects.values_list("due_at", flat=True)) == {tokyo("2026-11-27 18:00")}

    response = act(ready.mia, "offer-all", batch.pk)
    assert "3件を引き渡しました。受けた人：佐藤さん" in text_of(response)
    assert Handoff.objects.count() == 3


def test_a_batch_handed_over_comes_back_at_a_touch_and_each_lead_has_its_duty(act, ready, client):
    batch = Batch.objects.create(cause="import", owner=ready.mia, team=ready.marketing, created_at=LATE, due_at=LATE)
    for n in range(2):
        lead = duty("batch", ready.mia, ready.marketing, email=f"{n}@example.jp")
        BatchLead.objects.create(lead=lead, batch=batch, at=LATE)
    told = text_of(act(ready.mia, "offer-all", batch.pk))
    undo = re.search(r'hx-post="(/[^"]+undo[^"]+)"', told)[1]

    with clock.frozen(AT):
        back = text_of(client.post(undo, headers={"hx-request": "true"}))
        again = text_of(client.post(undo, headers={"hx-request": "true"}))

    assert "2件の引き渡しを取り下げました" in back
    assert "<html" not in back
    assert "hx-post" not in back
    assert 'href="/"' in back, "the way on"
    assert 'role="status"' in again
    assert set(Handoff.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert set(Lead.objects.values_list("due_kind", "owner")) == {("offer", ready.mia.pk)}
    assert 'class="btn" href="/"' in text_of(client.get(f"/batches/{batch.pk}/"))


def test_taking_a_batch_back_says_in_two_sentences_what_came_back_and_what_stays(act, ready, client):
    batch = Batch.objects.create(cause="import", owner=ready.mia, team=ready.marketing, created_at=LATE, due_at=LATE)
    for n in range(2):
        lead = duty("batch", ready.mia, ready.marketing, email=f"{n}@example.jp")
        BatchLead.objects.create(lead=lead, batch=batch, at=LATE)
    undo = re.search(r'hx-post="(/[^"]+undo[^"]+)"', text_of(act(ready.mia, "offer-all", batch.pk)))[1]
    handoff = Handoff.objects.order_by("pk").first()
    handoffs.accept(handoff=handoff, by=handoff.assigned_to, at=AT)

    with clock.frozen(AT):
        told = text_of(client.post(undo, headers={"hx-request": "true"})).replace("\u200b", "")

    assert "1件の引き渡しを取り下げました。1件はすでに回答済みのため、そのままです。" in told


def test_leads_of_a_batch_are_decided_on_one_by_one_until_it_is_done(act, ready):
    batch = Batch.objects.create(cause="import", owner=ready.mia, team=ready.marketing, created_at=LATE, due_at=LATE)
    offered, aside = (duty("batch", ready.mia, ready.marketing, email=f"{n}@example.jp") for n in range(2))
    BatchLead.objects.bulk_create(BatchLead(lead=lead, batch=batch, at=LATE) for lead in (offered, aside))

    act(ready.mia, "offer", offered.pk)
    assert list(batch.entries.values_list("lead", flat=True)) == [aside.pk]
    act(ready.mia, "nurture", aside.pk, resurface_on="2027-02-01", reason="not_now")

    batch.refresh_from_db()
    assert batch.closed_at == AT
    assert Handoff.objects.get().lead == offered


@pytest.mark.parametrize(
    ("kind", "stage", "who", "expected"),
    [
        ("next_action", "sql", "sato", ["nurture", "next-action"]),
        ("next_action", "sql", "maki", ["nurture", "next-action"]),
        ("next_action", "sql", "otto", ["nudge"]),
        ("offer", "mql", "mia", ["offer-to", "offer"]),
        ("offer", "mql", "sato", []),
        ("feedback", "sal", "mia", ["ask-report"]),
        ("feedback", "sal", "sato", []),
        ("contact", "sal", "mia", ["nudge"]),
    ],
)
def test_what_a_row_offers_depends_on_who_looks(cast, kind, stage, who, expected):
    owner = cast.sato
    lead = duty(kind, owner, cast.field, stage=stage)

    (row,) = duties.rows_of([lead])

    assert codes(row, getattr(cast, who)) == expected


def test_a_lead_out_of_sight_is_not_found(act, cast, org):
    org.reps_see_own_team_only = True
    org.save()
    lead = duty("next_action", cast.otto, cast.other_field, stage="sql")

    assert act(cast.sato, "nudge", lead.pk).status_code == 404


def test_unknown_repairs_are_not_found(act, cast):
    assert act(cast.sato, "explode", 1).status_code == 404


def test_without_script_the_question_is_a_page_of_its_own(client, cast):
    lead = duty("next_action", cast.sato, cast.field, stage="sql")
    client.force_login(cast.sato)

    with clock.frozen(AT):
        page = client.get(f"/gaps/next-action/{lead.pk}/").content.decode()

    assert "<html" in page
    assert 'type="date"' in page

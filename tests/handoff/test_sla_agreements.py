"""The SLA agreement: four parts and the 了承 of both departments (AR-36)."""

from functools import partial

import pytest
from django.core import mail as outbox
from django.urls import reverse

from accounts.models import Membership, RoleGrant
from handoff.models import SlaAgreement
from handoff.queries import agreement as agreements
from handoff.queries import promised
from handoff.services import policies, sla_agreements
from integrations.queries import notice_rows
from integrations.services import mails
from journal.clock import frozen
from journal.models import Event
from journal.services import deliver_owed
from tests.at_once import all_well, at_once
from tests.cast import NOON, person, tokyo
from tests.handoff import posting, stories

pytestmark = pytest.mark.django_db
TEXT = {
    "quality": "従業員100名以上の製造業で、課題を本人から聞けている。",
    "mql_target": 40,
    "sql_target": 12,
    "won_target": 3,
}
AFTER_LUNCH = tokyo("2026-11-20 13:30")
LATER = tokyo("2026-12-01 10:00")


@pytest.fixture
def people():
    """Marketing's manager is Maki, sales' manager another: Maki leads marketing's team alone here."""
    people = stories.mid()
    Membership.objects.filter(user=people.maki).exclude(team=people.marketing).delete()
    return people


@pytest.fixture
def boss(people):
    return person("baba", "馬場", "強", ["manager"], people.field, manager=True)


def meeting(days=5):
    policies.set_policy(kind="meeting", leg="inside_to_field", working_days=days, by=None, at=NOON)


def written(people, at=NOON, **changes):
    return sla_agreements.change(values=TEXT | changes, by=people.ada, at=at)


def in_force(people, boss, at=NOON, **changes):
    meeting()
    written(people, at, **changes)
    sla_agreements.agree(side="marketing", by=people.maki, at=at)
    return sla_agreements.agree(side="sales", by=boss, at=at)


def codes(draft):
    return [lack.code for lack in [*agreements.lacks(draft), *agreements.unsaid(draft)]]


@pytest.mark.parametrize(
    ("part", "code"),
    [("quality", "quality"), ("mql_target", "mql_target"), ("sql_target", "sql_target"), ("won_target", "won_target")],
)
def test_ar_36_an_agreement_that_lacks_a_part_stays_a_draft(people, boss, part, code):
    meeting()
    draft = written(people, **{part: None})

    assert codes(draft) == [code, "marketing", "sales"]
    for side, by in (("marketing", people.maki), ("sales", boss)):
        with pytest.raises(sla_agreements.Incomplete) as refused:
            sla_agreements.agree(side=side, by=by, at=NOON)
        assert [error.field for error in refused.value.errors] == [code]
    assert SlaAgreement.objects.get().state == "draft"


def test_ar_36_response_times_are_a_part_and_come_from_the_policies(people):
    draft = written(people)
    assert codes(draft) == ["meeting", "marketing", "sales"]

    meeting()

    assert codes(draft) == ["marketing", "sales"]


def test_ar_36_it_comes_into_force_with_a_manager_of_each_department_and_freezes_what_was_agreed(people, boss):
    meeting()
    written(people)

    sla_agreements.agree(side="marketing", by=people.maki, at=NOON)
    assert agreements.in_force() is None
    agreed = sla_agreements.agree(side="sales", by=boss, at=LATER)

    assert (agreed.state, agreed.in_force_at, agreed.promises) == ("in_force", LATER, promised.today())
    given = agreements.given(agreed)
    assert {side: consent.by for side, consent in given.items()} == {"marketing": people.maki, "sales": boss}
    kinds = Event.objects.filter(kind__startswith="sla_agreement.").order_by("id").values_list("kind", flat=True)
    assert [kind.split(".")[1] for kind in kinds] == [
        "changed",
        "waits",
        "agreed",
        "waits",
        "agreed",
        "came_into_force",
    ]


def test_ar_36_one_department_cannot_agree_for_the_other_and_a_rep_for_none(people, boss):
    meeting()
    written(people)

    for side, by in (("sales", people.maki), ("marketing", boss), ("sales", people.sato), ("marketing", people.ada)):
        with pytest.raises(sla_agreements.MayNotConsent):
            sla_agreements.agree(side=side, by=by, at=NOON)


def test_a_change_voids_what_was_agreed_and_the_same_text_again_does_not(people, boss):
    meeting()
    draft = written(people)
    sla_agreements.agree(side="marketing", by=people.maki, at=NOON)

    written(people)
    assert codes(draft) == ["sales"]

    draft = written(people, mql_target=41)
    assert codes(draft) == ["marketing", "sales"]
    sla_agreements.agree(side="sales", by=boss, at=NOON)
    assert agreements.in_force() is None


def test_deadlines_changed_between_the_two_are_agreed_to_anew(people, boss):
    meeting()
    draft = written(people)
    sla_agreements.agree(side="marketing", by=people.maki, at=NOON)

    meeting(days=3)

    assert codes(draft) == ["marketing", "sales"]
    sla_agreements.agree(side="sales", by=boss, at=NOON)
    assert agreements.in_force() is None
    sla_agreements.agree(side="marketing", by=people.maki, at=NOON)
    assert agreements.in_force() is not None


def test_what_was_agreed_stays_and_the_page_says_where_todays_deadlines_differ(client, people, boss):
    agreed = in_force(people, boss)
    assert promised.differences(agreed.promises) == []

    meeting(days=8)
    policies.set_policy(kind="contact", band="high", minutes=60, by=None, at=LATER)

    found = [(one.name, one.agreed, one.today) for one in promised.differences(agreements.in_force().promises)]
    client.force_login(people.mia)
    page = client.get(reverse("settings-agreement")).content.decode()
    assert ("アポ取得", "5営業日", "8営業日") in found
    assert {name for name, _agreed, _today in found} == {"アポ取得", "初回連絡", "回答"}
    assert "今の対応期限が、合意した内容と違っています" in page
    assert "合意 5営業日 → 今 8営業日" in page


def test_the_next_agreement_takes_the_place_of_the_one_before_which_is_kept(client, people, boss):
    first = in_force(people, boss)

    draft = written(people, at=LATER, won_target=5)
    assert agreements.in_force() == first
    sla_agreements.agree(side="marketing", by=people.maki, at=LATER)
    sla_agreements.agree(side="sales", by=boss, at=LATER)

    first.refresh_from_db()
    assert (first.state, first.ended_at, first.won_target) == ("ended", LATER, 3)
    assert agreements.in_force() == draft
    client.force_login(people.sato)
    assert "MQL 40件" in client.get(reverse("settings-agreement")).content.decode()
    assert client.get(reverse("settings-agreement-earlier", args=[first.pk])).status_code == 200
    assert client.get(reverse("settings-agreement-earlier", args=[draft.pk])).status_code == 404


def test_with_one_leg_nobody_is_asked_for_sqls():
    people = stories.small()
    policies.set_policy(kind="meeting", working_days=5, by=None, at=NOON)
    draft = written(people, sql_target=None)

    assert agreements.lacks(draft) == []
    # Maki manages the teams of both departments, and speaks for each.
    for side in ("marketing", "sales"):
        sla_agreements.agree(side=side, by=people.maki, at=NOON)
    assert agreements.in_force() is not None


def test_one_person_agrees_for_both_only_where_nobody_else_leads_the_other(client, people, boss):
    Membership.objects.create(user=people.maki, team=people.field, is_manager=True, receives=False)
    meeting()
    draft = written(people)
    sla_agreements.agree(side="marketing", by=people.maki, at=NOON)

    with pytest.raises(sla_agreements.SamePerson) as refused:
        sla_agreements.agree(side="sales", by=people.maki, at=NOON)
    assert "馬場" in str(refused.value)
    client.force_login(people.maki)
    page = client.get(reverse("settings-agreement")).content.decode()
    assert "馬場さんの了承を待っています" in page
    assert "営業として了承" not in page

    boss.is_active = False
    boss.save()
    sla_agreements.agree(side="sales", by=people.maki, at=NOON)
    draft.refresh_from_db()
    assert draft.state == "in_force"
    assert "両部門の責任者が同じ人のため" in client.get(reverse("settings-agreement")).content.decode()


@pytest.mark.parametrize("values", [{"mql_target": 0}, {"won_target": 10_000_000}, {"quality": "あ" * 2001}])
def test_what_is_no_target_is_refused(people, values):
    with pytest.raises(sla_agreements.BadAgreement):
        written(people, **values)


def test_a_stale_page_neither_overwrites_nor_agrees(people, boss, client):
    meeting()
    draft = written(people)
    read, seen = draft.version, agreements.fingerprint(draft)
    written(people, mql_target=50)

    with pytest.raises(sla_agreements.StaleAgreement):
        sla_agreements.change(values=TEXT | {"won_target": 9}, by=people.ada, at=NOON, expected_version=read)
    with pytest.raises(sla_agreements.StaleAgreement):
        sla_agreements.agree(side="marketing", by=people.maki, at=NOON, read=seen)
    post = posting.by(people.ada, client)
    answer = post("settings-agreement-edit", values=TEXT | {"won_target": 9, "version": read})
    assert answer.status_code == 400
    assert "足立" in answer.content.decode()
    assert SlaAgreement.objects.get().won_target == 3


def test_who_writes_who_agrees_and_who_reads(client, people, boss):
    meeting()
    as_ada = posting.by(people.ada, client)
    assert as_ada("settings-agreement-edit", values=TEXT | {"version": 0}).status_code == 302
    draft = SlaAgreement.objects.get()
    assert as_ada("settings-agreement-agree", values={"side": "sales"}).status_code == 302
    assert codes(draft) == ["marketing", "sales"]

    as_boss = posting.by(boss, client)
    assert as_boss("settings-agreement-edit", values=TEXT | {"version": 1}).status_code == 403
    page = client.get(reverse("settings-agreement")).content.decode()
    assert "Agree for sales" in page
    assert "Agree for marketing" not in page
    as_boss("settings-agreement-agree", values={"side": "sales", "read": agreements.fingerprint(draft)})
    assert codes(draft) == ["marketing"]

    as_rep = posting.by(people.sato, client)
    assert as_rep("settings-agreement-agree", values={"side": "sales"}).status_code == 403
    page = client.get(reverse("settings-agreement")).content.decode()
    assert "agreed by 馬場" in page
    assert "Agree for" not in page


def test_the_panel_waits_behind_the_advanced_settings(client, people):
    client.force_login(people.ada)
    assert "SLA合意" not in client.get(reverse("settings")).content.decode()

    client.post(reverse("settings-advanced"), {"shows": "yes"})

    assert "SLA合意" in client.get(reverse("settings")).content.decode()


def test_who_manages_but_may_not_agree_to_rules_speaks_for_nobody(people, boss):
    RoleGrant.objects.filter(user=boss).update(role="rep")
    meeting()
    written(people)

    with pytest.raises(sla_agreements.MayNotConsent):
        sla_agreements.agree(side="sales", by=boss, at=NOON)


@pytest.mark.django_db(transaction=True)
def test_both_departments_at_once_bring_it_into_force_once():
    people = stories.mid()
    meeting()
    written(people)

    results = at_once(
        *[partial(sla_agreements.agree, side=side, by=people.maki, at=NOON) for side in ("marketing", "sales")]
    )

    all_well(results)
    assert SlaAgreement.objects.get().state == "in_force"
    assert Event.objects.filter(kind="sla_agreement.came_into_force").count() == 1


def told_of(client, who, at):
    """The notices of the agreement that the person finds, as they read them."""
    with frozen(at):
        deliver_owed(at=at)
    client.force_login(who)
    return [row for row in notice_rows.rows(notice_rows.of_user(who)) if row.kind == "sla_agreement.waits"]


def test_whoever_must_still_agree_is_told_in_the_product_and_by_mail(client, people, boss):
    meeting()
    written(people, quality="")
    assert told_of(client, boss, NOON) == [], "nobody can agree to half of it"

    written(people)
    assert [row.note for row in told_of(client, boss, NOON)] == ["足立さんが案を書きました。"]
    sla_agreements.agree(side="marketing", by=people.maki, at=NOON)

    found = told_of(client, boss, NOON)
    assert [row.note for row in found][0] == "もう一方の部門は牧さんが了承しました。"
    assert {row.url for row in found} == {reverse("settings-agreement")}
    assert len(found) == 2
    assert len(told_of(client, people.maki, NOON)) == 1, "who has agreed isn't asked again"
    assert told_of(client, people.sato, NOON) == []
    outbox.outbox.clear()
    mails.send_owed(at=AFTER_LUNCH)
    [mail] = [one for one in outbox.outbox if one.to == [boss.email] and "了承" in one.subject]
    assert reverse("settings-agreement") in mail.body


def test_a_mail_about_an_agreement_that_no_longer_waits_stays_away(client, people, boss):
    meeting()
    written(people)
    sla_agreements.agree(side="marketing", by=people.maki, at=NOON)
    told_of(client, boss, NOON)
    sla_agreements.agree(side="sales", by=boss, at=NOON)

    outbox.outbox.clear()
    mails.send_owed(at=AFTER_LUNCH)

    assert not [one for one in outbox.outbox if "了承" in one.subject]

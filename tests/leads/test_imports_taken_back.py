"""Taking an import back: what nobody touched goes, what others have changed since stays and is listed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from feedback.models import Opportunity
from feedback.services import opportunities
from handoff.queries import invariants
from handoff.services import handoffs
from journal.errors import Conflict
from journal.models import Event
from leads.models import Activity, DuplicatePair, ImportRun, Lead, LeadSource
from leads.queries import imports
from leads.services import (
    activities,
    custom_fields,
    import_mending,
    import_resolving,
    import_runs,
    import_taking_back,
    import_undoing,
    import_work,
    merging,
)
from leads.services import leads as lead_services
from leads.services.import_errors import WrongState
from tests import factories
from tests.cast import NOON, Cast
from tests.handoff import stories
from tests.leads.taking import take

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def undo(run, cast: Cast):
    done = import_undoing.undo(run=run, by=cast.mia, at=LATER + timedelta(hours=1))
    assert done.state == "undone"
    kept = imports.rows(run, kept=True)
    return {row.lead.last_name: row.kept for row in kept}


def test_what_others_changed_stays_and_is_listed(cast):
    run = take(cast, "氏名,メール\n" + "".join(f"{name},{n}@example.jp\n" for n, name in enumerate("甲乙丙丁")))
    first, second, *_rest = Lead.objects.order_by("pk")
    lead_services.update(lead=first, values={"title": "部長"}, by=cast.mia, at=LATER)
    activities.record(lead=second, type="site_visit", occurred_at=LATER, by=None, at=LATER)
    assert undo(run, cast) == {"甲": "edited", "乙": "activity"}
    run.refresh_from_db()
    assert run.kept == 2
    assert set(Lead.objects.present().values_list("last_name", flat=True)) == {"甲", "乙"}
    assert invariants.violations(at=LATER) == []


def test_edit_made_while_the_import_ran_on_is_not_undone(cast):
    run = take(cast, "氏名,メール,役職\n甲,1@example.jp,課長\n")
    second = take(cast, "氏名,メール,役職\n甲,1@example.jp,部長\n")
    second.finished_at = LATER + timedelta(hours=2)
    second.save()
    lead_services.update(lead=Lead.objects.get(), values={"title": "社長"}, by=cast.mia, at=LATER)
    assert undo(second, cast) == {"甲": "edited"}
    assert Lead.objects.get().title == "社長"
    assert run.state == "done"


def two_of_one_person(cast: Cast):
    """An import of two leads that somebody takes for one person."""
    run = take(cast, "氏名,メール,携帯\n甲,1@example.jp,\n甲 一郎,2@example.jp,090-1111-2222\n")
    return run, *Lead.objects.order_by("pk")


def merge(survivor: Lead, loser: Lead, cast: Cast, *, minutes: int = 0):
    at = LATER + timedelta(minutes=minutes)
    return merging.merge(survivor=survivor, loser=loser, by=cast.mia, at=at)


def separate(row, cast: Cast, *, minutes: int):
    merging.undo(merge=row, by=cast.mia, at=LATER + timedelta(minutes=minutes))


def test_leads_merged_and_separated_again_are_as_they_came_and_go_with_their_import(cast):
    run, first, second = two_of_one_person(cast)
    for minutes in (0, 10):
        first.refresh_from_db()
        separate(merge(first, second, cast, minutes=minutes), cast, minutes=minutes + 5)
    assert undo(run, cast) == {}
    assert not Lead.objects.present().exists()
    assert invariants.violations(at=LATER) == []


def test_a_lead_of_before_that_was_merged_and_separated_is_turned_back(cast):
    take(cast, "氏名,メール,役職\n甲,1@example.jp,課長\n乙,2@example.jp,\n")
    first, second = Lead.objects.order_by("pk")
    run = take(cast, "氏名,メール,役職\n甲,1@example.jp,部長\n")
    separate(merge(first, second, cast), cast, minutes=5)
    assert undo(run, cast) == {}
    first.refresh_from_db()
    assert first.title == "課長"


def test_a_lead_is_no_possible_duplicate_any_more_of_who_was_taken_back(cast):
    here = factories.lead(last_name="田中", first_name="一郎", company={"name": "東浜"}, email="1@example.jp")
    run = take(cast, "会社名,氏名,メール\n東浜,田中 一郎,2@example.jp\n")
    assert DuplicatePair.objects.open().about(here).exists()
    assert undo(run, cast) == {}
    assert not DuplicatePair.objects.open().exists(), (
        "nobody could decide on the pair, and the lead would never move on"
    )


@pytest.mark.parametrize("column", ["メール", "携帯"])
def test_a_lead_whose_former_address_or_number_somebody_else_has_now_stays(cast, client, column):
    former, new = {"メール": ("1@example.jp", "2@example.jp"), "携帯": ("090-1111-2222", "090-3333-4444")}[column]
    text = f"ID,氏名,{column},役職\nA1,甲,{{}},課長\nA2,丙,{{}},{{}}\n"
    others = ("3@example.jp", "3@example.jp") if column == "メール" else ("090-5555-6666", "090-5555-6666")
    take(cast, text.format(former, others[0], "係長"))
    run = take(cast, text.format(new, others[1], "主任"))
    take(cast, f"氏名,{column}\n乙,{former}\n")
    client.force_login(cast.mia)
    assert undo(run, cast) == {"甲": "taken"}
    page = client.get(reverse("import", args=[run.pk])).content.decode()
    assert "前のメールアドレスか電話番号は、いま別のリードのものです" in page
    assert Lead.objects.get(last_name="丙").title == "係長"
    assert invariants.violations(at=LATER) == []


@pytest.mark.parametrize(("minutes", "why"), [(-5, "edited"), (2, "merged"), (8, "edited")])
def test_what_was_edited_before_or_between_or_after_a_merge_stays(cast, minutes, why):
    run, first, second = two_of_one_person(cast)
    row = None
    for moment in sorted([minutes, 0, 5]):
        first.refresh_from_db()
        if moment == 0:
            row = merge(first, second, cast)
        elif moment == 5:
            separate(row, cast, minutes=5)
        else:
            at = LATER + timedelta(minutes=moment)
            lead_services.update(lead=first, values={"title": "部長"}, by=cast.mia, at=at)
    assert undo(run, cast) == {"甲": why}
    assert Lead.objects.present().get().title == "部長"


def test_what_is_merged_stays_and_says_so(cast, client):
    run, first, second = two_of_one_person(cast)
    merge(first, second, cast)
    assert undo(run, cast) == {"甲": "merged"}
    client.force_login(cast.mia)
    page = client.get(reverse("import", args=[run.pk])).content.decode()
    assert page.count("取り込みのあとで、ほかのリードと統合されたか、統合が元に戻されています。") == 2


def decided_later(run, lead: Lead, cast: Cast) -> None:
    """The list's second row, held since the import, is found to mean the lead of its first."""
    half_past = LATER + timedelta(minutes=30)
    import_resolving.resolve(run=run, number=2, meaning=str(lead.pk), by=cast.mia, at=half_past)


def test_what_others_did_before_a_held_row_was_decided_stays(cast):
    people = [("甲", 1), ("乙", 2), ("丙", 3)]
    runs = [take(cast, f"会社名,氏名,役職\n東浜{n},{name},課長\n東浜{n},{name},部長\n") for name, n in people]
    first, second, third = Lead.objects.order_by("pk")
    other = lead_services.create(values={"last_name": "丙", "email": "3@example.jp"}, by=cast.mia, at=NOON)
    lead_services.update(lead=first, values={"email": "1@example.jp"}, by=cast.isao, at=LATER)
    activities.record(lead=second, type="site_visit", occurred_at=LATER, by=None, at=LATER)
    merge(third, other, cast)
    for run, lead in zip(runs, (first, second, third), strict=True):
        decided_later(run, lead, cast)
    assert [undo(run, cast) for run in runs] == [{"甲": "edited"}, {"乙": "activity"}, {"丙": "merged"}]
    assert Lead.objects.present().count() == 3


def test_an_edit_before_a_held_row_was_decided_is_not_turned_back(cast):
    take(cast, "会社名,氏名\n東浜,甲\n")
    lead = Lead.objects.get()
    run = take(cast, "会社名,氏名,役職,部署\n東浜,甲,課長,\n東浜,甲,部長,営業\n")
    lead_services.update(lead=lead, values={"title": "社長"}, by=cast.isao, at=LATER)
    decided_later(run, lead, cast)
    assert undo(run, cast) == {"甲": "edited"}
    lead.refresh_from_db()
    assert (lead.department, run.updated) == ("営業", 1)


def test_nobody_else_wrote_what_was_decided_later(cast):
    run = take(cast, "会社名,氏名,役職\n東浜,甲,課長\n東浜,甲,部長\n")
    decided_later(run, Lead.objects.get(), cast)
    assert undo(run, cast) == {}
    assert not Lead.objects.present().exists()


def test_changes_are_turned_back_with_their_sources_and_activities(cast):
    take(cast, "氏名,メール,役職\n甲,1@example.jp,課長\n", channel="展示会")
    before = Lead.objects.values().get()
    run = take(cast, "氏名,メール,役職,DL回数\n甲,1@example.jp,部長,2\n", channel="紹介")
    assert undo(run, cast) == {}
    after = Lead.objects.values().get()
    assert {name for name in after if after[name] != before[name]} == {"version", "updated_at"}
    assert LeadSource.objects.get().channel.name == "展示会"
    assert not Activity.objects.exists()


def test_leads_handed_over_before_the_import_are_turned_back_too():
    cast = people = stories.small()
    handed = stories.offered(people, at=NOON - timedelta(hours=1)).lead
    lead_services.update(lead=handed, values={"email": "1@example.jp"}, by=cast.mia, at=NOON - timedelta(minutes=30))
    run = take(cast, "氏名,メール,役職\n甲,1@example.jp,部長\n")
    assert run.updated == 1
    again = take(cast, "氏名,メール,役職\n甲,1@example.jp,社長\n")
    assert undo(again, cast) == {}
    handed.refresh_from_db()
    assert handed.title == "部長"


def test_leads_handed_over_since_the_import_stay_as_they_are():
    cast = stories.small()
    lead = stories.lead(at=NOON - timedelta(hours=1))
    lead_services.update(lead=lead, values={"email": "1@example.jp"}, by=cast.mia, at=NOON - timedelta(minutes=30))
    run = take(cast, "氏名,メール,役職\n甲,1@example.jp,部長\n")
    handoffs.offer(lead=stories.fresh(lead), by=cast.mia, at=LATER)
    assert undo(run, cast) == {"甲": "handoff"}
    assert stories.fresh(lead).title == "部長"


def test_a_lead_handed_over_before_its_held_row_was_decided_is_turned_back_too():
    cast = stories.small()
    lead = stories.lead(
        at=NOON - timedelta(hours=1), company={"name": "東浜精工"}, last_name="甲", first_name="", title="課長"
    )
    run = take(cast, "会社名,氏名,役職\n東浜精工,甲,部長\n東浜精工,乙,部長\n")
    handoffs.offer(lead=stories.fresh(lead), by=cast.mia, at=NOON + timedelta(minutes=30))
    import_resolving.resolve(run=run, number=1, meaning=str(lead.pk), by=cast.mia, at=LATER)
    assert stories.fresh(lead).title == "部長"
    assert undo(run, cast) == {}
    assert stories.fresh(lead).title == "課長"


def test_new_lead_handed_over_in_the_moment_of_its_import_stays():
    cast = stories.small()
    run = take(cast, "氏名,メール,会社名,ステージ\n甲,1@example.jp,株式会社甲,MQL\n")
    handoffs.offer(lead=Lead.objects.get(), by=cast.mia, at=NOON)
    assert undo(run, cast) == {"甲": "handoff"}
    assert Lead.objects.get().is_present


def test_imported_history_goes_with_new_leads_and_stays_with_old_ones(cast):
    take(cast, "氏名,メール\n甲,1@example.jp\n")
    run = take(
        cast,
        "氏名,メール,結果,金額\n甲,1@example.jp,受注,$100\n乙,2@example.jp,受注,100万円\n丙,3@example.jp,商談中,\n",
    )
    assert set(Opportunity.objects.values_list("currency", flat=True)) == {"USD", "JPY"}
    assert undo(run, cast) == {"甲": "stage"}
    assert Lead.objects.present().get().stage == "won"
    assert Opportunity.objects.get().lead.last_name == "甲"
    assert invariants.violations(at=LATER) == []


def test_deal_that_somebody_changed_keeps_its_lead(cast):
    run = take(cast, "氏名,メール,結果\n乙,2@example.jp,商談中\n")
    Opportunity.objects.update(version=2, amount=5)
    assert undo(run, cast) == {"乙": "deal"}


@pytest.mark.parametrize(("hours", "kept"), [(-1, {}), (1, {"甲": "deal"})])
def test_a_deal_keeps_a_lead_of_before_only_where_it_changed_since(cast, hours, kept):
    take(cast, "氏名,メール,役職\n甲,1@example.jp,課長\n")
    lead = Lead.objects.get()
    opportunities.begin(lead=lead, by=cast.maki, at=NOON - timedelta(hours=2))
    Lead.objects.update(updated_at=NOON)
    run = take(cast, "氏名,メール,役職\n甲,1@example.jp,部長\n")
    deal = Opportunity.objects.get()
    opportunities.update(
        opportunity=deal, values={"amount": Decimal(5)}, by=cast.maki, at=NOON + timedelta(hours=hours)
    )
    assert undo(run, cast) == kept


# -- large ones -------------------------------------------------------------------------------------
@pytest.fixture
def _chunks_of_two(monkeypatch):
    monkeypatch.setattr(import_taking_back, "CHUNK", 2)
    monkeypatch.setattr(import_undoing, "CHUNK", 2)


def five(cast: Cast):
    return take(cast, "氏名,メール\n" + "".join(f"{name},{n}@example.jp\n" for n, name in enumerate("甲乙丙丁戊")))


def begin_undo(run, cast: Cast):
    return import_undoing.undo(run=run, by=cast.ada, at=LATER)


def test_a_page_on_which_nothing_can_be_corrected_any_more_does_not_offer_it(cast, client):
    client.force_login(cast.mia)
    run = take(cast, "会社名,氏名,メール\n東浜,甲 花,a@example.jp\n東浜,乙 花,無効\n")
    address, offer = reverse("import", args=[run.pk]) + "?result=refused", "下で直すか"
    assert offer in client.get(address).content.decode()
    undo(run, cast)
    page = client.get(address).content.decode()
    assert offer not in page
    assert "Excelで直して取り込めます。" in page


@pytest.mark.usefixtures("_chunks_of_two")
def test_a_large_import_is_taken_back_by_a_worker_with_progress(cast, client):
    client.force_login(cast.mia)
    run = begin_undo(five(cast), cast)
    assert (run.state, Lead.objects.present().count()) == ("undoing", 5)
    import_work.work(run_id=run.pk, now=lambda: LATER, chunks=1)
    run.refresh_from_db()
    assert (run.state, Lead.objects.present().count(), imports.progress(run)) == ("undoing", 3, 0.4)
    page = client.get(reverse("import", args=[run.pk])).content.decode()
    assert "元に戻しています" in page
    assert 'hx-trigger="load delay:1s"' in page

    lead_services.update(lead=Lead.objects.present().last(), values={"title": "部長"}, by=cast.mia, at=LATER)
    import_work.work(run_id=run.pk, now=lambda: LATER)
    run.refresh_from_db()
    assert (run.state, run.kept, run.leased_until) == ("undone", 1, None)
    assert [lead.last_name for lead in Lead.objects.present()] == ["戊"]
    assert set(Event.objects.filter(kind="lead.taken_back").values_list("actor_id", flat=True)) == {cast.ada.pk}
    assert invariants.violations(at=LATER) == []


class Killed(BaseException):
    """The worker's death."""


@pytest.mark.usefixtures("_chunks_of_two")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_worker_that_dies_while_taking_back_is_followed_by_another(cast, after):
    run = begin_undo(five(cast), cast)
    calls = 0

    def die():
        nonlocal calls
        calls += 1
        if calls > after:
            raise Killed
        return LATER

    with pytest.raises(Killed):
        import_work.work(run_id=run.pk, now=die)
    import_work.sweep(at=LATER + import_work.LEASE * 2)
    run.refresh_from_db()
    assert (run.state, Lead.objects.present().count()) == ("undone", 0)
    assert Event.objects.filter(kind="lead.taken_back").count() == 5


@pytest.mark.usefixtures("_chunks_of_two")
def test_a_lead_of_several_rows_is_taken_back_once_to_what_it_was(cast):
    take(cast, "氏名,メール,役職\n甲,1@example.jp,係長\n")
    text = "氏名,メール,役職\n甲,1@example.jp,課長\n乙,2@example.jp,\n丙,3@example.jp,\n甲,1@example.jp,部長\n"
    run = begin_undo(take(cast, text), cast)
    version = Lead.objects.get(last_name="甲").version
    import_work.work(run_id=run.pk, now=lambda: LATER)
    lead = Lead.objects.present().get()
    assert (lead.title, lead.version) == ("係長", version + 1)


@pytest.mark.usefixtures("_chunks_of_two")
def test_taking_back_that_stops_again_and_again_can_be_tried_anew(cast, client):
    client.force_login(cast.mia)
    run = begin_undo(five(cast), cast)
    import_work.work(run_id=run.pk, now=lambda: LATER, chunks=1)
    ImportRun.objects.filter(pk=run.pk).update(attempts=import_work.MOST_ATTEMPTS)
    assert import_work.work(run_id=run.pk, now=lambda: LATER) is None
    run.refresh_from_db()
    assert (run.state, run.error_code, Lead.objects.present().count()) == ("done", "undo_stopped", 3)
    page = client.get(reverse("import", args=[run.pk])).content.decode()
    assert "戻した分は" in page
    assert reverse("import-undo", args=[run.pk]) in page


def test_button_stands_behind_what_it_will_do(cast, client):
    client.force_login(cast.mia)
    run = five(cast)
    page = client.get(reverse("import", args=[run.pk])).content.decode()
    before, _address, after = page.partition(reverse("import-undo", args=[run.pk]))
    assert before.rfind("<details") > before.rfind("</details>")
    assert "新規の5件を取り除き" in after[: after.index("<button")]
    assert after.index("<button") < after.index("</details>")

    begin_undo(run, cast)
    import_work.work(run_id=run.pk, now=lambda: LATER)
    run.refresh_from_db()
    assert (run.state, run.error_code, Lead.objects.present().count()) == ("undone", "", 0)


@pytest.mark.usefixtures("_chunks_of_two")
def test_a_lead_that_may_not_go_stops_the_way_back_and_nothing_is_lost(cast, monkeypatch):
    run = begin_undo(five(cast), cast)

    def object_to(*_args, **_options):
        raise Conflict("no")

    monkeypatch.setattr(import_taking_back, "_bury", object_to)
    import_work.work(run_id=run.pk, now=lambda: LATER)
    run.refresh_from_db()
    assert (run.state, run.error_code, Lead.objects.present().count()) == ("done", "undo_stopped", 5)


def test_a_field_deleted_since_leaves_no_value_behind(cast):
    fields = [custom_fields.add(label=label, kind="text", by=None, at=NOON) for label in ("色", "形")]
    lead_services.create(
        values={"last_name": "甲", "email": "1@example.jp", "custom": {"色": "赤", "形": "丸"}}, by=None, at=NOON
    )
    mapping = {"氏名": "name", "メール": "email", "色": "custom.色", "形": "custom.形"}
    run = take(cast, "氏名,メール,色,形\n甲,1@example.jp,青,角\n", mapping=mapping)
    custom_fields.delete(field=fields[0], by=None, at=LATER)
    assert undo(run, cast) == {}
    assert Lead.objects.get().custom == {"形": "丸"}


# -- stopped on the way -----------------------------------------------------------------------------
@pytest.fixture
def stopped(cast, monkeypatch):
    """An import of two leads that changed one, and stopped before the other since a field of its mapping was deleted."""
    field = custom_fields.add(label="推し", kind="text", by=cast.ada, at=NOON)
    take(cast, "氏名,メール,役職\n甲,1@example.jp,課長\n")
    monkeypatch.setattr(import_work, "chunk_rows", lambda: 1)
    text = ContentFile("氏名,メール,役職,推し\n甲,1@example.jp,部長,\n乙,2@example.jp,,\n".encode())
    mapping = {"氏名": "name", "メール": "email", "役職": "title", "推し": f"custom.{field.key}"}
    run = import_runs.start(file=text, filename="list.csv", by=cast.mia, at=NOON, mapping=mapping)
    import_work.work(run_id=run.pk, now=lambda: NOON, chunks=1)
    custom_fields.delete(field=field, by=cast.ada, at=NOON)
    import_work.work(run_id=run.pk, now=lambda: NOON)
    run.refresh_from_db()
    return run


def test_an_import_stopped_on_its_way_says_what_it_brought_and_can_be_undone(cast, client, stopped):
    assert (stopped.state, stopped.error_code, stopped.updated) == ("failed", "field_gone", 1)
    client.force_login(cast.mia)
    address = reverse("import", args=[stopped.pk])
    page = client.get(address).content.decode()
    assert "2行のうち1行まで処理が済んでいます" in page
    assert reverse("import-undo", args=[stopped.pk]) in page
    assert stopped in imports.with_leads(5)
    assert undo(stopped, cast) == {}
    assert Lead.objects.present().get().title == "課長"
    assert reverse("import-undo", args=[stopped.pk]) not in client.get(address).content.decode()


def test_an_undo_that_stops_leaves_a_stopped_import_stopped(cast, stopped):
    ImportRun.objects.filter(pk=stopped.pk).update(
        state=ImportRun.State.UNDOING, attempts=import_work.MOST_ATTEMPTS, leased_until=None
    )
    import_work.work(run_id=stopped.pk, now=lambda: LATER)
    stopped.refresh_from_db()
    assert (stopped.state, stopped.error_code) == ("failed", "undo_stopped")
    assert undo(stopped, cast) == {}


def test_what_stopped_before_it_wrote_anything_has_nothing_to_undo(cast, stopped):
    ImportRun.objects.filter(pk=stopped.pk).update(state=ImportRun.State.FAILED)
    stopped.file_rows.update(result="pending")
    with pytest.raises(Conflict):
        import_undoing.undo(run=stopped, by=cast.mia, at=LATER)


@pytest.mark.usefixtures("_chunks_of_two")
def test_rows_of_an_import_that_is_half_undone_wait_until_it_is_whole_again_or_gone(cast, client):
    """What were written now in front of where the undoing goes on would stay for good."""
    client.force_login(cast.mia)
    take(cast, "会社名,氏名,役職\n東浜,田中 一郎,課長\n")
    rows = "".join(f",{name},,{n}@example.jp\n" for n, name in enumerate("甲乙丙丁戊"))
    run = take(cast, f"会社名,氏名,役職,メール\n東浜,田中 一郎,部長,\n,己,,x@@x\n{rows}")
    address = reverse("import", args=[run.pk])
    begin_undo(run, cast)
    import_work.work(run_id=run.pk, now=lambda: LATER, chunks=1)
    ImportRun.objects.filter(pk=run.pk).update(attempts=import_work.MOST_ATTEMPTS)
    import_work.work(run_id=run.pk, now=lambda: LATER)
    run.refresh_from_db()
    assert (run.state, run.error_code) == ("done", "undo_stopped")
    with pytest.raises(WrongState):
        import_resolving.resolve(run=run, number=1, meaning="new", by=cast.mia, at=LATER)
    with pytest.raises(WrongState):
        import_resolving.resolve_all(run=run, meaning="new", by=cast.mia, at=LATER)
    with pytest.raises(WrongState):
        import_mending.mend(run=run, number=2, cells={3: "x@example.jp"}, by=cast.mia, at=LATER)
    for result, form in (("duplicate", "import-resolve"), ("refused", "import-mend")):
        page = client.get(f"{address}?result={result}").content.decode()
        assert "戻した分は" in page
        assert reverse(form, args=[run.pk, 1 if result == "duplicate" else 2]) not in page
    begin_undo(run, cast)
    import_work.work(run_id=run.pk, now=lambda: LATER)
    run.refresh_from_db()
    assert (run.state, Lead.objects.present().count()) == ("undone", 1)

"""Taking an import back: what nobody touched goes, what others have changed since stays and is listed."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from feedback.models import Opportunity
from handoff.queries import invariants
from leads.models import Activity, Lead, LeadSource
from leads.queries import imports
from leads.services import activities, import_runs, import_undoing, import_work
from leads.services import leads as lead_services
from tests.cast import NOON, Cast

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def take(cast: Cast, text: str, **options):
    run = import_runs.start(file=ContentFile(text.encode()), filename="list.csv", by=cast.mia, at=NOON, **options)
    import_work.work(run_id=run.pk, now=lambda: NOON)
    run.refresh_from_db()
    assert run.state == "done"
    return run


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


def test_changes_are_turned_back_with_their_sources_and_activities(cast):
    take(cast, "氏名,メール,役職\n甲,1@example.jp,課長\n", channel="展示会")
    before = Lead.objects.values().get()
    run = take(cast, "氏名,メール,役職,DL回数\n甲,1@example.jp,部長,2\n", channel="紹介")
    assert undo(run, cast) == {}
    after = Lead.objects.values().get()
    assert {name for name in after if after[name] != before[name]} == {"version", "updated_at"}
    assert LeadSource.objects.get().channel.name == "展示会"
    assert not Activity.objects.exists()


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

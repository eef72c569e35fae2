"""Other people's lists through the pages, by mapping alone: Olist's funnel and X Education's leads with outcome."""

import re
from collections import Counter
from csv import DictReader
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config.environment import text
from handoff.queries import invariants
from journal import clock
from leads.models import CustomField, ImportRun, Lead
from leads.services import import_work

pytestmark = [pytest.mark.django_db, pytest.mark.realdata, pytest.mark.timeout(900)]
X_EDUCATION = "xeducation/leads_train.csv"


def rows_of(name: str) -> list[dict[str, str]]:
    with (Path(text("HANDOFF_REAL_DATA")) / name).open(encoding="utf-8-sig") as file:
        return list(DictReader(file))


def work(run: ImportRun) -> ImportRun:
    import_work.work(run_id=run.pk, now=clock.now)
    run.refresh_from_db()
    return run


def by_page(client, name: str, chosen: dict[str, str], **whole: str) -> ImportRun:
    """Drops the file, says what the columns mean, looks at the preview and takes it in."""
    data = (Path(text("HANDOFF_REAL_DATA")) / name).read_bytes()
    page = client.post("/imports/", {"file": SimpleUploadedFile(Path(name).name, data)})
    run = ImportRun.objects.latest("pk")
    fields = {f"column-{place}": chosen.get(header, "new") for place, header in enumerate(run.headers)}
    assert client.post(page["Location"], fields | whole).status_code == 302
    assert work(run).state == "preview"
    client.post(f"/imports/{run.pk}/commit/")
    assert work(run).state == "done"
    return run


def test_x_education_comes_in_with_its_columns_as_own_fields(client, cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(cast.mia)
    rows = rows_of(X_EDUCATION)
    known = {name: "external_id" for name in rows[0] if re.fullmatch(r"(?i)lead ?number|prospect ?id|id", name)}
    key = next(iter(known))
    chosen = {key: "external_id", "Converted": "outcome", "Lead Source": "channel"}
    run = by_page(client, X_EDUCATION, chosen)
    assert (run.rows, run.created, run.refused, run.duplicates) == (len(rows), len({row[key] for row in rows}), 0, 0)
    wanted = Counter({"1": "won", "0": "lost"}[row["Converted"]] for row in rows)
    assert Counter(Lead.objects.values_list("stage", flat=True)) == wanted
    kinds = dict(CustomField.objects.values_list("label", "kind"))
    print(kinds)
    assert kinds["TotalVisits"] == "number"
    assert kinds["Do Not Email"] == "yes_no"
    assert kinds["Specialization"] == "text"
    first = Lead.objects.get(external_id=rows[0][key])
    labels = {field.label: field.key for field in CustomField.objects.all()}
    assert first.custom.get(labels["Specialization"], "") == rows[0]["Specialization"]
    assert invariants.violations(at=clock.now()) == []
    again = by_page(client, X_EDUCATION, chosen)
    assert (again.unchanged, again.created, again.updated) == (len(rows), 0, 0)


def test_olist_funnel_comes_in_by_the_pages(client, cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(cast.mia)
    leads = "olist/olist_marketing_qualified_leads_dataset.csv"
    chosen = {"mql_id": "external_id", "first_contact_date": "acquired_at", "origin": "channel"}
    run = by_page(client, leads, chosen)
    assert (run.created, run.refused) == (8000, 0)
    pages = {field.label: field.key for field in CustomField.objects.all()}
    assert len({lead.custom[pages["landing_page_id"]] for lead in Lead.objects.all()}) == len(
        {row["landing_page_id"] for row in rows_of(leads)}
    )
    deals = "olist/olist_closed_deals_dataset.csv"
    run = by_page(client, deals, {"mql_id": "external_id", "won_date": "outcome_at"}, outcome="won")
    assert (run.updated, run.created, run.refused) == (842, 0, 0)
    assert Lead.objects.filter(stage="won").count() == 842
    assert invariants.violations(at=clock.now()) == []

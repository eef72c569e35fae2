"""The Olist funnel through the API: 8,000 leads, then 842 deals by external id with a constant outcome."""

import time
from collections import Counter
from csv import DictReader
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from config.environment import text
from handoff.queries import invariants
from journal import clock
from leads.models import Lead
from leads.services import import_work

pytestmark = [pytest.mark.django_db, pytest.mark.realdata, pytest.mark.timeout(600)]
LEADS = "olist/olist_marketing_qualified_leads_dataset.csv"
DEALS = "olist/olist_closed_deals_dataset.csv"


def take(api, name, settings, **options):
    data = (Path(text("HANDOFF_REAL_DATA")) / name).read_bytes()
    answer = api.post("/api/v1/imports/", {"file": SimpleUploadedFile("list.csv", data), **options}, format="multipart")
    assert answer.status_code == 201, answer.content
    began = time.monotonic()
    import_work.work(run_id=int(answer.json()["id"]), now=clock.now)
    done = api.get(f"/api/v1/imports/{answer.json()['id']}/").json()
    print(name, done["rows"], "rows", round(done["rows"] / (time.monotonic() - began)), "rows/s")
    return done


def test_olist_gives_8000_leads_of_which_842_won(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    api = APIClient()
    api.force_login(cast.mia)
    mapping = '{"mql_id": "external_id", "first_contact_date": "acquired_at", "origin": "channel"}'
    first = take(api, LEADS, settings, mapping=mapping)
    assert (first["state"], first["created"], first["refused"], first["duplicates"]) == ("done", 8000, 0, 0)
    deals = {
        "mapping": '{"mql_id": "external_id", "won_date": "outcome_at"}',
        "constants": '{"outcome": "won"}',
        "match_on": "external_id",
    }
    second = take(api, DEALS, settings, **deals)
    assert (second["updated"], second["created"], second["refused"]) == (842, 0, 0)
    assert Lead.objects.count() == 8000
    won = Lead.objects.filter(stage="won").select_related("channel")
    assert won.count() == 842
    assert Counter(lead.channel.name if lead.channel else "" for lead in won) == _won_by_channel()
    assert invariants.violations(at=clock.now()) == []
    again = take(api, DEALS, settings, **deals)
    assert (again["unchanged"], again["updated"]) == (842, 0)
    assert take(api, LEADS, settings, mapping=mapping)["unchanged"] == 8000


def _won_by_channel() -> Counter[str]:
    folder = Path(text("HANDOFF_REAL_DATA"))
    with (folder / LEADS).open() as leads, (folder / DEALS).open() as deals:
        origin = {row["mql_id"]: row["origin"] for row in DictReader(leads)}
        return Counter(origin[row["mql_id"]] for row in DictReader(deals))

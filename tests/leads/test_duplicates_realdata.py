"""Duplicates found through the product's own path: files imported as leads, the search run, its pairs counted."""

import csv
import json
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from config.environment import text
from journal import clock
from leads.models import DuplicatePair, Lead
from leads.services import duplicate_search, import_work

pytestmark = [pytest.mark.django_db, pytest.mark.realdata, pytest.mark.timeout(600)]
RESTAURANTS = {
    "id": "external_id",
    "name": "company.name",
    "addr": "company.address",
    "city": "custom.city",
    "phone": "phone",
    "type": "company.industry",
}
PERSONS = {
    "rec_id": "external_id",
    "given_name": "first_name",
    "surname": "last_name",
    **{f"{name}": f"custom.{name}" for name in ("street_number", "address_1", "address_2", "suburb", "postcode")},
    "state": "custom.state",
    "true_entity": "-",
    "date_of_birth": "-",
    "soc_sec_id": "-",
}


def rows(name):
    with (Path(text("HANDOFF_REAL_DATA")) / name).open(newline="") as file:
        return list(csv.DictReader(file))


def taken(cast, settings, tmp_path, name, mapping):
    """Imports the file and has its leads compared; {external id of each lead}."""
    settings.MEDIA_ROOT = tmp_path
    api = APIClient()
    api.force_login(cast.mia)
    data = (Path(text("HANDOFF_REAL_DATA")) / name).read_bytes()
    file = SimpleUploadedFile("list.csv", data)
    body = {"file": file, "mapping": json.dumps(mapping), "create_custom": "true"}
    answer = api.post("/api/v1/imports/", body, format="multipart")
    assert answer.status_code == 201, answer.content
    run = import_work.work(run_id=int(answer.json()["id"]), now=clock.now)
    assert run.state == "done"
    print(name, run.rows, "rows", run.created, "created", run.duplicates, "held", run.refused, "refused")
    duplicate_search.work(now=clock.now)
    return dict(Lead.objects.values_list("pk", "external_id"))


def figures(names, truth):
    """Precision, recall and F1 over pairs, and what is wrong or missed."""
    shown = DuplicatePair.objects.filter(state="open").values_list("a", "b")
    found = {tuple(sorted((names[a], names[b]))) for a, b in shown}
    entities = {}
    for name, entity in truth.items():
        entities.setdefault(entity, []).append(name)
    true = {tuple(sorted(pair)) for members in entities.values() for pair in combinations(members, 2)}
    right = len(found & true)
    precision, recall = right / len(found), right / len(true)
    f1 = 2 * precision * recall / (precision + recall)
    print(f"pairs {len(found)} true {len(true)} precision {precision:.4f} recall {recall:.4f} F1 {f1:.4f}")
    return precision, recall, f1, found - true, true - found


def test_restaurants(cast, settings, tmp_path):
    truth = {row["id"]: row["true_entity"] for row in rows("dedupe_restaurant/restaurant_truth.csv")}
    names = taken(cast, settings, tmp_path, "dedupe_restaurant/restaurant.csv", RESTAURANTS)
    _precision, _recall, f1, wrong, missed = figures(names, truth)
    print("wrong", sorted(wrong), "missed", sorted(missed))
    assert f1 > 0.957


def test_febrl_persons(cast, settings, tmp_path):
    truth = {row["rec_id"]: row["true_entity"] for row in rows("dedupe_febrl/febrl3.csv")}
    names = taken(cast, settings, tmp_path, "dedupe_febrl/febrl3.csv", PERSONS)
    precision, _recall, f1, wrong, missed = figures(names, truth)
    print("wrong", len(wrong), "missed", len(missed), Counter(len(truth) for _ in range(1)))
    assert f1 >= 0.955
    assert precision >= 0.97

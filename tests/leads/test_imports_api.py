"""Imports over HTTP."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from journal import clock
from leads.models import Activity, CustomField, ImportRun, Lead
from leads.services import import_work

pytestmark = pytest.mark.django_db
IMPORTS = "/api/v1/imports/"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def api(cast):
    client = APIClient(raise_request_exception=False)
    client.force_login(cast.mia)
    return client


def send(api, text, **options):
    file = SimpleUploadedFile("list.csv", text.encode() if isinstance(text, str) else text)
    body = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in options.items()}
    return api.post(IMPORTS, {"file": file, **body}, format="multipart")


def work(answer):
    import_work.work(run_id=int(answer.json()["id"]), now=clock.now)


def read(api, answer):
    return api.get(f"{IMPORTS}{answer.json()['id']}/").json()


LIST = "id番号,氏名,メール,地域\n7,田中 一郎,tanaka@example.jp,関西\n8,鈴木 花,hana@example.jp,関東\n9,佐藤,x,関東\n"
MAPPING = {"id番号": "external_id", "氏名": "name", "メール": "email", "地域": "custom.area"}


def test_file_with_mapping_runs_through_to_done(api):
    made = send(api, LIST, mapping=MAPPING, create_custom="true", channel="展示会", match_on="external_id")
    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["headers"]) == ("queued", ["id番号", "氏名", "メール", "地域"])
    work(made)
    done = read(api, made)
    assert (done["state"], done["rows"], done["created"], done["refused"], done["progress"]) == ("done", 3, 2, 1, 1.0)
    assert done["created"] + done["updated"] + done["unchanged"] + done["duplicates"] + done["refused"] == done["rows"]
    assert CustomField.objects.get().key == "area"
    lead = Lead.objects.get(external_id="7")
    assert (lead.custom, lead.channel.name) == ({"area": "関西"}, "展示会")


def test_refused_rows_tell_why_and_come_as_a_file(api):
    made = send(api, "氏名,メール\n=佐藤,x\n田中,ok@example.jp\n")
    work(made)
    base = f"{IMPORTS}{made.json()['id']}/"
    rows = api.get(f"{base}rows/?result=refused").json()["results"]
    assert [(row["number"], row["line"], row["cells"]) for row in rows] == [(1, 2, ["=佐藤", "x"])]
    assert rows[0]["errors"][0] | {"message": ""} == {"column": "メール", "code": "email", "message": ""}
    file = api.get(f"{base}errors.csv")
    text = b"".join(file.streaming_content).decode("utf-8-sig")
    assert file["Content-Disposition"].startswith("attachment")
    assert text.splitlines()[0].endswith(",氏名,メール")
    assert text.splitlines()[1].startswith("2,メール: ")
    assert text.splitlines()[1].endswith(",'=佐藤,x")
    assert api.get(f"{base}rows/?result=nonsense").status_code == 400
    assert api.get(f"{base}rows/?colour=red").status_code == 400
    assert api.get(f"{IMPORTS}?result=refused").status_code == 400


def test_dry_run_then_resolve_then_commit(api):
    first = send(api, "会社名,氏名,役職\n東浜精工,田中 一郎,課長\n")
    work(first)
    again = send(
        api, "会社名,氏名,役職\n東浜精工,田中 一郎,部長\n東浜精工,田中 一郎,社長\n西浜,鈴木,\n", dry_run="true"
    )
    work(again)
    shown = read(api, again)
    assert (shown["state"], shown["created"], shown["duplicates"]) == ("preview", 1, 2)
    base = f"{IMPORTS}{again.json()['id']}/"
    lead = Lead.objects.get()
    assert api.post(f"{base}rows/1/resolve/", {"as": str(lead.pk)}).json()["resolution"] == str(lead.pk)
    assert api.post(f"{base}rows/3/resolve/", {"as": "new"}).status_code == 409
    assert api.post(f"{base}rows/1/resolve/", {"as": "999999"}).status_code == 400
    assert api.post(f"{base}rows/99/resolve/", {"as": "new"}).status_code == 404
    assert api.post(f"{base}commit/").json()["state"] == "committing"
    work(again)
    done = read(api, again)
    assert (done["state"], done["created"], done["updated"], done["duplicates"]) == ("done", 1, 1, 1)
    lead.refresh_from_db()
    assert lead.title == "部長"
    assert api.post(f"{base}rows/2/resolve/", {"as": "new"}).json()["result"] == "created"
    assert (read(api, again)["created"], read(api, again)["duplicates"]) == (2, 0)
    assert api.post(f"{base}commit/").status_code == 409


def test_a_namesake_in_another_prefecture_is_decided_on(api):
    work(send(api, "会社名,氏名,都道府県\n東浜精工,田中 一郎,東京都\n"))
    made = send(api, "会社名,氏名,都道府県\n東浜精工,田中 一郎,大阪府\n")
    work(made)
    base = f"{IMPORTS}{made.json()['id']}/"
    row = api.get(f"{base}rows/?result=duplicate").json()["results"][0]
    assert (row["errors"][0]["code"], row["candidates"]) == ("other_prefecture", [str(Lead.objects.get().pk)])
    assert "「東京都」（この行は「大阪府」）" in row["errors"][0]["message"]
    assert api.post(f"{base}rows/1/resolve/", {"as": "new"}).json()["result"] == "created"
    assert (read(api, made)["created"], read(api, made)["duplicates"]) == (1, 0)


def test_every_fault_of_a_mapping_is_named_at_once(api):
    faulty = {"氏名": "nme", "メール": "custom.area", "ない": "email"}
    answer = send(api, LIST, mapping=faulty, constants={"outcome": "maybe"})
    assert answer.status_code == 400
    assert {(fault["field"], fault["code"]) for fault in answer.json()["errors"]} == {
        ("氏名", "unknown_field"),
        ("メール", "unknown_custom_field"),
        ("ない", "no_such_column"),
    }
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 400, "invalid"),
        (b"%PDF-1.4\n1\n", 400, "not_a_sheet"),
        (b"PK\x03\x04xxxxxxxxxxxx", 400, "workbook_damaged"),
        (b"Name\nJos\xe9\n", 400, "encoding_unknown"),
        (b"1,2\n3,4\n", 400, "header_missing"),
        (b"color,size\nred,1\n", 400, "mapping_needed"),
    ],
)
def test_unreadable_file_is_a_problem_document(api, data, status, code):
    answer = send(api, data)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["type"].endswith(code)


@pytest.mark.parametrize("mapping", ["[1]", "{", "null", '{"a": "\\u0000"}', "[" * 100_000])
def test_malformed_mapping_is_a_400(api, mapping):
    assert send(api, LIST, mapping=mapping).status_code == 400


def test_repeated_post_makes_one_import(api):
    file = lambda: SimpleUploadedFile("list.csv", LIST.encode())  # noqa: E731
    content = {"file": file(), "mapping": json.dumps(MAPPING | {"地域": "-"})}
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    body = encode_multipart(BOUNDARY, content)
    first = api.post(IMPORTS, body, content_type=MULTIPART_CONTENT, headers={"Idempotency-Key": "k1"})
    second = api.post(IMPORTS, body, content_type=MULTIPART_CONTENT, headers={"Idempotency-Key": "k1"})
    assert first.status_code == second.status_code == 201
    assert first.json()["id"] == second.json()["id"]
    assert ImportRun.objects.count() == 1


def test_who_may_not_import_is_told(api, cast):
    api.force_login(cast.sato)
    assert send(api, LIST).status_code == 403
    assert api.get(IMPORTS).status_code == 403
    assert APIClient().get(IMPORTS).status_code == 401


def test_undo_takes_back_what_nothing_went_on_with(api):
    first = send(api, "氏名,メール,役職\n田中 一郎,tanaka@example.jp,課長\n")
    work(first)
    second = send(api, "氏名,メール,役職,DL回数\n田中 一郎,tanaka@example.jp,部長,2\n鈴木 花,hana@example.jp,,\n")
    work(second)
    answer = api.post(f"{IMPORTS}{second.json()['id']}/undo/")
    assert answer.status_code == 200, answer.content
    assert answer.json()["state"] == "undone"
    lead = Lead.objects.present().get()
    assert (lead.title, lead.seniority) == ("課長", "manager")
    assert not Activity.objects.exists()
    again = send(api, "氏名,メール\n鈴木 花,hana@example.jp\n")
    work(again)
    assert read(api, again)["created"] == 1


def test_undo_keeps_and_lists_what_others_changed(api):
    made = send(api, "氏名,メール,役職\n田中 一郎,tanaka@example.jp,課長\n鈴木 花,hana@example.jp,\n")
    work(made)
    Lead.objects.filter(last_name="田中").update(updated_at=clock.now() + timedelta(seconds=1))
    base = f"{IMPORTS}{made.json()['id']}/"
    answer = api.post(f"{base}undo/")
    assert (answer.status_code, answer.json()["state"], answer.json()["kept"]) == (200, "undone", 1)
    rows = api.get(f"{base}rows/?kept=true").json()["results"]
    assert [(row["cells"][0], row["kept"]) for row in rows] == [("田中 一郎", "edited")]
    assert Lead.objects.present().get().last_name == "田中"
    assert api.post(f"{base}undo/").status_code == 409


def test_held_rows_are_decided_all_alike(api):
    work(send(api, "会社名,氏名,役職\n東浜精工,田中 一郎,課長\n"))
    made = send(api, "会社名,氏名,役職\n東浜精工,田中 一郎,部長\n東浜精工,田中 一郎,社長\n")
    work(made)
    base = f"{IMPORTS}{made.json()['id']}/"
    assert api.post(f"{base}resolve/", {"as": "7"}).status_code == 400
    assert api.post(f"{base}resolve/", {"as": "new"}).json()["state"] == "committing"
    work(made)
    done = read(api, made)
    assert (done["state"], done["created"], done["duplicates"]) == ("done", 2, 0)


def test_leads_of_an_import_are_asked_for_by_its_id(api):
    made = send(api, LIST, mapping=MAPPING, create_custom="true")
    work(made)
    other = send(api, "氏名,メール\n別の 人,other@example.jp\n")
    work(other)
    found = api.get(f"/api/v1/leads/?import={made.json()['id']}").json()["results"]
    assert {one["external_id"] for one in found} == {"7", "8"}
    assert api.get("/api/v1/leads/?import=none").json()["results"] == []

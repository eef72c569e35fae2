"""The search in the background: owed as rows, soon after, remembering what people decided."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.services import sweeping
from leads.models import DuplicateDue, DuplicatePair
from leads.services import duplicate_marks, duplicate_search, duplicates, leads
from tests import factories
from tests.at_once import all_well, at_once
from tests.cast import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def organisation(org):
    return org


def person(**values):
    given = {"last_name": "佐藤", "first_name": "健一", "company": {"name": "東浜精工"}, "email": "", "title": "課長"}
    return factories.lead(**given | values)


def search(at=LATER):
    return duplicate_search.work(now=lambda: at)


def pairs(state="open"):
    return set(DuplicatePair.objects.filter(state=state).values_list("a", "b"))


def test_new_and_edited_leads_are_compared():
    first = person(email="k.sato@tohama.example")
    second = person(email="sato.k@tohama.example", company={"name": "株式会社 東浜精工 静岡"}, mobile="090-1111-2222")
    stranger = person(last_name="高橋", first_name="綾", email="aya@x.example")
    assert search() == 3
    assert pairs() == {(first.pk, second.pk)}
    assert {reason["field"] for reason in DuplicatePair.objects.get().reasons} >= {"last_name", "first_name"}
    assert search() == 0

    leads.update(lead=stranger, values={"mobile": "090-1111-2222"}, by=None, at=LATER)
    leads.update(lead=first, values={"qualification": {"need": "x"}}, by=None, at=LATER)
    assert DuplicateDue.objects.count() == 1, "only what leads are compared by owes a comparison"
    search()
    assert pairs() == {(first.pk, second.pk)}, "one number alone makes nobody somebody of another name"


def test_a_pair_that_is_likely_no_more_goes_away():
    first, second = person(email="a@x.example"), person(email="b@x.example", company={"name": "東浜精工㈱"})
    search()
    assert pairs() == {(first.pk, second.pk)}
    leads.update(lead=second, values={"last_name": "高橋", "first_name": "綾"}, by=None, at=LATER)
    search()
    assert pairs() == set()


def test_not_the_same_is_remembered_until_the_facts_speak_louder(cast):
    person(email="a@x.example")
    person(email="b@x.example")
    search()
    pair = duplicates.dismiss(pair=DuplicatePair.objects.get(), by=cast.mia, at=LATER)
    duplicate_marks.mark_all(at=LATER)
    search()
    assert pairs("dismissed") == {(pair.a_id, pair.b_id)}
    leads.update(lead=pair.a, values={"title": "部長"}, by=None, at=LATER)
    search()
    assert pairs() == set(), "less alike than before"
    for lead, number in ((pair.a, "090-1111-2222"), (pair.b, "090-1111-2222")):
        leads.update(lead=lead, values={"mobile": number}, by=None, at=LATER)
    search()
    assert pairs() == {(pair.a_id, pair.b_id)}


def test_a_companys_new_name_owes_its_leads_a_comparison():
    lead = person()
    search()
    leads.update(lead=lead, values={"company": {"name": "東浜精工", "address": "静岡市1-1"}}, by=None, at=LATER)
    assert DuplicateDue.objects.filter(lead=lead).exists()


def test_ar_13_colleagues_are_never_proposed():
    company = {"name": "東浜精工", "phone": "054-111-2222", "address": "静岡市葵区1-1"}
    for number, name in enumerate(("佐藤 健一", "佐藤 翔太", "鈴木 健一", "高橋 綾", "中村 健")):
        last, first = name.split()
        person(
            last_name=last, first_name=first, email=f"p{number}@tohama.example", phone="054-111-2222", company=company
        )
    search()
    assert pairs() == set()


def test_keys_shared_by_too_many_are_left_out(django_assert_max_num_queries):
    for number in range(70):
        person(last_name=f"名{number}", email=f"p{number}@tohama.example", phone="03-0000-0000")
    with django_assert_max_num_queries(30):
        assert search() == 70
    assert pairs() == set()


def test_what_nobody_heard_of_is_swept_and_a_dead_workers_chunk_is_taken_up_again(monkeypatch):
    person(email="a@x.example")
    person(email="b@x.example")
    assert "leads.services.duplicate_search.sweep" in {sweep.path for sweep in sweeping.SWEEPS}
    assert duplicate_search.sweep(at=LATER - timedelta(minutes=4, seconds=30)) == 0, "a worker has its time first"
    with monkeypatch.context() as patch:
        patch.setattr(duplicate_search, "_write_keys", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            search()
    assert search(LATER + timedelta(seconds=30)) == 0
    assert duplicate_search.sweep(at=LATER + timedelta(minutes=5)) == 2
    assert len(pairs()) == 1


def test_a_mark_set_while_at_work_stays(monkeypatch):
    lead = person()
    compare = duplicate_search.comparing.partners

    def edited_meanwhile(ids):
        duplicate_marks.mark(lead_ids=[lead.pk], at=LATER)
        return compare(ids)

    monkeypatch.setattr(duplicate_search.comparing, "partners", edited_meanwhile)
    duplicate_search.work(now=lambda: LATER, chunks=1)
    assert DuplicateDue.objects.get().generation == 2


def test_leads_taken_back_are_in_no_pair():
    first, second = person(email="a@x.example"), person(email="b@x.example")
    search()
    type(first).objects.filter(pk=second.pk).update(is_present=False)
    duplicate_marks.mark_all(at=LATER)
    search()
    assert pairs() == set()


@pytest.mark.parametrize(("leads", "looks"), [(2, False), (3, True)])
def test_after_many_comparisons_sqlite_looks_at_its_tables_again(cast, monkeypatch, leads, looks):
    monkeypatch.setattr(duplicate_search, "MANY", 3)
    for _number in range(leads):
        factories.lead(company={"name": "東浜精工"})

    with CaptureQueriesContext(connection) as asked:
        duplicate_search.work(now=lambda: NOON)

    assert ("ANALYZE" in [query["sql"] for query in asked]) is (looks and connection.vendor == "sqlite")


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_what_is_owed_until_the_end(monkeypatch):
    """Whoever meets the other at the same rows goes on with the next ones instead of going home."""
    for number in range(40):
        factories.lead(company={"name": f"会社{number}"})
    monkeypatch.setattr(duplicate_search, "CHUNK", 2)
    one_chunk = duplicate_search._one_chunk

    def slowly(*words):
        time.sleep(0.02)
        one_chunk(*words)

    monkeypatch.setattr(duplicate_search, "_one_chunk", slowly)
    compared = all_well(at_once(search, search))
    assert (sum(compared), DuplicateDue.objects.count()) == (40, 0)
    assert min(compared) >= 10

"""Many rows at once: written, changed and looked for alike on both databases."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import DataError, IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from journal import bulk
from leads.domain.choices import StaleCause
from leads.models import ImportRow, Lead
from leads.queries.among import Among
from leads.services import import_runs, import_work, staleness
from tests import factories
from tests.cast import NOON

pytestmark = pytest.mark.django_db


def blank(**columns):
    template = Lead(acquired_at=NOON, stage_since=NOON, created_at=NOON, updated_at=NOON)
    return bulk.stamp(template, **columns)


def test_stamped_rows_are_as_the_constructor_makes_them_and_share_nothing(org):
    one, other = blank(last_name="田中", custom={}), blank(last_name="佐藤", custom={"a": 'b"\\\t'})
    one.company = factories.company()
    bulk.insert([one, other])
    assert other._state is not one._state
    assert other.company is None
    made = Lead(last_name="林", acquired_at=NOON, stage_since=NOON, created_at=NOON, updated_at=NOON)
    made.save()
    for lead in (one, other):
        kept = Lead.objects.get(pk=lead.pk)
        own = {"id", "last_name", "custom", "company_id"}
        columns = [field.attname for field in Lead._meta.concrete_fields if field.attname not in own]
        assert [getattr(kept, name) for name in columns] == [getattr(made, name) for name in columns]
        assert (kept.last_name, kept.custom, kept.company_id) == (lead.last_name, lead.custom, lead.company_id)
    one.last_name = "田中一"
    one.save()
    assert Lead.objects.filter(last_name="田中一").count() == 1


def test_values_go_in_beside_what_all_rows_share_and_defaults(cast):
    run = import_runs.start(file=ContentFile("氏名\n田中\n".encode()), filename="a.csv", by=cast.mia, at=NOON)
    cells = ["a\tb\\N", "改\n行", "", 'x"y']
    bulk.insert_values(ImportRow, ("number", "line", "cells"), [(1, 2, cells), (2, 3, [])], run_id=run.pk, kept="deal")
    one, other = ImportRow.objects.order_by("number")
    assert (one.cells, one.line, one.result, one.old, one.errors, one.lead_id) == (cells, 2, "pending", {}, [], None)
    assert (other.cells, other.kept, other.resolution, other.run) == ([], "deal", "", run)


def test_an_update_writes_the_named_columns_alone(org):
    one, other = factories.lead(last_name="田中"), factories.lead(last_name="佐藤")
    for lead in (one, other):
        lead.custom, lead.acquired_at, lead.title = {"a": [1, None]}, NOON + timedelta(microseconds=5), "課長"
        lead.company, lead.external_id = factories.company(f"{lead.last_name}商店"), None
        lead.department = "not written"
    bulk.update([one, other], {"custom", "acquired_at", "title", "company", "external_id"})
    for lead in (one, other):
        kept = Lead.objects.get(pk=lead.pk)
        assert (kept.custom, kept.acquired_at, kept.title) == (lead.custom, lead.acquired_at, "課長")
        assert (kept.company_id, kept.external_id, kept.department) == (lead.company_id, None, "")


def test_an_update_refuses_what_is_too_long(org):
    if connection.vendor == "sqlite":  # which takes any length
        return
    lead = factories.lead()
    lead.title = "長" * 121
    with pytest.raises(DataError):
        bulk.update([lead], {"title"})


def test_rows_that_may_not_stand_are_refused(org):
    bulk.insert([blank(email_key="a@example.jp", custom={})])
    with pytest.raises(IntegrityError):
        bulk.insert([blank(email_key="a@example.jp", custom={})])


def test_among_finds_what_in_finds(org):
    keys = ["a'b@example.jp", 'a"b@example.jp', "a\\b", "雪%s"]
    for key in keys:
        factories.lead(last_name=key)
    Lead.objects.update(email_key="")
    for lead in Lead.objects.all():
        Lead.objects.filter(pk=lead.pk).update(email_key=lead.last_name)
    wanted = [*keys[:3], "nobody"]
    found = Lead.objects.filter(Among("email_key", wanted)).values_list("email_key", flat=True)
    assert sorted(found) == sorted(keys[:3])
    assert not Lead.objects.filter(Among("email_key", [])).exists()


def test_marks_are_one_question_however_many_leads(org):
    pks = [factories.lead().pk for _ in range(3)]
    for many in (pks[:1], pks * 400):
        with CaptureQueriesContext(connection) as asked:
            staleness.mark(lead_ids=many, cause=StaleCause.BULK, at=NOON)
        assert len(asked) == 1


@pytest.mark.parametrize("body", ["", "a", "ab", "あいあい\n山田商店", "😀😀a", "aaaa"])
def test_a_text_has_the_pairs_of_its_letters(body):
    if connection.vendor == "sqlite":  # which searches without an index of pairs
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT leads_pairs(%s)", [body])
        (pairs,) = cursor.fetchone()
    assert set(pairs) == {body[place : place + 2] for place in range(len(body) - 1)}


def test_the_steps_of_an_import_need_not_last_but_its_end_does(cast):
    run = import_runs.start(file=ContentFile("氏名\n田中".encode()), filename="a.csv", by=cast.mia, at=NOON)
    with CaptureQueriesContext(connection) as asked:
        import_work.work(run_id=run.pk, now=lambda: NOON)
    told = [
        query["sql"] for query in asked if "synchronous_commit" in query["sql"] or "import.finished" in query["sql"]
    ]
    steps = [True, True] if connection.vendor == "postgresql" else []
    assert ["synchronous" in sql for sql in told] == [*steps, False]

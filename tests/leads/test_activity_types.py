"""What the standard types of activities are called: in the reader's language, in old installations as in new ones."""

import importlib

import pytest
from django.apps import apps
from django.utils import translation

from leads.domain.activity_types import BY_CODE, STANDARD
from leads.models import ActivityType
from leads.queries import timeline
from tests.factories import standard_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _standard():
    ActivityType.objects.bulk_create(standard_rows(), ignore_conflicts=True)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_standard_type_is_named_in_the_readers_language(language):
    with translation.override(language):
        named = {row.code: timeline.label_of(row, row.code) for row in ActivityType.objects.filter(is_standard=True)}
    assert named == {code: getattr(kind, language) for code, kind in BY_CODE.items()}
    assert all(name.isascii() == (language == "en") for name in named.values())


def test_an_old_installation_gets_the_present_words_and_keeps_its_own():
    for kind in STANDARD:
        ActivityType.objects.filter(code=kind.code).update(label_en=kind.en.replace("Email", "E-mail"))
    ActivityType.objects.filter(code="email_click").update(label_en="Clicked a link of ours")

    importlib.import_module("leads.migrations.0018_email_without_hyphen").rename(apps, None)

    named = dict(ActivityType.objects.values_list("code", "label_en"))
    assert named == {kind.code: kind.en for kind in STANDARD} | {"email_click": "Clicked a link of ours"}

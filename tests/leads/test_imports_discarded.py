"""A file that was only looked at leaves nothing behind, but for what has found another use since."""

import io
from decimal import Decimal

import pytest
from django.core.files.base import File

from leads.models import Campaign, Channel, CustomField, ImportRun
from leads.services import campaigns, custom_fields, import_runs, import_work
from tests import factories
from tests.cast import NOON

pytestmark = pytest.mark.django_db
LIST = "姓,メールアドレス,推し\n佐々木,sasaki@example.jp,猫\n".encode()


@pytest.fixture
def preview(cast):
    """A previewed file for which an own field, a channel and a campaign had to be made."""
    return previewed(cast)


MAPPING = {"姓": "last_name", "メールアドレス": "email", "推し": "custom.推し"}


def previewed(cast):
    run = import_runs.start(
        file=File(io.BytesIO(LIST), "名簿.csv"), filename="名簿.csv", by=cast.mia, at=NOON, asks=True
    )
    return said(cast, run, create_custom=True, channel="猫の日", campaign="二月")


def said(cast, run, mapping=MAPPING, **options):
    import_runs.confirm(run=run, mapping=mapping, by=cast.mia, at=NOON, **options)
    import_work.work(run_id=run.pk, now=lambda: NOON)
    run.refresh_from_db()
    assert run.state == "preview"
    return run


def left():
    return (
        CustomField.objects.filter(label="推し").exists(),
        Channel.objects.filter(name="猫の日").exists(),
        Campaign.objects.filter(name="二月").exists(),
    )


def test_what_only_the_preview_wanted_goes_with_it(cast, preview):
    assert left() == (True, True, True)
    import_runs.discard(run=preview, by=cast.mia, at=NOON)
    assert left() == (False, False, False)


def test_what_was_there_before_stays(cast):
    custom_fields.add(label="推し", kind="text", by=None, at=NOON)
    Campaign.objects.create(channel=Channel.objects.create(name="猫の日", code="cats"), name="二月")
    run = previewed(cast)
    import_runs.discard(run=run, by=cast.mia, at=NOON)
    assert left() == (True, True, True)


def test_what_has_found_another_use_stays(cast, preview):
    field = CustomField.objects.get(label="推し")
    factories.lead(custom={field.key: "犬"}, channel=Channel.objects.get(name="猫の日"))
    import_runs.discard(run=preview, by=cast.mia, at=NOON)
    assert left() == (True, True, False)


def test_a_field_that_another_preview_reads_stays(cast, preview):
    import_runs.start(
        file=File(io.BytesIO(LIST.replace(b"sasaki", b"ito")), "別.csv"),
        filename="別.csv",
        by=cast.mia,
        at=NOON,
        mapping={"推し": f"custom.{CustomField.objects.get().key}"},
        asks=True,
    )
    import_runs.discard(run=preview, by=cast.mia, at=NOON)
    assert CustomField.objects.filter(label="推し").exists()


def test_a_committed_run_keeps_what_it_made(cast, preview):
    import_runs.commit(run=preview, by=cast.mia, at=NOON)
    import_work.work(run_id=preview.pk, now=lambda: NOON)
    assert ImportRun.objects.get().state == "done"
    assert left() == (True, True, True)


def test_what_a_corrected_preview_no_longer_wants_goes_once_it_is_written(cast, preview):
    said(cast, preview, MAPPING | {"推し": "note"}, channel="猫の月", campaign="二月")
    assert set(Channel.objects.values_list("name", flat=True)) == {"猫の日", "猫の月"}
    import_runs.commit(run=preview, by=cast.mia, at=NOON)
    assert left() == (False, False, True)
    assert Campaign.objects.get().channel.name == "猫の月"


def test_a_campaign_whose_cost_was_entered_stays(cast, preview):
    campaign = Campaign.objects.get()
    values = {"name": campaign.name, "cost": Decimal(300_000), "starts_on": None, "ends_on": None}
    campaigns.keep_campaign(campaign=campaign, channel=campaign.channel, **values, by=None, at=NOON)
    import_runs.discard(run=preview, by=cast.mia, at=NOON)
    assert left() == (False, True, True)

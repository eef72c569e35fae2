"""An import taken back while somebody hands one of its leads over: either happened first, never half of both."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection

from handoff.models import Handoff
from handoff.queries import invariants
from handoff.services import handoffs
from leads.models import Lead
from leads.queries.import_gone_on import gone_on
from leads.services import import_taking_back, import_undoing
from tests.cast import NOON
from tests.handoff import stories
from tests.leads.taking import take

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + timedelta(hours=1)


def test_lead_is_not_handed_over_while_its_import_is_taken_back(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    cast = stories.small()
    run = take(cast, "氏名,メール,会社名\n甲,1@example.jp,株式会社甲\n")
    lead = Lead.objects.get()
    told: list[object] = []

    def offer() -> None:
        try:
            told.append(handoffs.offer(lead=stories.fresh(lead), by=cast.mia, at=LATER, reason="すぐに"))
        except Exception as error:
            told.append(error)
        finally:
            connection.close()

    rival = Thread(target=offer)

    def look_then_wait(*args, **kwargs):
        kept = gone_on(*args, **kwargs)
        rival.start()
        rival.join(0.7)
        return kept

    monkeypatch.setattr(import_taking_back, "gone_on", look_then_wait)
    import_undoing.undo(run=run, by=cast.mia, at=LATER)
    rival.join()

    assert [type(one).__name__ for one in told] == ["NotContactable"]
    assert not Handoff.objects.exists()
    assert not Lead.objects.get().is_present
    assert invariants.violations(at=LATER) == []

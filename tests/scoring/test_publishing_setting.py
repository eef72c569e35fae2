"""The setting that says whether publishing asks for the agreement of both departments."""

import pytest

from accounts.models import Organization
from journal.models import Event
from tests.cast import organization

pytestmark = pytest.mark.django_db


def test_the_settings_say_whether_publishing_asks_for_agreement(client, cast):
    organization(publishing_needs_agreement=False)
    client.force_login(cast.ada)
    assert "管理者だけで公開" in client.get("/settings/").content.decode()
    for asks, is_asked in (("yes", True), ("yes", True), ("no", False), ("yes", True)):
        client.post("/settings/publishing/", {"asks": asks})
        assert Organization.objects.get().publishing_needs_agreement is is_asked
    assert "了承を得てから公開" in client.get("/settings/").content.decode()
    assert Event.objects.filter(kind="organization.changed").count() == 3, "what changed nothing is no change"
    assert client.post("/settings/publishing/", {"asks": "x"}).status_code == 400
    client.force_login(cast.maki)
    assert client.post("/settings/publishing/", {"asks": "no"}).status_code == 403

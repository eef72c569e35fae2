"""A person's name reads the same wherever it stands."""

import pytest

from accounts.models import User
from journal import clock
from leads.models import Lead
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "lead", "owner"), [("en", "John Smith", "Tom Green"), ("ja", "Smith John", "Green Tom")]
)
def test_a_latin_name_begins_with_the_given_name_in_english_only(client, language, lead, owner):
    people = stories.small()
    User.objects.filter(pk=people.sato.pk).update(last_name="Green", first_name="Tom")
    handoff = stories.accepted(people, to=people.sato)
    Lead.objects.filter(pk=handoff.lead_id).update(last_name="Smith", first_name="John")
    User.objects.update(language=language)
    client.force_login(people.maki)
    with clock.frozen(NOON):
        page = client.get(f"/leads/{handoff.lead_id}/").content.decode()
        rows = client.get("/leads/").content.decode()
        panel = client.get(f"/leads/{handoff.lead_id}/handoffs/").content.decode()

    assert f"<title>{lead}" in page
    for text, name in ((page, lead), (page, owner), (rows, lead), (rows, owner), (panel, owner)):
        assert name in text
        assert " ".join(reversed(name.split())) not in text

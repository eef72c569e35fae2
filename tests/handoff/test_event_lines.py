"""How handing over reads on a lead's timeline."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from handoff.services import handoffs
from leads.queries import timeline
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=40)


@pytest.fixture
def small():
    return stories.small()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Handed over to 佐藤 翔太", "Handoff accepted", "First contact: Spoke with them"]),
        ("ja", ["佐藤 翔太さんへ引き渡し", "引き渡しを受諾", "初回連絡：話せた"]),
    ],
)
def test_the_timeline_tells_the_handoff(small, language, words):
    handoff = stories.offered(small)
    handoffs.accept(handoff=handoff, by=small.sato, at=LATER)
    handoffs.contact(handoff=handoff, by=small.sato, at=LATER, method="call", result="talked")

    with override(language):
        entries, _older = timeline.entries(handoff.lead)

    told = [str(entry.text) for entry in entries]
    for expected in words:
        assert expected in told, told


@pytest.mark.parametrize(("result", "told"), [("no_answer", "送信済み（返信待ち）"), ("talked", "返信あり")])
def test_a_first_contact_by_email_is_told_as_one(small, result, told):
    handoff = stories.accepted(small, to=small.sato)
    handoffs.contact(handoff=handoff, by=small.sato, at=LATER, method="mail", result=result)

    with override("ja"):
        lines = [str(entry.text) for entry in timeline.entries(handoff.lead)[0]]

    assert f"初回連絡：{told}" in lines, lines


def test_a_reject_is_told_with_its_reason(small):
    handoff = stories.offered(small)
    handoffs.reject(handoff=handoff, reason="not_now", by=small.sato, at=LATER)
    with override("ja"):
        told = [str(entry.text) for entry in timeline.entries(handoff.lead)[0]]
    assert any(text.startswith("差し戻し（") for text in told), told

"""A sweep reads one partial index: its cost follows what is due, not what is kept."""

import pytest
from django.db import connection

from handoff.models import Clock
from handoff.services import sweeps
from tests.cast import tokyo
from tests.handoff import rows

pytestmark = pytest.mark.django_db


def test_the_sweeps_question_uses_the_index_of_next_moments(cast):
    due = Clock.objects.filter(next_event_at__lte=tokyo("2026-11-16 10:00")).order_by("next_event_at", "id")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Tables this small are read whole; the question is whether the index could answer.
            cursor.execute("SET LOCAL enable_seqscan = off")

    assert "handoff_clock_next" in due.explain()


def test_what_is_not_due_costs_nothing(cast, django_assert_num_queries):
    for _ in range(10):
        rows.offered(cast, tokyo("2026-11-16 10:00"), to=cast.sato)

    with django_assert_num_queries(5):  # pauses, clocks, leads whose date has come, nurture steps, who unsubscribed
        sweeps.sweep(at=tokyo("2026-11-16 10:05"))


@pytest.mark.parametrize("due", [1, 8])
def test_telling_costs_the_same_whatever_is_due(cast, django_assert_max_num_queries, due):
    """Hundreds are told of in one transaction of so many statements."""
    for _ in range(10):
        rows.offered(cast, tokyo("2026-11-16 10:00"), to=cast.sato)
    for _ in range(due):
        rows.offered(cast, tokyo("2026-11-16 09:44"), to=cast.sato)

    with django_assert_max_num_queries(24):
        assert sweeps.sweep(at=tokyo("2026-11-16 10:00")).moments == 4 * due  # the answer's three, the contact's one
    assert Clock.objects.filter(state="breached", breached_at__isnull=False).count() == due

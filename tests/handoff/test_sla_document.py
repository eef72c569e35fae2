"""The worked examples of docs/sla.md are what the product does."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from handoff.domain import pauses
from handoff.domain.promises import BREACH, Promise, moments
from handoff.models import Alert, Handoff
from handoff.queries import calendars, invariants, policies
from handoff.services import clocks, defaults, handoffs, sweeps
from journal import services as journal
from journal.models import Event
from tests import factories
from tests.cast import TOKYO, person, tokyo

DOCUMENT = (Path(__file__).parents[2] / "docs" / "sla.md").read_text(encoding="utf-8")


def table(*head):
    """The rows of the table with this head, as tuples of text."""
    lines = DOCUMENT.splitlines()
    start = lines.index(f"| {' | '.join(head)} |") + 2
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            return rows
        rows.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
    return rows


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "minutes", "due"), table("start", "working minutes", "due"))
def test_f_1_minutes_of_the_document(start, minutes, due):
    calendar = calendars.default()

    assert calendar.add_minutes(moment(start), int(minutes)) == moment(due)
    assert calendar.minutes_between(moment(start), moment(due)) == int(minutes)


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "days", "due"), table("start", "working days", "due"))
def test_working_days_of_the_document(start, days, due):
    assert calendars.default().close_of_nth_working_day(moment(start), int(days)) == moment(due)


def intervals(text):
    return [tuple(moment(end) for end in pause.split(" to ")) for pause in text.split(", ")]


PAUSED = [
    *(
        (start, Promise(minutes=int(minutes)), stood, due)
        for start, minutes, stood, due in table("start", "working minutes", "paused", "due")
    ),
    *(
        (start, Promise(working_days=int(days)), stood, due)
        for start, days, stood, due in table("start", "working days", "paused", "due")
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "promise", "stood", "due"), PAUSED)
def test_pauses_of_the_document(start, promise, stood, due):
    calendar, stood = calendars.default(), intervals(stood)

    ahead = moments(promise, calendar, moment(start), escalates=True, pauses=stood)

    whole = calendar.time_between(moment(start), promise.due_at(calendar, moment(start)))
    assert [one.at for one in ahead if one.kind == BREACH] == [moment(due)]
    assert pauses.time_between(calendar, moment(start), moment(due), stood) == whole
    assert [one.level for one in ahead] == [50, 80, 100, 200]
    assert [one.at for one in ahead] == sorted(one.at for one in ahead)


@pytest.mark.django_db
def test_the_life_of_a_paused_handoff(cast):
    """Warned, paused, resumed by the sweep, warned, breached, re-routed."""
    person("kato", "加藤", "直", ["rep"], cast.field)
    start = tokyo("2026-11-16 10:00")
    defaults.install(preset="small", at=start)
    offered = handoffs.offer(lead=factories.lead(at=start), by=cast.mia, to=cast.sato, at=start)
    Handoff.objects.filter(pk=offered.pk).update(priority="high")
    restart_as_high(offered, start)

    for at, what, told in table("at", "what the clock does", "told"):
        known, ended = answers_told(), resumed()
        sweeps.sweep(at=moment(at) - timedelta(seconds=1))
        assert (answers_told(), resumed()) == (known, ended), f"too early for: {what}"

        if what.startswith("paused"):
            handoffs.pause(
                handoff=offered, reason="call_later", until=tokyo("2026-11-16 11:10"), by=cast.sato, at=moment(at)
            )
        sweeps.sweep(at=moment(at))
        journal.deliver_owed(at=moment(at))

        new = Alert.objects.exclude(pk__in=known).filter(clock__kind="answer").order_by("-level")
        names = {user.email.split("@")[0] for alert in new[:1] for user in alert.people.all()}
        assert names == set(re.findall(r"\w+", told)), what
        assert invariants.violations(at=moment(at)) == []
        assert resumed() == (moment(at) >= tokyo("2026-11-16 11:10"))

    offered.refresh_from_db()
    assert (offered.state, offered.is_breached) == ("rerouted", True)


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "band", "length"), table("promise", "band", "length"))
def test_ar_34_promises_of_the_document(org, kind, band, length):
    for preset in (None, "small"):
        if preset:
            defaults.install(preset=preset, at=tokyo("2026-11-16 09:00"))
        promise = policies.promise_for(kind=kind, leg="marketing_to_field", band=band)

        said = f"{promise.minutes} minutes" if promise.minutes else f"{promise.working_days} working days"
        assert said == length


@pytest.mark.django_db
def test_f_3_the_life_of_a_handoff_that_nobody_answers(cast):
    """Offer, warnings, breach, re-route, breach again, queue, breach: with nobody saving anything."""
    person("kato", "加藤", "直", ["rep"], cast.field)
    start = tokyo("2026-11-16 10:00")
    defaults.install(preset="small", at=start)
    lead = factories.lead(at=start)
    offered = handoffs.offer(lead=lead, by=cast.mia, to=cast.sato, at=start)
    Handoff.objects.filter(pk=offered.pk).update(priority="high")
    restart_as_high(offered, start)

    for at, what, told in table("at", "what happens", "told"):
        known = answers_told()
        sweeps.sweep(at=moment(at) - timedelta(seconds=1))
        assert answers_told() == known, f"too early for: {what}"

        sweeps.sweep(at=moment(at))
        journal.deliver_owed(at=moment(at))

        new = Alert.objects.exclude(pk__in=known).filter(clock__kind="answer").order_by("-level")
        names = {user.email.split("@")[0] for alert in new[:1] for user in alert.people.all()}
        assert names == set(re.findall(r"\w+", told)), what
        assert invariants.violations(at=moment(at)) == []

    rows = list(Handoff.objects.order_by("id").values_list("assigned_to__last_name", "state", "reroutes"))
    assert rows == [("佐藤", "rerouted", 0), ("加藤", "rerouted", 1), (None, "offered", 2)]
    lead.refresh_from_db()
    assert (lead.owner, lead.team, lead.due_kind) == (cast.maki, cast.field, "answer")


def resumed():
    return Event.objects.filter(kind="handoff.resumed").count()


def answers_told():
    return set(Alert.objects.filter(clock__kind="answer").values_list("pk", flat=True))


def restart_as_high(handoff, at):
    """The document's example is of a high priority; a lead without activities would be low."""
    handoff.clocks.all().delete()
    handoff.refresh_from_db()
    for kind in ("answer", "contact"):
        clocks.start(handoff=handoff, kind=kind, at=at)
    handoff.lead.due_at = handoff.answer_due_at
    handoff.lead.save(update_fields=["due_at"])

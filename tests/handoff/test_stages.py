"""The table of stages: everything in it is reachable, everything outside it is refused."""

from itertools import product

import pytest
from django.core.management import call_command

from feedback.services import feedback
from handoff.domain import stages
from handoff.domain.stages import Way
from handoff.models import StageEntry, StageTransition
from handoff.queries import invariants
from handoff.services import handoffs
from handoff.services import stages as stage_service
from handoff.services.stages import StageNotAllowed
from journal.models import Event
from leads.domain.choices import Stage
from leads.models import Lead
from tests import factories
from tests.cast import NOON, person
from tests.handoff import stories
from tests.handoff.rows import lead as lead_row
from tests.handoff.stories import scored

PAIRS = list(product(Stage.values, Stage.values))
DUTY = {"due_kind": "next_action", "due_at": NOON}


def test_ar_51_the_stages_in_their_order():
    assert [*Stage.values][:6] == ["lead", "mal", "mql", "sal", "sql", "opportunity"]
    assert list(stages.LADDER)[:6] == [*Stage.values][:6]


@pytest.mark.django_db
def test_ar_51_one_person_may_hold_several_roles_and_own_leads_at_several_stages():
    people = stories.small()
    midori = person(
        "midori", "緑川", "葉", ["marketer", "inside_sales", "rep", "manager"], people.marketing, people.field
    )
    offered, accepted, dealt = (stories.lead(at=NOON, by=midori) for _ in range(3))
    for lead in (offered, accepted, dealt):
        handoffs.offer(lead=lead, by=midori, to=midori, at=NOON)
    for lead in (accepted, dealt):
        handoffs.accept(handoff=lead.handoffs.get(), by=midori, at=NOON)
    feedback.give(handoff=dealt.handoffs.get(), result="opportunity", by=midori, at=NOON)

    owned = Lead.objects.filter(owner=midori).order_by("pk").values_list("stage", flat=True)

    assert list(owned) == ["mql", "sal", "opportunity"]
    # The scores are made up, so they don't add up (I9).
    assert {found.code for found in invariants.violations(at=NOON)} <= {"I9"}


def test_every_stage_is_reachable_from_lead():
    reached, todo = {"lead"}, ["lead"]
    while todo:
        new = set(stages.reachable_from(todo.pop())) - reached
        reached |= new
        todo.extend(new)

    assert reached == set(Stage.values)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("lead", ["mal", "mql", "opportunity", "nurture", "disqualified"]),
        ("mal", ["mql", "opportunity", "nurture", "disqualified"]),
        ("mql", ["sal", "opportunity", "nurture", "disqualified"]),
        ("sal", ["sql", "opportunity", "won", "lost", "nurture", "disqualified"]),
        ("sql", ["opportunity", "won", "lost", "nurture", "disqualified"]),
        ("opportunity", ["won", "lost", "nurture", "disqualified"]),
        ("won", ["opportunity", "lost", "nurture"]),
        ("lost", ["mal", "mql", "opportunity", "won", "nurture", "disqualified"]),
        ("nurture", ["mal", "mql", "opportunity", "won", "lost", "disqualified"]),
        ("disqualified", ["lead"]),
    ],
)
def test_the_table_is_that_of_the_design(origin, allowed):
    assert stages.reachable_from(origin) == allowed


@pytest.mark.parametrize(("origin", "to", "passed"), [
    ("sal", "opportunity", ["sql"]),
    ("lead", "opportunity", ["mal", "mql", "sal", "sql"]),
    ("sql", "won", ["opportunity"]),
    ("opportunity", "won", []),
    ("nurture", "opportunity", ["mql", "sal", "sql"]),
    ("lost", "won", ["mql", "sal", "sql", "opportunity"]),
    ("mql", "sal", []),
    ("won", "opportunity", []),
])  # fmt: skip
def test_stages_skipped_on_the_way_up(origin, to, passed):
    assert stages.passed_through(origin, to) == passed


def test_who_has_been_in_all_of_them_passes_none_again():
    entered = frozenset({"mql", "sal", "sql"})

    assert stages.passed_through("lost", "opportunity", entered) == []
    assert stages.passed_through("lost", "won", entered) == ["opportunity"]


@pytest.mark.django_db
@pytest.mark.parametrize(("origin", "to"), [pair for pair in PAIRS if pair not in stages.WAYS])
def test_every_pair_outside_the_table_is_refused(cast, origin, to):
    lead = lead_row(NOON, stage=origin, owner=cast.mia, **DUTY)

    for way in Way:
        with pytest.raises(StageNotAllowed):
            stage_service.move(lead=lead, to=to, way=way, by=cast.ada, at=NOON)

    assert Lead.objects.get(pk=lead.pk).stage == origin
    assert not StageTransition.objects.filter(lead=lead).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("origin", "to"), sorted(stages.WAYS))
def test_every_pair_of_the_table_is_logged_without_a_gap(cast, origin, to):
    lead = lead_row(NOON, stage=origin, owner=cast.mia, **DUTY)
    way = Way(sorted(stages.WAYS[origin, to])[0])

    stage_service.move(lead=lead, to=to, way=way, by=cast.ada, at=NOON)

    rows = list(StageTransition.objects.filter(lead=lead).order_by("id"))
    chain = [rows[0].from_stage, *(row.to_stage for row in rows)]
    assert chain[0] == origin
    assert chain[-1] == to == Lead.objects.get(pk=lead.pk).stage
    assert [row.passed_through for row in rows] == [True] * (len(rows) - 1) + [False]
    assert all(pair in stages.WAYS for pair in zip(chain, chain[1:], strict=False))
    assert set(chain[1:]) == set(StageEntry.objects.filter(lead=lead).values_list("stage", flat=True))


@pytest.mark.django_db
def test_a_change_keeps_how_long_the_stage_lasted_and_the_score(cast):
    lead = scored(factories.lead(), 42)
    Lead.objects.filter(pk=lead.pk).update(stage="mql", stage_since=NOON, owner=cast.mia, **DUTY)

    later = NOON.replace(hour=14)
    row = stage_service.move(lead=lead, to="sal", way=Way.ACCEPTED, by=cast.sato, at=later)

    assert (row.seconds_before, row.score, row.by) == (7200, 42, cast.sato)
    event = Event.objects.get(kind="lead.stage_changed")
    assert event.data == {"from": "mql", "to": "sal", "reason": "accepted", "handoff": None}


@pytest.mark.django_db
def test_the_first_entry_stays(cast):
    lead = lead_row(NOON, stage="lead")
    stage_service.move(lead=lead, to="mal", way=Way.INTAKE, by=None, at=NOON)
    Lead.objects.filter(pk=lead.pk).update(stage="nurture", owner=cast.mia, **DUTY)

    stage_service.move(lead=lead, to="mal", way=Way.RESURFACED, by=None, at=NOON.replace(day=27))

    assert StageEntry.objects.get(lead=lead, stage="mal").at == NOON


def test_the_diagram_in_the_docs_is_the_table():
    call_command("draw_stages", check="docs/stages.md")

"""Rows of handoffs as they lie in the database, for tests of what watches over them."""

from itertools import count

from handoff.models import Episode, Handoff
from handoff.services import clocks
from leads.models import Lead

_attempt = count(1)


def lead(at, **fields):
    values = {"last_name": "中村", "stage": "lead", "stage_since": at, "acquired_at": at, "created_at": at}
    return Lead.objects.create(**values | {"updated_at": at} | fields)


def offered(people, at, *, to=None, team=None, priority="high", leg="marketing_to_field", reroutes=0, lead_row=None):
    """An open handoff to a person, or with `to=None` and a team to its queue; both its clocks run."""
    team = team or people.field
    receiver = {"user": to, "team": team}
    due_at = clocks.due_at(kind="answer", leg=leg, band=priority, at=at, **receiver)
    if lead_row is None:
        duty = {"owner": to, "team": team, "due_kind": "answer", "due_at": due_at}
        lead_row = lead(at, stage="mql", **duty)
    episode = Episode.objects.create(
        lead=lead_row, leg=leg, attempt=next(_attempt), offered_at=at, band=priority, score=40
    )
    handoff = Handoff.objects.create(
        episode=episode,
        lead=lead_row,
        leg=leg,
        offered_at=at,
        sender=people.mia,
        team=team,
        assigned_to=to,
        assigned_at=at,
        priority=priority,
        reroutes=reroutes,
        answer_due_at=due_at,
    )
    clocks.start(handoff=handoff, kind="answer", at=at)
    clocks.start(handoff=handoff, kind="contact", at=at)
    return handoff

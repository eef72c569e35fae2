"""The stock of open handoffs: who receives them, what was frozen with each, and its two running clocks.

`python -m bench.waiting LEADS` fills another database than the parent's, and prints the cookies of who asks.
"""

import json
import sys

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection

from accounts.domain.roles import Role, TeamKind
from accounts.models import Membership, RoleGrant, Team, User
from bench import stock
from handoff.services import handoffs
from journal import clock
from leads.models import Lead

EACH, IN_TEAM = 20, 10  # open handoffs of one rep; reps of one team
NAME = "在庫営業"
ONE_IN = 20  # so many leads for one open handoff; four of them rest until a date
# One in twenty is past due, by up to two days; the others fall due within the next nine.
PICKED = """
CREATE TEMPORARY TABLE bench_picked AS
SELECT l.id AS lead_id, n, r.user_id, r.team_id, at + d.ahead AS due_at, at - interval '1 day' * (3 + n %% 20) AS offered_at
FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM leads_lead l WHERE is_present AND stage = 'lead'
      AND NOT EXISTS (SELECT 1 FROM handoff_episode e WHERE e.lead_id = l.id) ORDER BY id LIMIT %(wanted)s) l
CROSS JOIN (SELECT date_trunc('minute', now()) AS at) t
JOIN LATERAL (SELECT CASE WHEN n %% 20 = 7 THEN - (1 + n %% 2880) * interval '1 minute'
    ELSE (60 + n %% 12960) * interval '1 minute' END AS ahead) d ON true
JOIN (SELECT m.user_id, m.team_id, row_number() OVER (ORDER BY m.id) - 1 AS place FROM accounts_membership m
    JOIN accounts_team t ON t.id = m.team_id WHERE m.receives AND t.name LIKE %(name)s || '%%') r
  ON r.place = n %% %(reps)s
"""
EPISODES = """
INSERT INTO handoff_episode (lead_id, leg, attempt, offered_at, band, score, model_id, facts, outcome)
SELECT p.lead_id, e.leg, 1, p.offered_at, s.band, s.total, s.model_id, e.facts, ''
FROM bench_picked p JOIN leads_leadscore s USING (lead_id), handoff_episode e WHERE e.id = %(episode)s
"""
HANDOFFS = """
INSERT INTO handoff_handoff (episode_id, lead_id, leg, state, offered_at, team_id, assigned_to_id, assigned_at,
  routed_because, reroutes, priority, reason_line, note, sheet, addenda, answer_due_at, contact_due_at, reject_reason,
  reject_comment, successor, contact_method, contact_result, is_breached, version)
SELECT e.id, p.lead_id, h.leg, 'offered', p.offered_at, p.team_id, p.user_id, p.offered_at, h.routed_because, 0,
  e.band, h.reason_line, '', h.sheet, '[]', p.due_at, p.due_at + interval '1 day', '', '', '', '', '',
  p.due_at < now(), 1
FROM bench_picked p JOIN handoff_episode e USING (lead_id), handoff_handoff h WHERE h.id = %(handoff)s
"""
# Warned already; what is still to come is the breach and what follows it, or that alone where it is past due.
CLOCKS = """
INSERT INTO handoff_clock (handoff_id, kind, state, calendar_id, started_at, minutes, due_at, events, next_event_at,
  breached_at)
SELECT h.id, k.kind, CASE WHEN late THEN 'breached' ELSE 'running' END, %(calendar)s, h.offered_at, k.minutes, k.due_at,
  CASE WHEN late THEN jsonb_build_array(jsonb_build_array('escalate', 200, after))
    ELSE jsonb_build_array(jsonb_build_array('breach', 100, k.due_at), jsonb_build_array('escalate', 200, after)) END,
  CASE WHEN late THEN after ELSE k.due_at END, CASE WHEN late THEN k.due_at END
FROM handoff_handoff h JOIN bench_picked p USING (lead_id),
LATERAL (VALUES ('answer', 270, h.answer_due_at), ('contact', 540, h.contact_due_at)) k (kind, minutes, due_at),
LATERAL (SELECT k.due_at < now() AS late, k.due_at + interval '10 days' AS after) t
"""
DUTIES = """
UPDATE leads_lead l SET stage = 'mql', stage_since = p.offered_at, owner_id = p.user_id, team_id = p.team_id,
  due_kind = 'answer', due_at = p.due_at
FROM bench_picked p WHERE l.id = p.lead_id
"""
RESTING = """
UPDATE leads_lead SET stage = 'nurture', owner_id = %(owner)s, due_kind = 'resurface',
  due_at = now() + (1 + id %% 180) * interval '1 day', not_before = now() + (1 + id %% 180) * interval '1 day'
WHERE id IN (SELECT id FROM leads_lead WHERE is_present AND stage = 'lead' ORDER BY id DESC LIMIT %(resting)s)
"""


def fill(leads: int) -> User:
    """So many open handoffs as so many leads have, each of a rep with twenty of them; returns the first rep."""
    wanted = leads // ONE_IN
    admin = User.objects.get(email=stock.ADDRESS)
    reps = _reps(wanted // EACH)
    first = Lead.objects.present().in_stage("lead").filter(episodes__isnull=True).order_by("-pk")[0]
    model = handoffs.offer(lead=first, by=admin, at=clock.now(), to=reps[0], reason="bench")
    model.refresh_from_db()
    [calendar, *_] = model.clocks.values_list("calendar_id", flat=True)
    values = {"wanted": wanted, "reps": len(reps), "name": NAME, "episode": model.episode_id, "handoff": model.pk}
    values |= {"calendar": calendar, "owner": admin.pk, "resting": 4 * wanted}
    with connection.cursor() as cursor:
        for statement in (PICKED, EPISODES, HANDOFFS, CLOCKS, DUTIES, RESTING):
            cursor.execute(statement, values)
        cursor.execute("DROP TABLE bench_picked")
        cursor.execute("VACUUM ANALYZE")
    return reps[0]


def _reps(wanted: int) -> list[User]:
    """So many reps in teams of ten, each with a manager who receives nothing."""
    at, teams = clock.now(), -(-wanted // IN_TEAM)
    made = Team.objects.bulk_create(Team(name=f"{NAME}{n}", kind=TeamKind.FIELD) for n in range(teams))
    names = [f"rep{n}" for n in range(wanted)] + [f"manager{n}" for n in range(teams)]
    users = [User(email=f"{name}@example.jp", last_name=name, created_at=at, password="!") for name in names]
    reps, managers = (saved := User.objects.bulk_create(users))[:wanted], saved[wanted:]
    grants = [RoleGrant(user=user, role=Role.REP) for user in reps]
    RoleGrant.objects.bulk_create(grants + [RoleGrant(user=user, role=Role.MANAGER) for user in managers])
    places = [Membership(user=user, team=made[n // IN_TEAM]) for n, user in enumerate(reps)]
    Membership.objects.bulk_create(places)
    leading = [Membership(user=u, team=t, is_manager=True, receives=False) for u, t in zip(managers, made, strict=True)]
    Membership.objects.bulk_create(leading)
    return reps


def main(leads: int) -> None:
    """Fills this process's database and prints who may ask its pages."""
    admin = stock.begin()
    stock.fill(leads)
    rep = fill(leads)
    print(json.dumps({"rep": stock.session(rep), "admin": stock.session(admin)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
